// Holds pictures that move on their own (GIF, WebP, AVIF, APNG) at their first frame; `moving` is the selector of the elements that
// may show them, `svgs` the addresses of SVG pictures, for which `stills.js` is. The sheet is ours, so that the page's own rules and
// attributes stay as they are.
async ({moving, svgs}) => {
  if (!moving || kept.stopped) return null;
  kept.stopped = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${moving} { image-animation: stopped !important }`);
  if (sheet.cssRules[0]?.style.length !== 1) return null;   // a Chromium without the property
  document.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  // The property does not reach pictures in drawings.
  const draw = async (image) => {
    const bitmap = await createImageBitmap(image);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
    const address = URL.createObjectURL(await canvas.convertToBlob());
    const first = new Image();
    first.src = address;
    await first.decode();
    real(image).setAttribute("href", address);
  };
  const isSvg = (image) => {
    const {getAttribute, baseURI} = real(image);
    const address = getAttribute("href") ?? getAttribute("xlink:href") ?? "";
    try { return address.startsWith("data:image/svg") || svgs.includes(new URL(address, baseURI).href.split("#")[0]); } catch { return true; }
  };
  const pictures = everywhere("image").filter((image) => image instanceof SVGImageElement && !isSvg(image));
  // A picture of another origin cannot be read.
  await Promise.race([Promise.allSettled(pictures.map(draw)), later(1000)]);
  return null;
}
