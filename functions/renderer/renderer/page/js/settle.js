// Resolves when fonts and pictures have come.
async ({whole, fontMs}) => {
  const isSeen = (element) => {
    const {top, bottom, width, height} = boxOf(element);
    return width + height > 0 && (whole || (bottom > 0 && top < innerHeight));
  };
  const ended = (image) => new Promise((resolve) => {
    image.addEventListener("load", resolve, {once: true});
    image.addEventListener("error", resolve, {once: true});
  });
  if (page.fonts.status !== "loaded") await Promise.race([page.fonts.ready, later(fontMs)]);
  const coming = [...page.images].filter((image) => !image.complete && isSeen(image));
  await Promise.all(coming.map(ended));
}
