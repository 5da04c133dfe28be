// [x, y, width, height] on the page of the first element for a CSS selector, in open shadow roots too; null for none,
// "invalid" for no selector.
(selector) => {
  const first = (root) => root.querySelector(selector)
    ?? [...root.querySelectorAll("*")].reduce((found, {shadowRoot}) => found ?? (shadowRoot && first(shadowRoot)), null);
  try {
    const box = first(document)?.getBoundingClientRect();
    return box ? [box.x + scrollX, box.y + scrollY, box.width, box.height] : null;
  } catch { return "invalid"; }
}
