// Holds the first visible element for a selector, and the boxes around it, where they are, if scripts move them without
// end: it would be measured in one place and captured in another. Only what changes meanwhile is held, at whole pixels, by
// animations, which win over inline styles and attributes, so that the page's own values stay as they are.
async ({selector}) => {
  const MILLISECONDS = 150;
  const NAMES = ["transform", "translate", "rotate", "scale", "offsetDistance", "left", "top", "right", "bottom", "marginLeft",
    "marginTop", "paddingLeft", "paddingTop", "textIndent", "width", "height", "x", "y", "cx", "cy", "r", "rx", "ry", "d"];
  const valuesOf = (box) => {
    const style = getComputedStyle(box);
    return Object.fromEntries(NAMES.map((name) => [name, style[name]]));
  };
  const rounded = (value) => value
    .replace(/^(-?[\d.]+)px$/, (whole, pixels) => `${Math.round(pixels)}px`)
    .replace(/^matrix\(1, 0, 0, 1, (-?[\d.]+), (-?[\d.]+)\)$/, (whole, x, y) => `translate(${Math.round(x)}px, ${Math.round(y)}px)`);
  const line = isSelector(selector) ? lineOf(chosen(selector).find(isVisible)) : [];
  const before = line.map(valuesOf);
  await later(MILLISECONDS);
  await painted();
  for (const [place, box] of line.entries()) {
    const now = valuesOf(box), moved = NAMES.filter((name) => now[name] !== before[place][name]);
    const held = Object.fromEntries(moved.map((name) => [name, [rounded(now[name]), rounded(now[name])]]));
    if (moved.length > 0) real(box).animate(held, {duration: 1, fill: "both"}).finish();
  }
  return null;
}
