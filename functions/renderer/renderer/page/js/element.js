// Scrolls the first visible element for a CSS selector into view in every scrolling box around it, and returns its box
// in this frame's window: [x, y, width, height], without parts that boxes around it cut off. A scrolling box that is
// shorter than the element grows. Returns "invalid" for an invalid selector, null without an element. The page's own
// window is not scrolled (`inside` is false), a frame's window is. Without a selector it works on `holder`, the element
// of a frame, which grows to show `height` CSS pixels.
async ({selector, inside, holder, height: needed}) => {
  const set = (element, name, value) => real(element).style?.setProperty(name, value, "important");
  if (!holder) try { page.querySelector(selector); } catch { return "invalid"; }
  const rectOf = (element) => isAroundOthers(element) ? unionOf(contentOf(element).filter(isVisible).map(rectOf)) : shownBoxOf(element);
  const found = holder ? [holder] : chosen(selector);
  const element = found.find(isVisible) ?? found[0];
  if (!element) return null;
  let hasMoved = false, grown = null;
  const roomFor = (box, size) => {
    const {paddingTop, paddingBottom} = getComputedStyle(box);
    const missing = size / scaleOf(box) - real(box).clientHeight + parseFloat(paddingTop) + parseFloat(paddingBottom);
    if (missing <= 0) return;
    hasMoved = true;
    grown = box;
    set(box, "transition", "none");
    set(box, "max-height", "none");
    set(box, "flex-shrink", "0");
    set(box, "height", `${parseFloat(getComputedStyle(box).height) + missing}px`);
    set(box, "min-height", getComputedStyle(box).height);
  };
  const isOnTop = (node) => real(node).matches(":modal, :popover-open, :fullscreen");
  // The overflow of the body may be that of the window.
  const clipsWindow = (box) => box === page.body && getComputedStyle(page.documentElement).overflow === "visible";
  const LAYOUT = /layout|paint|strict|content/;
  // The boxes around an element that may cut it off, from the inside out; a box does not hold all that is placed in it.
  const boxesAround = (element) => {
    const boxes = [];
    let {position} = getComputedStyle(element);
    for (let node = element, box = parentOf(node); box && box !== page.documentElement && !isOnTop(node); [node, box] = [box, parentOf(box)]) {
      const style = getComputedStyle(box);
      const holdsFixed = style.contentVisibility !== "visible" || LAYOUT.test(style.contain)
        || [style.transform, style.translate, style.filter, style.perspective].some((value) => value !== "none");
      if (style.display === "contents" || (position === "fixed" && !holdsFixed)) continue;
      if (position === "absolute" && style.position === "static" && !holdsFixed) continue;
      position = style.position;
      if (!clipsWindow(box)) boxes.push(box);
    }
    return boxes;
  };
  if (holder) roomFor(holder, needed);
  for (const box of boxesAround(element).filter((one) => one !== page.scrollingElement)) {
    const {overflowX, overflowY} = getComputedStyle(box), scrolls = ["auto", "scroll"].includes(overflowY);
    if ([overflowX, overflowY].every((value) => value === "visible")) continue;
    if (scrolls) roomFor(box, rectOf(element).height);
    // What is around a box that has grown must not cut it off.
    else if (grown) roomFor(box, Math.max(rectOf(element).height, rectOf(element).bottom - boxOf(box).top - real(box).clientTop));
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
  } else if (grown) {
    // A box that is placed in the middle of the window grows beyond the top of the page, and one in the window beyond its end.
    const above = -(rectOf(element).top + scrollY), [across, down = "0px"] = getComputedStyle(grown).translate.replace("none", "0px").split(" ");
    if (above > 0) set(grown, "translate", `${across} calc(${down} + ${above / scaleOf(parentOf(grown) ?? grown)}px)`);
    const end = rectOf(element).bottom + scrollY;
    if (end > lengthOf(page.documentElement, "scrollHeight")) set(page.documentElement, "min-height", `${end}px`);
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
  // Where a box cuts off its content: at its inner edges, or a margin outside of them.
  const viewOf = (box, {overflowX, overflowClipMargin}) => {
    const {left, top, width, height} = boxOf(box), scale = scaleOf(box), {offsetWidth, clientLeft, clientTop, clientWidth, clientHeight} = real(box);
    if (!clientWidth || Math.abs(offsetWidth * scale - width) > 1) return {left, top, right: left + width, bottom: top + height};
    const margin = ["clip", "visible"].includes(overflowX) ? parseFloat(overflowClipMargin.split(" ").at(-1)) || 0 : 0;
    const [x, y] = [left + (clientLeft - margin) * scale, top + (clientTop - margin) * scale];
    return {left: x, top: y, right: x + (clientWidth + 2 * margin) * scale, bottom: y + (clientHeight + 2 * margin) * scale};
  };
  const PAINT = /paint|strict|content/;
  const cutByBoxes = ({left, top, right, bottom}) => {
    for (const box of boxesAround(element)) {
      const style = getComputedStyle(box), isPainted = style.contentVisibility !== "visible" || PAINT.test(style.contain);
      const view = viewOf(box, style);
      if (isPainted || style.overflowX !== "visible") [left, right] = [Math.max(left, view.left), Math.min(right, view.right)];
      if (isPainted || style.overflowY !== "visible") [top, bottom] = [Math.max(top, view.top), Math.min(bottom, view.bottom)];
    }
    return {x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top)};
  };
  const {x, y, width, height} = cutByBoxes(rectOf(element));
  return [x + (inside ? 0 : scrollX), y + (inside ? 0 : scrollY), width, height];
}
