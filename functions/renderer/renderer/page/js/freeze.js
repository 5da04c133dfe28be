// Brings the page's motion to its end: a running scroll arrives; finite animations end, and so do those that start when
// they end; endless ones stop at their first keyframe. Animations driven by scrolling, or paused by the page, stay as
// they are; only with `whole` those that the view of an element below the window drives are where it is in the middle. SVG has its own animations (SMIL), with one clock for each svg element; if an svg has finite and endless
// ones, the finite ones end.
async ({whole}) => {
  const ROUNDS = 20, MILLISECONDS = 1500;
  const until = performance.now() + MILLISECONDS;
  const position = () => {
    const target = page.querySelector(":target");
    return [scrollX, scrollY, kept.scrolls, target ? boxOf(target).top : 0].join();
  };
  const arrive = async () => {
    for (let last = "", same = 0; same < 3 && performance.now() < until; await painted()) {
      same = position() === last ? same + 1 : 0;
      last = position();
    }
  };
  const end = (animation) => {
    const {endTime, delay, duration, direction} = animation.effect.getComputedTiming();
    if (endTime !== Infinity) return animation.finish();
    animation.pause();
    // An animation with a negative start time is at its first keyframe when its next round begins.
    const round = duration * (direction.startsWith("alternate") ? 2 : 1);
    animation.currentTime = delay + Math.max(0, Math.ceil(-delay / round)) * round;
  };
  // Chromium does not list the transitions of these parts; without a transition they are at its end.
  const endOfParts = () => {
    if (kept.parts || !page.querySelector("details, select")) return;
    kept.parts = new CSSStyleSheet();
    kept.parts.replaceSync("::details-content { transition: none !important } ::picker(select) { transition: none !important }");
    document.adoptedStyleSheets = [...page.adoptedStyleSheets, kept.parts];
  };
  // In a picture of the whole page, what is shown as it comes into view looks as in the middle of the window.
  const lookAtMiddle = () => {
    const comes = ({timeline, playState, effect}) => playState === "running" && effect && timeline instanceof ViewTimeline
      && timeline.axis !== "inline" && timeline.axis !== "x" && timeline.subject && boxOf(timeline.subject).bottom > innerHeight;
    for (const animation of kept.roots.flatMap((root) => real(root).getAnimations()).filter(comes)) {
      animation.pause();
      animation.currentTime = CSS.percent(50);
    }
  };
  const tried = (call) => { try { return call(); } catch { return null; } };
  const spanOf = (animation) => {
    const {getAttribute, getStartTime, getSimpleDuration, localName} = real(animation);
    const begin = tried(getStartTime);
    if (begin === null) return null;   // it has ended, or waits for an event
    const duration = tried(getSimpleDuration) ?? 0;
    const repeats = getAttribute("repeatCount") ?? "1", lasts = getAttribute("repeatDur");
    const isEndless = localName !== "set" && duration > 0 && (repeats === "indefinite" || lasts === "indefinite");
    return {begin, duration, end: isEndless ? Infinity : begin + duration * (Number.parseFloat(repeats) || 1)};
  };
  const stopClock = (svg, animations) => {
    const {pauseAnimations, setCurrentTime, getCurrentTime} = real(svg);
    pauseAnimations();
    let rest = animations.every(spanOf) ? 0 : getCurrentTime();
    for (let round = 0, last = -1; round < ROUNDS && rest !== last; round++) {
      const spans = animations.map(spanOf).filter(Boolean);
      const endless = spans.find(({end}) => end === Infinity);
      last = rest;
      rest = Math.max(rest, ...spans.map(({begin, end}) => end === Infinity ? begin : end));
      if (endless) rest = endless.begin + Math.ceil((rest - endless.begin) / endless.duration - 1e-6) * endless.duration;
      setCurrentTime(rest);
    }
  };
  const stopClocks = () => {
    const clocks = new Map();
    for (const animation of everywhere("animate, animateTransform, animateMotion, set")) {
      const svg = real(animation).ownerSVGElement;
      if (svg && !real(svg).animationsPaused()) clocks.set(svg, [...(clocks.get(svg) ?? []), animation]);
    }
    clocks.forEach((animations, svg) => stopClock(svg, animations));
    return clocks.size > 0;
  };
  // The caret blinks where text is typed: in a field it takes the field's colour, elsewhere it is removed with the
  // selection.
  const hideCaret = () => {
    let focused = page.activeElement;
    while (focused && shadowOf(focused) && real(shadowOf(focused)).activeElement) focused = real(shadowOf(focused)).activeElement;
    if (!focused) return;
    const isField = focused instanceof HTMLInputElement || focused instanceof HTMLTextAreaElement;
    // Nothing is typed elsewhere, for example in the body, which has the focus on most pages, so no repaint is needed
    // there.
    if (!isField && !real(focused).isContentEditable && page.designMode !== "on") return;
    real(focused).style?.setProperty("caret-color", "transparent", "important");
    const selection = getSelection();
    if (!isField && selection?.isCollapsed) {
      selection.removeAllRanges();
    }
  };
  // A view transition would show the page as it was before.
  const transition = page.activeViewTransition;
  if (transition) {
    transition.skipTransition();
    await Promise.race([transition.updateCallbackDone.catch(() => null), later(MILLISECONDS)]);
    await painted();
  }
  if (location.hash || scrollX || scrollY || kept.scrolls) await arrive();
  kept.isStill = false;
  for (let round = 0; round < ROUNDS && performance.now() < until; round++) {
    kept.roots = rootsOf(document);
    const moving = kept.roots.flatMap((root) => real(root).getAnimations()).filter(moves);
    for (const animation of moving) try { end(animation); } catch { /* one that has no end stays */ }
    kept.isStill = moving.length === 0;
    if (kept.isStill) break;
    await painted();
  }
  endOfParts();
  if (whole) lookAtMiddle();
  if (stopClocks()) await painted();
  hideCaret();
  kept.scrolled = kept.scrolls ??= 0;
  kept.noteScroll ??= page.addEventListener("scroll", () => { kept.scrolls += 1; }, {capture: true, passive: true}) ?? true;
}
