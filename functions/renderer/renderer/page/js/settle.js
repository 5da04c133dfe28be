// Resolves when fonts and pictures have come; then finite animations are at their end and endless ones at their start.
async ({whole, fontMs}) => {
  const patience = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const isSeen = (element) => {
    const {top, bottom, width, height} = element.getBoundingClientRect();
    return width + height > 0 && (whole || (bottom > 0 && top < innerHeight));
  };
  const ended = (image) => new Promise((resolve) => {
    image.addEventListener("load", resolve, {once: true});
    image.addEventListener("error", resolve, {once: true});
  });
  if (document.fonts.status !== "loaded") await Promise.race([document.fonts.ready, patience(fontMs)]);
  const coming = [...document.images].filter((image) => !image.complete && isSeen(image));
  await Promise.all(coming.map(ended));
  for (const animation of document.getAnimations()) {
    const isEndless = animation.effect?.getComputedTiming().endTime === Infinity;
    try { isEndless ? animation.cancel() : animation.finish(); } catch { /* an animation that cannot end stays */ }
  }
  const focused = document.activeElement;
  if (focused?.matches("input, textarea, [contenteditable]")) focused.style.caretColor = "transparent";
}
