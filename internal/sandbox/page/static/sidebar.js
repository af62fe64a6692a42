// The left column: channels, the bot's own place, and whom the reader is.
import { h, byId, set, keyed, icon } from "./dom.js";
import { world, place, me, dm, unread, met } from "./state.js";
import { cityOf, languageOf } from "./dates.js";

let go = () => {};
export const onMove = (f) => (go = f);

export function avatar(p, size = "") {
  if (!p || p.bot) return h("span", { class: `avatar avatar-bot ${size}`, "aria-hidden": "true" }, h("i", {}));
  return h("span", { class: `avatar hue-${p.hue} ${size}`, "aria-hidden": "true" }, p.initials);
}

export function drawSidebar() {
  const view = world.view;
  const open = view.channels.filter((c) => !c.dm);
  keyed(byId("channels"), open.map((c) => ({ ...c, here: c.id === place.channel, ...unread(c.id) })), (c) => c.id, channelRow);
  keyed(byId("apps"), [{ here: place.channel === "APP", on: view.bot.running, name: view.bot.name, ...(dm() ? unread(dm().id) : {}) }], () => "APP", appRow);
  const people = view.people.filter((p) => !p.bot).map((p, i) => ({ ...p, here: p.id === place.as, key: i + 1 }));
  keyed(byId("people"), people, (p) => p.id, personRow);
  drawMe();
  met();
}

// news is the number of what is meant for the reader; a channel where only something was said is bold without one.
const news = ({ count: n, fresh }) => (n > 0 ? count(n) : fresh && h("span", { class: "hidden" }, "unread"));
const count = (n) => [h("b", { class: "count", "aria-hidden": "true" }, String(n)), h("span", { class: "hidden" }, `${n} new for you`)];

function channelRow(c) {
  const name = h("span", { class: "row-name" }, c.name);
  const tags = [c.external && h("small", { class: "tag" }, "shared"), !c.bot && h("small", { class: "tag" }, "no bot")];
  const props = { type: "button", class: "row" + (c.fresh ? " row-new" : ""), "aria-current": c.here ? "page" : null, onclick: () => go({ channel: c.id }), "data-focus": "row" };
  return h("div", { role: "listitem" }, h("button", props, icon("hash"), name, tags, news(c)));
}

function appRow(a) {
  const state = h("small", { class: a.on ? "tag tag-on" : "tag tag-off" }, a.on ? "connected" : "not connected");
  const props = { type: "button", class: "row" + (a.fresh ? " row-new" : ""), "aria-current": a.here ? "page" : null, onclick: () => go({ channel: "APP" }), "data-focus": "row" };
  return h("div", { role: "listitem" }, h("button", props, avatar(null, "avatar-s"), h("span", { class: "row-name" }, a.name), state, news(a)));
}

function personRow(p) {
  const name = h("span", { class: "row-name" }, p.real, h("small", {}, [p.role, cityOf(p.zone)].filter(Boolean).join(" · ")));
  const hint = p.key < 10 && h("kbd", { "aria-hidden": "true" }, "Alt " + p.key);
  const props = { type: "button", class: "row row-person", "aria-pressed": String(p.here), title: languageOf(p.locale), onclick: () => go({ as: p.id }), "data-focus": "row" };
  return h("div", { role: "listitem" }, h("button", props, avatar(p, "avatar-s"), name, hint));
}

function drawMe() {
  const p = me();
  set(byId("me"), avatar(p, "avatar-s"), h("span", { class: "row-name" }, h("small", {}, "You are"), h("strong", {}, p.real), h("small", {}, [p.role, cityOf(p.zone)].filter(Boolean).join(" · ")), p.locale && h("small", { lang: p.locale, title: p.locale }, languageOf(p.locale))));
  set(byId("team"), world.view.team);
}
