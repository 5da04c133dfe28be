// Resolves when a tap has become a click in this frame, or when the time is up in which a browser waits for a second tap.
() => Promise.race([
  new Promise((resolve) => addEventListener("click", () => setTimeout(resolve, 0), {capture: true, once: true})),
  later(700),
])
