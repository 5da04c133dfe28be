// Comes before the scripts that scroll through a page: records how the page reacts. `answers` counts its changes,
// `before` those before the last scroll; `lag` is the longest time in milliseconds from a scroll to a change, `last` is
// the time of the last change. While `isOurs` is true, the changes are ours. A page that shows a box only while it is
// in view would hide all but its first window, so changes that it takes back out of view are restored.
const watchReaction = () => {
  const PUT_BACK = 4, SOON = 400;
  const reaction = {answers: 0, before: 0, lag: 0, last: 0, scrolled: performance.now(), hasScrolled: false, isOurs: false};
  const earlier = new WeakMap();   // by element: the values its attributes had, those it got in view, and how often one was put back
  const isWithin = (element, margin) => {
    const {top, bottom} = boxOf(element);
    return bottom > -margin && top < innerHeight + margin;
  };
  const putBack = ({target, attributeName: name, oldValue}) => {
    const known = earlier.get(target) ?? {values: [], seen: new Map(), count: 0};
    earlier.set(target, known);
    const value = real(target).getAttribute(name);
    const isTakenBack = value !== oldValue && known.values.includes(`${name}=${value}`) && known.seen.get(name) === oldValue;
    known.values.push(`${name}=${oldValue}`);
    if (isTakenBack && known.count < PUT_BACK && performance.now() - reaction.scrolled < SOON
        && !isWithin(target, 0) && getComputedStyle(target).position !== "fixed") {
      known.count += 1;
      if (oldValue === null) real(target).removeAttribute(name);
      else real(target).setAttribute(name, oldValue);
    // Changes far from the window that happen on their own, such as a carousel, are not a reaction to the scroll.
    } else if (isWithin(target, innerHeight / 2)) known.seen.set(name, value);
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
