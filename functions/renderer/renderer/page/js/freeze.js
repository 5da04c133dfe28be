// Brings finite animations to their end and endless ones to their start, and hides the caret.
() => {
  for (const animation of page.getAnimations()) {
    const isEndless = animation.effect?.getComputedTiming().endTime === Infinity;
    try { isEndless ? animation.cancel() : animation.finish(); } catch { /* an animation that cannot end stays */ }
  }
  const focused = page.activeElement;
  if (focused?.matches("input, textarea, [contenteditable]")) focused.style.caretColor = "transparent";
}
