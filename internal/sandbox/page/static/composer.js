// The field at the bottom: typing, completion, recall of what was sent before, and the first things to try.
import { h, byId, set } from "./dom.js";
import { candidates } from "./complete.js";
import { avatar } from "./sidebar.js";
import { world, place, person, channel, shown, here } from "./state.js";
import { toEnd } from "./messages.js";
import { post } from "./api.js";
import { whenReleased } from "./press.js";

const sent = [];
const drafts = new Map();
const list = { rows: [], at: -1 };
let back = 0;
let go = () => {};
let drawnFor = "";

const field = () => byId("composer-field");
const spot = () => `${place.as}/${shown()}`;

export function startComposer(move) {
  go = move;
  field().addEventListener("input", () => {
    back = 0;
    drafts.set(spot(), field().value);
    refresh();
  });
  field().addEventListener("keydown", key);
  field().addEventListener("blur", () => setTimeout(() => document.activeElement !== field() && close(), 150));
  byId("composer").addEventListener("submit", (e) => {
    e.preventDefault();
    send();
  });
}

export function drawComposer() {
  const c = channel(shown());
  byId("composer-box").hidden = !c;
  if (!c) return;
  const label = `Message ${c.dm ? world.view.bot.name : "#" + c.name}`;
  field().placeholder = label;
  field().setAttribute("aria-label", label);
  if (drawnFor !== spot()) {
    drawnFor = spot();
    field().value = drafts.get(spot()) || "";
    fit();
    close();
  }
  drawSuggestions();
}

function drawSuggestions() {
  const box = byId("suggestions");
  const mark = JSON.stringify(world.view.suggestions);
  if (box.stamp === mark) return;
  box.stamp = mark;
  set(box, h("span", { class: "try" }, "Try"), world.view.suggestions.map(chip));
}

function chip(s) {
  const p = person(s.as);
  const c = channel(s.channel);
  const use = () => {
    go({ as: s.as, channel: s.channel });
    fillIn(s.text);
  };
  const title = [s.text, p && `as ${p.real}`, c && `in #${c.name}`].filter(Boolean).join(" · ");
  return h("button", { type: "button", class: "chip", title, onclick: use }, avatar(p, "avatar-xs"), h("span", {}, s.why || s.text));
}

// fillIn puts a text into the field, for the person to send.
export function fillIn(text) {
  field().value = text;
  drafts.set(spot(), text);
  field().focus();
  fit();
}

function refresh() {
  fit();
  list.rows = candidates(field().value);
  list.at = list.rows.length && !list.rows.some((r) => r.done) ? 0 : -1;
  drawList();
}

function drawList() {
  const box = byId("complete");
  const open = list.rows.length > 0;
  box.hidden = !open;
  set(box, list.rows.map(listRow));
  const on = box.querySelector('[aria-selected="true"]');
  field().setAttribute("aria-activedescendant", on ? on.id : "");
  on?.scrollIntoView({ block: "nearest" });
}

function listRow(r, i) {
  const take = (e) => {
    e.preventDefault();
    insert(r);
  };
  return h("div", { class: "complete-row", role: "option", id: "complete-" + i, "aria-selected": String(i === list.at), onpointerdown: take }, h("code", {}, r.label), h("small", {}, r.hint));
}

function insert(r) {
  if (r.text) field().value = r.text;
  drafts.set(spot(), field().value);
  field().focus();
  refresh();
  if (list.rows.length === 1 && list.rows[0].text === field().value) close();
}

function close() {
  list.rows = [];
  list.at = -1;
  drawList();
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function key(e) {
  if (e.isComposing) return;
  const n = list.rows.length;
  if (n && listKey(e, n)) return e.preventDefault();
  if (e.key === "ArrowUp" && (!field().value || back)) return recall(e, 1);
  if (e.key === "ArrowDown" && back) return recall(e, -1);
  if (e.key !== "Enter" || e.shiftKey) return;
  e.preventDefault();
  send();
}

// listKey answers true when the open list has used the key.
function listKey(e, n) {
  if (STEPS[e.key]) {
    list.at = list.at < 0 ? (e.key === "ArrowDown" ? 0 : n - 1) : (list.at + STEPS[e.key] + n) % n;
    drawList();
  } else if (e.key === "Escape") close();
  else if (e.key === "Tab" && !e.shiftKey) insert(list.rows[Math.max(list.at, 0)]);
  else if (e.key === "Enter" && list.at >= 0) insert(list.rows[list.at]);
  else return false;
  return true;
}

function recall(e, step) {
  const next = back + step;
  if (next < 0 || next > sent.length) return;
  e.preventDefault();
  back = next;
  field().value = back ? sent[sent.length - back] : "";
  fit();
}

async function send() {
  const text = field().value.trim();
  if (!text) return;
  if (sent[sent.length - 1] !== text) sent.push(text);
  const before = spot();
  back = 0;
  field().value = "";
  drafts.delete(before);
  close();
  fit();
  toEnd();
  const answer = await post("type", { channel: shown(), text });
  await new Promise(whenReleased);
  if (answer.ok || field().value || before !== spot()) return;
  field().value = text;
  drafts.set(before, text);
  fit();
}

function fit() {
  field().style.height = "auto";
  field().style.height = Math.min(field().scrollHeight, 160) + "px";
}

export function focusComposer() {
  if (here() || shown()) field().focus();
}
