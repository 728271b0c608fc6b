// The question marks close by themselves, and a tour walks along from page to page.
//
// Without this file a question mark opens and closes by its own click, and a tour is a list of links.
// Marks in the HTML: details.why; [data-tour=WORDS] with [data-tour-start] and li[data-url][data-at].
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // ---------------------------------------------------------------- question marks

  const close = (except) => all("details.why[open]").forEach((box) => { if (box !== except) box.open = false; });
  document.addEventListener("click", (event) => close(event.target.closest("details.why")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.why[open]");
    if (!open) return;
    open.open = false;
    if (open.contains(document.activeElement)) open.querySelector("summary").focus();
    event.stopImmediatePropagation();
  });

  // ---------------------------------------------------------------- the tour

  const key = `tour-${document.body.dataset.user || "0"}`;
  const read = () => {
    try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
  };
  const write = (tour) => {
    try {
      if (tour) sessionStorage.setItem(key, JSON.stringify(tour));
      else sessionStorage.removeItem(key);
    } catch { /* a browser that keeps nothing shows the list of links */ }
  };
  const go = (tour, number) => {
    write({ ...tour, number, arrived: true });
    location.assign(tour.stops[number].url);
  };
  const end = () => {
    write(null);
    document.querySelector(".tour")?.remove();
    all(".tour-at").forEach((node) => node.classList.remove("tour-at"));
  };

  const list = document.querySelector("[data-tour]");
  const start = list?.querySelector("[data-tour-start]");
  if (start) {
    const stops = all("li[data-url]", list).filter((item) => item.dataset.url).map((item) => ({
      url: item.dataset.url,
      at: item.dataset.at,
      title: item.querySelector("h2").textContent,
      look: item.querySelector("[data-look]").textContent,
      todo: item.querySelector("[data-todo]").textContent,
    }));
    start.hidden = !stops.length;
    start.addEventListener("click", () => go({ words: JSON.parse(list.dataset.tour), stops }, 0));
  }

  const button = (text, className, action) => {
    const node = make("button", className, text);
    node.type = "button";
    node.addEventListener("click", action);
    return node;
  };

  const show = (tour) => {
    const { words, stops, number } = tour;
    const stop = stops[number];
    const here = new URL(stop.url, location.href).pathname === location.pathname;
    const panel = make("aside", "tour no-paper");
    panel.setAttribute("aria-label", words.head);
    const head = make("h2", "", stop.title);
    head.tabIndex = -1;
    const count = words.of.replace("{n}", String(number + 1)).replace("{all}", String(stops.length));
    panel.append(make("p", "fine", `${words.head}　${count}`), head);
    if (here) {
      const todo = make("p");
      todo.append(make("b", "", `${words.todo}：`), stop.todo);
      panel.append(make("p", "", stop.look), todo);
      const target = document.querySelector(stop.at);
      if (target && stop.at !== ".main") {
        target.classList.add("tour-at");
        if (tour.arrived) target.scrollIntoView({ block: "nearest" });
      }
    } else panel.append(make("p", "", words.away));
    const row = make("div", "tour-go");
    if (!here) row.append(button(words.again, "btn btn-sm btn-primary", () => go(tour, number)));
    if (number > 0) row.append(button(words.back, "btn btn-sm", () => go(tour, number - 1)));
    if (number + 1 < stops.length) row.append(button(words.on, here ? "btn btn-sm btn-primary" : "btn btn-sm", () => go(tour, number + 1)));
    row.append(button(words.end, "btn btn-sm btn-quiet", end));
    panel.append(row);
    document.body.append(panel);
    if (tour.arrived) {
      head.focus({ preventScroll: true });
      write({ ...tour, arrived: false });
    }
    document.addEventListener("keydown", (event) => {
      const at = document.activeElement;
      const free = at === document.body || panel.contains(at);
      if (event.key === "Escape" && free && !document.querySelector("dialog[open]")) end();
    });
  };

  const tour = read();
  if (tour?.stops?.[tour.number] && !list) show(tour);
})();
