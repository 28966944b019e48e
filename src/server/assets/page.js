// Makes the pages quicker to use; all of them work without it. Suggestions under the search box, filters that apply when they
// are chosen, ticks that are kept at once. Sends what is typed to this server only.
"use strict";

document.documentElement.classList.add("scripted");

// Where the server's addresses begin: it may be served below a path.
const root = document.currentScript.src.replace(/\/assets\/[^/]*\/[^/]*$/, "");

// Empty fields say nothing and do not belong into the address.
for (const form of document.querySelectorAll("form[method='get']")) {
  form.addEventListener("submit", (event) => {
    const forCompare = event.submitter && event.submitter.formAction.endsWith("/compare");
    for (const field of form.elements) {
      const empty = field.name && field.value === "" && field.type !== "submit";
      if (empty || (forCompare && field.name !== "id")) field.disabled = true;
    }
    // Going back must find them as they were.
    setTimeout(() => { for (const field of form.elements) field.disabled = false; }, 0);
  });
}

for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form && field.form.requestSubmit());
}

// A page that comes back from the browser's memory shows the ticks of its answer, not those of the moment.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) if (form.id === "search") form.reset();
});

// On a narrow screen the filters stand above the hits and would hide them.
const fold = document.querySelector(".filters-fold");
if (fold && window.matchMedia("(max-width: 50rem)").matches) fold.open = false;

// One change after the other: each answer sets the cookie that the next one adds to.
let changes = Promise.resolve();
for (const pick of document.querySelectorAll("[data-pick]")) {
  pick.addEventListener("change", (event) => {
    const tick = event.target;
    if (tick.name !== "id" || tick.type !== "checkbox") return;
    const change = new URLSearchParams({ script: "1", [tick.checked ? "add" : "remove"]: tick.value });
    changes = changes.then(() => keep(change));
  });
}

async function keep(change) {
  try {
    const answer = await fetch(`${root}/selection`, { method: "POST", body: change, keepalive: true });
    if (!answer.ok) return;
    const { kept } = await answer.json();
    for (const count of document.querySelectorAll("[data-kept]")) count.textContent = kept;
  } catch {
    // The buttons under the hits still keep what is ticked.
  }
}

let boxes = 0;
for (const box of document.querySelectorAll("[data-suggest]")) suggest(box);

// The combobox pattern of the ARIA Authoring Practices: the focus stays in the box, arrows choose, Escape closes.
function suggest(box) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${++boxes}`;
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", "Suggestions");
  box.parentElement.append(list);
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("aria-expanded", "false");

  let chosen = -1, asked = 0, timer = 0;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    const options = list.children;
    if (!options.length) return;
    chosen = (place + options.length) % options.length;
    [...options].forEach((option, at) => option.setAttribute("aria-selected", at === chosen));
    box.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = (option) => {
    box.value = option.dataset.text;
    close();
    box.form.requestSubmit();
  };
  const show = (suggestions) => {
    list.replaceChildren(...suggestions.map((suggestion, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.role = "option";
      option.dataset.text = suggestion.text;
      option.setAttribute("aria-selected", "false");
      const text = document.createElement("span");
      text.className = "text";
      text.textContent = suggestion.text;
      const kinds = document.createElement("span");
      kinds.className = "kinds";
      kinds.textContent = `${suggestion.kinds.map((kind) => kind.kind.replace("_", " ")).join(", ")} · ${suggestion.trials}`;
      option.append(text, kinds);
      option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(option); });
      return option;
    }));
    list.hidden = suggestions.length === 0;
    chosen = -1;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  };
  const ask = async () => {
    const typed = box.value, own = ++asked;
    // A query with signs of the language is no name to be completed.
    if (typed.trim().length < 2 || /["():{}]/.test(typed)) return close();
    try {
      const answer = await fetch(`${root}/api/suggest?limit=8&q=${encodeURIComponent(typed)}`);
      if (own !== asked || !answer.ok) return;
      show((await answer.json()).suggestions);
    } catch {
      close();
    }
  };
  box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
  box.addEventListener("blur", () => { asked++; close(); });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else return;
    event.preventDefault();
  });
}
