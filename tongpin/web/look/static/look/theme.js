// Before the first paint: the theme last chosen in this browser, else the one the system asks for.
(() => {
  const chosen = document.cookie.match(/(?:^|; )tongpin_theme=(light|dark)/);
  const dark = window.matchMedia && matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-bs-theme", chosen ? chosen[1] : dark ? "dark" : "light");
})();
