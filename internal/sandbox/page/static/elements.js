// The interactive parts of Block Kit. A surface (message, modal or home) tells them what to do with a choice:
//   act(block, element, state, node)   sends block_actions
//   hold(block, element, state)        keeps an input's value until the form is sent
//   held(block, element)               the value kept so far
//   suggest(block, element, query)     options of an external_select
import { h, icon } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";
import { ask, menu } from "./menu.js";
import { SELECTS } from "./selects.js";
import { local, moment } from "./dates.js";
import { place } from "./state.js";

export function element(el, block, surface, input = null) {
  if (el.visible_to_user_ids && !el.visible_to_user_ids.includes(place.as)) return null;
  const draw = ELEMENTS[el.type];
  if (!draw) return h("span", { class: "unsupported" }, `unsupported element: ${el.type}`);
  return draw(el, block, { ...surface, ...sender(el, block, surface, input) });
}

// sender says what a new value does: inside an input it is kept, and sent only with dispatch_action.
function sender(el, block, surface, input) {
  const use = async (state, node) => {
    if (el.confirm && !(await confirmed(el.confirm))) return;
    if (input) surface.hold(block, el, state);
    if (!input || input.dispatch_action) surface.act(block, el, state, node);
  };
  return { use, focus: `${block.block_id}/${el.action_id}`, name: input?.label?.text || el.placeholder?.text || el.action_id };
}

const confirmed = (c) =>
  ask({
    title: plainText(c.title?.text),
    body: textObject(c.text),
    confirm: plainText(c.confirm?.text || "Yes"),
    deny: plainText(c.deny?.text || "No"),
    danger: c.style === "danger",
  });

const ELEMENTS = {
  button,
  overflow,
  ...SELECTS,
  radio_buttons: choices("radio"),
  checkboxes: choices("checkbox"),
  datepicker: dated("date", "selected_date", "initial_date"),
  timepicker: dated("time", "selected_time", "initial_time"),
  datetimepicker: dated("datetime-local", "selected_date_time", "initial_date_time", local, moment),
  plain_text_input: textInput("text"),
  email_text_input: textInput("email"),
  url_text_input: textInput("url"),
  number_input: textInput("number"),
  rich_text_input: richInput,
  file_input: fileInput,
  image: (el) => picture(el),
};

const BUTTONS = { primary: "btn btn-primary", danger: "btn btn-danger" };

function button(el, block, s) {
  const press = (e) => {
    if (el.url) window.open(el.url, "_blank", "noopener,noreferrer");
    s.use({ type: "button", value: el.value || "" }, e.currentTarget);
  };
  const props = { type: "button", class: BUTTONS[el.style] || "btn", onclick: press, "data-focus": s.focus, "aria-label": el.accessibility_label, "data-action": el.action_id };
  return h("button", props, plainText(el.text?.text), el.url && icon("link"));
}

function overflow(el, block, s) {
  const node = h("button", { type: "button", class: "btn btn-icon", "aria-label": "More actions", "aria-haspopup": "menu", "data-focus": s.focus }, icon("more"));
  const items = (el.options || []).map((o) => ({
    label: plainText(o.text?.text),
    hint: o.description?.text,
    run: () => {
      if (o.url) window.open(o.url, "_blank", "noopener,noreferrer");
      s.use({ type: "overflow", selected_option: o }, node);
    },
  }));
  node.addEventListener("click", () => menu(node, items, "More actions"));
  return node;
}

function choices(kind) {
  return (el, block, s) => {
    const kept = s.held(block, el);
    const first = kept ? kept.selected_options || [kept.selected_option] : el.initial_options || [el.initial_option];
    const on = new Set(first.filter(Boolean).map((o) => o.value));
    const box = h("div", { class: "choices", role: kind === "radio" ? "radiogroup" : "group", "aria-label": s.name });
    const changed = () => s.use(picked(el, kind, [...box.querySelectorAll("input")]), box);
    box.append(...el.options.map((o, i) => choice(o, kind, `${s.key}/${s.focus}`, on.has(o.value), i, changed)));
    return box;
  };
}

