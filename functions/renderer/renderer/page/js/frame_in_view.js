// Returns whether the element of a frame has a size and lies in the window around it, or with `whole` anywhere.
(element, whole) => {
  const box = boxOf(element);
  return hasSize(box) && (whole || (box.bottom >= 0 && box.top < innerHeight));
}
