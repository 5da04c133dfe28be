// Scrolls the first visible element for a CSS selector into view in every scrolling box around it, and returns its box
// in this frame's window: [x, y, width, height], without parts that boxes around it cut off. A scrolling box that is
// shorter than the element grows. Returns "invalid" for an invalid selector, null without an element. The page's own
// window is not scrolled (`inside` is false), a frame's window is. Without a selector it works on `holder`, the element
// of a frame, which grows to show `height` CSS pixels.
async ({selector, inside, holder, height: needed}) => {
  const set = (element, name, value) => real(element).style?.setProperty(name, value, "important");
  if (!holder) try { page.querySelector(selector); } catch { return "invalid"; }
  const hasBox = ({width, height}) => width > 0 && height > 0;
  const rectOf = (element) => {
    const box = boxOf(element);
    if (getComputedStyle(element).display !== "contents") return box;
    const range = page.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const found = holder ? [holder] : chosen(selector);
  const isShown = (one) => getComputedStyle(one).display === "contents" || one instanceof HTMLAreaElement || real(one).checkVisibility({visibilityProperty: true});
  const element = found.find((one) => hasBox(rectOf(one)) && isShown(one)) ?? found[0];
  if (!element) return null;
  let hasMoved = false;
  const roomFor = (box, size) => {
    const {paddingTop, paddingBottom} = getComputedStyle(box);
    const missing = size / scaleOf(box) - real(box).clientHeight + parseFloat(paddingTop) + parseFloat(paddingBottom);
    if (missing <= 0) return;
    hasMoved = true;
    set(box, "transition", "none");
    set(box, "max-height", "none");
    set(box, "flex-shrink", "0");
    set(box, "height", `${parseFloat(getComputedStyle(box).height) + missing}px`);
    set(box, "min-height", getComputedStyle(box).height);
  };
  if (holder) roomFor(holder, needed);
  for (let box = parentOf(element); box && box !== page.scrollingElement && box !== page.documentElement; box = parentOf(box)) {
    const {overflowX, overflowY} = getComputedStyle(box);
    const clips = [overflowX, overflowY].some((value) => ["auto", "scroll", "hidden"].includes(value));
    if (!clips) continue;
    if (["auto", "scroll"].includes(overflowY)) roomFor(box, rectOf(element).height);
    const {scrollHeight, clientHeight, scrollWidth, clientWidth, clientLeft, clientTop} = real(box);
    if (scrollHeight <= clientHeight && scrollWidth <= clientWidth) continue;
    const one = rectOf(element), view = boxOf(box), scale = scaleOf(box), before = [real(box).scrollLeft, real(box).scrollTop];
    const off = (start, size, from, room) => {
      if (start >= from && start + size <= from + room) return 0;
      return size > room ? start - from : start + size / 2 - from - room / 2;
    };
    real(box).scrollBy({
      left: off(one.x, one.width, view.x + clientLeft * scale, clientWidth * scale) / scale,
      top: off(one.y, one.height, view.y + clientTop * scale, clientHeight * scale) / scale,
      behavior: "instant",
    });
    hasMoved ||= real(box).scrollLeft !== before[0] || real(box).scrollTop !== before[1];
  }
  if (inside) {
    const one = rectOf(element);
    scrollBy({left: one.x + Math.min(0, one.width - innerWidth), top: one.y, behavior: "instant"});
  }
  // Bars that stick lie over the element, though a visitor could scroll it out from under them.
  const overlaps = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 1;
  const uncover = () => {
    const line = lineOf(element), isFixed = line.some((node) => getComputedStyle(node).position === "fixed");
    const rect = rectOf(element), room = inside ? 0 : lengthOf(page.documentElement, "scrollHeight") - innerHeight;
    const isInPage = !isFixed && !everywhere(":modal").some((node) => line.includes(node));
    for (const node of everywhere("*")) {
      const {position} = getComputedStyle(node);
      if (!["fixed", "sticky"].includes(position)) continue;
      const bar = boxOf(node);
      if (!overlaps(rect, bar) || line.includes(node) || lineOf(node).includes(element)) continue;
      // Its own place in the page is free.
      if (position === "sticky") for (const [name, value] of [["position", "relative"], ["inset", "auto"]]) set(node, name, value);
      const isAtBottom = bar.top >= innerHeight / 2 && bar.bottom >= innerHeight - 40;
      const isAtTop = bar.bottom <= innerHeight / 2 && bar.top <= 40;
      const couldBeClear = inside ? scrollY > 0 && (isAtTop || isAtBottom) : isAtBottom && room >= rect.bottom - bar.top;
      if (position === "fixed" && isInPage && couldBeClear) set(node, "visibility", "hidden");
    }
  };
  if (!holder) uncover();
  // What was scrolled is in the picture once it has been painted there.
  if (hasMoved) for (let frame = 0; frame < 2; frame += 1) await painted();
  const CLIPS = ["auto", "scroll", "hidden", "clip"];
  const cutByBoxes = (rect) => {
    let [left, top, right, bottom] = [rect.left, rect.top, rect.right, rect.bottom];
    let {position} = getComputedStyle(element);
    const clipsWindow = (box) => box === page.body && getComputedStyle(page.documentElement).overflow === "visible";
    for (let box = parentOf(element); box && box !== page.documentElement && position !== "fixed"; box = parentOf(box)) {
      const style = getComputedStyle(box);
      const contains = style.position !== "static" || style.transform !== "none";
      if (style.display === "contents" || (position === "absolute" && !contains)) continue;
      position = style.position;
      if (clipsWindow(box)) continue;
      const view = boxOf(box);
      if (CLIPS.includes(style.overflowX)) [left, right] = [Math.max(left, view.left), Math.min(right, view.right)];
      if (CLIPS.includes(style.overflowY)) [top, bottom] = [Math.max(top, view.top), Math.min(bottom, view.bottom)];
    }
    return {x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top)};
  };
  const {x, y, width, height} = cutByBoxes(rectOf(element));
  return [x + (inside ? 0 : scrollX), y + (inside ? 0 : scrollY), width, height];
}
