// Comes before the scripts that scroll through a page: records how the page reacts. `answers` counts its changes,
// `before` those before the last scroll; `lag` is the longest time in milliseconds from a scroll to a change, `last` is
// the time of the last change. While `isOurs` is true, the changes are ours. A page that shows a box only while it is
// in view would hide all but its first window, so changes that it takes back out of view are restored.
const watchReaction = () => {
  const PUT_BACK = 4, SOON = 400, STATES = 3, LEAST_FADE = 0.02, LONGEST_FADE = 3000;
  const reaction = {answers: 0, before: 0, lag: 0, last: 0, scrolled: performance.now(), hasScrolled: false, isOurs: false};
  const earlier = new WeakMap();   // by element and attribute: what is known of its values
  const knownOf = (target, name) => {
    const byName = earlier.get(target) ?? earlier.set(target, {}).get(target);
    return byName[name] ??= {values: new Set(), settled: new Set(), first: undefined, seen: undefined, scroll: 0, count: 0};
  };
  const isWithin = (element, above) => {
    const {top, bottom} = boxOf(element);
    return bottom > -above && top < innerHeight * 1.5;
  };
  // Whether a visitor sees a box here or at the top of the page. A box that an edge of the window cuts here is about to
  // leave it. Of a box in the lower half of the top window that is longer than the window, the rest is yet to be seen.
  const isSeen = (element) => {
    const {top, bottom} = boxOf(element), isCut = (top < 0) !== (bottom > innerHeight);
    const isIn = (from, to) => to > 0 && from < innerHeight && (from < innerHeight / 2 || to <= innerHeight);
    return (isIn(top, bottom) && !isCut) || isIn(top + scrollY, bottom + scrollY);
  };
  // A bar that is fixed while the page is scrolled is at the top as the page has it there.
  const fixedOnes = new WeakSet();
  const isFixed = (element) => fixedOnes.has(element) || lineOf(element).some((box) => getComputedStyle(box).position === "fixed");
  // A box that only keeps the place of another, such as that of a bar which is fixed while the page is scrolled, shows
  // nothing itself.
  const isPlaceholder = (element) => {
    const {checkVisibility, childElementCount, textContent} = real(element);
    if (!checkVisibility({visibilityProperty: true})) return true;
    const style = getComputedStyle(element);
    const isPlain = !hasBackground(style) && style.boxShadow === "none" && parseFloat(style.borderTopWidth) === 0;
    const hasParts = ["::before", "::after"].some((which) => getComputedStyle(element, which).content !== "none");
    return element instanceof HTMLDivElement && isPlain && !hasParts && childElementCount === 0 && !textContent.trim() && !shadowOf(element);
  };
  const setTo = (element, name, value) => {
    if (value === null) real(element).removeAttribute(name);
    else real(element).setAttribute(name, value);
  };
  // A page may fade a box in while it is in view, frame by frame, and out again when it is not: then the box stays as it
  // was when most of it was to be seen. Others may follow the first one. Returns whether it does so now.
  let fadesSince = null;   // the scroll after which the first box faded out
  const staysShown = (target, known, value, oldValue) => {
    const written = real(target).style?.opacity ?? "", opacity = Number(written);
    if (written === "") return false;
    const note = (shown, style) => { [known.opacity, known.best] = [shown, style]; };
    if (known.opacity === undefined && isWithin(target, 0)) note(opacity, value);
    if (known.opacity === undefined) return false;
    // A change that came with ours was not recorded.
    const before = Number(oldValue?.match(/(?:^|[;\s])opacity:\s*([\d.]+)/)?.[1] ?? 0);
    if (before > known.opacity) note(before, oldValue);
    if (opacity >= known.opacity) note(opacity, value);
    if (opacity >= known.opacity - LEAST_FADE) return opacity > before;
    const since = performance.now() - reaction.scrolled;
    if (since > LONGEST_FADE || (since > SOON && fadesSince !== reaction.scrolled)) return false;
    if (isSeen(target) || isFixed(target)) return false;
    fadesSince = reaction.scrolled;
    real(target).setAttribute("style", known.best);
    return true;
  };
  // A class that is taken away leaves an empty list, where there was none.
  const valueOf = (name, text) => name === "hidden" || text?.trim() ? text : null;
  const putBack = ({target, attributeName: name, oldValue: before}) => {
    const known = knownOf(target, name), oldValue = valueOf(name, before), value = valueOf(name, real(target).getAttribute(name));
    const isTakenBack = value !== oldValue && known.values.has(value) && known.seen === oldValue;
    if (known.values.size === 0) known.first = oldValue;
    known.values.add(oldValue);
    if (name === "style" && staysShown(target, known, value, oldValue)) return;
    if (known.scroll !== reaction.scrolled) {
      known.scroll = reaction.scrolled;
      known.count = 0;
      // A value that is another one after each scroll follows the scroll, and at the top it is the one of the top.
      known.settled.add(oldValue);
    }
    if (getComputedStyle(target).position === "fixed") fixedOnes.add(target);
    const isSoon = performance.now() - reaction.scrolled < SOON;
    if (isTakenBack && isSoon && known.count < PUT_BACK && known.settled.size <= STATES && !isSeen(target) && !isFixed(target)) {
      known.count += 1;
      setTo(target, name, oldValue);
      // A box that was not rendered had no place yet.
      if (isSeen(target) || isPlaceholder(target)) setTo(target, name, value);
    // A page that answers late shows a box when the window has passed it. Other changes far from the window happen on
    // their own, such as those of a carousel.
    } else if (value !== known.first && isWithin(target, isSoon ? Infinity : innerHeight / 2)) known.seen = value;
  };
  const observer = new MutationObserver((records) => {
    if (reaction.isOurs) return;
    reaction.answers += records.length;
    reaction.last = performance.now();
    reaction.lag = Math.max(reaction.lag, reaction.last - reaction.scrolled);
    records.filter(({type}) => type === "attributes").forEach(putBack);
    observer.takeRecords();
  });
  observer.observe(document, {
    subtree: true, childList: true, attributes: true, attributeOldValue: true, attributeFilter: ["class", "style", "src", "hidden"],
  });
  return reaction;
};
