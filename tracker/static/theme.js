// Loaded in <head>, before anything is drawn: "auto" follows the system, a choice stands as it is.
(() => {
  "use strict";
  const root = document.documentElement;
  const choice = root.dataset.themeChoice || "auto";
  if (choice !== "auto") {
    root.dataset.bsTheme = choice;
    return;
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { root.dataset.bsTheme = dark.matches ? "dark" : "light"; };
  follow();
  dark.addEventListener("change", follow);
})();
