// "visible" when an element for a CSS selector is in this frame, in open shadow roots too; "invalid" for no selector.
(selector) => {
  try { page.querySelector(selector); } catch { return "invalid"; }
  return everywhere(selector).some(isVisible) ? "visible" : null;
}
