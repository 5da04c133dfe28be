// Keeps the request's `css` and `hide` applied in this frame's document and its open shadow roots, whatever is added
// later or removes our styles. Returns the index of the first invalid selector in `hide`, or null.
//
// Our rules are in a constructed sheet, to which no content security policy of the page applies. An `!important` rule
// must also win over what would win over any sheet: over more specific rules (it is in a layer, which wins over rules
// outside of layers), over the page's layers (our layer comes first), over inline styles (they lose their
// `!important`), and over `:host` in a shadow root (our sheet in there has a rule for it). A page that drops our sheets
// also gets them as a style element, and the important ones as inline styles.
({css, hide}) => {
  const IMPORTANT = /!\s*important/i;
  const hiding = new CSSStyleSheet(), styling = new CSSStyleSheet();
  for (const [place, selector] of hide.entries()) {
    try {
      page.querySelector(selector);
      hiding.insertRule(`${selector} { display: none !important }`, hiding.cssRules.length);
    } catch { return place; }
  }
  if (kept.hold) {
    kept.hold();
    return null;
  }
  styling.replaceSync(css);
  const isImportant = IMPORTANT.test(css);
  const inLayer = () => `@layer shutterstep { ${[...styling.cssRules].map((rule) => rule.cssText).join("\n")} }`;
  const layer = new CSSStyleSheet();
  if (isImportant) layer.replaceSync(inLayer());
  const added = new WeakMap();   // by shadow root: our rules for its host
  const elements = new WeakMap();   // by root: our style element

  const groupsOf = (rules) => [...rules].flatMap((rule) => {
    if (rule instanceof CSSMediaRule && !matchMedia(rule.conditionText).matches) return [];
    return rule instanceof CSSGroupingRule && !(rule instanceof CSSStyleRule) ? groupsOf(rule.cssRules) : [rule];
  });
  const ruleIn = (around) => (rule) => rule instanceof CSSStyleRule ? nested(rule, around) : [];
  // Nested rules: `&` stands for what the outer rule selects.
  const nested = ({selectorText, style, cssRules}, around) => {
    const whole = around ? selectorText.replaceAll("&", `:is(${around})`) : selectorText;
    return [{selectorText: whole, style}, ...groupsOf(cssRules).flatMap(ruleIn(whole))];
  };
  const important = () => groupsOf(styling.cssRules).flatMap(ruleIn(""))
    .filter(({style}) => IMPORTANT.test(style.cssText))
    .map(({selectorText, style}) => ({
      selectorText, style, names: [...style].filter((name) => style.getPropertyPriority(name) === "important"),
    }));

  let isDropped = false;
  const adopted = new WeakSet();
  const adopt = (root) => {
    const ours = [...(isImportant ? [layer] : []), styling, hiding, ...(added.get(root)?.values() ?? [])];
    const theirs = [...real(root).adoptedStyleSheets].filter((sheet) => !ours.includes(sheet));
    const now = real(root).adoptedStyleSheets;
    isDropped ||= adopted.has(root) && ![...now].includes(styling);
    adopted.add(root);
    if (now.length < ours.length || ours.some((sheet, place) => now[now.length - ours.length + place] !== sheet)) {
      real(root).adoptedStyleSheets = [...theirs, ...ours];
    }
  };
  const addForHost = (root, text) => {
    const sheets = added.get(root) ?? new Map();
    if (!sheets.has(text)) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`:host { ${text} }`);
      added.set(root, sheets.set(text, sheet));
    }
    adopt(root);
  };

  const layered = new WeakMap();
  const hasLayers = (rules) => [...rules].some((rule) => rule instanceof CSSLayerBlockRule
    || rule instanceof CSSLayerStatementRule || (rule instanceof CSSImportRule && rule.layerName !== null)
    || (rule instanceof CSSGroupingRule && hasLayers(rule.cssRules)));
  const isLayered = (sheet) => {
    try {
      const [count, found] = layered.get(sheet) ?? [-1, false];
      if (count === sheet.cssRules.length) return found;
      layered.set(sheet, [sheet.cssRules.length, hasLayers(sheet.cssRules)]);
      return layered.get(sheet)[1];
    } catch { return true; /* a sheet from elsewhere does not show its rules */ }
  };
  const styleElement = (root, text) => {
    if (!elements.has(root)) {
      const style = page.createElementNS("http://www.w3.org/1999/xhtml", "style");
      style.textContent = text;
      elements.set(root, style);
    }
    return elements.get(root);
  };
  // For important rules the first layer wins, and the first one is the one that comes first in the document.
  const putLayer = (root) => {
    const parent = root === document ? page.documentElement : root;
    const sheets = [...real(root).styleSheets, ...real(root).adoptedStyleSheets];
    const isOurs = (sheet) => sheet.ownerNode && sheet.ownerNode === elements.get(root);
    if (!parent || !sheets.some((sheet) => !isOurs(sheet) && isLayered(sheet))) return;
    isDropped ||= elements.has(root) && !elements.get(root).isConnected;
    const style = styleElement(root, inLayer());
    if (real(parent).firstChild !== style) real(parent).prepend(style);
  };
  // Constructed sheets have no @import, and a page may drop them.
  const putStyle = () => {
    const style = styleElement(styling, css), parent = page.head ?? page.documentElement;
    if (parent && !style.isConnected) real(parent).append(style);
  };

  const isHidden = (element) => getComputedStyle(element).display === "none" || !real(element).isConnected;
  // A page that shows the element again would do so until the picture is taken, so its change is answered before any paint.
  const shownAgain = new MutationObserver((records) => {
    for (const {target} of records) if (!isHidden(target)) real(target).remove();
  });
  const hiddenBefore = new WeakSet();
  const hideWhatIsLeft = (element) => {
    if (!isHidden(element) && hiddenBefore.has(element)) return real(element).remove();
    hiddenBefore.add(element);
    if (isHidden(element) && !isDropped) return;
    real(element).style?.setProperty("display", "none", "important");
    if (!isHidden(element) && shadowOf(element)) addForHost(shadowOf(element), "display: none !important");
    if (!isHidden(element)) return real(element).remove();
    shownAgain.observe(element, {attributes: true});
  };
  const winOver = ({selectorText, style, names}) => {
    for (const element of everywhere(selectorText)) {
      const own = real(element).style;
      for (const name of names) {
        if (isDropped) own?.setProperty(name, style.getPropertyValue(name), "important");
        else if (own?.getPropertyPriority(name) === "important") own.setProperty(name, own.getPropertyValue(name));
      }
      if (shadowOf(element)) {
        const rules = names.map((name) => `${name}: ${style.getPropertyValue(name)} !important`);
        addForHost(shadowOf(element), rules.join("; "));
      }
    }
  };

  kept.hold = () => {
    for (const root of rootsOf(document)) {
      adopt(root);
      if (isImportant) putLayer(root);
    }
    if (isImportant) important().forEach(winOver);
    if (isDropped || /@import/i.test(css)) putStyle();
    hide.flatMap((selector) => everywhere(selector)).forEach(hideWhatIsLeft);
  };
  // No event reports that a shadow root was attached, or that the page dropped a sheet, so we look for both, less often
  // on a page with many elements, so that the page keeps most of the time.
  const holdOn = () => {
    const start = performance.now();
    kept.hold();
    setTimeout(holdOn, Math.max(200, 5 * (performance.now() - start)));
  };
  holdOn();
  return null;
}
