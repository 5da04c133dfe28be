// Returns whether the element of a frame has a size and lies in the window around it, or with `whole` anywhere.
(element, whole) => {
  const {top, bottom, width, height} = boxOf(element);
  return width > 0 && height > 0 && (whole || (bottom >= 0 && top < innerHeight));
}
