// A select with a search field: out of its own options, of people or channels, or of what the app answers while one types.
import { h, set, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { drop, closeDrop } from "./menu.js";
import { chips } from "./chips.js";
import { whenReleased } from "./press.js";

let serial = 0;
const PAUSE = 150; // ms after the last letter, before the app is asked
const TALL = 320; // px that the list may take
const label = (option) => option.text?.text || option.value || "";

// picker draws the control; one for several options is followed by what is chosen. load(query) gives [{label, options}] now or later, or null when the app did not answer; pick(chosen)
// is told the choice: one option, or with several a list of at most `most`.
export function picker({ placeholder, chosen = [], load, pick, name, focus, external, least = 0, several = false, most = 100 }) {
  const text = h("span");
  const props = { type: "button", class: "select", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-label": name, "data-focus": focus };
  const button = h("button", props, text, icon("down"));
  const control = { button, load, name, external, least, several, most, chosen: chosen.filter(Boolean), serial: 0 };
  const under = several && chips(name, button, label, (value) => control.done(control.chosen.filter((o) => o.value !== value)));
  const show = () => {
    const n = control.chosen.length;
    const words = several ? `${n} chosen` : n && plainText(label(control.chosen[0]));
    set(text, n ? words : placeholder || (several ? "Choose options" : "Choose an option"));
    text.className = n ? "" : "faint";
    button.title = control.chosen.map(label).join(", ");
    button.setAttribute("aria-label", text.textContent === name ? name : `${name}, ${text.textContent}`);
    if (several) under.draw(control.chosen);
  };
  control.done = (list, when = (draw) => draw()) => {
    control.chosen = list;
    when(show);
    pick(several ? list : list[0]);
  };
  show();
  button.addEventListener("click", () => openList(control));
  return several ? h("div", { class: "several" }, button, under.list) : button;
}

function openList(control) {
  const id = "list-" + ++serial;
  const field = h("input", { class: "pick-field", type: "text", role: "combobox", placeholder: "Search", "aria-label": "Search " + (control.name || ""), "aria-controls": id, "aria-autocomplete": "list", "aria-expanded": "true", autocomplete: "off", spellcheck: "false", enterkeyhint: "done" });
  const list = h("div", { class: "pick-list", role: "listbox", id, "aria-label": control.name, "aria-multiselectable": control.several ? "true" : null });
  const status = h("div", { class: "pick-note", role: "status", hidden: true });
  const state = { ...control, control, field, list, status, at: 0, rows: [], on: [...control.chosen], asked: 0 };
  let wait = 0;
  field.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => fetchRows(state), control.external ? PAUSE : 0);
  });
  field.addEventListener("keydown", (e) => key(e, state));
  control.button.setAttribute("aria-expanded", "true");
  drop(control.button, h("div", { class: "pick" }, field, status, list), () => closed(state), TALL);
  field.focus();
  fetchRows(state);
}

// closed ends the choice of several: what is marked now counts, if it differs from before. A press elsewhere closes it, and
// that press must find its place unmoved.
function closed(state) {
  const { control } = state;
  control.button.setAttribute("aria-expanded", "false");
  const values = (list) => list.map((o) => o.value).join("\n");
  if (state.several && values(state.on) !== values(control.chosen)) control.done(state.on, whenReleased);
}

async function fetchRows(state) {
  const query = state.field.value;
  const mine = ++state.asked;
  if ([...query].length < state.least) return note(state, `Type ${state.least === 1 ? "a letter" : state.least + " letters"} to search`);
  const answer = state.load(query);
  if (state.external) note(state, "Loading…", "loading");
  const groups = await answer;
  await new Promise(whenReleased);
  if (mine !== state.asked || !state.field.isConnected) return;
  if (!groups) return note(state, "The app did not answer.", "failed", h("button", { type: "button", class: "btn btn-s", onclick: () => again(state) }, "Try again"));
  drawRows(state, groups, state.external ? "" : query);
}

