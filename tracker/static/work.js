// The work list beyond HTML: x chooses the row in focus, and how many are chosen is said.
(() => {
  "use strict";
  const form = document.querySelector(".wk-form");
  if (form) {
    const boxes = [...form.querySelectorAll('input[name="case_id"]')];
    const every = form.querySelector('input[name="all"]');
    const said = form.querySelector("[data-picked]");
    const count = () => {
      const n = boxes.filter((box) => box.checked).length;
      said.textContent = n && !every?.checked ? said.dataset.picked.replace("#", n) : "";
    };
    form.addEventListener("change", () => requestAnimationFrame(count));
    window.addEventListener("pageshow", count);
    document.addEventListener("keydown", (event) => {
      const at = event.target;
      if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (at.matches("input:not([type=checkbox]), textarea, select") || document.querySelector("dialog[open]")) return;
      const box = at.closest("tr")?.querySelector('input[name="case_id"]');
      if (!box) return;
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      event.preventDefault();
    });
  }

  // One fold is open at a time; Esc closes it and leads back to its button.
  const folds = [...document.querySelectorAll(".wk-fold")];
  folds.forEach((fold) => fold.addEventListener("toggle", () => {
    if (!fold.open) return;
    folds.forEach((other) => { if (other !== fold) other.open = false; });
    fold.querySelector("input:not([type=hidden]), select")?.focus();
  }));
  document.addEventListener("keydown", (event) => {
    const fold = event.key === "Escape" && folds.find((one) => one.open);
    if (!fold) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    folds.forEach((fold) => { if (fold.open && !fold.contains(event.target)) fold.open = false; });
  });
})();
