// Comes before each script here: reads the page reliably, whatever the names of its elements. A page can replace a
// property of its document or of a form with an element of that name (<img name="images">), in our world too, so these
// properties are read from the prototypes, which are ours.
const real = (object) => new Proxy(object, {
  get: (target, name) => {
    const value = Reflect.get(Object.getPrototypeOf(target), name, target);
    return typeof value === "function" ? value.bind(target) : value;
  },
  set: (target, name, value) => Reflect.set(Object.getPrototypeOf(target), name, value, target),
});
const page = real(document);
// What scripts here keep for one another; elements of the page can take any other name in our world.
const kept = globalThis[Symbol.for("kept")] ??= {};
const openRootOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get);
// Closed roots that came with the document's HTML are noted by `closed_roots.py`.
const shadowOf = (element) => openRootOf(element) ?? kept.closedRoots?.get(element) ?? null;
const ownBoxOf = Function.prototype.call.bind(Element.prototype.getBoundingClientRect);
// The picture that an area of an image map lies on.
const pictureOf = (area) => {
  const name = real(area).closest("map")?.getAttribute("name");
  return name ? all(real(area).getRootNode(), "img[usemap]").find((image) => image.getAttribute("usemap") === `#${name}`) ?? null : null;
};
// An area has no box of its own: it is drawn by numbers on its picture.
const areaBoxOf = (area) => {
  const picture = pictureOf(area);
  if (!picture) return new DOMRect();
  const whole = ownBoxOf(picture), style = getComputedStyle(picture), shape = (real(area).getAttribute("shape") ?? "rect").toLowerCase();
  const [left, top] = ["Left", "Top"].map((side) => parseFloat(style[`border${side}Width`]) + parseFloat(style[`padding${side}`]));
  const numbers = (real(area).getAttribute("coords") ?? "").split(/[\s,;]+/).map(Number).filter(Number.isFinite);
  if (shape === "default" || numbers.length < 3) return whole;
  const [x, y, radius] = numbers, isCircle = shape.startsWith("circ");
  const across = isCircle ? [x - radius, x + radius] : numbers.filter((_, place) => place % 2 === 0);
  const down = isCircle ? [y - radius, y + radius] : numbers.filter((_, place) => place % 2 === 1);
  const from = [Math.min(...across), Math.min(...down)], to = [Math.max(...across), Math.max(...down)];
  return new DOMRect(whole.x + left + from[0], whole.y + top + from[1], to[0] - from[0], to[1] - from[1]);
};
// A shape's own box leaves out its stroke, so a horizontal line would have no height.
const shapeBoxOf = (shape) => {
  const box = ownBoxOf(shape), {stroke, strokeWidth, strokeLinecap, vectorEffect} = getComputedStyle(shape);
  const matrix = stroke === "none" ? null : real(shape).getScreenCTM();
  if (!matrix) return box;
  const {a, b, c, d} = vectorEffect === "non-scaling-stroke" ? new DOMMatrix() : matrix;
  const half = parseFloat(strokeWidth) / 2, isButt = strokeLinecap === "butt";
  const [across, down] = [isButt && box.height === 0 ? 0 : half * Math.hypot(a, c), isButt && box.width === 0 ? 0 : half * Math.hypot(b, d)];
  return new DOMRect(box.x - across, box.y - down, box.width + 2 * across, box.height + 2 * down);
};
const hasSize = ({width, height}) => width > 0 && height > 0;
// The smallest box around others; one without a size if there are none.
const unionOf = (boxes) => {
  const sized = boxes.filter(hasSize);
  if (sized.length === 0) return new DOMRect();
  const least = (name) => Math.min(...sized.map((box) => box[name])), most = (name) => Math.max(...sized.map((box) => box[name]));
  return new DOMRect(least("left"), least("top"), most("right") - least("left"), most("bottom") - least("top"));
};
const boxOf = (element) => element instanceof HTMLAreaElement ? areaBoxOf(element) : ownBoxOf(element);
const UNSEEN = "defs, symbol, clipPath, mask, pattern, marker";
// The box of what an element shows: a shape with its stroke, and of an element without a box its content.
const shownBoxOf = (element) => {
  if (element instanceof SVGGeometryElement) return shapeBoxOf(element);
  if (element instanceof SVGGElement) {
    const shapes = all(element, "*").filter((one) => one instanceof SVGGeometryElement && !real(one).closest(UNSEEN));
    return unionOf([ownBoxOf(element), ...shapes.map(shapeBoxOf)]);
  }
  if (getComputedStyle(element).display !== "contents") return boxOf(element);
  const range = page.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
};
// How opaque a computed colour is: from 0 to 1.
const alphaOf = (colour) => Number(colour.match(/^rgba\(.*, ([\d.]+)\)$/)?.[1] ?? 1);
const hasBackground = ({backgroundColor, backgroundImage}) => backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none";
// How much larger an element is on the screen than it counts itself, by `zoom` or by a transform.
const scaleOf = (element) => {
  const {width, height} = boxOf(element), {offsetWidth, offsetHeight} = real(element);
  const across = width / offsetWidth, down = height / offsetHeight;
  return Number.isFinite(across) && across > 0 && Math.abs(across - down) < 0.01 ? across : 1;
};
// `scrollWidth` or `scrollHeight` of the root or the body, in CSS pixels of the window; those of the root are so already.
const lengthOf = (element, name) => (element?.[name] ?? 0) * (element === page.body ? element?.currentCSSZoom ?? 1 : 1);
// The elements for a selector in one document or shadow root only.
const all = (root, selector = "*") => [...real(root).querySelectorAll(selector)];
// A document or shadow root, and the open shadow roots in it.
const rootsOf = (root) => [root, ...all(root).filter(shadowOf).flatMap((element) => rootsOf(shadowOf(element)))];
// The elements for a selector in the document, then those in open shadow roots.
const everywhere = (selector) => rootsOf(document).flatMap((root) => all(root, selector));
// The element around another one as it is rendered: also out of a shadow root, or from its slot.
const parentOf = (element) => {
  if (element instanceof HTMLAreaElement) return pictureOf(element);
  const {assignedSlot, parentElement, getRootNode} = real(element);
  return assignedSlot ?? parentElement ?? real(getRootNode()).host ?? null;
};
// An element and all that is around it, from the inside out; an empty list for null.
const lineOf = (element) => {
  const line = [];
  for (let node = element; node; node = parentOf(node)) line.push(node);
  return line;
};
const isSelector = (text) => { try { page.querySelector(text); return true; } catch { return false; } };
// As `everywhere`; where that finds nothing, what is before the last space may also lie outside of the shadow root.
const chosen = (selector) => {
  const here = everywhere(selector);
  const [, above, last] = (here.length ? null : selector.match(/^([^,]*[^\s,>+~])\s+([^\s,>+~]+)$/)) ?? [];
  if (!above || !isSelector(above) || !isSelector(last)) return here;
  const holders = new Set(chosen(above));
  const isHeld = (element) => lineOf(parentOf(element)).some((node) => holders.has(node));
  return holders.size ? everywhere(last).filter(isHeld) : here;
};
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// Resolves when a frame has been painted; a page that is not painted does not delay anybody.
const painted = () => Promise.race([new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))), later(500)]);
const contentOf = (element) => [...real(shadowOf(element) ?? element).children];
// An element without a size may hold floats or boxes placed elsewhere, which are seen unless it cuts them off.
const isAroundOthers = (element) => !hasSize(shownBoxOf(element)) && getComputedStyle(element).overflowX === "visible";
// Whether an element without a box has text of its own that is seen.
const showsText = (element) => [...real(element).childNodes].some((node) => node instanceof Text && real(node).data.trim())
  && hasSize(shownBoxOf(element)) && getComputedStyle(element).visibility === "visible";
const isVisible = (element) => {
  if (element instanceof HTMLAreaElement) return hasSize(boxOf(element)) && isVisible(pictureOf(element));
  if (getComputedStyle(element).display === "contents") return contentOf(element).some(isVisible) || showsText(element);
  if (!real(element).checkVisibility()) return false;
  if (isAroundOthers(element)) return contentOf(element).some(isVisible);
  return hasSize(shownBoxOf(element)) && real(element).checkVisibility({visibilityProperty: true});
};
// The innermost element at a point of the window, in open shadow roots too.
const elementAt = (x, y) => {
  let found = page.elementFromPoint(x, y);
  for (let root = found && shadowOf(found); root; root = found && shadowOf(found)) {
    const inside = real(root).elementFromPoint(x, y);
    if (!inside || inside === found) break;
    found = inside;
  }
  return found;
};
// Whether an animation moves on with the time.
const moves = ({timeline, playState, effect, playbackRate}) => playState === "running" && effect
  && timeline instanceof DocumentTimeline && playbackRate !== 0;
