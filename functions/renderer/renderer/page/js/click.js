// Clicks the first element for a CSS selector, whatever covers it.
(selector) => {
  const first = (root) => root.querySelector(selector)
    ?? [...root.querySelectorAll("*")].reduce((found, {shadowRoot}) => found ?? (shadowRoot && first(shadowRoot)), null);
  first(document)?.click();
}
