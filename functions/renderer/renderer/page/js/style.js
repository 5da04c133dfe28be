// Adds style rules behind the page's own.
(css) => {
  const style = page.createElement("style");
  style.textContent = css;
  (page.head ?? page.documentElement).append(style);
}
