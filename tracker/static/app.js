// What pages do beyond HTML. Everything works without this file, only slower.
//
// Marks in the HTML:
//   a[data-row]            the main link of a row; j and k walk from one to the next, Enter opens
//   form[data-draft=NAME]  typed text is kept in this browser, per person, until it was sent
//   [data-saved]           inside that form: where the time of the last saving is shown
//   [data-no-draft]        a field that is never kept; fields of a reporter never are in any case
//   tbody[data-lines]      repeating rows tr[data-line]; [data-add-line] and [data-drop-line] buttons,
//                          [data-diff] and [data-ratio] show what follows from *-reported and *-known
//   [data-lines-box]       around one such table and its button, where a form has several
//   [data-copy=TEXT]       copies TEXT, or the address of the page when empty
//   [data-confirm=TEXT]    on a form or its button: asks first
//   form[data-again]       may be sent twice (a download)
//   [data-all=NAME]        a checkbox that ticks all boxes of that name
//   form[data-go-on]       the next part of a long work: sent by itself, once the page is shown
(() => {
  "use strict";
  const words = JSON.parse(document.body.dataset.words || "{}");
  const user = document.body.dataset.user || "0";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // ---------------------------------------------------------------- dialogs and keys

  const dialog = (title, fill) => {
    const box = make("dialog", "dlg");
    box.append(make("h2", "h-sec", title));
    fill(box);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
    return box;
  };

  const showKeys = () => dialog(words.keys, (box) => {
    const list = make("dl", "keys");
    const rows = [["/", words.search], ["j k", words.up_down], ["Enter", words.open], ["?", words.keys]];
    if (document.querySelector(".wk-form")) rows.splice(2, 0, ["x", words.choose]);
    rows.forEach(([keys, text]) => {
      const dt = make("dt");
      keys.split(" ").forEach((key) => dt.append(make("kbd", "", key), " "));
      list.append(dt, make("dd", "", text));
    });
    const form = make("form", "dlg-go");
    form.method = "dialog";
    form.append(make("button", "btn", words.close));
    box.append(list, form);
  });

  const walk = (by) => {
    const rows = all("a[data-row]").filter((link) => link.getClientRects().length);
    if (!rows.length) return;
    const now = document.activeElement;
    const at = rows.findIndex((link) => link === now || link.closest("li, tr")?.contains(now));
    const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
    rows[next].focus();
    rows[next].scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || at.isContentEditable) return;
    if (at.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    const search = document.getElementById("q");
    if (event.key === "/" && search && search.getClientRects().length) search.focus();
    else if (event.key === "j") walk(1);
    else if (event.key === "k") walk(-1);
    else if (event.key === "?" && words.keys) showKeys();
    else return;
    event.preventDefault();
  });

  // ---------------------------------------------------------------- rows of indicators

  const SCALE = 10000n;
  const scaled = (raw) => {
    const text = raw.normalize("NFKC").replace(/[,，\s]/g, "");
    const found = /^([+-]?)(\d{1,15})(?:\.(\d{1,4}))?$/.exec(text);
    if (!found) return null;
    const size = BigInt(found[2]) * SCALE + BigInt((found[3] || "").padEnd(4, "0"));
    return found[1] === "-" ? -size : size;
  };
  const figure = (value, places) => {
    const unit = 10n ** BigInt(places);
    const size = value < 0n ? -value : value;
    const whole = String(size / unit).replace(/\B(?=(\d{3})+$)/g, ",");
    return [whole, String(size % unit).padStart(places, "0")];
  };
  const signed = (value) => {
    const [whole, rest] = figure(value, 4);
    const tail = rest.replace(/0+$/, "");
    return (value > 0n ? "+" : value < 0n ? "-" : "") + whole + (tail ? `.${tail}` : "");
  };
  // Half up, away from zero: as the server rounds.
  const percent = (difference, known) => {
    const minus = (difference < 0n) !== (known < 0n);
    const over = difference < 0n ? -difference : difference;
    const under = known < 0n ? -known : known;
    const [whole, rest] = figure((over * 20000n + under) / (under * 2n), 2);
    return `${minus && over ? "-" : ""}${whole}.${rest}%`;
  };

  const reckon = (row) => {
    const [diff, ratio] = [row.querySelector("[data-diff]"), row.querySelector("[data-ratio]")];
    if (!diff || !ratio) return;
    const read = (end) => row.querySelector(`input[name$="-${end}"]`)?.value.trim() ?? "";
    const [a, b] = [read("reported"), read("known")];
    const [reported, known] = [scaled(a), scaled(b)];
    const whole = reported !== null && known !== null;
    const waiting = a || b ? words.wait : "";
    diff.textContent = whole ? signed(reported - known) : waiting;
    ratio.textContent = !whole ? waiting : known === 0n ? words.no_ratio : percent(reported - known, known);
    ratio.classList.toggle("t-none", !whole || known === 0n);
    ratio.classList.toggle("strong", whole && known !== 0n);
  };

  const renumber = (body) => all("tr[data-line]", body).forEach((row, i) => {
    all("[name], [id], [for], [aria-label], [aria-describedby]", row).forEach((node) => {
      ["name", "id", "for", "aria-describedby"].forEach((key) => {
        const old = node.getAttribute(key);
        if (old) node.setAttribute(key, old.replace(/-\d+-/g, `-${i}-`));
      });
      const label = node.getAttribute("aria-label");
      if (label) node.setAttribute("aria-label", label.replace(/\d+/, String(i + 1)));
    });
    row.cells[0].textContent = String(i + 1);
  });

  const clean = (row) => {
    all("input", row).forEach((input) => { input.value = ""; });
    all("select", row).forEach((select) => { select.selectedIndex = 0; });
    all(".err", row).forEach((error) => error.remove());
    all(".is-invalid", row).forEach((node) => {
      node.classList.remove("is-invalid");
      node.removeAttribute("aria-invalid");
    });
    reckon(row);
  };

  const addRow = (body) => {
    const rows = all("tr[data-line]", body);
    if (rows.length >= Number(body.dataset.most || 40)) return null;
    const row = rows[rows.length - 1].cloneNode(true);
    body.append(row);
    clean(row);
    renumber(body);
    return row;
  };

  all("tbody[data-lines]").forEach((body) => {
    // Cards on the phone: each cell says what it is.
    const table = body.closest("table");
    const heads = all("thead th", table).map((th) => (th.querySelector(".sr") ? "" : th.textContent));
    all("tr[data-line]", body).forEach((row) => [...row.cells].forEach((cell, i) => {
      if (heads[i]) cell.dataset.label = heads[i];
    }));
    table.classList.add("cards");
    all("tr[data-line]", body).forEach(reckon);
    body.addEventListener("input", (event) => {
      const row = event.target.closest("tr[data-line]");
      if (row) reckon(row);
    });
    body.addEventListener("click", (event) => {
      const row = event.target.closest("[data-drop-line]")?.closest("tr[data-line]");
      if (!row) return;
      event.preventDefault();
      if (all("tr[data-line]", body).length > 1) {
        const next = row.nextElementSibling;
        if (next?.classList.contains("bad")) next.remove(); // the errors of this row
        (row.nextElementSibling || row.previousElementSibling)?.querySelector("input")?.focus();
        row.remove();
      } else clean(row);
      renumber(body);
      body.dispatchEvent(new Event("input", { bubbles: true }));
    });
    // Where a form has several tables each stands in a box with its own button.
    const add = (body.closest("[data-lines-box]") || body.closest("form") || document).querySelector("[data-add-line]");
    if (add) add.hidden = false;
    add?.addEventListener("click", (event) => {
      event.preventDefault();
      addRow(body)?.querySelector("input")?.focus();
    });
    all("[data-drop-line]", body).forEach((button) => { button.hidden = false; });
  });

  // ---------------------------------------------------------------- drafts

  const WEEK = 7 * 24 * 3600 * 1000;
  const keeper = (form) => `draft:${user}:${form.dataset.draft}`;
  const SENT = "draft-sent";
  // What a reporter says of himself, and an identity number, never lie about in a browser.
  const kept = (node) => node.name && !node.name.startsWith("_") && node.name !== "csrf_token"
    && !["file", "password", "hidden", "submit", "button"].includes(node.type)
    && !node.closest("[data-no-draft]") && !/reporter_|identity_number|password|^kept$/.test(node.name);
  const guarded = (work) => {
    try { return work(); } catch { return null; } // private windows and full disks refuse
  };

  const typed = (form) => [...form.elements].filter(kept).map((node) => [
    node.name,
    ["checkbox", "radio"].includes(node.type) ? (node.checked ? [node.value] : null) : node.value,
  ]).filter(([, value]) => value !== null);

  const clock = (at) => new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

  const put = (form, fields) => {
    const bodies = all("tbody[data-lines]", form);
    bodies.forEach((body) => {
      const stem = body.querySelector("[name]")?.name.replace(/-\d+-[^-]*$/, "-") || "-";
      const of = (name) => (name.startsWith(stem) ? parseInt(name.slice(stem.length), 10) : -1);
      const most = Math.max(-1, ...fields.map(([name]) => of(name)).filter((n) => !Number.isNaN(n)));
      while (all("tr[data-line]", body).length <= most) if (!addRow(body)) break;
    });
    const ticked = new Set(fields.filter(([, v]) => Array.isArray(v)).map(([n, [v]]) => `${n}\n${v}`));
    const lines = new Map(fields.filter(([, v]) => !Array.isArray(v)));
    [...form.elements].filter(kept).forEach((node) => {
      if (["checkbox", "radio"].includes(node.type)) node.checked = ticked.has(`${node.name}\n${node.value}`);
      else if (lines.has(node.name)) node.value = lines.get(node.name);
    });
    bodies.forEach((body) => all("tr[data-line]", body).forEach(reckon));
  };

  const offerDraft = (form, draft) => {
    const before = typed(form);
    put(form, draft.fields);
    const note = make("p", "note note-azure row-flex", `${words.restored}（${clock(draft.at)}）`);
    note.setAttribute("role", "status");
    const drop = make("button", "btn btn-sm", words.drop);
    drop.type = "button";
    drop.addEventListener("click", () => {
      put(form, before);
      guarded(() => localStorage.removeItem(keeper(form)));
      note.remove();
    });
    note.append(drop);
    form.prepend(note);
  };

  const watch = (form) => {
    const shown = form.querySelector("[data-saved]") || make("p", "saved");
    if (!shown.isConnected) form.append(shown);
    const draft = guarded(() => JSON.parse(localStorage.getItem(keeper(form))));
    // A page that came back with errors, or filled from a parked form, is newer than the draft.
    const newer = form.querySelector(".err, .is-invalid") || document.querySelector(".err-sum")
      || location.search.includes("parked=");
    if (draft && !newer && Date.now() - draft.at < WEEK
        && JSON.stringify(draft.fields) !== JSON.stringify(typed(form))) offerDraft(form, draft);
    let timer = 0;
    const save = () => guarded(() => {
      clearTimeout(timer);
      const at = Date.now();
      localStorage.setItem(keeper(form), JSON.stringify({ at, fields: typed(form) }));
      (shown.querySelector("span") || shown).textContent = `${clock(at)} ${words.saved}`;
      shown.hidden = false;
    });
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, 800); });
    form.addEventListener("submit", () => {
      save();
      guarded(() => sessionStorage.setItem(SENT, keeper(form)));
    });
  };

  const settle = () => guarded(() => {
    const key = sessionStorage.getItem(SENT);
    if (!key) return;
    const status = performance.getEntriesByType("navigation")[0]?.responseStatus || 200;
    sessionStorage.removeItem(SENT);
    // The form again, the login page, or an error: not taken yet, so the draft stays.
    if (!key.startsWith(`draft:${user}:`) || status >= 400) return;
    if (all("form[data-draft]").some((form) => keeper(form) === key && form.querySelector(".err"))) return;
    localStorage.removeItem(key);
  });

  settle();
  all("form[data-draft]").forEach(watch);

  // ---------------------------------------------------------------- sending

  const ask = (form, text, button) => dialog(text, (box) => {
    const go = make("form", "dlg-go row-flex");
    go.method = "dialog";
    const yes = make("button", "btn btn-primary", button?.textContent.trim() || text);
    const no = make("button", "btn", words.close);
    yes.addEventListener("click", () => {
      form.dataset.sure = "1";
      form.requestSubmit(button || undefined);
    });
    go.append(yes, no);
    box.append(go);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    const text = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (text && !form.dataset.sure) {
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form, text, event.submitter);
      return;
    }
    delete form.dataset.sure;
    if (form.method !== "post" || "again" in form.dataset) return;
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
  }, true);

  // Back from the next page: the form may be sent again.
  window.addEventListener("pageshow", () => {
    all("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy"));
  });

  // ---------------------------------------------------------------- small helps

  all("input[type=file]").forEach((input) => {
    const list = make("ul", "chosen");
    list.setAttribute("aria-live", "polite");
    input.after(list);
    const show = () => list.replaceChildren(...[...input.files].map((file) => {
      const item = make("li", "", `${file.name} `);
      const size = file.size / 1024;
      const text = size < 1024 ? `${Math.max(1, Math.round(size))} KB` : `${(size / 1024).toFixed(1)} MB`;
      item.append(make("span", "fine", text));
      return item;
    }));
    input.addEventListener("change", show);
    window.addEventListener("pageshow", show);
  });

  all("[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard; // plain http has no clipboard
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      await navigator.clipboard.writeText(button.dataset.copy || location.href);
      const before = button.textContent;
      button.textContent = words.copied;
      setTimeout(() => { button.textContent = before; }, 2000);
    });
  });

  all("input[data-all]").forEach((box) => box.addEventListener("change", () => {
    all(`input[type=checkbox][name="${CSS.escape(box.dataset.all)}"]`).forEach((one) => { one.checked = box.checked; });
  }));

  // Figures typed in the field stay on the device only while their owner is logged in.
  const fieldwork = () => guarded(() => Object.keys(localStorage).filter((name) => name.startsWith("site:"))) || [];
  const logout = document.querySelector('form[action$="/logout"]');
  if (logout && fieldwork().length) logout.dataset.confirm = words.unsent;
  logout?.addEventListener("submit", () => fieldwork().forEach((name) => localStorage.removeItem(name)));

  // On the phone a list comes before what it can be narrowed by: words first, the rest on demand.
  all("form.filters").forEach((form) => {
    const first = form.querySelector(":scope > .f-q");
    const rest = [...form.children].filter((node) => node.matches(".field:not(.f-q), .form-check, details"));
    if (!first || rest.length < 2) return;
    const asked = (control) => (control.type === "checkbox" ? control.checked : control.value);
    const more = make("button", "btn btn-sm filters-more", words.filters);
    const fold = (folded) => {
      form.toggleAttribute("data-folded", folded);
      more.setAttribute("aria-expanded", String(!folded));
    };
    more.type = "button";
    more.addEventListener("click", () => fold(!form.hasAttribute("data-folded")));
    first.after(more);
    fold(!rest.some((node) => [...node.querySelectorAll("select, input")].some(asked)));
  });

  // On the phone the way to what can be done now stays at the thumb until it is in sight.
  const actions = document.querySelector("#actions .act-form")?.closest("#actions");
  if (actions && "IntersectionObserver" in window) {
    const dock = make("a", "btn btn-primary dock", `${actions.querySelector("h2").textContent} ${actions.querySelector(".count")?.textContent || ""}`);
    dock.href = "#actions";
    actions.parentElement.append(dock);
    new IntersectionObserver(([entry]) => { dock.hidden = entry.isIntersecting; }, { rootMargin: "0px 0px -120px" }).observe(actions);
  }

  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    if (target) target.querySelector("input[type=radio]")?.click();
  };
  window.addEventListener("hashchange", openTarget);
  openTarget();
  document.querySelector(".err-sum")?.focus();

  // Not when somebody came back to the page: they may want to stop.
  const onward = document.querySelector("form[data-go-on]");
  const way = performance.getEntriesByType("navigation")[0]?.type;
  if (onward && way !== "back_forward") requestAnimationFrame(() => onward.requestSubmit());
})();
