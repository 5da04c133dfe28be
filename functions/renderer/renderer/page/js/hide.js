// Hides what the selectors find, in open shadow roots too. The place of the first that is no selector, or null.
(selectors) => {
  const sheet = new CSSStyleSheet();
  for (const [place, selector] of selectors.entries()) {
    try { page.querySelector(selector); } catch { return place; }
    sheet.insertRule(`${selector} { display: none !important }`, sheet.cssRules.length);
  }
  for (const root of rootsOf(document)) {
    real(root).adoptedStyleSheets = [...real(root).adoptedStyleSheets, sheet];
  }
  return null;
}
