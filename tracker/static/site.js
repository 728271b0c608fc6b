/* The page for the field: what is typed stays on the device until the server has it, and goes once.
   Only the figures of a check are kept, under the person, the case and the line; logging out clears them. */
(() => {
  "use strict";
  const root = document.querySelector("[data-site]");
  if (!root) return;
  const user = document.body.dataset.user;
  const words = JSON.parse(root.dataset.words);
  const all = (selector, from = root) => [...from.querySelectorAll(selector)];
  const say = (text, filling) => text.replace(/\{(\w+)\}/g, (_, name) => filling[name] ?? "");
  const PREFIX = `site:${user}:`;
  const key = (line, task = root.dataset.site) => `${PREFIX}${task}:${line}`;
  const guarded = (work, otherwise = null) => {
    try { return work(); } catch { return otherwise; } // private windows and full disks refuse
  };
  const read = (name) => guarded(() => JSON.parse(localStorage.getItem(name)));
  const write = (name, entry) => guarded(() => { localStorage.setItem(name, JSON.stringify(entry)); return true; }, false);
  const drop = (name) => guarded(() => localStorage.removeItem(name));
  const names = (start) => guarded(() => Object.keys(localStorage).filter((n) => n.startsWith(start)), []);
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

  // Another person's figures do not stay on a shared device.
  names("site:").filter((n) => !n.startsWith(PREFIX)).forEach(drop);
  root.toggleAttribute("data-live", true);

  // ---------------------------------------------------------------- figures, as the server computes them

  const SCALE = 10000n;
  const scaled = (raw) => {
    const found = /^([+-]?)(\d{1,15})(?:\.(\d{1,4}))?$/.exec(raw.normalize("NFKC").replace(/[,，\s]/g, ""));
    if (!found) return null;
    const size = BigInt(found[2]) * SCALE + BigInt((found[3] || "").padEnd(4, "0"));
    return found[1] === "-" ? -size : size;
  };
  const size = (value) => (value < 0n ? -value : value);
  const figure = (value, places) => {
    const unit = 10n ** BigInt(places);
    const whole = String(size(value) / unit).replace(/\B(?=(\d{3})+$)/g, ",");
    const rest = String(size(value) % unit).padStart(places, "0");
    return [whole, rest];
  };
  const plain = (value) => {
    const [whole, rest] = figure(value, 4);
    const tail = rest.replace(/0+$/, "");
    return (value < 0n ? "-" : "") + whole + (tail ? `.${tail}` : "");
  };
  const percent = (over, under) => {
    const [whole, rest] = figure((size(over) * 20000n + size(under)) / (size(under) * 2n), 2);
    return `${whole}.${rest}%`;
  };
  const reckon = (form) => {
    const [a, b] = [form.elements.reported.value.trim(), form.elements.due.value.trim()];
    const due = scaled(b);
    const reported = a ? scaled(a) : 0n; // not reported at all counts as nought
    const show = (name, text) => { form.querySelector(`[data-${name}]`).textContent = text; };
    if (due === null || reported === null) {
      const text = b ? words.wait : "—";
      show("diff", text); show("ratio", text); show("work", words.rule);
      return;
    }
    const off = reported - due;
    show("diff", (off > 0n ? "+" : "") + plain(off));
    show("ratio", due === 0n ? words.no_ratio : percent(off, due));
    show("work", due === 0n ? words.zero : say(words.working, { a: plain(size(off)), b: plain(size(due)) }));
  };

  // ---------------------------------------------------------------- what is typed

  const FIELDS = ["reported", "due", "remark", "witness"];
  const formOf = (line) => document.getElementById(`f-${line}`);
  const lineOf = (form) => Number(form.closest("[data-line]").dataset.line);
  const values = (form) => ({
    ...Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value])),
    grounds: all("[name=grounds]:checked", form).map((box) => box.value),
    withheld: form.elements.withheld.checked,
  });
  const put = (form, given) => {
    FIELDS.forEach((name) => { form.elements[name].value = given[name] ?? ""; });
    all("[name=grounds]", form).forEach((box) => { box.checked = given.grounds.includes(box.value); });
    form.elements.withheld.checked = given.withheld;
    if (given.withheld) form.querySelector("details").open = true;
    reckon(form);
  };
  const complain = (form, errors = {}) => all("[data-err]", form).forEach((node) => {
    node.textContent = errors[node.dataset.err] ?? "";
    form.elements[node.dataset.err]?.classList?.toggle("is-invalid", Boolean(node.textContent));
  });
  const clash = (form, theirs) => {
    const box = form.querySelector("[data-clash]");
    box.hidden = !theirs;
    all("[data-theirs], [data-mine]", box).forEach((button) => { button.hidden = !theirs; });
    if (!theirs) return;
    box.querySelector("span").textContent = say(words.changed, {
      ...theirs, reported: theirs.reported || words.none, due: theirs.due || words.none,
    });
  };
  const box = (line) => root.querySelector(`[data-box="${line}"]`);
  const mark = (line, state) => {
    const node = box(line);
    const entry = read(key(line));
    if (state) node.dataset.state = state;
    const waits = entry && (entry.state === "clash" || entry.state === "refused") ? "clash" : entry ? "yes" : "";
    if (waits) node.dataset.unsent = waits; else delete node.dataset.unsent;
    node.querySelector("[data-say]").textContent = waits === "clash" ? words.clash
      : waits ? words.unsent : words[node.dataset.state];
  };

  const keep = (form, state) => {
    const line = lineOf(form);
    const before = read(key(line));
    const entry = { at: Date.now(), state, values: values(form), seen: before?.seen ?? form.elements.seen.value };
    if (state === "queued") entry.key = newKey();
    if (!write(key(line), entry)) return null;
    mark(line);
    return entry;
  };

  all("form.p-form").forEach((form) => {
    const line = lineOf(form);
    const entry = read(key(line));
    if (entry) {
      put(form, entry.values);
      if (entry.state === "clash") clash(form, entry.theirs);
      if (entry.state === "refused") complain(form, entry.errors);
    }
    reckon(form);
    mark(line);
    let timer = 0;
    const typed = () => { clearTimeout(timer); keep(form, "typed"); };
    form.addEventListener("input", () => { reckon(form); clearTimeout(timer); timer = setTimeout(typed, 200); });
    form.addEventListener("change", typed);
    window.addEventListener("pagehide", () => { if (timer && read(key(line))?.state === "typed") typed(); });
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      complain(form);
      if (!keep(form, "queued")) return; // no room on the device: send the plain way
      event.preventDefault();
      const next = Number(form.elements.next.value);
      if (next !== line) show(next);
      banner();
      flush();
    });
    form.querySelector("[data-mine]").addEventListener("click", () => {
      const mine = read(key(line));
      if (!mine?.theirs) return;
      form.elements.seen.value = mine.theirs.seen;
      write(key(line), { ...mine, seen: mine.theirs.seen, theirs: undefined, state: "queued", key: newKey() });
      clash(form, null);
      mark(line);
      banner();
      flush();
    });
    form.querySelector("[data-theirs]").addEventListener("click", () => {
      const mine = read(key(line));
      if (!mine?.theirs) return;
      drop(key(line));
      accept(form, mine.theirs);
      put(form, mine.theirs);
      banner();
    });
  });

  const accept = (form, kept) => {
    form.elements.seen.value = kept.seen;
    clash(form, null);
    complain(form);
    mark(lineOf(form), kept.state);
  };

  // ---------------------------------------------------------------- one screen a line

  const show = (line) => {
    all("[data-line]").forEach((node) => { node.hidden = Number(node.dataset.line) !== line; });
    all("[data-box]").forEach((node, i) => {
      const here = Number(node.dataset.box) === line;
      if (here) {
        node.setAttribute("aria-current", "step");
        document.querySelector("[data-at]").textContent = String(i + 1);
        history.replaceState(null, "", node.href);
      } else node.removeAttribute("aria-current");
    });
    window.scrollTo(0, 0);
  };
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-box], [data-go]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(Number(link.dataset.box ?? link.dataset.go));
  });

  // ---------------------------------------------------------------- sending

  let [cut, expired, busy] = [!navigator.onLine, false, false];
  const queued = () => names(PREFIX).filter((name) => read(name)?.state === "queued");
  const photos = []; // files wait in the page only: they are no figures

  const banner = () => {
    const node = root.querySelector("[data-net]");
    const n = queued().length + photos.length;
    const text = document.createElement("span");
    const strong = document.createElement("b");
    if (expired && n) text.append(say(words.login, { n }));
    else if (cut) {
      strong.textContent = words.offline;
      text.append(strong, document.documentElement.lang === "en" ? ", " : "，", n ? say(words.kept, { n }) : words.waiting);
    } else if (n) text.append(say(words.sending, { n }));
    node.hidden = !(cut || n);
    node.querySelector("span").replaceWith(text);
  };

  const body = (entry, token) => {
    const found = new URLSearchParams({ csrf_token: token, seen: entry.seen, device_key: entry.key });
    FIELDS.forEach((name) => found.append(name, entry.values[name]));
    entry.values.grounds.forEach((ground) => found.append("grounds", ground));
    if (entry.values.withheld) found.append("withheld", "1");
    return found;
  };
  const token = () => root.querySelector("input[name=csrf_token]").value;
  const freshToken = async () => {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector("input[name=csrf_token]")?.value;
    if (!found) return false;
    all("input[name=csrf_token]").forEach((input) => { input.value = found; });
    return true;
  };

  // The answer to one sending: {status, said}, or null while there is no line.
  const post = async (url, make, again = true) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), 20000);
    try {
      const answer = await fetch(url, {
        method: "POST", body: make(token()), headers: { Accept: "application/json" }, signal: stop.signal,
      });
      if (answer.redirected) { expired = true; return null; }
      if (answer.status === 400 && again) {
        if (await freshToken()) return await post(url, make, false);
        expired = true;
        return null;
      }
      if (answer.status >= 500) return null;
      expired = false;
      const json = (answer.headers.get("Content-Type") || "").includes("json");
      return { status: answer.status, said: json ? await answer.json() : {} };
    } finally { clearTimeout(timer); }
  };

  const settle = (name, sent, answer) => {
    const entry = read(name);
    const [, , task, line] = name.split(":");
    const form = task === root.dataset.site ? formOf(line) : null;
    const newer = entry?.key !== sent.key; // typed on while this was under way
    if (answer.status === 200) {
      if (newer && entry) write(name, { ...entry, seen: answer.said.seen });
      else drop(name);
      if (form) accept(form, answer.said);
    } else if (answer.said.changed) {
      if (entry) write(name, { ...entry, state: "clash", theirs: answer.said.changed });
      if (form) clash(form, answer.said.changed);
    } else {
      const errors = answer.said.errors ?? { due: answer.status === 404 ? words.gone : words.failed };
      if (entry) write(name, { ...entry, state: "refused", errors });
      if (form) complain(form, errors);
    }
    if (form) mark(Number(line));
  };

  const sendPhotos = async () => {
    while (photos.length) {
      const { form, file, device } = photos[0];
      const told = form.querySelector("[data-told]");
      const answer = await post(form.action, (csrf) => {
        const data = new FormData();
        data.append("csrf_token", csrf);
        data.append("device_key", device);
        data.append("photo", file, file.name);
        return data;
      });
      if (!answer) return;
      photos.shift();
      told.textContent = answer.said.words ?? words.failed;
    }
  };

  const flush = async () => {
    if (busy) return;
    busy = true;
    try {
      for (let name; (name = queued()[0]);) {
        const entry = read(name);
        const [, , task, line] = name.split(":");
        const answer = await post(`${location.pathname.split(`/${root.dataset.site}/`)[0]}/${task}/site/${line}`, (csrf) => body(entry, csrf));
        if (!answer) break;
        cut = false;
        settle(name, entry, answer);
        banner();
      }
      await sendPhotos();
      cut = !navigator.onLine;
    } catch { cut = true; } finally { busy = false; }
    banner();
  };

  all("form[data-photo]").forEach((form) => {
    const input = form.querySelector("input[type=file]");
    input.addEventListener("change", () => {
      [...input.files].forEach((file) => photos.push({ form, file, device: newKey() }));
      input.value = "";
      form.querySelector("[data-told]").textContent = navigator.onLine ? words.photo : words.photo_kept;
      banner();
      flush();
    });
  });
  window.addEventListener("beforeunload", (event) => { if (photos.length) event.preventDefault(); });

  window.addEventListener("online", () => { cut = false; flush(); });
  window.addEventListener("offline", () => { cut = true; banner(); });
  setInterval(() => { if (queued().length || photos.length) flush(); }, 10000);
  banner();
  flush();
})();
