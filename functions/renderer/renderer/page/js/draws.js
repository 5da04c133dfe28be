// Returns "canvas" or "svg" if this document shows a large one, which a script may be drawing, else null.
() => {
  const LEAST = 100;
  const isLarge = (element) => {
    const {width, height} = boxOf(element);
    return width >= LEAST && height >= LEAST;
  };
  if (page.scripts.length === 0) return null;
  return ["canvas", "svg"].find((name) => everywhere(name).some(isLarge)) ?? null;
}
