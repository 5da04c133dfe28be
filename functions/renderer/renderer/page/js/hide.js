// Hides what the selectors find, in open shadow roots too. The place of the first that is no selector, or null.
(selectors) => {
  const sheet = new CSSStyleSheet();
  for (const [place, selector] of selectors.entries()) {
    try { document.querySelector(selector); } catch { return place; }
    sheet.insertRule(`${selector} { display: none !important }`, sheet.cssRules.length);
  }
  const adopt = (root) => {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    for (const element of root.querySelectorAll("*")) if (element.shadowRoot) adopt(element.shadowRoot);
  };
  adopt(document);
  return null;
}
