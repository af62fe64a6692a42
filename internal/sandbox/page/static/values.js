// What each input of Block Kit holds: the field of its state, and the field of the element that presets it.
const FIELDS = {
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  multi_static_select: ["selected_options", "initial_options"],
  multi_external_select: ["selected_options", "initial_options"],
  checkboxes: ["selected_options", "initial_options"],
  users_select: ["selected_user", "initial_user"],
  multi_users_select: ["selected_users", "initial_users"],
  channels_select: ["selected_channel", "initial_channel"],
  multi_channels_select: ["selected_channels", "initial_channels"],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations"],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
  plain_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
  file_input: ["files", ""],
};

export function fieldOf(el) {
  const [field, first] = FIELDS[el.type] || [];
  return { field, first };
}

const id = (block, el) => `${block.block_id}/${el.action_id}`;
export const keep = (values, block, el, state) => values.set(id(block, el), { block: block.block_id, action: el.action_id, state });
export const kept = (values, block, el) => values.get(id(block, el))?.state;

// listed gives what is held, as view.state.values.
export function listed(values) {
  const out = {};
  for (const { block, action, state } of values.values()) (out[block] ||= {})[action] = state;
  return out;
}

// stateOf is what the workspace holds for an input of a view.
export const stateOf = (view, block, el) => view.state?.values?.[block.block_id]?.[el.action_id];

// collect gives view.state.values: what is held here, else what the workspace holds, else what the view began with.
export function collect(view, values) {
  const out = {};
  for (const b of view.blocks || []) {
    const el = b.type === "input" ? b.element : null;
    const { field, first } = el ? fieldOf(el) : {};
    if (!field) continue;
    const empty = field.endsWith("s") ? [] : null;
    out[b.block_id] = { [el.action_id]: kept(values, b, el) || stateOf(view, b, el) || { type: el.type, [field]: el[first] ?? empty } };
  }
  return out;
}

// missing lists the required inputs that are empty, as errors under their fields.
export function missing(view, state) {
  const out = {};
  for (const b of view.blocks || []) {
    if (b.type !== "input" || b.optional || !state[b.block_id]) continue;
    const held = Object.values(state[b.block_id])[0];
    const value = held[fieldOf(b.element).field] ?? held.value;
    if (!value || value.length === 0) out[b.block_id] = "Please complete this required field.";
  }
  return out;
}
