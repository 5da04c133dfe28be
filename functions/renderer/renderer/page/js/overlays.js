// Removes banners that lie over the page, in open shadow roots too, and the curtains behind them; then the page scrolls
// again. The names of what was removed. `wasDeclined`: a banner went before, so its curtain may be left.
(wasDeclined) => {
  const WORDS = /cookie|consent|gdpr|einwillig|datenschutz|rgpd|同意/i;
  const NAMES = /cookie|consent|gdpr|\bcmp\b|onetrust|didomi|usercentrics|cookiebot|truste|quantcast|sp_message/i;
  const removed = [];
  const nameOf = (element) => {
    const own = element.id ? `#${element.id}` : [...element.classList].map((name) => `.${name}`).join("");
    return element.localName + own;
  };
  const isOver = (element, style) =>
    ["fixed", "sticky"].includes(style.position) || element.matches("dialog[open], [role=dialog], [aria-modal=true]");
  const text = (element) => (element.innerText ?? element.textContent ?? "").slice(0, 4000);
  const shadowText = (element) => text(element) + [...element.querySelectorAll("*")]
    .filter((child) => child.shadowRoot).map((child) => child.shadowRoot.textContent.slice(0, 4000)).join(" ");
  const hasChoice = (element) => element.querySelector("button, a, input, [role=button], iframe") !== null
    || [...element.querySelectorAll("*")].some((child) => child.shadowRoot?.querySelector("button, a"));
  const isBanner = (element) => {
    const names = `${element.id} ${element.getAttribute("class")} ${element.getAttribute("aria-label")}`;
    // A header or menu that only links to the cookie policy is no banner: most of its text is about something else.
    const said = shadowText(element);
    return hasChoice(element) && (NAMES.test(names) || (WORDS.test(said) && said.length < 2500));
  };
  const isNavigation = (element) => element.matches("header, nav, main, footer") || element.querySelector("nav, main");
  const isCurtain = (element, style) => {
    const {width, height} = element.getBoundingClientRect();
    const covers = width >= innerWidth * 0.95 && height >= innerHeight * 0.95;
    return covers && text(element).trim() === "" && !element.querySelector("img, video, canvas, svg, iframe")
      && (style.backgroundColor !== "rgba(0, 0, 0, 0)" || style.backdropFilter !== "none");
  };
  const over = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot);
      const style = getComputedStyle(element);
      if (style.display !== "none" && isOver(element, style)) over.push([element, style]);
    }
  };
  walk(document);
  for (const [element] of over) {
    if (element.isConnected && !isNavigation(element) && isBanner(element)) {
      removed.push(nameOf(element));
      element.remove();
    }
  }
  if (removed.length === 0 && !wasDeclined) return removed;
  for (const [element, style] of over) if (element.isConnected && isCurtain(element, style)) element.remove();
  for (const root of [document.documentElement, document.body]) {
    const style = root ? getComputedStyle(root) : null;
    if (style && [style.overflow, style.overflowY].includes("hidden")) {
      root.style.setProperty("overflow", "visible", "important");
    }
    if (style?.position === "fixed") root.style.setProperty("position", "static", "important");
  }
  return removed;
}
