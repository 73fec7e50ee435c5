"use strict";

const saved = document.querySelector("#saved");
const said = document.querySelector("#said");
const STORED = `hw11-edit:${document.querySelector(".home").dataset.folder}:`;
const RETRY = 700;
const LOOK = 1000;
const PAUSE = 250;
const SAY_AFTER = 1200;

const post = (path, body, keepalive = false) =>
  fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body ?? {}),
    keepalive,
  });

const say = (state, words) => {
  saved.dataset.state = state;
  if (saved.textContent !== words) saved.textContent = words;
};

let speaking = 0;
const speak = (words) => {
  clearTimeout(speaking);
  speaking = setTimeout(() => { said.textContent = words; }, SAY_AFTER);
};

const stored = {
  get: (name) => {
    try { return JSON.parse(localStorage.getItem(STORED + name)); } catch { return null; }
  },
  set: (name, draft) => {
    try { localStorage.setItem(STORED + name, JSON.stringify(draft)); } catch { /* a full store keeps what it has */ }
  },
  drop: (name) => localStorage.removeItem(STORED + name),
};

// What an answer is given with instead of a box. `text` is what the controls say; `show` sets them to a text, or says
// that they cannot.
const listed = (text) => text.split(/[,\n]/).map((item) => item.trim()).filter(Boolean);

const picks = (place) => {
  const inputs = [...place.querySelectorAll("input[type=radio], input[type=checkbox]")];
  const several = inputs[0].type === "checkbox";
  return {
    inputs,
    text: () => inputs.filter((one) => one.checked).map((one) => one.value).join(", "),
    show: (text) => {
      const wanted = several ? listed(text) : [text.trim()].filter(Boolean);
      for (const one of inputs) one.checked = wanted.includes(one.value);
      return wanted.every((key) => inputs.some((one) => one.value === key));
    },
    chosen: (input) => { // none of them, or some of them
      if (!several || !input.checked) return;
      for (const one of inputs) if ((one.value === "none") !== (input.value === "none")) one.checked = false;
    },
  };
};

const slots = (place, named) => {
  const inputs = [...place.querySelectorAll("select")];
  return {
    inputs,
    text: () => inputs.filter((one) => one.value)
      .map((one) => (named ? `${one.dataset.slot}: ${one.value}` : one.value)).join(", "),
    show: (text) => {
      const items = listed(text).map((item, i) => {
        const [slot, value] = named ? item.split(":").map((word) => word.trim()) : [inputs[i]?.dataset.slot, item];
        return [inputs.find((one) => one.dataset.slot === slot), value];
      });
      for (const one of inputs) one.value = "";
      for (const [one, value] of items) if (one) one.value = value;
      return items.every(([one, value]) => one && one.value === value);
    },
    chosen: () => {},
  };
};

const cells = (place) => {
  const rows = [...place.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("input")]);
  const inputs = rows.flat();
  return {
    inputs,
    text: () => (inputs.some((one) => one.value.trim())
      ? rows.map((row) => row.map((one) => one.value.trim()).join(", ")).join("; ") : ""),
    show: (text) => {
      const typed = text.trim() ? text.trim().split(/[;\n]/).map((row) => row.split(",").map((cell) => cell.trim())) : [];
      const fits = !typed.length || (typed.length === rows.length && typed.every((row, i) => row.length === rows[i].length));
      rows.forEach((row, i) => row.forEach((one, j) => { one.value = fits ? typed[i]?.[j] ?? "" : ""; }));
      return fits;
    },
    chosen: () => {},
  };
};

const CONTROLS = {
  one: picks,
  several: picks,
  order: (place) => slots(place, false),
  pairs: (place) => slots(place, true),
  table: cells,
};

// One answer: what stands in its box, what its file held when it was last heard of, and what is on its way there.
class Answer {
  constructor(place) {
    this.place = place;
    this.name = place.dataset.field;
    [this.part, this.field] = this.name.split(".");
    this.base = place.dataset.base;
    this.box = place.querySelector("textarea");
    this.controls = CONTROLS[place.dataset.form]?.(place);
    this.asTyped = place.querySelector(".as-typed");
    this.shown = place.querySelector(".read-as");
    this.conflict = place.querySelector(".conflict");
    this.kept = this.box.value;
    this.sending = false;
    this.reading = false;
    this.timer = 0;
    this.refused = null;
    this.past = new Set(); // what stood here before this page wrote over it
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("blur", () => this.keep());
    for (const input of this.controls?.inputs ?? []) {
      input.addEventListener("input", () => {
        this.controls.chosen(input);
        this.box.value = this.controls.text();
        this.asTyped.hidden = true;
        this.typed();
      });
    }
    place.querySelector("[data-clear]")?.addEventListener("click", () => { this.show(""); this.typed(); });
    this.show(this.box.value, place.dataset.means);
    this.restore();
  }

