// Block Kit to elements. One function for each type of block; an unknown one says so instead of vanishing.
import { h } from "./dom.js";
import { mrkdwn, plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { element, picture } from "./elements.js";
import { markdown } from "./markdown.js";

const BLOCKS = {
  header: (b) => h("h3", { class: "block-header" }, plainText(b.text?.text)),
  divider: () => h("hr"),
  section,
  context: (b) => h("div", { class: "block-context" }, (b.elements || []).map(contextPart)),
  actions: (b, s) => h("div", { class: "block-actions" }, (b.elements || []).map((e) => element(e, b, s))),
  image: imageBlock,
  rich_text: richText,
  input: inputBlock,
  table,
  markdown: (b) => h("div", { class: "markdown" }, markdown(b.text)),
};

export function blocks(list, surface) {
  return (list || []).map((block, i) => {
    const b = { block_id: "b" + i, ...block };
    const draw = BLOCKS[b.type];
    const body = draw ? draw(b, surface) : h("span", { class: "unsupported" }, `unsupported block: ${b.type}`);
    return h("div", { class: "block", "data-block": b.block_id }, body);
  });
}

function section(b, s) {
  const fields = b.fields && h("div", { class: "fields" }, b.fields.map((f) => h("div", {}, textObject(f))));
  const text = h("div", { class: "section-text" }, textObject(b.text), fields);
  const side = b.accessory && h("div", { class: "section-side" }, element(b.accessory, b, s));
  return h("div", { class: "section" }, text, side);
}

function contextPart(e) {
  return e.type === "image" ? picture(e) : h("span", { class: "context-part" }, textObject(e));
}

function imageBlock(b) {
  return h("figure", {}, b.title && h("figcaption", {}, plainText(b.title.text)), picture(b));
}

function inputBlock(b, s) {
  const error = s.errors?.[b.block_id];
  const label = h("span", { class: "input-label" }, plainText(b.label?.text), b.optional && h("small", {}, " (optional)"));
  const hint = b.hint && h("small", { class: "input-hint" }, plainText(b.hint.text));
  const wrong = error && h("div", { class: "input-error", role: "alert" }, plainText(error));
  return h("div", { class: "input-block" + (error ? " wrong" : "") }, label, element(b.element, b, s, b), wrong, hint);
}

const CELLS = {
  raw_text: (c) => plainText(c.text),
  raw_number: (c) => plainText(c.text ?? c.value),
  rich_text: richText,
};

function table(b) {
  const cell = (tag, c, i) => {
    const align = b.column_settings?.[i]?.align;
    return h(tag, { class: align ? "align-" + align : null, scope: tag === "th" ? "col" : null }, (CELLS[c.type] || (() => ""))(c));
  };
  const row = (tag) => (cells) => h("tr", {}, cells.map((c, i) => cell(tag, c, i)));
  const [head, ...rest] = b.rows || [];
  return h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {}, h("thead", {}, head && row("th")(head)), h("tbody", {}, rest.map(row("td")))));
}

// attachments are the older frame around blocks: a bar of colour at their side.
export function attachments(list, surface) {
  return (list || []).map((a) => {
    const body = [a.pretext && mrkdwn(a.pretext), a.title && h("strong", {}, inlineTitle(a)), a.text && mrkdwn(a.text), blocks(a.blocks, surface)];
    const node = h("div", { class: "attachment" }, body, a.footer && h("small", {}, plainText(a.footer)));
    node.style.setProperty("--bar", colour(a.color));
    return node;
  });
}

const inlineTitle = (a) => plainText(a.title);
const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function colour(c) {
  if (NAMED[c]) return NAMED[c];
  return /^#?[0-9a-f]{3,8}$/i.test(c || "") ? "#" + c.replace("#", "") : "var(--line-strong)";
}
