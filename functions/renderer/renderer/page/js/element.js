// [x, y, width, height] on the page of the first element for a CSS selector, in open shadow roots too; null for none,
// "invalid" for no selector.
(selector) => {
  try { page.querySelector(selector); } catch { return "invalid"; }
  const [element] = everywhere(selector);
  if (!element) return null;
  const box = boxOf(element);
  return [box.x + scrollX, box.y + scrollY, box.width, box.height];
}
