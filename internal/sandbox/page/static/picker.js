// A select with a search field: static_select (also with groups) and external_select.
import { h, set, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { drop, closeDrop } from "./menu.js";

let serial = 0;
const label = (option) => option.text?.text || option.value || "";

// picker draws the control. load(query) gives [{label, options}] now or later; pick(option) is told the choice.
export function picker({ placeholder, chosen, load, pick, name, focus, external, least = 0 }) {
  const text = h("span", { class: chosen ? "" : "faint" }, chosen ? plainText(label(chosen)) : placeholder || "Choose an option");
  const props = { type: "button", class: "select", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-label": name, "data-focus": focus };
  const button = h("button", props, text, icon("down"));
  const choose = (option) => {
    set(text, plainText(label(option)));
    text.className = "";
    pick(option);
  };
  button.addEventListener("click", () => openList(button, { load, choose, name, external, least }));
  return button;
}

function openList(button, { load, choose, name, external, least }) {
  const id = "list-" + ++serial;
  const field = h("input", { class: "pick-field", type: "text", role: "combobox", placeholder: "Search", "aria-label": "Search " + (name || ""), "aria-controls": id, "aria-expanded": "true", autocomplete: "off" });
  const list = h("div", { class: "pick-list", role: "listbox", id, "aria-label": name });
  const panel = h("div", { class: "pick" }, field, list);
  const state = { field, list, at: 0, rows: [], choose: (option) => { closeDrop(); choose(option); } };
  const show = () => fetchRows(state, load, external, least);
  let wait = 0;
  field.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(show, external ? 150 : 0);
  });
  field.addEventListener("keydown", (e) => key(e, state));
  button.setAttribute("aria-expanded", "true");
  drop(button, panel, () => button.setAttribute("aria-expanded", "false"));
  field.focus();
  show();
}

async function fetchRows(state, load, external, least) {
  const query = state.field.value;
  if (query.length < least) return note(state, `Type ${least === 1 ? "a letter" : least + " letters"} to search`);
  const answer = load(query);
  if (external) note(state, "Loading…");
  const groups = await answer;
  if (query !== state.field.value) return;
  drawRows(state, groups, external ? "" : query);
}

function note(state, text) {
  state.rows = [];
  set(state.list, h("div", { class: "pick-note" }, text));
}

function drawRows(state, groups, query) {
  const fits = (o) => label(o).toLowerCase().includes(query.toLowerCase());
  state.rows = [];
  const nodes = groups.flatMap((g) => {
    const rows = g.options.filter(fits).map((o) => optionRow(state, o));
    return rows.length && g.label ? [h("div", { class: "menu-title" }, g.label), ...rows] : rows;
  });
  if (!state.rows.length) return note(state, "No results");
  set(state.list, nodes);
  move(state, 0);
}

function optionRow(state, option) {
  const el = h("div", { class: "pick-row", role: "option", id: "opt-" + ++serial }, plainText(label(option)), option.description && h("small", {}, plainText(option.description.text)));
  el.addEventListener("click", () => state.choose(option));
  state.rows.push({ el, option });
  return el;
}

function move(state, to) {
  state.rows.forEach((r, i) => r.el.setAttribute("aria-selected", String(i === to)));
  state.at = to;
  state.field.setAttribute("aria-activedescendant", state.rows[to].el.id);
  state.rows[to].el.scrollIntoView({ block: "nearest" });
}

function key(e, state) {
  const n = state.rows.length;
  if (e.key === "ArrowDown" && n) move(state, (state.at + 1) % n);
  else if (e.key === "ArrowUp" && n) move(state, (state.at + n - 1) % n);
  else if (e.key === "Enter" && n) state.choose(state.rows[state.at].option);
  else if (e.key === "Escape" || e.key === "Tab") closeDrop();
  else return;
  e.preventDefault();
  e.stopPropagation();
}

export function groupsOf(element) {
  if (element.option_groups) return element.option_groups.map((g) => ({ label: g.label?.text || "", options: g.options || [] }));
  return [{ label: "", options: element.options || [] }];
}