function choice(option, kind, name, checked, i, changed) {
  const input = h("input", { type: kind, name, value: String(i), checked, onchange: changed });
  const hint = option.description && h("small", {}, textObject(option.description));
  return h("label", { class: "choice" }, input, h("span", {}, textObject(option.text), hint));
}

function picked(el, kind, inputs) {
  const options = inputs.filter((i) => i.checked).map((i) => el.options[Number(i.value)]);
  return kind === "radio" ? { type: el.type, selected_option: options[0] || null } : { type: el.type, selected_options: options };
}

// dated is a field for a date, a time or both; show and read turn what the bot holds into what the field holds and back.
function dated(kind, field, initial, show = (v) => v, read = (v) => v) {
  return (el, block, s) => {
    const held = s.held(block, el)?.[field] || el[initial];
    const use = (e) => s.use({ type: el.type, [field]: e.target.value ? read(e.target.value) : null }, e.target);
    return h("input", { type: kind, class: "field field-short", value: held ? show(held) : "", onchange: use, "aria-label": s.name, "data-focus": s.focus });
  };
}

const BOUNDS = { text: (el) => ({ maxlength: el.max_length, minlength: el.min_length }), number: (el) => ({ min: el.min_value, max: el.max_value, step: el.is_decimal_allowed ? "any" : "1" }) };

function textInput(kind) {
  return (el, block, s) => {
    const keep = (e) => s.hold(block, el, { type: el.type, value: e.target.value || null });
    const send = (e) => {
      if (e.key === "Enter" && !el.multiline && !e.isComposing) s.enter?.(e, block, el);
    };
    const shape = el.multiline ? { rows: 4 } : { type: kind };
    const props = {
      ...shape,
      ...BOUNDS[kind]?.(el),
      class: "field",
      value: s.held(block, el)?.value ?? el.initial_value ?? "",
      placeholder: el.placeholder?.text,
      "aria-label": s.name,
      "data-focus": s.focus,
      oninput: keep,
      onkeydown: send,
    };
    return h(el.multiline ? "textarea" : "input", props);
  };
}

// richInput is a field for formatted text: what is typed is sent as it is, and the workspace makes rich text of it.
function richInput(el, block, s) {
  const held = s.held(block, el);
  const keep = (e) => s.hold(block, el, { type: el.type, value: e.target.value || null });
  const value = held?.value ?? wordsOf(held?.rich_text_value ?? el.initial_value);
  return h("textarea", { rows: 4, class: "field", value, placeholder: el.placeholder?.text, "aria-label": s.name, "data-focus": s.focus, oninput: keep });
}

const WORDS = { text: (e) => e.text, emoji: (e) => `:${e.name}:`, user: (e) => `<@${e.user_id}>`, channel: (e) => `<#${e.channel_id}>`, link: (e) => e.text || e.url };

// wordsOf is the text of rich text without its styles.
function wordsOf(rich) {
  return (rich?.elements || []).map((part) => (part.elements || []).map((e) => WORDS[e.type]?.(e) ?? "").join("")).join("\n");
}

// fileInput hands over names and sizes: what is in the files stays with the person.
function fileInput(el, block, s) {
  const keep = (e) => s.use({ type: el.type, files: [...e.target.files].map((f) => ({ name: f.name, size: f.size, mimetype: f.type })) }, e.target);
  const accept = (el.filetypes || []).map((t) => "." + t).join(",");
  return h("input", { type: "file", class: "field", multiple: el.max_files !== 1, accept: accept || null, "aria-label": s.name, "data-focus": s.focus, onchange: keep });
}

// picture draws an image of this server only. Any other host stays uncontacted: its description is shown.
export function picture(el) {
  const url = el.image_url || "";
  const own = /^(\/|data:image\/)/.test(url) || url.startsWith(location.origin + "/");
  if (own) return h("img", { class: "picture", src: url, alt: el.alt_text || "" });
  return h("span", { class: "picture-away", title: url }, icon("link"), el.alt_text || "image", h("small", {}, "not loaded here"));
}
