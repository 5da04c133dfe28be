// Back to the top, and a frame to paint it.
() => new Promise((resolve) => {
  scrollTo({left: 0, top: 0, behavior: "instant"});
  requestAnimationFrame(() => setTimeout(resolve, 0));
})
