// Counts from now on how often this frame's page changes what it shows, until `moved.js` asks.
() => {
  kept.changes = 0;
  if (kept.watch) return null;
  const isInHead = ({target}) => page.head?.contains(target);
  kept.watch = new MutationObserver((records) => { kept.changes += records.filter((record) => !isInHead(record)).length; });
  for (const root of kept.roots ?? [document]) {
    kept.watch.observe(root, {subtree: true, childList: true, characterData: true, attributes: true});
  }
  return null;
}
