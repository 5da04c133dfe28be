// Returns [x, y] in this frame's window, where a click hits the first visible element for a CSS selector, as soon as it
// stands still and nothing covers it; null if there is no element; after the time is up, a text that says what was in
// the way. An element that never stands still is hit where it is.
async ({selector, milliseconds}) => {
  const start = performance.now(), until = start + milliseconds, LONGEST_ARRIVAL = 2000, LONGEST_MOTION = 1000;
  const PLACES = [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.5, 0.25], [0.5, 0.75], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9], [0.9, 0.9]];
  const PARTS = Array.from({length: 24}, (_, part) => (part + 0.5) / 24), GRID = PARTS.flatMap((across) => PARTS.map((down) => [across, down]));
  const isIn = (element, node) => lineOf(node).includes(element);
  const takes = (element, found) => found !== null && (isIn(element, found)
    || real(found).closest?.("label")?.control === element
    || (getComputedStyle(element).pointerEvents === "none" && isIn(found, element)
      && real(found).matches("a, button, label, summary, [role=button]")));
  // An element without its own box uses the boxes of its content; one of text alone is scrolled with what is around it.
  const isText = (element) => getComputedStyle(element).display === "contents" && !contentOf(element).some(isVisible);
  const boxed = (element) => {
    if (isText(element)) return parentOf(element);
    const hasBox = element instanceof HTMLAreaElement || (getComputedStyle(element).display !== "contents" && !isAroundOthers(element));
    return hasBox ? element : boxed(contentOf(element).find(isVisible));
  };
  const boxesOf = (element) => {
    if (isText(element)) return [shownBoxOf(element)];
    const one = boxed(element);
    return one instanceof HTMLAreaElement || one instanceof SVGGeometryElement ? [shownBoxOf(one)] : [...real(one).getClientRects()].slice(0, 8);
  };
  // The part of the window that a phone shows, which may be enlarged.
  const view = () => {
    const {offsetLeft, offsetTop, width, height} = visualViewport;
    return {left: offsetLeft, top: offsetTop, right: offsetLeft + width, bottom: offsetTop + height};
  };
  const hit = (element, points) => {
    const {left, top, right, bottom} = view();
    return points.find(([x, y]) => x >= left && y >= top && x < right && y < bottom && takes(element, elementAt(x, y)));
  };
  const pointsOf = (element, places) => boxesOf(element).flatMap(({left, top, right, bottom}) => {
    const seen = view(), [x1, y1] = [Math.max(seen.left, left), Math.max(seen.top, top)], [x2, y2] = [Math.min(seen.right, right), Math.min(seen.bottom, bottom)];
    return x2 <= x1 || y2 <= y1 ? [] : places.map(([across, down]) => [x1 + (x2 - x1) * across, y1 + (y2 - y1) * down]);
  });
  // Points on the outline of an SVG shape, where that is drawn: it may be all there is.
  const outlineOf = (element) => {
    if (!(element instanceof SVGGeometryElement) || getComputedStyle(element).stroke === "none") return [];
    const length = real(element).getTotalLength(), matrix = real(element).getScreenCTM();
    return PARTS.map((part) => real(element).getPointAtLength(length * part).matrixTransform(matrix)).map(({x, y}) => [x, y]);
  };
  // A shape, a group or a clipped box may be hollow where it is looked for first.
  const pointOf = (element) => hit(element, pointsOf(element, PLACES)) ?? hit(element, outlineOf(element))
    ?? [...real(element).querySelectorAll("*")].slice(0, 100).filter(isVisible).map((inner) => hit(element, [...pointsOf(inner, PLACES.slice(0, 1)), ...outlineOf(inner)])).find(Boolean)
    ?? hit(element, pointsOf(element, GRID)) ?? null;
  // Waits for an element that is about to arrive; then three frames must show it in the same place.
  const arriving = (element) => {
    const found = lineOf(element).flatMap((node) => real(node).getAnimations());
    return found.filter(({playState, effect, currentTime}) => playState === "running"
      && effect.getComputedTiming().endTime - currentTime < LONGEST_ARRIVAL);
  };
  const standsStill = async (element) => {
    const ends = arriving(element).map(({finished}) => finished.catch(() => null));
    await Promise.race([Promise.all(ends), later(LONGEST_ARRIVAL)]);
    const before = JSON.stringify(boxOf(boxed(element)));
    for (let frame = 0; frame < 3; frame++) {
      await painted();
      if (JSON.stringify(boxOf(boxed(element))) !== before) return false;
    }
    return true;
  };
  const scroll = (element, block) => real(element instanceof HTMLAreaElement ? pictureOf(element) : boxed(element)).scrollIntoView({block, inline: block, behavior: "instant"});
  let reason = null;
  for (let round = 0; reason === null || performance.now() < until; round++) {
    const element = chosen(selector).find(isVisible);
    if (!element) return null;
    // The frame itself may lie outside the window that contains it.
    if (round === 0) scroll(element, "nearest");
    const isStill = await standsStill(element);
    if (!isStill && performance.now() - start < LONGEST_MOTION) reason = "does not stand still";
    else if (real(element).matches(":disabled") || lineOf(element).some((node) => real(node).matches("button:disabled"))) reason = "is disabled";
    else {
      const point = pointOf(element);
      if (point) return point;
      reason = "is covered by another one, or cannot be scrolled into view";
      scroll(element, ["center", "start", "end"][round % 3]);
      await painted();
    }
  }
  return reason;
}
