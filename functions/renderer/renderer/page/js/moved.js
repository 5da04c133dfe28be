// Whether this frame's page has changed what it shows since `watch.js`: true or null.
() => {
  const isMoving = kept.isStill && (kept.roots ?? []).some((root) => real(root).getAnimations().some(moves));
  return (kept.changes > 0 || isMoving || (kept.scrolls ?? 0) > kept.scrolled) || null;
}
