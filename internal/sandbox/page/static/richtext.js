// The rich_text block: sections, lists, quotes and preformatted text with styled elements inside.
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { anchor, channelName, date, team, user } from "./mrkdwn.js";

const SECTIONS = {
  rich_text_section: (e) => h("div", { class: "para" }, leaves(e.elements)),
  rich_text_quote: (e) => h("blockquote", { class: "para" }, leaves(e.elements)),
  rich_text_preformatted: (e) => h("pre", {}, leaves(e.elements)),
  rich_text_list: list,
};

export function richText(block) {
  return h("div", { class: "rich" }, (block.elements || []).map((e) => (SECTIONS[e.type] || unknown)(e)));
}

function list(e) {
  const props = { class: "indent-" + Math.min(e.indent || 0, 8), start: e.offset ? e.offset + 1 : null };
  return h(e.style === "ordered" ? "ol" : "ul", props, (e.elements || []).map((item) => h("li", {}, leaves(item.elements))));
}

const LEAVES = {
  text: (e) => broken(e.text),
  link: (e) => anchor(e.url, e.text || ""),
  user: (e) => user(e.user_id),
  usergroup: (e) => team(e.usergroup_id),
  channel: (e) => channelName(e.channel_id),
  emoji: (e) => h("span", { class: "emoji", title: `:${e.name}:` }, emoji(e.name) || `:${e.name}:`),
  date: (e) => date(["", e.timestamp, e.format, e.url], e.fallback || ""),
  broadcast: (e) => h("span", { class: "mention" }, "@" + e.range),
  color: (e) => h("code", {}, e.value),
};

function broken(text) {
  return String(text ?? "").split("\n").flatMap((line, i) => (i ? [h("br"), line] : [line]));
}

function leaves(elements) {
  return (elements || []).map((e) => styled(e.style, (LEAVES[e.type] || unknown)(e)));
}

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

function styled(style, node) {
  return Object.keys(style || {}).filter((k) => style[k] && STYLES[k]).reduce((inner, k) => h(STYLES[k], {}, inner), node);
}

function unknown(e) {
  return h("span", { class: "unsupported" }, `unsupported element: ${e.type}`);
}
