// Removes banners that lie over the page, in open shadow roots too, with the backdrops behind them, and lets the page
// scroll again. Returns the names of what was removed. `wasDeclined`: a banner was declined before, so that its
// backdrop may be left.
(wasDeclined) => {
  const HIGH = 100;
  const CURTAIN = /overlay|backdrop|curtain|mask|scrim|shade|dim|lightbox/i;
  const removed = [];
  const isRoot = (element) => element === document.documentElement || element === page.body;
  // An absolute box in a box of the text, such as a video's, waits for consent there.
  const isAboutThePage = (element) => {
    const around = real(element).offsetParent;
    return !around || isRoot(around) || ["fixed", "sticky", "absolute"].includes(getComputedStyle(around).position);
  };
  // A banner that pushes the page down, with a name that says so.
  const BAR = /cookies?[-_ ]?(banner|bar|notice|consent|message|alert)|consent[-_ ]?(banner|bar|notice)/i, SHOWN_AS_EXAMPLE = /demo|example|preview|playground|showcase/i;
  const isBar = (element) => BAR.test(namesOf(element)) && !SHOWN_AS_EXAMPLE.test(namesOf(element)) && isRoot(parentOf(element)) && ownBoxOf(element).height < innerHeight / 2
    && matching(element, CONTROLS).length > 0;
  const isOver = (element, style) => ["fixed", "sticky"].includes(style.position) || isBar(element)
    || (style.position === "absolute" && Number(style.zIndex) >= HIGH && isAboutThePage(element))
    || real(element).matches("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], [popover]:popover-open");
  // The box of a consent tool around an element: all in it belongs to the banner.
  const toolAround = (element) => lineOf(element).findLast((node) => !isRoot(node) && VENDOR.test(namesOf(node))
    && textOf(node).length <= LONGEST && matching(node, `${CONTENT}, nav, article`).length === 0) ?? null;
  const fillsWindow = ({width, height}) => width >= innerWidth * 0.95 && height >= innerHeight * 0.95;
  // Elements that are painted behind the page, or that contain something, belong to the page.
  const isCurtain = (element, style) => {
    const covers = fillsWindow(boxOf(element)) && !(Number(style.zIndex) < 0);
    const alpha = alphaOf(style.backgroundColor);
    const isTranslucent = (alpha > 0 && alpha < 1) || style.backdropFilter !== "none";
    const isNamed = CURTAIN.test(`${real(element).id} ${real(element).getAttribute("class")}`) && alpha > 0;
    return covers && (isTranslucent || isNamed) && textOf(element) === ""
      && matching(element, "img, video, canvas, svg, iframe, object, embed").length === 0;
  };
  // The box of an app that fills the window and has the page's heading is the page; a banner may be in it.
  const isThePage = (element, {backgroundColor}) => {
    const names = namesOf(element);
    return fillsWindow(boxOf(element)) && backgroundColor.startsWith("rgb(")
      && !isDialog(element) && !VENDOR.test(names) && !NAME.test(names) && matching(element, "h1").length > 0;
  };
  const bannerOver = (element, style) => isThePage(element, style)
    ? childrenOf(element).map(bannerIn).find(Boolean) ?? null : bannerIn(element);
  const over = everywhere("*").map((element) => [element, getComputedStyle(element)])
    .filter(([element, style]) => style.display !== "none" && !isRoot(element) && isOver(element, style));
  for (const [element, style] of over) {
    if (!real(element).isConnected) continue;
    const tool = toolAround(element), banner = tool ?? bannerOver(element, style);
    if (!banner) continue;
    const box = tool ?? boxAround(banner, element);
    if (matching(box, `${CONTENT}, nav`).length > 0) continue;
    removed.push(nameOf(box));
    box.remove();
  }
  if (removed.length === 0 && !wasDeclined) return removed;
  // The small button with which a visitor changes the answer later.
  const CHANGES = /^((open|manage|change|edit)( your| my| the)? )?(cookies?|consent|privacy)[- ]?(settings|preferences|choices|options|consent)$/i;
  const isBadge = (element, {position}) => {
    const {width, height} = ownBoxOf(element), controls = matching(element, CONTROLS);
    return position === "fixed" && width <= 260 && height <= 90 && controls.length === 1 && says([element, ...controls], CHANGES);
  };
  for (const [element, style] of over) if (real(element).isConnected && isBadge(element, style)) real(element).remove();
  for (const [element, style] of over) if (real(element).isConnected && isCurtain(element, style)) real(element).remove();
  // The page behind a banner may be blurred until it is answered.
  for (const element of everywhere("body, body > *, main, body > * > *")) {
    const {width, height} = ownBoxOf(element), {filter} = getComputedStyle(element);
    if (filter.includes("blur(") && width * height >= innerWidth * innerHeight / 2) real(element).style.setProperty("filter", "none", "important");
  }
  for (const root of [document.documentElement, page.body]) {
    const style = root ? getComputedStyle(root) : null;
    if (style && [style.overflow, style.overflowY].includes("hidden")) {
      root.style.setProperty("overflow", "visible", "important");
    }
    if (style?.position === "fixed") root.style.setProperty("position", "static", "important");
  }
  return removed;
}
