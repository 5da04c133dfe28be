// Resolves to "visible" once an element for a CSS selector is, in open shadow roots too; "invalid" for no selector.
async (selector) => {
  const isVisible = (element) => {
    const {width, height} = boxOf(element);
    return width > 0 && height > 0 && getComputedStyle(element).visibility === "visible";
  };
  try { page.querySelector(selector); } catch { return "invalid"; }
  while (!everywhere(selector).some(isVisible)) await later(50);
  return "visible";
}
