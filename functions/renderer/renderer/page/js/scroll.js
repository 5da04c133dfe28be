// Scrolls down one window at a time from where it is; the document's height before and after, in CSS pixels.
async ({limit, milliseconds}) => {
  const end = performance.now() + milliseconds;
  const height = () => Math.max(page.documentElement?.scrollHeight ?? 0, page.body?.scrollHeight ?? 0);
  const before = height();
  let y = scrollY;
  while (y + innerHeight < Math.min(height(), limit) && performance.now() < end) {
    y = Math.min(y + innerHeight, height() - innerHeight);
    scrollTo({left: 0, top: y, behavior: "instant"});
    // An IntersectionObserver is told after a frame, and its answer is in the frame behind.
    await painted();
  }
  return [before, height()];
}