  get dirty() { return this.box.value !== this.kept; }

  restore() {
    const draft = stored.get(this.name);
    if (!draft) return;
    if (draft.text === this.box.value) { stored.drop(this.name); return; }
    const theirs = this.box.value;
    const now = this.base;
    this.show(draft.text);
    this.read();
    if (draft.base === now) this.keep();
    else this.ask(theirs, now);
  }

  // A text that the controls cannot say is shown as it was typed.
  show(text, means = "") {
    this.box.value = text;
    if (this.controls) this.asTyped.hidden = this.controls.show(text) || (means !== "" && this.controls.show(means));
  }

  focus() {
    const inputs = this.controls && this.asTyped.hidden ? this.controls.inputs : [this.box];
    (inputs.find((one) => one.checked) ?? inputs[0]).focus();
  }

  typed() {
    stored.set(this.name, { text: this.box.value, base: this.base });
    this.read();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  async read() {
    if (this.reading) return;
    this.reading = true;
    const text = this.box.value;
    try {
      const answer = await post("/read", { part: this.part, field: this.field, text });
      if (answer.ok) this.told(await answer.json());
    } catch { /* the saving says that nobody answers */ }
    this.reading = false;
    if (this.box.value !== text) this.read();
  }

  told({ html, state, means }) {
    this.shown.innerHTML = html;
    if (this.controls && !this.asTyped.hidden && document.activeElement !== this.box) this.show(this.box.value, means);
    this.place.classList.remove("state-empty", "state-read", "state-open");
    this.place.classList.add(`state-${state}`);
    if (this.box.classList.contains("text")) return;
    this.box.setAttribute("aria-invalid", String(state === "open"));
    if (this.place.contains(document.activeElement)) speak(this.shown.textContent.trim());
  }

  async keep(keepalive = false) {
    if (this.sending || !this.dirty || !this.conflict.hidden) return;
    clearTimeout(this.timer);
    this.sending = true;
    say("saving", "Saving…");
    const text = this.box.value;
    let again = 0;
    try {
      const answer = await post("/keep", { part: this.part, field: this.field, text, base: this.base }, keepalive);
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        this.base = told.base;
        this.past.add(this.kept.trim());
        this.kept = text;
        this.past.delete(text.trim());
        if (this.dirty) stored.set(this.name, { text: this.box.value, base: this.base });
        else stored.drop(this.name);
        if (!answers.some((one) => one.dirty)) say("saved", "Saved");
      } else if (answer.status === 409) {
        this.ask(told.now, told.base);
      } else if (answer.status === 401) {
        say("lost", "Not saved: open the link that hw11 edit prints. This browser keeps what you type");
        again = 5 * RETRY;
      } else {
        say("lost", `Not saved: ${told.complaint ?? "this could not be done"}. This browser keeps what you type`);
        this.shown.textContent = told.complaint ?? "";
        this.refused = text;
      }
    } catch {
      say("lost", "Not saved: the server does not answer. This browser keeps what you type. Trying again…");
      again = RETRY;
    }
    this.sending = false;
    if (again) this.timer = setTimeout(() => this.keep(), again);
    else if (this.dirty && this.refused !== this.box.value) this.keep();
  }

  // Until it is in its file, or somebody has to decide.
  async settled() {
    while (this.dirty && this.conflict.hidden && this.refused !== this.box.value) {
      this.keep();
      await new Promise((go) => { setTimeout(go, PAUSE / 4); });
    }
  }

  // Two texts for one answer: both are shown, and whoever types decides.
  ask(theirs, base) {
    say("lost", "Changed elsewhere: choose which answer stays");
    const make = (tag, text, kind = "") => Object.assign(document.createElement(tag), { textContent: text, className: kind });
    const go = make("p", "", "go");
    const mine = make("button", "Keep what is in the box", "primary");
    const other = make("button", "Take the file’s", "plain");
    mine.type = other.type = "button";
    mine.addEventListener("click", () => { this.settle(base, theirs); this.keep(); });
    other.addEventListener("click", () => {
      this.settle(base, theirs);
      this.show(theirs);
      stored.drop(this.name);
      this.read();
      say("saved", "Saved");
    });
    go.append(mine, other);
    this.conflict.replaceChildren(
      make("p", `${this.name} was changed elsewhere while you typed. Your file holds:`),
      make("pre", theirs || "(nothing)"),
      go,
    );
    this.conflict.hidden = false;
  }

  settle(base, theirs) {
    this.base = base;
    this.kept = theirs;
    this.conflict.hidden = true;
    this.conflict.replaceChildren();
    this.focus();
  }

