// Scrolls down one window at a time from the current position; returns the document's height before and after, in CSS
// pixels. Changes that the page makes meanwhile are recorded in `kept.reaction`, for `top.js`; a page that
// reacted at the bottom may be about to grow.
async ({limit, milliseconds}) => {
  const GROWING = 450;
  const end = performance.now() + milliseconds;
  const height = () => Math.max(lengthOf(page.documentElement, "scrollHeight"), lengthOf(page.body, "scrollHeight"));
  const reaction = kept.reaction ??= watchReaction();
  // What is seen on the way, for `lost_rows.js`.
  const MOST_SAMPLES = 300, TEXT = 100;
  const samples = kept.samples ??= [];
  kept.sampledText = TEXT;
  const sample = () => {
    for (const x of [0.25, 0.5, 0.75].map((share) => innerWidth * share)) {
      const element = elementAt(x, innerHeight / 2), line = lineOf(element);
      // What sticks to the window is elsewhere on the page after each scroll.
      if (line.some((box) => ["fixed", "sticky"].includes(getComputedStyle(box).position))) continue;
      if (line.length <= 2 || samples.length >= MOST_SAMPLES) continue;
      const text = (real(element).textContent ?? "").slice(0, TEXT);
      samples.push({line, text, x, y: scrollY + innerHeight / 2, top: boxOf(element).top + scrollY});
    }
  };
  const before = height();
  if (reaction.answers > reaction.before) {
    const until = Math.min(end, performance.now() + GROWING);
    while (height() === before && performance.now() < until) await later(30);
  }
  reaction.isOurs = false;
  let y = scrollY;
  while (y + innerHeight < Math.min(height(), limit) && performance.now() < end) {
    y = Math.min(y + innerHeight, height() - innerHeight);
    reaction.before = reaction.answers;
    reaction.scrolled = performance.now();
    reaction.hasScrolled = true;
    scrollTo({left: 0, top: y, behavior: "instant"});
    // An IntersectionObserver is called after a frame, and its effect is in the next frame.
    await painted();
    sample();
  }
  return [before, height()];
}
