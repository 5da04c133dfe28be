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
const shadowOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(Element.prototype, "shadowRoot").get);
const boxOf = Function.prototype.call.bind(Element.prototype.getBoundingClientRect);
// The elements for a selector in one document or shadow root only.
const all = (root, selector = "*") => [...real(root).querySelectorAll(selector)];
// A document or shadow root, and the open shadow roots in it.
const rootsOf = (root) => [root, ...all(root).filter(shadowOf).flatMap((element) => rootsOf(shadowOf(element)))];
// The elements for a selector in the document, then those in open shadow roots.
const everywhere = (selector) => rootsOf(document).flatMap((root) => all(root, selector));
// The element around another one as it is rendered: also out of a shadow root, or from its slot.
const parentOf = (element) => {
  const {assignedSlot, parentElement, getRootNode} = real(element);
  return assignedSlot ?? parentElement ?? real(getRootNode()).host ?? null;
};
const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// Resolves when a frame has been painted; a page that is not painted does not delay anybody.
const painted = () => Promise.race([new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))), later(500)]);
const isVisible = (element) => {
  const {width, height} = boxOf(element);
  if (getComputedStyle(element).display === "contents") return [...real(element).children].some(isVisible);
  return width > 0 && height > 0 && real(element).checkVisibility({visibilityProperty: true});
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