  // What the file holds by now, if nothing is on its way there.
  heard({ text, base }) {
    if (this.dirty || this.sending || base === this.base) return;
    if (this.past.has(text)) { // a program that had read the file before, such as Jupyter, saved it again
      stored.set(this.name, { text: this.box.value, base: this.base });
      this.kept = text;
      this.ask(text, base);
      return;
    }
    this.base = base;
    if (this.box.value.trim() === text) return;
    this.show(text);
    this.kept = this.box.value;
    this.read();
  }
}

const answers = [...document.querySelectorAll("[data-field]")].map((place) => new Answer(place));

const check = async (sheet) => {
  const place = sheet?.querySelector(".findings");
  if (!place || place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  await Promise.all(answers.filter((one) => sheet.contains(one.place)).map((one) => one.settled()));
  try {
    const answer = await post(`/check/${sheet.dataset.part}`);
    if (!answer.ok) throw new Error(answer.statusText);
    place.innerHTML = (await answer.json()).html;
    sheet.dataset.checked = "yes";
    speak(`${sheet.dataset.part} checked. ${place.textContent.replace(/\s+/g, " ").trim().slice(0, 200)}`);
    place.setAttribute("aria-busy", "false");
  } catch {
    place.setAttribute("aria-busy", "false");
    setTimeout(() => check(sheet), RETRY);
  }
};

for (const button of document.querySelectorAll("[data-check]")) {
  button.addEventListener("click", () => check(button.closest("[data-part]")));
}

// The next place that is empty, or that is to be mended, on this page or another.
const goTo = (place) => {
  const answer = answers.find((one) => one.place === place);
  if (answer) answer.focus();
  else (place?.querySelector("[data-check]") ?? place?.querySelector("h2"))?.focus();
};

const NOTHING = {
  empty: "No answer is empty.",
  mend: "Nothing to mend that is known: check everything to see.",
};

const next = async (what) => {
  const here = document.activeElement.closest("[data-field]")?.dataset.field
    ?? document.activeElement.closest("[data-part]")?.dataset.part ?? "";
  const { page, place } = await fetch(`/next/${what}?after=${encodeURIComponent(here)}`)
    .then((answer) => (answer.ok ? answer.json() : {}), () => ({}));
  if (page === undefined) { say("lost", "The server does not answer: start hw11 edit again"); return; }
  if (!page) { say("", NOTHING[what]); return; }
  if (page === location.pathname) goTo(document.getElementById(place));
  else location.assign(`${page}?at=${encodeURIComponent(place)}`); // a fragment would take the focus away again
};

for (const button of document.querySelectorAll("[data-next]")) {
  button.addEventListener("click", () => next(button.dataset.next));
}

const at = new URLSearchParams(location.search).get("at");
if (at) goTo(document.getElementById(at));

document.addEventListener("keydown", (event) => {
  if (event.key === "F8") {
    event.preventDefault();
    next(event.shiftKey ? "empty" : "mend");
    return;
  }
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const sheet = event.target.closest("[data-part]");
  if (!sheet) return;
  event.preventDefault();
  check(sheet);
});

const all = document.querySelector("[data-check-all]");
all?.addEventListener("click", async () => {
  const place = document.querySelector("#everything");
  if (place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  say("saving", "Checking…");
  try {
    const answer = await post("/check");
    place.innerHTML = (await answer.json()).html;
    say("", "");
    speak(place.querySelector("h2").textContent);
  } catch {
    say("lost", "The server does not answer: start hw11 edit again, then check once more");
  }
  place.setAttribute("aria-busy", "false");
});

// What other tabs and editors saved: answers are shown, parts whose code changed are checked again.
let files = null;
let late = false;
const look = async () => {
  const now = await fetch("/saved").then((answer) => (answer.ok ? answer.json() : null), () => null);
  if (now) {
    const changed = Object.keys(now).filter((name) => files && files[name] !== now[name]);
    files = now;
    if ((changed.length || late) && answers.length) {
      late = false;
      const before = answers.map((one) => one.base);
      const held = await fetch(`${location.pathname}/held`).then((answer) => answer.json(), () => ({}));
      answers.forEach((one, i) => {
        if (one.base !== before[i]) late = true; // saved meanwhile: what was asked for may be what stood there before
        else if (held[one.name]) one.heard(held[one.name]);
      });
    }
    const modules = new Set(changed.filter((name) => name.endsWith(".py")).map((name) => name.replace(/.*\/|\.py$/g, "")));
    for (const sheet of document.querySelectorAll("[data-modules]")) {
      if (sheet.dataset.modules.split(" ").some((name) => modules.has(name))) check(sheet);
    }
  }
  setTimeout(look, document.visibilityState === "visible" ? LOOK : 5 * LOOK);
};
look();

addEventListener("pagehide", () => answers.forEach((one) => one.keep(true)));
