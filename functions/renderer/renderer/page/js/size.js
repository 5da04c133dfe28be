// Returns the document's left edge, width and height in CSS pixels; a right-to-left page extends to the left of 0.
() => {
  const {documentElement: root, body} = page;
  // A body that scrolls by itself shows less than it contains.
  const bodyScrolls = body && page.scrollingElement !== body && !["visible", "clip"].includes(getComputedStyle(body).overflowY)
    && !["visible", "clip"].includes(getComputedStyle(root).overflowY);
  const longest = (name) => Math.max(lengthOf(root, name), bodyScrolls ? 0 : lengthOf(body, name));
  const width = longest("scrollWidth"), height = longest("scrollHeight");
  if (!root || width <= innerWidth) return [0, width, height];
  const [x, y] = [scrollX, scrollY];
  scrollTo({left: -width, top: y, behavior: "instant"});
  const left = Math.min(0, scrollX);
  scrollTo({left: x, top: y, behavior: "instant"});
  return [left, width, height];
}
