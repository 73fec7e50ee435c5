"use strict";

const form = document.querySelector("#mark");
const keys = document.querySelector("#keys");
const single = document.querySelector("#single-keys");
const STORED = "hw11-desk-single-keys";

single.checked = localStorage.getItem(STORED) !== "off";
single.addEventListener("change", () => localStorage.setItem(STORED, single.checked ? "on" : "off"));
for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.open).showModal());
}

for (const fold of document.querySelectorAll("[data-remembered]")) {
  const name = `hw11-desk-fold-${fold.dataset.remembered}`;
  fold.open = localStorage.getItem(name) !== "closed";
  fold.addEventListener("toggle", () => localStorage.setItem(name, fold.open ? "open" : "closed"));
}

const poll = document.querySelector("[data-poll]");
if (poll) {
  const ask = async () => {
    const answer = await fetch(poll.dataset.poll).then((told) => told.json(), () => ({ ready: false }));
    if (answer.ready) location.reload();
    else setTimeout(ask, 1500);
  };
  setTimeout(ask, 1500);
}

if (form) {
  const { here, query, most, about } = form.dataset;
  let seen = Number(form.dataset.seen);
  const saved = document.querySelector("#saved");
  const total = document.querySelector("#total");
  const complaint = document.querySelector("#complaint");
  const all = (name) => [...form.querySelectorAll(`[name="${name}"]`)];
  const one = (name) => form.querySelector(`[name="${name}"]`);
  const text = (name) => one(name)?.value ?? "";
  const number = (name) => Number.parseFloat(text(name).replace(",", "."));
  let changed = 0;
  let kept = 0;
  let sending = false;
  let leaving = false;

  const draft = () => ({
    items: all("item").filter((box) => box.checked).map((box) => Number(box.value)),
    nothing: one("nothing")?.checked ?? false,
    awarded: Number.isFinite(number("awarded")) ? number("awarded") : null,
    adjustment: Number.isFinite(number("adjustment")) ? number("adjustment") : 0,
    reason: text("reason"),
    comment: text("comment"),
    reply: text("reply"),
  });

  const post = (what, body) =>
    fetch(`${here}/${what}${query}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  const say = (state, words) => {
    saved.dataset.state = state;
    if (saved.textContent !== words) saved.textContent = words;
  };

  const keep = async () => {
    if (sending || leaving || kept === changed) return;
    sending = true;
    const upTo = changed;
    say("saving", "Saving…");
    let again = 0;
    try {
      const answer = await post("draft", draft());
      if (answer.ok) {
        kept = upTo;
        if (kept === changed) say("saved", "Saved");
      } else {
        const told = await answer.json().catch(() => ({}));
        say("lost", told.complaint ?? "Not saved: open the link that hw11 review prints");
        again = 3000;
      }
    } catch {
      say("lost", "Not saved: the server does not answer. Trying again…");
      again = 700;
    }
    sending = false;
    if (again) setTimeout(keep, again);
    else keep();
  };

  const sum = () => {
    const now = draft();
    const rubric = all("item").length > 0;
    const decided = now.items.length || now.nothing || now.adjustment || now.awarded !== null;
    const ticked = all("item").filter((box) => box.checked).reduce((points, box) => points + Number(box.dataset.points), 0);
    const points = rubric ? Math.min(Math.max(ticked + now.adjustment, 0), Number(most)) : now.awarded;
    total.value = decided ? String(Math.round(points * 100) / 100) : "";
  };

  const touch = () => {
    changed += 1;
    complaint.textContent = "";
    sum();
    keep();
  };

  const tick = (box) => {
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const award = (points) => {
    one("awarded").value = points;
    touch();
    if (!text("reason")) one("reason").focus();
  };

  const save = async (what = "mark") => {
    if (leaving || one("comment").matches(":disabled")) return;
    leaving = true;
    say("saving", "Saving…");
    try {
      const answer = await post(what, { ...draft(), group: one("group")?.checked ?? false, about, seen });
      const told = await answer.json().catch(() => ({ complaint: "This could not be saved." }));
      if (answer.ok) {
        kept = changed;
        location.assign(told.next);
        return;
      }
      say("", "");
      complaint.textContent = told.complaint;
      seen = told.seen ?? seen;
      leaving = false;
      keep();
    } catch {
      leaving = false;
      say("lost", "Not saved: the server does not answer. Trying again…");
      setTimeout(() => save(what), 700);
    }
  };

  form.addEventListener("input", (event) => {
    if (event.target.type !== "checkbox") touch();
  });
  form.addEventListener("change", (event) => {
    const box = event.target;
    if (box.type !== "checkbox") return;
    if (box.name === "nothing" && box.checked) all("item").forEach((item) => { item.checked = false; });
    if (box.name === "item" && box.checked) one("nothing").checked = false;
    if (box.name === "group") return;
    touch();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  for (const button of form.querySelectorAll("[data-stands]")) {
    button.addEventListener("click", () => save("stands"));
  }
  for (const button of form.querySelectorAll("[data-award]")) {
    button.addEventListener("click", () => award(button.dataset.award));
  }
  for (const button of form.querySelectorAll("[data-comment]")) {
    button.addEventListener("click", () => {
      const field = one("comment");
      field.value = [field.value.trim(), button.dataset.comment].filter(Boolean).join("\n");
      touch();
      field.focus();
    });
  }
  addEventListener("beforeunload", (event) => {
    if (kept !== changed && !leaving) event.preventDefault();
  });
  setInterval(() => {
    if (document.visibilityState === "visible" && !one("comment").matches(":disabled")) post("hold").catch(() => {});
  }, 120_000);

  const open = (place) => {
    const fold = form.querySelector(place);
    if (!fold) return null;
    fold.open = true;
    return fold;
  };
  const acts = {
    n: () => go(form.dataset.next),
    j: () => go(form.dataset.after),
    k: () => go(form.dataset.before),
    c: () => one("comment").focus(),
    a: () => (one("awarded") ?? (open(".adjust") && one("adjustment")))?.focus(),
    b: () => open(".bank")?.querySelector("button").focus(),
    f: () => document.querySelector("#flag").requestSubmit(),
  };
  const go = (address) => {
    if (!address) return;
    if (kept === changed) location.assign(address);
    else setTimeout(() => go(address), 50);
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
      return;
    }
    const field = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.key === "Escape" && field) field.blur();
    if (field || keys.open || !single.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const named = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (named && !named.matches(":disabled")) {
      event.preventDefault();
      if (named.type === "checkbox") tick(named);
      else named.click();
    } else if (Object.hasOwn(acts, event.key)) {
      event.preventDefault();
      acts[event.key]();
    }
  });
  sum();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || keys.open || !single.checked) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  event.preventDefault();
  keys.showModal();
});
