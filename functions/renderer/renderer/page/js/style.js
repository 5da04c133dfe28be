// Adds style rules behind the page's own.
(css) => {
  const style = document.createElement("style");
  style.textContent = css;
  (document.head ?? document.documentElement).append(style);
}
