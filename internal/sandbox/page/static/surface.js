// Where blocks stand, and what a choice made there sends to the bot.
import { icon } from "./dom.js";
import { place } from "./state.js";
import { post } from "./api.js";

const id = (block, el) => `${block.block_id}/${el.action_id}`;

// busy shows that a control is waiting for the bot, and a mark on it when no answer came.
async function busy(node, work) {
  node?.setAttribute("aria-busy", "true");
  const answer = await work;
  node?.removeAttribute("aria-busy");
  if (node?.isConnected && !answer.ok) {
    node.querySelector(".icon-warn")?.remove();
    node.append(icon("warn"));
  }
  return answer;
}

const options = (answer) => {
  if (answer.option_groups?.length) return answer.option_groups.map((g) => ({ label: g.label?.text || "", options: g.options || [] }));
  return [{ label: "", options: answer.options || [] }];
};

export function messageSurface(m) {
  const where = { channel: m.channel || place.channel, ts: m.ts };
  return {
    key: m.ts,
    act: (block, el, state, node) => busy(node, post("click", { ...where, block: block.block_id, action: el.action_id, state })),
    hold: () => {},
    held: () => undefined,
    suggest: async (block, el, query) => options(await post("suggest", { ...where, block: block.block_id, action: el.action_id, query })),
  };
}

// viewSurface keeps the inputs of one view in values, a map that lives as long as the view is open.
export function viewSurface(view, values, errors, enter) {
  const where = { view: view.id };
  return {
    key: view.id,
    errors,
    enter,
    hold: (block, el, state) => values.set(id(block, el), { block: block.block_id, action: el.action_id, state }),
    held: (block, el) => values.get(id(block, el))?.state,
    act: (block, el, state, node) => busy(node, post("view-click", { ...where, block: block.block_id, action: el.action_id, state })),
    suggest: async (block, el, query) => options(await post("suggest", { ...where, block: block.block_id, action: el.action_id, query })),
  };
}

const FIRST = {
  static_select: (e) => ({ selected_option: e.initial_option || null }),
  external_select: (e) => ({ selected_option: e.initial_option || null }),
  radio_buttons: (e) => ({ selected_option: e.initial_option || null }),
  checkboxes: (e) => ({ selected_options: e.initial_options || [] }),
  datepicker: (e) => ({ selected_date: e.initial_date || null }),
  timepicker: (e) => ({ selected_time: e.initial_time || null }),
  plain_text_input: (e) => ({ value: e.initial_value || null }),
};

// collect gives view.state.values: what is held, else what the view began with.
export function collect(view, values) {
  const out = {};
  for (const b of view.blocks || []) {
    const el = b.type === "input" ? b.element : null;
    if (!el || !FIRST[el.type]) continue;
    out[b.block_id] = { [el.action_id]: values.get(id(b, el))?.state || { type: el.type, ...FIRST[el.type](el) } };
  }
  return out;
}

// missing lists the required inputs that are empty, as errors under their fields.
export function missing(view, state) {
  const out = {};
  for (const b of view.blocks || []) {
    if (b.type !== "input" || b.optional || !state[b.block_id]) continue;
    const s = Object.values(state[b.block_id])[0];
    const value = s.value ?? s.selected_option ?? s.selected_date ?? s.selected_time ?? s.selected_options;
    if (!value || value.length === 0) out[b.block_id] = "Please complete this required field.";
  }
  return out;
}
