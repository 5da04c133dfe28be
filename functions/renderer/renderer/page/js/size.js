// Returns the document's left edge, width and height in CSS pixels; a right-to-left page extends to the left of 0.
() => {
  const {documentElement: root, body} = page;
  // A body that scrolls by itself shows less than it contains.
  const bodyScrolls = body && page.scrollingElement !== body && !["visible", "clip"].includes(getComputedStyle(body).overflowY)
    && !["visible", "clip"].includes(getComputedStyle(root).overflowY);
  // A body that begins above or left of the page ends as much earlier.
  const outside = (side) => body && page.scrollingElement !== body ? Math.min(0, boxOf(body)[side] + (side === "top" ? scrollY : scrollX)) : 0;
  const longest = (name, side) => Math.max(lengthOf(root, name), bodyScrolls ? 0 : lengthOf(body, name) + outside(side));
  const width = longest("scrollWidth", "left"), height = longest("scrollHeight", "top");
  // The window's own width in zoomed pixels is rounded.
  const zoom = Math.max(root?.currentCSSZoom ?? 1, body?.currentCSSZoom ?? 1), rounding = zoom === 1 ? 0 : zoom;
  if (!root || width <= innerWidth + rounding) return [0, Math.min(width, innerWidth), height];
  const [x, y] = [scrollX, scrollY];
  scrollTo({left: -width, top: y, behavior: "instant"});
  const left = Math.min(0, scrollX);
  scrollTo({left: x, top: y, behavior: "instant"});
  return [left, width, height];
}
