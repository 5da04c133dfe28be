// Scrolls the first visible element for a CSS selector into view in every scrolling box around it, and returns its box
// in this frame's window: [x, y, width, height], without parts that boxes around it cut off. A scrolling box that is
// smaller than the element grows. Returns "invalid" for an invalid selector, null without an element. The page's own
// window is not scrolled (`inside` is false), a frame's window is. Without a selector it works on `holder`, the element
// of a frame, which grows to show `width` and `height` CSS pixels.
async ({selector, inside, holder, width: wide, height: tall}) => {
  const set = (element, name, value) => real(element).style?.setProperty(name, value, "important");
  if (!holder && !isSelector(selector)) return "invalid";
  const rectOf = (element) => isAroundOthers(element) ? unionOf(contentOf(element).filter(isVisible).map(rectOf)) : shownBoxOf(element);
  const found = holder ? [holder] : chosen(selector);
  const element = found.find(isVisible) ?? found[0];
  if (!element) return null;
  let hasMoved = false, grown = null, wasWidened = false;
  // An element that is a share of its box must not grow with it.
  const keepWidth = () => holder || set(element, "width", getComputedStyle(element).width);
  const SIDES = {height: ["clientHeight", "paddingTop", "paddingBottom"], width: ["clientWidth", "paddingLeft", "paddingRight"]};
  const roomFor = (box, side, size) => {
    const [client, ...paddings] = SIDES[side], style = getComputedStyle(box);
    const length = parseFloat(style[side]);
    const missing = size / scaleOf(box) - real(box)[client] + paddings.reduce((sum, name) => sum + parseFloat(style[name]), 0);
    if (missing <= (side === "width" ? 1 : 0)) return;
    hasMoved = true;
    grown = box;
    set(box, "transition", "none");
    set(box, "flex-shrink", "0");
    if (side === "width") {
      keepWidth();
      wasWidened = true;
      // In a grid the box now lies over the next column, or under it.
      for (const node of lineOf(box)) if (parentOf(node) && getComputedStyle(parentOf(node)).display.includes("grid")) set(node, "z-index", "2147483647");
    }
    set(box, `max-${side}`, "none");
    for (const name of [side, `min-${side}`]) set(box, name, `${length + missing}px`);
  };
  const isOnTop = (node) => real(node).matches(":modal, :popover-open, :fullscreen");
  // The overflow of the body may be that of the window.
  const clipsWindow = (box) => box === page.body && getComputedStyle(page.documentElement).overflow === "visible";
  const LAYOUT = /layout|paint|strict|content/, PAINT = /paint|strict|content/;
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
  if (holder) roomFor(holder, "height", tall);
  if (holder) roomFor(holder, "width", wide);
  for (const box of boxesAround(element).filter((one) => one !== page.scrollingElement)) {
    const {overflowX, overflowY} = getComputedStyle(box), scrolls = (value) => ["auto", "scroll"].includes(value);
    if ([overflowX, overflowY].every((value) => value === "visible") && !PAINT.test(getComputedStyle(box).contain)) continue;
    // What is around a box that has grown must not cut it off.
    const {height, bottom, width, right} = rectOf(element), outer = boxOf(box);
    if (scrolls(overflowY)) roomFor(box, "height", height);
    else if (grown) roomFor(box, "height", Math.max(height, bottom - outer.top - real(box).clientTop));
    if (scrolls(overflowX)) roomFor(box, "width", width);
    else if (grown && wasWidened) roomFor(box, "width", Math.max(width, right - outer.left - real(box).clientLeft));
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
    if (rectOf(element).width > innerWidth) keepWidth();
    const one = rectOf(element);
    scrollBy({left: one.x + Math.min(0, one.width - innerWidth), top: one.y, behavior: "instant"});
  } else if (grown) {
    // A box that is placed in the middle of the window grows beyond the top of the page, and one in the window beyond its end.
    const {left, top} = rectOf(element), scale = scaleOf(parentOf(grown) ?? grown), isLeftToRight = getComputedStyle(page.documentElement).direction === "ltr";
    const above = Math.max(0, -(top + scrollY)) / scale, before = isLeftToRight && wasWidened ? Math.max(0, -(left + scrollX)) / scale : 0;
    const [across, down = "0px"] = getComputedStyle(grown).translate.replace("none", "0px").split(" ");
    if (above + before > 0) set(grown, "translate", `calc(${across} + ${before}px) calc(${down} + ${above}px)`);
    const end = rectOf(element).bottom + scrollY, edge = rectOf(element).right + scrollX;
    if (end > lengthOf(page.documentElement, "scrollHeight")) set(page.documentElement, "min-height", `${end}px`);
    if (wasWidened && edge > lengthOf(page.documentElement, "scrollWidth")) set(page.documentElement, "min-width", `${edge}px`);
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
  const cutByBoxes = ({left, top, right, bottom}) => {
    for (const box of boxesAround(element)) {
      const style = getComputedStyle(box), isPainted = style.contentVisibility !== "visible" || PAINT.test(style.contain);
      const view = viewOf(box, style);
      if (isPainted || style.overflowX !== "visible") [left, right] = [Math.max(left, view.left), Math.min(right, view.right)];
      if (isPainted || style.overflowY !== "visible") [top, bottom] = [Math.max(top, view.top), Math.min(bottom, view.bottom)];
    }
    return {x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top)};
  };
  // A shape cuts off less than its box says, and how much, the browser knows.
  const cutByShapes = async (box) => {
    const isShaped = ({clipPath, clip, position}) => clipPath !== "none" || (clip !== "auto" && ["absolute", "fixed"].includes(position));
    if (!lineOf(element).some((node) => isShaped(getComputedStyle(node)))) return box;
    const seen = new Promise((resolve) => new IntersectionObserver(([entry], observer) => {
      observer.disconnect();
      resolve(entry);
    }, {rootMargin: "1000000px"}).observe(element));
    const entry = await Promise.race([seen, later(1000)]);
    if (!entry) return box;
    const {boundingClientRect: whole, intersectionRect: shown} = entry, end = {x: box.x + box.width, y: box.y + box.height};
    const from = (start, one, other) => other - one > 0.5 ? Math.max(start, other) : start, to = (stop, one, other) => one - other > 0.5 ? Math.min(stop, other) : stop;
    const [left, top] = [from(box.x, whole.left, shown.left), from(box.y, whole.top, shown.top)];
    const [right, bottom] = [to(end.x, whole.right, shown.right), to(end.y, whole.bottom, shown.bottom)];
    return {x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top)};
  };
  const {x, y, width, height} = await cutByShapes(cutByBoxes(rectOf(element)));
  return [x + (inside ? 0 : scrollX), y + (inside ? 0 : scrollY), width, height];
}
