// The bar of pinned messages above a conversation: the newest in one line, all of them whole when it is open.
import { h, byId, set, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { bodyOf, jump } from "./messages.js";
import { channel, person, place, shown } from "./state.js";
import { clock } from "./dates.js";
import { post } from "./api.js";

const open = new Set(); // channels whose bar is open
const ROOM = 120; // characters of the line

export const pinnedIn = (id, ts) => Boolean(channel(id)?.pinned.some((m) => m.ts === ts));

export function togglePin(id, ts) {
  return post("pin", { channel: id, ts, do: pinnedIn(id, ts) ? "unpin" : "pin" });
}

export function drawPins() {
  const box = byId("pins");
  const id = shown();
  const list = (id && channel(id)?.pinned) || [];
  box.hidden = list.length === 0;
  const mark = JSON.stringify([place.as, id, open.has(id), list]);
  if (box.stamp === mark) return;
  box.stamp = mark;
  const had = box.contains(document.activeElement) && document.activeElement.dataset.focus;
  const scrolled = box.querySelector(".pins-list")?.scrollTop || 0;
  const whole = open.has(id) && h("div", { class: "pins-list scroll" }, list.map((m) => card(id, m)));
  set(box, list.length ? [bar(id, list), whole] : null);
  if (whole) whole.scrollTop = scrolled;
  if (had) [...box.querySelectorAll("[data-focus]")].find((el) => el.dataset.focus === had)?.focus();
}

function bar(id, list) {
  const flip = () => {
    if (!open.delete(id)) open.add(id);
    drawPins();
  };
  const count = list.length > 1 && h("small", { class: "tag" }, String(list.length));
  const props = { type: "button", class: "pins-bar", "aria-expanded": String(open.has(id)), onclick: flip, "data-focus": "pins", title: open.has(id) ? "Hide the pinned messages" : "Show the pinned messages" };
  return h("button", props, icon("pin"), h("span", { class: "pins-line" }, lineOf(list[0])), count, icon("down"));
}

// lineOf is what a message says first, without its markup.
function lineOf(m) {
  const text = m.text.split("\n").find((l) => l.trim()) || "Pinned message";
  const bare = text.replace(/<!date\^[^|>]*\|([^>]*)>/g, "$1").replace(/<[@#!]?[^|>]*\|([^>]*)>/g, "$1").replace(/<@([^>]+)>/g, (_, u) => "@" + (person(u)?.name || u)).replace(/[*`~]/g, "").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  return plainText(bare.length > ROOM ? bare.slice(0, ROOM) + "…" : bare);
}

function card(id, m) {
  const who = person(m.user);
  const go = h("button", { type: "button", class: "btn btn-s", onclick: () => jump(id, m.ts), "data-focus": "jump-" + m.ts }, "Jump");
  const off = h("button", { type: "button", class: "btn btn-s", onclick: () => togglePin(id, m.ts), "data-focus": "unpin-" + m.ts }, "Unpin");
  const head = h("header", {}, h("b", {}, who?.bot || !who ? who?.name || m.user : who.real), h("span", { class: "when" }, clock(new Date(Number(m.ts) * 1000))), m.edited && h("span", { class: "edited" }, "(edited)"), go, off);
  return h("article", { class: "pins-card", "aria-label": "Pinned message" }, head, bodyOf({ ...m, channel: id, edited: false }));
}
