// The markdown block, basic: headings, lists, quotes, code, bold, italics, strike and links.
import { h } from "./dom.js";
import { anchor } from "./mrkdwn.js";

const TOKEN = /`([^`\n]+)`|\[([^\]\n]+)\]\(([^)\s]+)\)|\*\*([^\n]+?)\*\*|(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])|~~([^\n]+?)~~/g;

function inline(text) {
  const out = [];
  let from = 0;
  for (const m of text.matchAll(TOKEN)) {
    out.push(text.slice(from, m.index), token(m));
    from = m.index + m[0].length;
  }
  return [...out, text.slice(from)].filter((x) => x !== "");
}

function token([, code, label, url, bold, italics, strike]) {
  if (code !== undefined) return h("code", {}, code);
  if (label !== undefined) return anchor(url, label);
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (italics !== undefined) return h("em", {}, inline(italics));
  return h("s", {}, inline(strike));
}

const LINES = [
  [/^#{1,6}\s+(.*)$/, (m) => ({ tag: "h4", line: m[1] })],
  [/^\s*[-*+]\s+(.*)$/, (m) => ({ tag: "ul", line: m[1] })],
  [/^\s*\d+[.)]\s+(.*)$/, (m) => ({ tag: "ol", line: m[1] })],
  [/^>\s?(.*)$/, (m) => ({ tag: "blockquote", line: m[1] })],
  [/^\s*(?:---+|\*\*\*+)\s*$/, () => ({ tag: "hr", line: "" })],
];

function kind(line) {
  for (const [pattern, make] of LINES) {
    const m = pattern.exec(line);
    if (m) return make(m);
  }
  return { tag: line.trim() ? "div" : "", line };
}

const item = (tag) => (line) => h(tag, {}, inline(line));
const JOIN = {
  ul: (ls) => h("ul", {}, ls.map(item("li"))),
  ol: (ls) => h("ol", {}, ls.map(item("li"))),
  h4: (ls) => ls.map(item("h4")),
  hr: () => h("hr"),
  blockquote: (ls) => h("blockquote", { class: "para" }, ls.map(item("div"))),
  div: (ls) => h("div", { class: "para" }, ls.map(item("div"))),
};

export function markdown(text) {
  return String(text ?? "").split("```").flatMap((part, i) => {
    if (i % 2) return [h("pre", {}, part.replace(/^\w*\n|\n$/g, ""))];
    return runs(part.split("\n").map(kind)).map((run) => JOIN[run.tag](run.lines));
  });
}

// runs joins neighbouring lines of one kind, and drops the empty ones between.
function runs(list) {
  const out = [];
  let last = "";
  for (const { tag, line } of list) {
    if (tag && tag === last) out[out.length - 1].lines.push(line);
    else if (tag) out.push({ tag, lines: [line] });
    last = tag;
  }
  return out;
}
