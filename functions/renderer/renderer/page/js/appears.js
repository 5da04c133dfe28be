// Resolves to "visible" once the first element for a CSS selector is, in open shadow roots too; "invalid" for no selector.
async (selector) => {
  const first = (root) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll("*")) {
      const inside = element.shadowRoot && first(element.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const isVisible = (element) => {
    const {width, height} = element?.getBoundingClientRect() ?? {width: 0, height: 0};
    return width > 0 && height > 0 && getComputedStyle(element).visibility === "visible";
  };
  try { document.querySelector(selector); } catch { return "invalid"; }
  while (!isVisible(first(document))) await new Promise((resolve) => setTimeout(resolve, 50));
  return "visible";
}
