// Returns true if this document shows a large canvas or SVG, which a script may be drawing, else null.
() => {
  const LEAST = 100;
  const isLarge = (element) => {
    const {width, height} = boxOf(element);
    return width >= LEAST && height >= LEAST;
  };
  return (page.scripts.length > 0 && everywhere("canvas, svg").some(isLarge)) || null;
}
