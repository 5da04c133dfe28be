// Returns [x, y, width, height] on the page of each frame of another origin that is visible outside the window, because
// Chromium does not paint those. At most 20, the topmost first.
() => {
  const isFar = ({top, bottom, left, right}) => bottom <= 0 || top >= innerHeight || right <= 0 || left >= innerWidth;
  const isOther = (element) => { try { return element.contentDocument === null; } catch { return true; } };
  return everywhere("iframe, frame, object, embed")
    .filter((element) => isVisible(element) && isFar(boxOf(element)) && isOther(element))
    .map((element) => boxOf(element))
    .map(({x, y, width, height}) => [x + scrollX, y + scrollY, width, height])
    .sort((one, other) => one[1] - other[1]).slice(0, 20);
}
