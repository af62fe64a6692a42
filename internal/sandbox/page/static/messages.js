// The conversation in the middle: messages, their threads, edits with a short glow.
import { h, byId, keyed, icon } from "./dom.js";
import { blocks, attachments } from "./blocks.js";
import { mrkdwn } from "./mrkdwn.js";
import { clock, dayName, dayOf, fullTime } from "./dates.js";
import { avatar } from "./sidebar.js";
import { messageSurface } from "./surface.js";
import { pinnedIn, togglePin } from "./pins.js";
import { place, person, messagesOf, shown } from "./state.js";
import { post } from "./api.js";

const GAP = 5 * 60;
let move = () => {};
let wanted = null; // the message to bring into sight: {channel, ts}
const drafts = new Map();
let redraw = () => {};
export const onRedraw = (f) => (redraw = f);
let last = { id: "", order: 0 };

export function drawMessages() {
  const id = shown();
  const box = byId("messages");
  const list = byId("message-list");
  const fresh = last.id !== place.as + id;
  const atEnd = fresh || box.scrollHeight - box.scrollTop - box.clientHeight < 120;
  if (fresh) list.replaceChildren();
  const rows = arrange(messagesOf(id), id);
  keyed(list, rows, (r) => r.ts + (r.onlyYou ? "e" : ""), drawRow);
  byId("empty").hidden = rows.length > 0;
  announce(rows, fresh, id);
  if (atEnd && !wanted) box.scrollTop = box.scrollHeight;
  if (wanted?.channel === id) reveal();
}

// jump shows one message of a channel, its thread opened when it is a reply.
export function jump(id, ts) {
  wanted = { channel: id, ts };
  const m = messagesOf(id).find((x) => x.ts === ts);
  if (m?.thread && m.thread !== ts) place.threads.add(m.thread);
  move({ channel: id });
}

function reveal() {
  const el = document.querySelector(`#message-list [data-ts="${CSS.escape(wanted.ts)}"]`);
  wanted = null;
  if (!el) return;
  el.scrollIntoView({ block: "center" });
  el.classList.remove("found");
  void el.offsetWidth; // so that the glow starts again
  el.classList.add("found");
}

// startMessages keeps the newest message in sight when the box or what is in it changes its height.
export function startMessages(go) {
  move = go;
  const box = byId("messages");
  let stuck = true;
  document.addEventListener("permalink", (e) => jump(e.detail.channel, e.detail.ts));
  box.addEventListener("scroll", () => (stuck = box.scrollHeight - box.scrollTop - box.clientHeight < 120));
  const watch = new ResizeObserver(() => stuck && (box.scrollTop = box.scrollHeight));
  watch.observe(box);
  watch.observe(byId("message-list"));
}

// toEnd brings the newest message into sight: who says something wants to read the answer.
export function toEnd() {
  const box = byId("messages");
  box.scrollTop = box.scrollHeight;
}

// arrange puts replies under their message and marks what continues the row above.
function arrange(all, channel) {
  const sorted = [...all].sort((a, b) => a.order - b.order);
  const roots = sorted.filter((m) => !m.thread || m.thread === m.ts);
  const replies = (ts) => sorted.filter((m) => m.thread === ts && m.ts !== ts);
  let before = null;
  return roots.map((m) => {
    const day = !before || dayOf(before.ts) !== dayOf(m.ts) ? dayName(m.ts) : "";
    const compact = !day && !m.bot && before.user === m.user && before.onlyYou === m.onlyYou && Number(m.ts) - Number(before.ts) < GAP;
    before = m;
    return { ...m, channel, day, compact, replies: replies(m.ts), open: place.threads.has(m.ts), pinned: pinnedIn(channel, m.ts) };
  });
}

function announce(rows, fresh, id) {
  const newest = rows.reduce((max, m) => (m.order > (max?.order || 0) ? m : max), null);
  const order = newest?.order || 0;
  if (!fresh && newest && order > last.order) byId("live").textContent = `${nameOf(newest)}: ${newest.text}`;
  last = { id: place.as + id, order };
}

const nameOf = (m) => person(m.user)?.real || m.name || m.user;
const content = (m) => JSON.stringify([m.text, m.blocks, m.attachments]);

