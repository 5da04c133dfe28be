// Back to the top, and a frame to paint it.
() => {
  scrollTo({left: 0, top: 0, behavior: "instant"});
  return painted();
}
