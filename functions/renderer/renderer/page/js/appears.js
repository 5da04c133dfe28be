// Returns "visible" if an element for a CSS selector is in this frame (also in open shadow roots), "invalid" for an
// invalid selector.
(selector) => {
  if (!isSelector(selector)) return "invalid";
  return chosen(selector).some(isVisible) ? "visible" : null;
}
