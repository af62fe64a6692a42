// The ten menus of Block Kit: one of them or several, out of own options, of the app's answers, of people, or of channels.
import { picker, groupsOf } from "./picker.js";
import { world, person, channel } from "./state.js";
import { fieldOf } from "./values.js";

const asPerson = (p) => ({ text: { text: p.real || p.name }, description: p.role ? { text: p.role } : null, value: p.id });
const asChannel = (c) => ({ text: { text: "#" + c.name }, value: c.id });
const everybody = () => [{ label: "", options: world.view.people.map(asPerson) }];
const channels = () => [{ label: "", options: world.view.channels.filter((c) => !c.dm).map(asChannel) }];

// SOURCES say where a menu's options come from. Those of the workspace hold ids, the others whole options.
const SOURCES = {
  static_select: { load: (el) => () => groupsOf(el) },
  external_select: { external: true, load: (el, block, s) => (query) => s.suggest(block, el, query) },
  users_select: { ids: true, load: () => everybody, find: (id) => asPerson(person(id) || { name: id, id }) },
  channels_select: { ids: true, load: () => channels, find: (id) => asChannel(channel(id) || { name: id, id }) },
  conversations_select: { ids: true, load: () => channels, find: (id) => asChannel(channel(id) || { name: id, id }) },
};

function menuOf(kind, several) {
  const source = SOURCES[kind];
  return (el, block, s) => {
    const { field, first } = fieldOf(el);
    const kept = s.held(block, el);
    const now = [(kept ? kept[field] : el[first]) ?? []].flat();
    const out = (option) => (source.ids ? option.value : option);
    const node = picker({
      name: s.name,
      focus: s.focus,
      several,
      external: source.external,
      most: el.max_selected_items,
      placeholder: el.placeholder?.text,
      least: source.external ? (el.min_query_length ?? 3) : 0,
      chosen: source.ids ? now.map(source.find) : now,
      load: source.load(el, block, s),
      pick: (chosen) => s.use({ type: el.type, [field]: several ? chosen.map(out) : out(chosen) }, node),
    });
    return node;
  };
}

export const SELECTS = Object.fromEntries(Object.keys(SOURCES).flatMap((kind) => [[kind, menuOf(kind, false)], ["multi_" + kind, menuOf(kind, true)]]));
