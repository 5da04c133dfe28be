// Scrolls down one window at a time from the current position; returns the document's height before and after, in CSS
// pixels. Changes that the page makes meanwhile are recorded in `globalThis.reaction`, for `top.js`; a page that
// reacted at the bottom may be about to grow.
async ({limit, milliseconds}) => {
  const GROWING = 450;
  const end = performance.now() + milliseconds;
  const height = () => Math.max(page.documentElement?.scrollHeight ?? 0, page.body?.scrollHeight ?? 0);
  const reaction = globalThis.reaction ??= watchReaction();
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
    scrollTo({left: 0, top: y, behavior: "instant"});
    // An IntersectionObserver is called after a frame, and its effect is in the next frame.
    await painted();
  }
  return [before, height()];
}
