// In a window as tall as the page: waits until the box of `lost_rows.js` holds all its rows, and puts a copy in its place that
// the page's scripts do not know. Back in the window as it was (`isBack`), once more: they may have found the copy by its name.
async ({isBack}) => {
  const MILLISECONDS = 1500, QUIET = 150;
  const until = performance.now() + MILLISECONDS;
  const count = () => all(kept.rows).length;
  const replace = () => {
    const copy = real(kept.rows).cloneNode(true);
    const drawings = all(copy, "canvas");
    all(kept.rows, "canvas").forEach((drawing, place) => {
      if (drawing.width && drawing.height) drawings[place].getContext("2d")?.drawImage(drawing, 0, 0);
    });
    real(kept.shownRows ?? kept.rows).replaceWith(copy);
    kept.shownRows = copy;
  };
  if (isBack) {
    for (let frame = 0; frame < 2; frame += 1) await painted();
    return replace();
  }
  dispatchEvent(new Event("scroll"));
  let last = count(), since = performance.now();
  while (performance.now() < until && performance.now() - since < QUIET) {
    await painted();
    await later(20);
    if (count() !== last) [last, since] = [count(), performance.now()];
  }
  replace();
  kept.rows = real(kept.shownRows).cloneNode(true);
}
