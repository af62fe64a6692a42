// Slack's own markup to elements: *bold*, _italics_, ~strike~, `code`, ```blocks```, > quotes, <links>, mentions, dates, :emoji:.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { dateText, fullTime } from "./dates.js";
import { person, channel, group, place } from "./state.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const plain = (text) => text.replace(/&(amp|lt|gt);/g, (e) => ENTITIES[e]);

const WORD = "\\p{L}\\p{N}";
const pair = (mark) => `(?<![${WORD}${mark}])[${mark}](?=\\S)([^${mark}\\n]*[^\\s${mark}])[${mark}](?![${WORD}${mark}])`;
const TOKEN = new RegExp("`([^`\\n]+)`|<([^<>\\n]+)>|:([a-z0-9_+'-]+(?:::skin-tone-\\d)?):|" + [pair("*"), pair("_"), pair("~")].join("|"), "gu");

// inline turns one stretch of text into nodes.
export function inline(text) {
  const out = [];
  let from = 0;
  for (const m of text.matchAll(TOKEN)) {
    const node = token(m);
    if (!node) continue;
    out.push(plain(text.slice(from, m.index)), node);
    from = m.index + m[0].length;
  }
  out.push(plain(text.slice(from)));
  return out.filter((x) => x !== "");
}

function token([, code, special, name, bold, italics, strike]) {
  if (code !== undefined) return h("code", {}, plain(code));
  if (special !== undefined) return bracket(special);
  if (name !== undefined) return emoji(name) ? h("span", { class: "emoji", title: `:${name}:` }, emoji(name)) : null;
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (italics !== undefined) return h("em", {}, inline(italics));
  return h("s", {}, inline(strike));
}

// bracket reads what stands between < and >: a mention, a date or a link.
function bracket(body) {
  const bar = body.indexOf("|");
  const head = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? "" : body.slice(bar + 1);
  if (head.startsWith("@")) return user(head.slice(1), label);
  if (head.startsWith("#")) return channelName(head.slice(1), label);
  if (head.startsWith("!date^")) return date(head.split("^"), label);
  if (head.startsWith("!subteam^")) return team(head.slice(9), label);
  if (head.startsWith("!")) return h("span", { class: "mention" }, "@" + head.slice(1));
  return anchor(plain(head), plain(label));
}

export function user(id, label = "") {
  const p = person(id);
  const self = id === place.as ? " mention-me" : "";
  return h("span", { class: "mention" + self, title: p ? `${p.real} · ${id}` : id }, "@" + (p ? p.name : label || id));
}

export function channelName(id, label = "") {
  const c = channel(id);
  return h("span", { class: "mention", title: id }, "#" + (c ? c.name : label || id));
}

export function team(id, label = "") {
  const g = group(id);
  const mine = g && g.members.includes(place.as) ? " mention-me" : "";
  return h("span", { class: "mention" + mine, title: id }, g ? "@" + g.handle : label || "@" + id);
}

export function date([, seconds, pattern, link], fallback) {
  const time = h("time", { title: fullTime(seconds), "data-date": seconds, "data-pattern": pattern }, dateText(seconds, pattern || "", plain(fallback)));
  return link ? anchor(link, "", time) : time;
}

const PERMALINK = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})$/;

// jumper is a link to a message of this workspace: it leads there within the page.
function jumper(url, shown, detail) {
  const go = (e) => {
    e.preventDefault();
    document.dispatchEvent(new CustomEvent("permalink", { detail }));
  };
  return h("a", { href: `#${detail.channel}/${place.as}`, title: url, onclick: go }, shown);
}

// anchor makes a link for web and mail addresses only; any other scheme stays text.
export function anchor(url, label, node) {
  const shown = node || label || url.replace(/^mailto:/, "");
  const inside = PERMALINK.exec(url);
  if (inside) return jumper(url, shown, { channel: inside[1], ts: `${inside[2]}.${inside[3]}` });
  if (!/^(https?:\/\/|mailto:)/i.test(url)) return h("span", {}, shown);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, shown);
}

// mrkdwn turns a whole text into paragraphs, quotes and code blocks.
export function mrkdwn(text) {
  const parts = String(text ?? "").split("```");
  if (parts.length % 2 === 0) {
    const tail = parts.pop();
    parts[parts.length - 1] += "```" + tail;
  }
  return parts.flatMap((part, i) => (i % 2 ? h("pre", {}, plain(part.replace(/^\n|\n$/g, ""))) : paragraphs(part)));
}

function paragraphs(text) {
  const out = [];
  for (const line of text.split("\n")) {
    const quoted = /^(>|&gt;)\s?/.exec(line);
    const body = quoted ? line.slice(quoted[0].length) : line;
    const kind = quoted ? "blockquote" : "div";
    const last = out[out.length - 1];
    if (last && last.kind === kind) last.lines.push(body);
    else out.push({ kind, lines: [body] });
  }
  return out.filter((p) => p.lines.join("").trim() !== "").map((p) => h(p.kind, { class: "para" }, lines(p.lines)));
}

function lines(list) {
  return list.flatMap((line, i) => (i ? [h("br"), ...inline(line)] : inline(line)));
}

// textObject draws a Block Kit text: mrkdwn, or plain_text with its emoji.
export function textObject(text) {
  if (!text) return [];
  if (text.type === "mrkdwn") return mrkdwn(text.text);
  return plainText(text.text);
}

export function plainText(text) {
  return String(text ?? "").split("\n").flatMap((line, i) => [i ? h("br") : "", ...withEmoji(line)]).filter((x) => x !== "");
}

function withEmoji(line) {
  return line.split(/(:[a-z0-9_+'-]+:)/).map((part) => (/^:.+:$/.test(part) && emoji(part.slice(1, -1))) || part);
}

// refreshDates writes relative times ("3 minutes ago", "today") again, as the clock of the world goes on.
export function refreshDates(root) {
  for (const el of root.querySelectorAll("time[data-date]")) {
    const text = dateText(el.dataset.date, el.dataset.pattern || "", el.textContent);
    if (el.textContent !== text) el.textContent = text;
  }
}
