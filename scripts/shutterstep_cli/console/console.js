// The console's own keys and the choice between light and dark, which stays in this browser.
(() => {
  const stored = () => localStorage.getItem("theme");
  const apply = (theme) => theme && window.Quasar?.Dark.set(theme === "dark");
  window.switchTheme = () => {
    const theme = document.body.classList.contains("body--dark") ? "light" : "dark";
    localStorage.setItem("theme", theme);
    apply(theme);
  };
  // The page's library sets its own choice once it has started; ours comes after it.
  const started = setInterval(() => {
    if (!document.getElementById("main")) return;
    clearInterval(started);
    apply(stored());
  }, 20);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      document.getElementById("find")?.focus();
    }
  });
})();
