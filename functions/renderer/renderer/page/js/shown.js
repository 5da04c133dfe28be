// Returns the addresses of pictures and frames that this frame shows, in open shadow roots too: in its window, or with
// `whole` anywhere in its document. Elements that are not displayed, and lazy pictures that were never requested, are
// not waited for.
({whole}) => {
  const found = new Set();
  const add = (address) => {
    try { found.add(new URL(address, page.baseURI).href.split("#")[0]); } catch { /* no address */ }
  };
  // A picture without a given size has no size before it is loaded.
  const isYetWithoutSize = (element) => element instanceof HTMLImageElement && !real(element).complete
    && real(element).computedStyleMap().get("width").value === "auto" && real(element).checkVisibility();
  const isSeen = (element) => {
    const {top, bottom, width, height} = boxOf(element);
    return (width + height > 0 || isYetWithoutSize(element)) && (whole || (bottom >= 0 && top < innerHeight));
  };
  // Which of its choices a picture takes is not told before that one has come.
  const addChoicesOf = (image) => {
    const sources = parentOf(image) instanceof HTMLPictureElement ? all(parentOf(image), "source") : [];
    for (const one of [image, ...sources]) {
      for (const choice of (real(one).getAttribute("srcset") ?? "").split(/,\s+|,(?=[^\s,]+\s+[\d.]+[wx])/)) add(choice.trim().split(/\s/)[0]);
    }
  };
  const IMAGES = ["backgroundImage", "borderImageSource", "maskImage", "listStyleImage", "content"];
  const addImagesOf = (style) => {
    for (const name of IMAGES) {
      const value = style[name];
      if (value?.includes("url(")) for (const [, address] of value.matchAll(/url\("((?:[^"\\]|\\.)*)"\)/g)) add(address);
    }
  };
  for (const element of everywhere("*")) {
    if (!isSeen(element)) continue;
    const {currentSrc, src, poster, data, matches, getAttribute} = real(element);
    if (element instanceof HTMLImageElement && !currentSrc) addChoicesOf(element);
    if (matches("img, iframe, frame, input[type=image], embed")) add(currentSrc || src);
    if (matches("video")) add(poster);
    if (matches("object")) add(data);
    if (matches("image, feImage, use")) add(getAttribute("href") ?? getAttribute("xlink:href"));
    for (const part of [null, "::before", "::after"]) addImagesOf(getComputedStyle(element, part));
  }
  return [...found];
}
