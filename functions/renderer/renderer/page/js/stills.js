// Replaces SVG pictures that move by stills, wherever this frame shows them; `pictures` has the source of each by its address. Animations
// that end are at their end in a still, endless ones at their start. A page whose policy refuses the still keeps its picture.
async ({pictures}) => {
  const SHIFT = 1e5, SLOW = 1e10;   // seconds
  const FAST = 1e-4;
  const PROPERTIES = ["backgroundImage", "borderImageSource", "maskImage", "listStyleImage", "content"];
  const secondsOf = (text) => {
    const [, number, unit] = (text ?? "").trim().match(/^([+-]?[\d.]+)(h|min|s|ms)?$/) ?? [];
    return number === undefined ? null : Number(number) * ({h: 3600, min: 60, ms: 0.001}[unit] ?? 1);
  };
  // What ended before the drawing began would count as never begun, so it runs ten thousand times as fast.
  const faster = (time) => {
    const seconds = secondsOf(time.replaceAll(" ", ""));
    return `${seconds < 0 ? "-" : "+"}${Math.abs(seconds * FAST).toFixed(7)}s`;
  };
  const holdAtEnd = (animation) => {
    const begin = secondsOf(animation.getAttribute("begin") ?? "0s"), repeats = Number(animation.getAttribute("repeatCount") ?? 1);
    if (begin !== null && Number.isInteger(repeats) && animation.localName !== "set" && animation.getAttribute("fill") === "freeze") {
      // It is at its end from the first frame on.
      for (const name of ["end", "min", "max", "repeatDur", "repeatCount"]) animation.removeAttribute(name);
      animation.setAttribute("begin", `${-1 + begin * 1e-6 + 1e-4}s`);
      animation.setAttribute("dur", "1s");
      return;
    }
    for (const name of ["begin", "end", "dur", "min", "max", "repeatDur"].filter((name) => animation.hasAttribute(name))) {
      const times = animation.getAttribute(name).replace(/(?<![\w.])(?:[+-] *)?\d[\d.]*(?:h|min|s|ms)?(?![\w.:])/g, faster);
      animation.setAttribute(name, times.replace(/^\+/, ""));
    }
  };
  const holdAtStart = (animation, duration) => {
    const begin = secondsOf((animation.getAttribute("begin") ?? "0s").split(";")[0]);
    // One that began before its picture has its own place in a round, as the dots of a spinner.
    if (begin !== null) animation.setAttribute("begin", `${Math.min(0, begin) * SLOW / duration}s`);
    animation.setAttribute("dur", `${SLOW}s`);
  };
  const hold = (animation) => {
    const duration = secondsOf(animation.getAttribute("dur"));
    const isEndless = [animation.getAttribute("repeatCount"), animation.getAttribute("repeatDur")].includes("indefinite");
    if (isEndless && duration > 0) holdAtStart(animation, duration);
    else holdAtEnd(animation);
  };
  const stillOf = (source) => {
    const drawing = new DOMParser().parseFromString(source, "image/svg+xml");
    if (!(drawing.documentElement instanceof SVGSVGElement)) return null;
    drawing.querySelectorAll("animate, animateTransform, animateMotion, set").forEach(hold);
    const style = drawing.createElementNS("http://www.w3.org/2000/svg", "style");
    const rule = /infinite/.test(source) ? "animation-play-state: paused" : `animation-delay: -${SHIFT}s`;
    style.textContent = `*, *::before, *::after { ${rule} !important }`;
    drawing.documentElement.append(style);
    return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(drawing))}`;
  };
  const isShown = async (address) => {
    const image = new Image();
    image.src = address;
    try { await image.decode(); } catch { return false; }
    return true;
  };
  const stills = new Map();
  for (const [address, source] of Object.entries(pictures)) {
    const still = stillOf(source);
    if (still && await isShown(still)) stills.set(address, still);
  }
  const stillAt = (address) => {
    const [path, part] = (address ?? "").split("#");
    const still = stills.get(path);
    return still && (part === undefined ? still : `${still}#${part}`);
  };
  const absolute = (address) => { try { return new URL(address, page.baseURI).href; } catch { return ""; } };
  const set = (element, property, value, pseudoElement) =>
    real(element).animate({[property]: [value, value]}, {duration: 1, fill: "both", pseudoElement}).finish();
  const replaceStyles = (element, pseudoElement) => {
    const style = getComputedStyle(element, pseudoElement);
    for (const property of PROPERTIES) {
      if (!style[property]?.includes("url(")) continue;
      const value = style[property].replace(/url\("((?:[^"\\]|\\.)*)"\)/g, (whole, address) => {
        const still = stillAt(address.replace(/\\(.)/g, "$1"));
        return still ? `url("${still}")` : whole;
      });
      if (value !== style[property]) set(element, property, value, pseudoElement);
    }
  };
  const replace = (element) => {
    const {getAttribute, setAttribute, matches, currentSrc, src, poster} = real(element);
    const still = (address) => stillAt(absolute(address));
    if (element instanceof HTMLImageElement) {
      if (stillAt(currentSrc)) set(element, "content", `url("${stillAt(currentSrc)}")`);
    } else if (matches("input[type=image]")) {
      if (stillAt(src)) setAttribute("src", stillAt(src));
    } else if (matches("video")) {
      if (stillAt(poster)) setAttribute("poster", stillAt(poster));
    } else if (matches("image")) {
      const found = still(getAttribute("href") ?? getAttribute("xlink:href"));
      if (found) setAttribute("href", found);
    }
    for (const pseudoElement of [undefined, "::before", "::after"]) replaceStyles(element, pseudoElement);
  };
  if (stills.size === 0) return null;
  everywhere("*").forEach(replace);
  // A still is drawn at its start first, and plays to its end in the frames after that.
  for (let frame = 0; frame < 6; frame++) await painted();
  await later(150);
  return null;
}
