// Keeps the request's `css` and `hide` applied in this frame's document and its open shadow roots, whatever is added
// later or removes our styles; with `prints`, as they apply on paper. Returns the index of the first invalid selector in
// `hide`, or null.
//
// Our rules are in a constructed sheet, to which no content security policy of the page applies. An `!important` rule
// must also win over what would win over any sheet: over more specific rules (it is in a layer, which wins over rules
// outside of layers), over the page's layers (our layer comes first), over inline styles (ours are set instead), and
// over `:host`, `::slotted` and the parts of a shadow root (our sheet in there has a rule for them). A page that drops
// our sheets also gets them as style elements, and the important ones as inline styles. A page that undoes
// what we set is answered at each change of it, before the next paint.
({css, hide, prints}) => {
  const IMPORTANT = /!\s*important/i, PART = /^(.*)::part\(([^)]+)\)$/s;
  // Milliseconds of each turn that answers to a page's changes may take together, and the share of an answer's time that
  // counts if the page had undone something.
  const LONGEST_ANSWERS = 100, TURN = 200, NEEDED = 0.5;
  const sheetOf = (text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  };
  const textOf = (sheet) => [...sheet.cssRules].map(({cssText}) => cssText).join("\n");
  const hidden = hide.map((selector) => `${selector} { display: none !important }`);
  for (const [place, selector] of hide.entries()) {
    try {
      page.querySelector(selector);
      new CSSStyleSheet().insertRule(hidden[place]);
    } catch { return place; }
  }
  if (kept.hold) {
    kept.hold();
    return null;
  }
  const isImportant = IMPORTANT.test(css) || hide.length > 0;

  const onPaper = (condition) => condition.replace(/\bprint\b/g, "all").replace(/\bscreen\b/g, "speech");
  const applies = (rule) => {
    if (rule instanceof CSSMediaRule) return matchMedia(prints ? onPaper(rule.conditionText) : rule.conditionText).matches;
    return rule instanceof CSSSupportsRule ? CSS.supports(rule.conditionText) : !(rule instanceof CSSStartingStyleRule);
  };
  const groupsOf = (rules) => [...rules].filter(applies).flatMap((rule) =>
    rule instanceof CSSGroupingRule && !(rule instanceof CSSStyleRule) ? groupsOf(rule.cssRules) : [rule]);
  const ruleIn = (around) => (rule) => {
    if (rule instanceof CSSNestedDeclarations) return [{selectorText: around, style: rule.style}];
    return rule instanceof CSSStyleRule ? nested(rule, around) : [];
  };
  // Nested rules: `&` stands for what the outer rule selects.
  const nested = ({selectorText, style, cssRules}, around) => {
    const whole = around ? selectorText.replaceAll("&", `:is(${around})`) : selectorText;
    return [{selectorText: whole, style}, ...groupsOf(cssRules).flatMap(ruleIn(whole))];
  };
  const original = sheetOf(css.replace(/^\ufeff/, ""));
  const important = () => groupsOf(original.cssRules).flatMap(ruleIn(""))
    .filter(({style}) => IMPORTANT.test(style.cssText))
    .map(({selectorText, style}) => ({
      selectorText, style, names: [...style].filter((name) => style.getPropertyPriority(name) === "important"),
    }));
  const textOfSlotted = ({selectorText, style}) => `::slotted(:is(${selectorText})) { ${style.cssText} }`;
  const inLayer = `@layer shutterstep { ${[textOf(original), ...hidden, ...important().map(textOfSlotted)].join("\n")} }`;
  const sheets = [...(isImportant ? [inLayer] : []), textOf(original)].map(sheetOf);

  let isDropped = false, hasActed = false;
  const dropped = new WeakSet();   // roots whose page drops our sheets
  const adopted = new WeakMap();   // by root: the sheets that we put there
  const forHosts = new WeakMap();   // by shadow root: our rules for its host, and their sheets
  const elements = new WeakMap();   // by root: our style element
  const adopt = (root) => {
    const ours = [...sheets, ...(forHosts.get(root)?.values() ?? [])], before = adopted.get(root);
    const now = [...real(root).adoptedStyleSheets];
    if (before && !before.every((sheet) => now.includes(sheet))) dropped.add(root);
    isDropped ||= dropped.has(root);
    const theirs = now.filter((sheet) => !ours.includes(sheet) && !before?.includes(sheet));
    adopted.set(root, ours);
    if (now.length < ours.length || ours.some((sheet, place) => now[now.length - ours.length + place] !== sheet)) {
      real(root).adoptedStyleSheets = [...theirs, ...ours];
    }
  };
  const hostRule = (text) => `@layer shutterstep { :host { ${text} } }`;
  const addForHost = (root, text) => {
    const rules = forHosts.get(root) ?? new Map();
    if (rules.has(text)) return;
    forHosts.set(root, rules.set(text, sheetOf(hostRule(text))));
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
    if (!elements.has(root)) elements.set(root, page.createElementNS("http://www.w3.org/1999/xhtml", "style"));
    const style = elements.get(root);
    if (style.textContent !== text) style.textContent = text;
    return style;
  };
  const needsElement = (root) => {
    const isOurs = (sheet) => sheets.includes(sheet) || (sheet.ownerNode && sheet.ownerNode === elements.get(root));
    return dropped.has(root) || [...real(root).styleSheets, ...real(root).adoptedStyleSheets].some((sheet) => !isOurs(sheet) && isLayered(sheet));
  };
  // For important rules the first layer wins, and the first one is the one that comes first in the document.
  const putLayer = (root) => {
    const parent = root === document ? page.documentElement : root;
    if (!parent || !needsElement(root)) return;
    const hosts = dropped.has(root) ? [...(forHosts.get(root)?.keys() ?? [])].map(hostRule) : [];
    const wasPut = elements.has(root), style = styleElement(root, [...(isImportant ? [inLayer] : []), ...hosts].join("\n"));
    if (wasPut && !style.isConnected) hasActed = isDropped = true;
    if (real(parent).firstChild !== style) real(parent).prepend(style);
  };
  // Constructed sheets have no @import, and a page may drop them.
  const putStyle = () => {
    const style = styleElement(original, css), parent = page.head ?? page.documentElement;
    if (parent && !style.isConnected) real(parent).append(style);
  };

  // The elements for a selector, and those that it finds as parts of a shadow root.
  const matched = (selector) => {
    const found = everywhere(selector).map((element) => [element, false]);
    if (!selector.includes("::part(")) return found;
    for (const one of selector.split(/,(?![^(]*\))/)) {
      const [, hosts, names] = one.trim().match(PART) ?? [];
      const parts = names?.trim().split(/\s+/).map((name) => `[part~="${CSS.escape(name)}"]`).join("");
      for (const host of parts ? everywhere(hosts || "*").filter(shadowOf) : []) {
        found.push(...all(shadowOf(host), parts).map((element) => [element, true]));
      }
    }
    return found;
  };
  const isHidden = (element) => getComputedStyle(element).display === "none" || !real(element).isConnected;
  const remove = (element) => {
    hasActed = true;
    real(element).remove();
  };
  // A page that shows the element again would do so until the picture is taken, so its change is answered before any paint.
  const shownAgain = new MutationObserver((records) => {
    for (const {target} of records) if (!isHidden(target)) remove(target);
  });
  const hiddenBefore = new WeakSet();
  const hideWhatIsLeft = ([element]) => {
    if (!isHidden(element) && hiddenBefore.has(element)) return remove(element);
    hiddenBefore.add(element);
    if (isHidden(element) && !isDropped) return;
    hasActed ||= !isHidden(element);
    real(element).style?.setProperty("display", "none", "important");
    if (!isHidden(element) && shadowOf(element)) addForHost(shadowOf(element), "display: none !important");
    if (!isHidden(element)) return remove(element);
    shownAgain.observe(element, {attributes: true});
  };

  const computed = (element, name) => getComputedStyle(element).getPropertyValue(name);
  // Several rules may set the same property: the one that wins without the page's inline style is the right one. If none
  // of them does, no rule of ours applies here, and the page's style stays.
  const winner = (element, own, name, values) => {
    const before = own.getPropertyValue(name);
    own.removeProperty(name);   // Chromium computes no new style where only the priority changes
    own.setProperty(name, before);
    const wanted = computed(element, name);
    return values.findLast((value) => {
      own.setProperty(name, value, "important");
      return computed(element, name) === wanted;
    }) ?? before;
  };
  const inline = new WeakMap();   // by element: for each property the page's inline value, and ours
  const setInline = (element, name, values, isForced) => {
    const own = real(element).style, known = inline.get(element) ?? new Map();
    const isTheirs = own?.getPropertyPriority(name) === "important";
    const theirs = own?.getPropertyValue(name), last = known.get(name);
    if (!own || (isTheirs && theirs === last?.ours) || !(isTheirs || isForced)) return;
    const isKnown = theirs === last?.theirs || isForced || prints;
    const value = isKnown ? last?.ours ?? values.at(-1) : winner(element, own, name, values);
    own.setProperty(name, value, "important");
    inline.set(element, known.set(name, {theirs, ours: own.getPropertyValue(name)}));
    hasActed = true;
  };
  const winOver = () => {
    const wanted = new Map();   // by element: the values of each property, in the order of the rules
    for (const {selectorText, style, names} of important()) {
      for (const [element, isPart] of matched(selectorText)) {
        const {values, isForced} = wanted.get(element) ?? {values: new Map(), isForced: false};
        for (const name of names) values.set(name, [...(values.get(name) ?? []), style.getPropertyValue(name)]);
        wanted.set(element, {values, isForced: isForced || isPart || isDropped});
        if (shadowOf(element)) addForHost(shadowOf(element), names.map((name) => `${name}: ${style.getPropertyValue(name)} !important`).join("; "));
      }
    }
    for (const [element, {values, isForced}] of wanted) {
      if (isForced || real(element).style?.length) values.forEach((all, name) => setInline(element, name, all, isForced));
    }
  };

  let spent = 0;
  const answers = new MutationObserver(() => { if (spent < LONGEST_ANSWERS) hold(); });
  const hold = () => {
    const start = performance.now(), roots = rootsOf(document);
    hasActed = false;
    roots.forEach(adopt);
    if (isImportant || isDropped) roots.forEach(putLayer);
    if (isImportant) winOver();
    if (isDropped || /@import/i.test(css)) putStyle();
    hide.flatMap(matched).forEach(hideWhatIsLeft);
    // What the page does not leave to the sheets it may undo.
    if (hasActed) roots.forEach((root) => answers.observe(root, {subtree: true, childList: true, attributes: true}));
    answers.takeRecords();
    spent += (performance.now() - start) * (hasActed ? NEEDED : 1);
  };
  kept.hold = () => {
    spent = 0;
    hold();
  };
  // No event reports that a shadow root was attached, or that the page dropped a sheet, so we look for both, less often
  // on a page with many elements, so that the page keeps most of the time.
  const holdOn = () => {
    const start = performance.now();
    kept.hold();
    setTimeout(holdOn, Math.max(TURN, 5 * (performance.now() - start)));
  };
  holdOn();
  return null;
}
