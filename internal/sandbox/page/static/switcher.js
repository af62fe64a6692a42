// Ctrl or Cmd+K: jump to a channel or become somebody else by a few letters. Alt+1…9: become that person.
import { h, byId, set, icon } from "./dom.js";
import { avatar } from "./sidebar.js";
import { world } from "./state.js";

let go = () => {};
const state = { rows: [], at: 0 };

export function startKeys(move) {
  go = move;
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") openSwitcher(e);
    if (e.altKey && /^Digit[1-9]$/.test(e.code)) become(e, Number(e.code.slice(5)));
  });
  byId("switch-field").addEventListener("input", draw);
  byId("switch-field").addEventListener("keydown", key);
  byId("jump").addEventListener("click", openSwitcher);
}

function become(e, n) {
  const p = world.view?.people.filter((x) => !x.bot)[n - 1];
  if (!p || byId("modal").open) return;
  e.preventDefault();
  go({ as: p.id });
}

export function openSwitcher(e) {
  e.preventDefault();
  if (document.querySelector("dialog[open]")) return;
  byId("switch-field").value = "";
  byId("switcher").showModal();
  draw();
}

function all() {
  const view = world.view;
  const channels = view.channels.filter((c) => !c.dm).map((c) => ({ name: c.name, icon: icon("hash"), hint: c.topic, to: { channel: c.id } }));
  const app = { name: view.bot.name, icon: avatar(null, "avatar-s"), hint: "App home", to: { channel: "APP" } };
  const people = view.people.filter((p) => !p.bot).map((p) => ({ name: `Be ${p.real}`, icon: avatar(p, "avatar-s"), hint: p.role, to: { as: p.id } }));
  return [...channels, app, ...people];
}

function draw() {
  const query = byId("switch-field").value.toLowerCase();
  state.rows = all().filter((r) => `${r.name} ${r.hint}`.toLowerCase().includes(query));
  state.at = 0;
  set(byId("switch-list"), state.rows.map((r, i) => h("div", { class: "pick-row", role: "option", id: "jump-" + i, onclick: () => pick(i) }, r.icon, h("span", {}, r.name), h("small", {}, r.hint))));
  mark();
}

function mark() {
  [...byId("switch-list").children].forEach((el, i) => el.setAttribute("aria-selected", String(i === state.at)));
  byId("switch-field").setAttribute("aria-activedescendant", state.rows.length ? "jump-" + state.at : "");
  byId("switch-list").children[state.at]?.scrollIntoView({ block: "nearest" });
}

function pick(i) {
  byId("switcher").close();
  if (state.rows[i]) go(state.rows[i].to);
}

function key(e) {
  const n = state.rows.length;
  const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step && n) {
    state.at = (state.at + step + n) % n;
    mark();
  } else if (e.key === "Enter") pick(state.at);
  else return;
  e.preventDefault();
}
