// Lays out what `content-visibility` skips. With `unroll`, a page that scrolls in one box, and not as a whole, is
// scrolled through in that box, which then grows to its content, up to `limit` CSS pixels. Takes at most
// `milliseconds`. Returns whether some content stays hidden beyond the limit.
async ({unroll, limit, milliseconds}) => {
  const end = performance.now() + milliseconds;
  if (kept.reaction) kept.reaction.isOurs = true;
  const set = (element, name, value) => real(element).style?.setProperty(name, value, "important");
  const styled = rootsOf(document).flatMap((root) => all(root));
  for (const element of styled) {
    if (getComputedStyle(element).contentVisibility === "auto") set(element, "content-visibility", "visible");
  }
  const heightOf = (element) => real(element).offsetHeight ?? 0;
  // A column gives its items their heights; one that has a height of its own must not be stretched or shrunk by it.
  const leaveColumn = (element) => {
    const holder = parentOf(element) && getComputedStyle(parentOf(element));
    if (holder?.display.includes("flex") && holder.flexDirection.startsWith("column")) set(element, "flex", "none");
  };
  const grow = (element, pixels) => {
    const style = getComputedStyle(element), height = parseFloat(style.height);
    if (Number.isNaN(height)) return;
    set(element, "transition", "none");
    set(element, "max-height", "none");
    leaveColumn(element);
    if (style.position === "fixed") set(element, "position", "absolute");
    set(element, "height", `${height + pixels}px`);
  };
  // The page in a frame of this origin, which scrolls in the frame as in a box.
  const inside = (element) => element.matches?.("iframe") ? real(element).contentDocument?.scrollingElement ?? null : null;
  // In quirks mode the body counts the window's height as its own, also where it is longer.
  const clientHeightOf = (element) => element === page.body && page.compatMode === "BackCompat"
    ? real(element).offsetHeight : real(element).clientHeight;
  const hidden = (element) => {
    const scrolls = inside(element) ?? element;
    return real(scrolls).scrollHeight - clientHeightOf(scrolls);
  };
  // What a box shows, also by its slots.
  const withinOf = (element) => {
    if (inside(element)) return all(real(element).contentDocument);
    const found = rootsOf(shadowOf(element) ?? element).flatMap((root) => all(root));
    const slotted = found.filter((one) => one instanceof HTMLSlotElement).flatMap((slot) => real(slot).assignedElements());
    return [...found, ...slotted.flatMap((one) => [one, ...all(one)])];
  };
  // Content whose height or place is a share of its box would grow with the box without end: sections of 100 %, or of
  // 100vh in a frame. It keeps its height and place. A box whose content grows all the same stays as it is: the result
  // is false.
  const growAlone = (element, pixels) => {
    const line = lineOf(element).map((box) => [real(box).style, real(box).style?.cssText]);
    const before = [element, ...withinOf(element)].map((one) => {
      const {position, top, gridTemplateRows} = getComputedStyle(one);
      return {one, height: heightOf(one), top: position === "static" ? "auto" : top, rows: gridTemplateRows};
    });
    const most = hidden(element);
    growWithParents(element, pixels);
    if (hidden(element) <= Math.max(1, most - pixels + 1)) return true;
    const now = before.map((known) => {
      const {height, gridTemplateRows, top} = getComputedStyle(known.one);
      return {...known, added: heightOf(known.one) - known.height, length: parseFloat(height), now: gridTemplateRows, moved: top};
    });
    for (const {one, added, length, rows, now: other, top, moved} of now) {
      if (other !== rows && rows.includes("px")) set(one, "grid-template-rows", rows);
      if (top.endsWith("px") && top !== moved) set(one, "top", top);
      if (one === element || added <= 0) continue;
      leaveColumn(one);
      for (const name of ["height", "min-height"]) set(one, name, `${length - added}px`);
    }
    if (hidden(element) < most) return true;
    for (const [style, text] of line) if (style) style.cssText = text;
    return false;
  };
  const growWithParents = (element, pixels) => {
    const heights = lineOf(element).map((box) => [box, heightOf(box)]);
    for (const [box, before] of heights) {
      const missing = pixels - (heightOf(box) - before);
      if (missing >= 1 || getComputedStyle(box).position === "fixed") grow(box, Math.max(0, missing));
    }
  };
  const isScroller = (element) => {
    if (element === page.scrollingElement || real(element).matches("textarea, select, html")) return false;
    const {clientHeight, clientWidth} = real(element);
    return clientHeight >= innerHeight / 2 && clientWidth >= innerWidth / 2 && hidden(element) > 1
      && (inside(element) !== null || ["auto", "scroll"].includes(getComputedStyle(element).overflowY));
  };
  const area = (element) => real(element).clientHeight * real(element).clientWidth;
  const scroller = () => everywhere("*").filter(isScroller).sort((one, other) => area(other) - area(one))[0];
  const scrollThrough = async (element) => {
    const box = real(inside(element) ?? element);
    for (let y = box.clientHeight / 2; y < Math.min(box.scrollHeight, limit) && performance.now() < end; y += box.clientHeight / 2) {
      box.scrollTo({top: y, behavior: "instant"});
      await painted();
    }
    box.scrollTo({top: 0, left: 0, behavior: "instant"});
    // A box that grows before the last scroll was painted would keep parts of what it showed before.
    for (let frame = 0; frame < 3; frame += 1) await painted();
  };
  // A page that is a little longer than the window still scrolls in its box; one that is much longer scrolls as a
  // whole.
  const scrollsAsAWhole = () => lengthOf(page.documentElement, "scrollHeight") > innerHeight * 1.25;
  // A box that has grown grows again if content was added since.
  if (!unroll || (!kept.grownBox?.isConnected && scrollsAsAWhole())) return false;
  for (let depth = 0; depth < 4; depth += 1) {
    const element = scroller();
    if (!element || page.documentElement.scrollHeight >= limit) return Boolean(element);
    if (depth === 0) await scrollThrough(element);
    kept.grownBox = element;
    for (let turn = 0; turn < 3 && hidden(element) > 1; turn += 1) {
      const room = Math.max(0, limit - Math.max(innerHeight, page.documentElement.scrollHeight));
      if (!growAlone(element, Math.min(hidden(element), room))) return false;
    }
    // A list that shows the rows in view alone looks at its box when it scrolls.
    real(inside(element) ?? element).dispatchEvent(new Event("scroll"));
  }
  return false;
}
