// Where blocks stand, and what a choice made there sends to the bot.
import { icon } from "./dom.js";
import { place } from "./state.js";
import { post } from "./api.js";
import { fieldOf, keep, kept, listed, stateOf } from "./values.js";
import { whenReleased } from "./press.js";

// busy shows that a control is waiting for the bot, and a mark on it when no answer came.
async function busy(node, work) {
  node?.setAttribute("aria-busy", "true");
  const answer = await work;
  whenReleased(() => {
    node?.removeAttribute("aria-busy");
    if (!node?.isConnected || answer.ok) return;
    node.querySelector(".icon-warn")?.remove();
    node.append(icon("warn"));
  });
  return answer;
}

// suggest asks the bot what a menu offers for these letters; null when no answer came that Slack would show.
async function suggest(where, block, el, query) {
  const answer = await post("suggest", { ...where, block: block.block_id, action: el.action_id, query });
  if (!answer.ok) return null;
  return (answer.option_groups || []).map((g) => ({ label: g.label?.text || "", options: g.options || [] }));
}

// inputs is what each person has put into the inputs of messages; it goes to the bot with the next click there, and is
// gone when the bot draws the message anew.
const inputs = new Map();

function inputsOf(m) {
  const key = `${place.as}/${m.ts}`;
  const drawn = JSON.stringify([m.blocks, m.attachments]);
  if (inputs.get(key)?.drawn !== drawn) inputs.set(key, { drawn, values: new Map() });
  return inputs.get(key).values;
}

export function messageSurface(m) {
  const where = { channel: m.channel || place.channel, ts: m.ts };
  const values = inputsOf(m);
  return {
    key: m.ts,
    act: (block, el, state, node) => {
      if (fieldOf(el).field) keep(values, block, el, state);
      return busy(node, post("click", { ...where, block: block.block_id, action: el.action_id, state, values: listed(values) }));
    },
    hold: (block, el, state) => keep(values, block, el, state),
    held: (block, el) => kept(values, block, el),
    suggest: (block, el, query) => suggest(where, block, el, query),
  };
}

// viewSurface keeps the inputs of one view in values, a map that lives as long as the view is open.
export function viewSurface(view, values, errors, enter) {
  const where = { view: view.id };
  return {
    key: view.id,
    errors,
    enter,
    hold: (block, el, state) => keep(values, block, el, state),
    held: (block, el) => kept(values, block, el) || stateOf(view, block, el),
    act: (block, el, state, node) => busy(node, post("view-click", { ...where, block: block.block_id, action: el.action_id, state })),
    suggest: (block, el, query) => suggest(where, block, el, query),
  };
}
