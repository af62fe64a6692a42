// What the composer offers while one types: commands with their usage after "/", people after "@".
import { world } from "./state.js";

// candidates gives rows {label, hint, text, done}: text is what the field becomes, done means that nothing is left to insert.
export function candidates(typed) {
  if (typed.startsWith("/") && !typed.includes("\n")) return commands(typed);
  const at = /(^|\s)@([\w.-]*)$/.exec(typed);
  return at ? mentions(typed.slice(0, typed.length - at[2].length - 1), at[2].toLowerCase()) : [];
}

// commands are those of the app, each with its hint and description, as Slack lists them; once one is typed, its hint
// stays in sight.
function commands(typed) {
  const text = typed.toLowerCase();
  return world.view.commands.map((c) => row(c, text)).filter(Boolean);
}

function row(c, text) {
  const begun = text.startsWith(c.name + " ");
  if (!begun && !c.name.startsWith(text)) return null;
  return { label: `${c.name} ${c.hint}`.trim(), hint: c.description, text: begun ? "" : c.name + " ", done: begun };
}

function mentions(before, query) {
  const fits = (name) => name.toLowerCase().startsWith(query);
  const people = world.view.people.filter((p) => fits(p.name) || fits(p.real)).map((p) => ({ label: "@" + p.name, hint: p.role ? `${p.real} · ${p.role}` : p.real, text: `${before}@${p.name} ` }));
  const groups = world.view.groups.filter((g) => fits(g.handle)).map((g) => ({ label: "@" + g.handle, hint: `${g.members.length} people`, text: `${before}@${g.handle} ` }));
  return [...people, ...groups].slice(0, 10);
}
