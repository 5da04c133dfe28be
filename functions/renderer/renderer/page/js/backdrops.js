// Extends what is behind the window to a picture of more than the window: fixed boxes that cover the window and show no
// text, and fixed background images. `height` is the picture's height from the top of the page, in CSS pixels.
(height) => {
  const set = (element, name, value) => real(element).style?.setProperty(name, value, "important");
  const rules = [];
  const isWindow = ({width, height: tall}) => width >= innerWidth * 0.98 && tall >= innerHeight * 0.98 && tall <= innerHeight * 1.5;
  // A box of the window's size may be beside it: a closed menu, a picture that scrolling moves.
  const isOverWindow = ({top, bottom, left, right}) => top <= innerHeight * 0.02 && bottom >= innerHeight * 0.98
    && left <= innerWidth * 0.02 && right >= innerWidth * 0.98;
  const covers = (box) => isWindow(box) && isOverWindow(box);
  const isBackdrop = (element, style) => style.position === "fixed" && covers(boxOf(element))
    && !(real(element).textContent ?? "").trim() && !real(element).querySelector("iframe, input, button") && !real(element).matches("iframe");
  const lengthen = (element) => {
    const added = height - boxOf(element).height, {paddingBottom} = getComputedStyle(element);
    const isFilled = all(element).some((child) => isWindow(boxOf(child)));
    set(element, "transition", "none");
    set(element, "bottom", "auto");
    set(element, "max-height", "none");
    set(element, "height", `${height}px`);
    if (real(element).matches("img, video, canvas")) set(element, "object-fit", "cover");
    else if (!isFilled) {
      // What it holds, such as a picture in its middle, stays where it is.
      set(element, "box-sizing", "border-box");
      set(element, "padding-bottom", `calc(${paddingBottom} + ${added}px)`);
    }
  };
  const lengthenPseudo = (element, which) => {
    const style = getComputedStyle(element, which);
    if (style.position !== "fixed" || style.content === "none") return;
    if (!isWindow({width: parseFloat(style.width), height: parseFloat(style.height)})) return;
    real(element).setAttribute("data-behind-the-window", "");
    rules.push(`[data-behind-the-window]${which} { height: ${height}px !important; bottom: auto !important; max-height: none !important }`);
  };
  for (const root of rootsOf(document)) {
    for (const element of all(root)) {
      const style = getComputedStyle(element);
      if (style.backgroundAttachment.includes("fixed") && style.backgroundImage !== "none") {
        set(element, "background-attachment", "scroll");
        if (element === page.documentElement || element === page.body) set(page.documentElement, "min-height", `${height}px`);
      }
      if (isBackdrop(element, style)) lengthen(element);
    }
  }
  for (const element of [page.documentElement, page.body, ...all(document, "body > *, body > * > *")]) {
    if (element) ["::before", "::after"].forEach((which) => lengthenPseudo(element, which));
  }
  // The backdrop of a modal dialog or a popover.
  for (const element of everywhere(":modal, :popover-open")) lengthenPseudo(element, "::backdrop");
  if (rules.length) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync([...new Set(rules)].join("\n"));
    page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  }
}