function again(state) {
  state.field.focus();
  fetchRows(state);
}

function note(state, text, kind = "", ...more) {
  state.rows = [];
  state.field.removeAttribute("aria-activedescendant");
  set(state.list);
  state.status.hidden = false;
  state.status.className = ["pick-note", kind && "pick-" + kind].filter(Boolean).join(" ");
  set(state.status, h("span", {}, text), ...more);
}

function drawRows(state, groups, query) {
  const fits = (o) => label(o).toLowerCase().includes(query.toLowerCase());
  state.rows = [];
  const nodes = groups.flatMap((g) => {
    const rows = g.options.filter(fits).map((o) => optionRow(state, o));
    return rows.length && g.label ? [h("div", { class: "menu-title", role: "presentation" }, plainText(g.label)), ...rows] : rows;
  });
  if (!state.rows.length) return note(state, "No results");
  state.status.hidden = true;
  set(state.list, nodes);
  const chosen = state.rows.findIndex((r) => isOn(state, r.option));
  move(state, state.several ? 0 : Math.max(0, chosen));
}

const isOn = (state, option) => state.on.some((o) => o.value === option.value);

function optionRow(state, option) {
  const mark = h("span", { class: "pick-mark", "aria-hidden": "true" }, icon("check"));
  const words = h("span", { class: "pick-words" }, plainText(label(option)), option.description && h("small", {}, plainText(option.description.text)));
  const el = h("div", { class: "pick-row", role: "option", id: "opt-" + ++serial, "aria-checked": String(isOn(state, option)) }, words, mark);
  const row = { el, option };
  el.addEventListener("mousedown", (e) => e.preventDefault()); // the letters typed next are still for the search
  el.addEventListener("click", () => take(state, row));
  state.rows.push(row);
  return el;
}

// take chooses one option and closes the list, or marks one of several and leaves it open.
function take(state, row) {
  if (!state.several) {
    closeDrop();
    return state.control.done([row.option]);
  }
  if (isOn(state, row.option)) state.on = state.on.filter((o) => o.value !== row.option.value);
  else if (state.on.length < state.most) state.on = [...state.on, row.option];
  else full(state);
  row.el.setAttribute("aria-checked", String(isOn(state, row.option)));
  move(state, state.rows.indexOf(row));
}

// full says why one more is not marked.
function full(state) {
  state.status.hidden = false;
  state.status.className = "pick-note";
  set(state.status, h("span", {}, `At most ${state.most} can be chosen.`));
}

// takeBack unmarks the one that was marked last, as a backspace without letters before it.
function takeBack(state) {
  state.on = state.on.slice(0, -1);
  for (const row of state.rows) row.el.setAttribute("aria-checked", String(isOn(state, row.option)));
}

function move(state, to) {
  state.rows.forEach((r, i) => r.el.setAttribute("aria-selected", String(i === to)));
  state.at = to;
  state.field.setAttribute("aria-activedescendant", state.rows[to].el.id);
  state.rows[to].el.scrollIntoView({ block: "nearest" });
}

function key(e, state) {
  if (e.isComposing) return;
  const n = state.rows.length;
  if (e.key === "ArrowDown" && n) move(state, (state.at + 1) % n);
  else if (e.key === "ArrowUp" && n) move(state, (state.at + n - 1) % n);
  else if (e.key === "Enter") n ? take(state, state.rows[state.at]) : state.status.querySelector("button")?.click();
  else if (e.key === "Backspace" && state.several && !state.field.value) takeBack(state);
  else if (e.key === "Escape" || e.key === "Tab") closeDrop();
  else return;
  e.preventDefault();
  e.stopPropagation();
}

export function groupsOf(element) {
  if (element.option_groups) return element.option_groups.map((g) => ({ label: g.label?.text || "", options: g.options || [] }));
  return [{ label: "", options: element.options || [] }];
}
