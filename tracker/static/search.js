/* The first results while somebody types in the box at the top. Without this file the box is a
   plain form: Enter opens the page of results. */
"use strict";
(() => {
  const box = document.getElementById("q");
  const form = box && box.closest("form[data-typed]");
  if (!form) return;
  const WAIT = 180;
  const FEWEST = 2;
  const list = document.createElement("div");
  list.id = "q-found";
  list.className = "typed";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  list.hidden = true;
  form.append(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");
  let timer = 0;
  let asking = null;
  let asked = "";
  let composing = false;

  const options = () => [...list.querySelectorAll("a[role=option]")];
  const chosen = () => list.querySelector("a[aria-selected=true]");

  function show(open) {
    list.hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) choose(null);
  }

  function choose(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    if (option) {
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else box.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const text = box.value.trim();
    if (text === asked && !list.hidden) return;
    if (asking) asking.abort();
    if (text.length < FEWEST) {
      asked = "";
      show(false);
      return;
    }
    asked = text;
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.typed}?q=${encodeURIComponent(text)}`, {
        signal: asking.signal, headers: { "X-Requested-With": "fetch" }, redirect: "error",
      });
      if (!answer.ok || text !== box.value.trim()) return;
      // Made by our own template, every text in it escaped.
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      list.replaceChildren(...page.body.childNodes);
      show(document.activeElement === box);
    } catch {
      show(false); // aborted by the next letter, or no connection: Enter still works
    }
  }

  function later() {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(ask, WAIT);
  }

  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; later(); });
  box.addEventListener("input", later);
  box.addEventListener("focus", () => { if (box.value.trim().length >= FEWEST) later(); });
  box.addEventListener("keydown", (event) => {
    if (composing || event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      show(false);
      return;
    }
    if (list.hidden) {
      if (event.key === "ArrowDown" && asked && box.value.trim() === asked) {
        event.preventDefault();
        show(true); // again, after Escape
      }
      return;
    }
    if (!["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "Enter") {
      if (at < 0) return;
      event.preventDefault();
      location.assign(all[at].href);
      return;
    }
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    choose(next < 0 || next >= all.length ? null : all[next]);
  });
  form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) setTimeout(() => show(false), 150); });
})();
