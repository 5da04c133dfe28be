// Removes banners that lie over the page, in open shadow roots too, with the backdrops behind them, and lets the page
// scroll again. Returns the names of what was removed. `wasDeclined`: a banner was declined before, so that its
// backdrop may be left.
(wasDeclined) => {
  const HIGH = 100;
  const CURTAIN = /overlay|backdrop|curtain|mask|scrim|shade|dim|lightbox/i;
  const removed = [];
  const isOver = (element, style) => ["fixed", "sticky"].includes(style.position)
    || (style.position === "absolute" && Number(style.zIndex) >= HIGH)
    || real(element).matches("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], [popover]:popover-open");
  const isRoot = (element) => element === document.documentElement || element === page.body;
  // Elements that are painted behind the page, or that contain something, belong to the page.
  const isCurtain = (element, style) => {
    const {width, height} = boxOf(element);
    const covers = width >= innerWidth * 0.95 && height >= innerHeight * 0.95 && !(Number(style.zIndex) < 0);
    const [, alpha] = style.backgroundColor.match(/^rgba\(.*, ([\d.]+)\)$/) ?? [];
    const isTranslucent = (alpha !== undefined && Number(alpha) > 0) || style.backdropFilter !== "none";
    const isNamed = CURTAIN.test(`${real(element).id} ${real(element).getAttribute("class")}`) && alpha !== "0";
    return covers && (isTranslucent || isNamed) && textOf(element) === ""
      && matching(element, "img, video, canvas, svg, iframe, object, embed").length === 0;
  };
  const over = everywhere("*").map((element) => [element, getComputedStyle(element)])
    .filter(([element, style]) => style.display !== "none" && !isRoot(element) && isOver(element, style));
  for (const [element] of over) {
    const banner = real(element).isConnected ? bannerIn(element) : null;
    if (!banner) continue;
    const box = boxAround(banner, element);
    if (matching(box, "main, nav").length > 0) continue;
    removed.push(nameOf(box));
    box.remove();
  }
  if (removed.length === 0 && !wasDeclined) return removed;
  for (const [element, style] of over) if (real(element).isConnected && isCurtain(element, style)) real(element).remove();
  for (const root of [document.documentElement, page.body]) {
    const style = root ? getComputedStyle(root) : null;
    if (style && [style.overflow, style.overflowY].includes("hidden")) {
      root.style.setProperty("overflow", "visible", "important");
    }
    if (style?.position === "fixed") root.style.setProperty("position", "static", "important");
  }
  return removed;
}