function drawRow(m, old) {
  const node = h("div", { class: "message-row", role: "listitem" }, m.day && h("div", { class: "day" }, h("span", {}, m.day)), drawMessage(m, m.compact), thread(m));
  node.content = content(m);
  if (old && old.content !== node.content) node.classList.add("flash");
  return node;
}

function drawMessage(m, compact) {
  const p = person(m.user);
  const name = [h("span", { class: "name" }, p?.bot || !p ? nameOf(m) : p.real), m.bot && h("span", { class: "badge" }, "APP")];
  const time = h("time", { class: "when", title: fullTime(m.ts) }, clock(new Date(Number(m.ts) * 1000)));
  const head = h("div", { class: "head" }, compact ? null : name, time);
  const only = m.onlyYou && h("div", { class: "only-you" }, icon("eye"), "Only visible to you");
  const side = compact ? h("span", { class: "avatar-space" }, time.cloneNode(true)) : avatar(p?.bot || !p ? null : p);
  const pin = m.pinned && h("div", { class: "only-you pinned-mark" }, icon("pin"), "Pinned");
  const kind = ["message", compact && "message-compact", m.onlyYou && "message-private", m.pinned && "message-pinned"].filter(Boolean).join(" ");
  return h("article", { class: kind, "data-ts": m.ts, "aria-label": `${nameOf(m)}${m.onlyYou ? ", only visible to you" : ""}` }, side, h("div", { class: "body" }, only, pin, compact ? null : head, bodyOf(m), tools(m)));
}

// bodyOf shows the blocks, or the text when there are none.
export function bodyOf(m) {
  const surface = messageSurface(m);
  const main = m.blocks?.length ? blocks(m.blocks, surface) : mrkdwn(m.text);
  const more = m.attachments?.length ? attachments(m.attachments, surface) : [];
  const bare = !m.blocks?.length && more.some((a) => a.textContent) && m.attachments.some((a) => a.blocks?.length);
  return h("div", { class: "content" }, bare ? null : main, more, m.edited && h("span", { class: "edited" }, "(edited)"));
}

// tools are what one can do with a message: they show under the mouse and when they have the focus.
function tools(m) {
  if (m.onlyYou) return null;
  const tool = (name, run, label, ...kids) => h("button", { type: "button", class: "tool", onclick: run, "data-focus": name, "aria-label": label, title: label }, kids);
  const reply = !m.thread && tool("reply", () => toggle(m.ts), "Reply in thread", "Reply in thread");
  const pin = tool("pin", () => togglePin(m.channel, m.ts), m.pinned ? "Unpin from the channel" : "Pin to the channel", icon("pin"));
  return h("div", { class: "tools" }, reply, pin);
}

function toggle(ts) {
  if (!place.threads.delete(ts)) place.threads.add(ts);
  redraw();
  if (place.threads.has(ts)) document.querySelector(`[data-focus="thread-${ts}"]`)?.focus();
}

function thread(m) {
  const n = m.replies.filter((r) => !r.onlyYou).length;
  if (!m.replies.length && !m.open) return null;
  const label = n === 1 ? "1 reply" : n || !m.replies.length ? `${n} replies` : "A reply for you alone";
  const count = h("button", { type: "button", class: "thread-count", "aria-expanded": String(m.open), onclick: () => toggle(m.ts), "data-focus": "thread" }, label);
  if (!m.open) return h("div", { class: "thread" }, count);
  return h("div", { class: "thread" }, count, h("div", { class: "thread-list" }, m.replies.map((r) => drawMessage({ ...r, channel: m.channel, pinned: pinnedIn(m.channel, r.ts) }, false))), threadField(m));
}

function threadField(m) {
  const send = async (e) => {
    if (e.key !== "Enter" || e.isComposing || !e.target.value.trim()) return;
    const text = e.target.value;
    e.target.value = "";
    drafts.delete(m.ts);
    await post("type", { channel: m.channel, text, thread: m.ts });
  };
  const keep = (e) => drafts.set(m.ts, e.target.value);
  return h("input", { class: "field", type: "text", placeholder: "Reply…", "aria-label": "Reply in thread", value: drafts.get(m.ts) || "", oninput: keep, onkeydown: send, "data-focus": "thread-" + m.ts });
}
