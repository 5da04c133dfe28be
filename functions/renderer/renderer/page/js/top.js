// Scrolls back to the top and waits for a frame. A page that reacted to the scrolling is first scrolled through once
// more, in smaller steps and as slowly as it reacts: it may wait for a pause, or until nearly all of a box is in view.
async ({limit, milliseconds}) => {
  const SMALL = 0.25, SLOW = 0.35, MOST_STEPS = 200, PAUSE = 40, LONGEST_PAUSE = 250, PATIENCE = 4;
  const QUIET = 120, LONGEST_QUIET = 1200, LONGEST_TIMER = 550;
  const {reaction} = kept;
  const end = performance.now() + milliseconds;
  const lookAgain = async () => {
    const bottom = Math.min(lengthOf(page.documentElement, "scrollHeight"), limit) - innerHeight;
    let inVain = 0;
    const isPrompt = reaction.lag <= LONGEST_PAUSE;
    for (let y = 0, last = -1; last < bottom && performance.now() < end;) {
      last = Math.min(y, bottom);
      scrollTo({left: 0, top: last, behavior: "instant"});
      const before = reaction.answers, isSlow = reaction.lag > PAUSE && inVain < PATIENCE;
      reaction.scrolled = performance.now();
      await painted();
      const pause = performance.now() + (isSlow ? Math.min(LONGEST_PAUSE, reaction.lag + PAUSE) : 0);
      while (performance.now() < pause && reaction.answers === before) await later(10);
      inVain = reaction.answers === before ? inVain + 1 : 0;
      y += Math.max(innerHeight * (isSlow ? SLOW : SMALL), bottom / MOST_STEPS);
    }
    await comesToRest(isPrompt ? 0 : Math.min(LONGEST_TIMER, reaction.lag + QUIET));
  };
  // The page changes no more, and the time in which it may begin to answer the last scroll is over.
  const comesToRest = async (patience) => {
    const quiet = Math.min(end, performance.now() + LONGEST_QUIET), soonest = reaction.scrolled + patience;
    while (performance.now() < quiet && (performance.now() < soonest || performance.now() - reaction.last < QUIET)) await later(20);
  };
  // A timer that the last scroll set off may show something yet.
  const timersEnd = async () => {
    const until = Math.min(end, reaction.scrolled + LONGEST_TIMER);
    while (performance.now() < until && reaction.answers === reaction.before) await later(20);
    if (reaction.answers > reaction.before || performance.now() >= end) return;
    // A page that listens only now and then may have missed the last scroll.
    for (const pixels of [-1, 1]) {
      scrollBy({top: pixels, behavior: "instant"});
      await painted();
    }
  };
  if (reaction?.hasScrolled && page.scripts.length > 0) await timersEnd();
  if (reaction?.answers) await lookAgain();
  if (reaction) reaction.scrolled = performance.now();
  scrollTo({left: 0, top: 0, behavior: "instant"});
  await painted();
  // A page that follows the scroll smoothly may answer only when it has arrived.
  if (reaction?.answers) await comesToRest(Math.min(LONGEST_TIMER, Math.max(LONGEST_PAUSE, reaction.lag + PAUSE)));
}
