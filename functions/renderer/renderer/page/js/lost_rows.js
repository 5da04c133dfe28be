// A page may take rows that are out of view away. The height of the document where a good part of what was seen while
// scrolling is gone from its place and nothing stands there now; null where it is not so. Notes the box that holds the rows.
() => {
  const LEAST = 3, SHARE = 0.3;
  const samples = kept.samples ?? [];
  // What shows the same elsewhere has moved: a section that the page holds in the window while it is scrolled.
  const hasMoved = ({line: [element], text}) => text.trim() !== "" && hasSize(boxOf(element))
    && (real(element).textContent ?? "").slice(0, kept.sampledText) === text;
  const isElsewhere = ({line: [element], top}) => Math.abs(boxOf(element).top + scrollY - top) > 1;
  const isGone = (sample) => !real(sample.line[0]).isConnected || (isElsewhere(sample) && !hasMoved(sample));
  const gone = samples.filter(isGone);
  if (gone.length < LEAST) return null;
  const shows = (element) => {
    const {backgroundColor, backgroundImage} = getComputedStyle(element);
    return real(element).textContent.trim() !== "" || real(element).matches("img, svg, canvas, video, iframe, input, button")
      || backgroundImage !== "none" || alphaOf(backgroundColor) > 0;
  };
  const boxes = everywhere("*").filter((element) => !real(element).firstElementChild && !shadowOf(element) && shows(element)).map(boxOf);
  const isEmpty = ({x, y}) => !boxes.some(({left, right, top, bottom}) => left <= x && x <= right && top <= y - scrollY && y - scrollY <= bottom);
  const holes = gone.filter(isEmpty);
  if (holes.length < Math.max(LEAST, SHARE * samples.length)) return null;
  const lines = holes.map(({line}) => line.filter((box) => real(box).isConnected));
  const isAround = (box, {y}) => boxOf(box).top <= y - scrollY && y - scrollY <= boxOf(box).bottom;
  kept.rows = lines[0].find((box) => lines.every((line, place) => line.includes(box) && isAround(box, holes[place])));
  return kept.rows && kept.rows !== page.documentElement ? lengthOf(page.documentElement, "scrollHeight") : null;
}
