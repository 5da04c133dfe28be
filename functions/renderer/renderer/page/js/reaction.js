// Comes before the scripts that scroll through a page: records how the page reacts. `answers` counts its changes,
// `before` those before the last scroll; `lag` is the longest time in milliseconds from a scroll to a change, `last` is
// the time of the last change. While `isOurs` is true, the changes are ours. A page that shows a box only while it is
// in view would hide all but its first window, so changes that it takes back out of view are restored.
const watchReaction = () => {
  const PUT_BACK = 4, SOON = 400, STATES = 3;
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
  const isFixed = (element) => lineOf(element).some((box) => getComputedStyle(box).position === "fixed");
  // A class that is taken away leaves an empty list, where there was none.
  const valueOf = (name, text) => name === "hidden" || text?.trim() ? text : null;
  const putBack = ({target, attributeName: name, oldValue: before}) => {
    const known = knownOf(target, name), oldValue = valueOf(name, before), value = valueOf(name, real(target).getAttribute(name));
    const isTakenBack = value !== oldValue && known.values.has(value) && known.seen === oldValue;
    if (known.values.size === 0) known.first = oldValue;
    known.values.add(oldValue);
    if (known.scroll !== reaction.scrolled) {
      known.scroll = reaction.scrolled;
      known.count = 0;
      // A value that is another one after each scroll follows the scroll, and at the top it is the one of the top.
      known.settled.add(oldValue);
    }
    const isSoon = performance.now() - reaction.scrolled < SOON;
    if (isTakenBack && isSoon && known.count < PUT_BACK && known.settled.size <= STATES && !isSeen(target) && !isFixed(target)) {
      known.count += 1;
      if (oldValue === null) real(target).removeAttribute(name);
      else real(target).setAttribute(name, oldValue);
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
