// Returns whether a point of this window belongs to a frame in it.
([x, y]) => {
  const found = elementAt(x, y);
  return found !== null && real(found).matches("iframe, frame, object, embed");
}
