// What the composer offers while one types: commands with their usage after "/", people after "@".
import { world } from "./state.js";

// candidates gives rows {label, hint, text, done}: text is what the field becomes, done means that nothing is left to insert.
export function candidates(typed) {
  if (typed.startsWith("/") && !typed.includes("\n")) return commands(typed);
  const at = /(^|\s)@([\w.-]*)$/.exec(typed);
  return at ? mentions(typed.slice(0, typed.length - at[2].length - 1), at[2].toLowerCase()) : [];
}

// head is the part of a usage before its first placeholder: what can be typed for the person.
export function head(usage) {
  const cut = usage.search(/\s*[{[<]/);
  return (cut < 0 ? usage : usage.slice(0, cut)).trim();
}

function commands(typed) {
  const text = typed.toLowerCase().replace(/\s+/g, " ");
  return world.view.commands.flatMap((c) => [top(c, text), ...c.usages.map((u) => usage(u, text))]).filter(Boolean).slice(0, 14);
}

function top(c, text) {
  if (!c.name.startsWith(text)) return null;
  return { label: c.name, hint: c.description, text: c.name + " ", done: c.name === text };
}

function usage(u, text) {
  const start = head(u.text);
  if (start.startsWith(text.trimEnd())) return { label: u.text, hint: u.short, text: start === u.text ? start : start + " ", done: start === text.trimEnd() };
  return text.startsWith(start + " ") && longest(start, text) ? { label: u.text, hint: u.short, text: "", done: true } : null;
}

// longest says that no other usage fits the typed text better than this one.
function longest(start, text) {
  const all = world.view.commands.flatMap((c) => c.usages.map((u) => head(u.text)));
  return !all.some((other) => other.length > start.length && (text + " ").startsWith(other + " "));
}

function mentions(before, query) {
  const fits = (name) => name.toLowerCase().startsWith(query);
  const people = world.view.people.filter((p) => fits(p.name) || fits(p.real)).map((p) => ({ label: "@" + p.name, hint: p.role ? `${p.real} · ${p.role}` : p.real, text: `${before}@${p.name} ` }));
  const groups = world.view.groups.filter((g) => fits(g.handle)).map((g) => ({ label: "@" + g.handle, hint: `${g.members.length} people`, text: `${before}@${g.handle} ` }));
  return [...people, ...groups].slice(0, 10);
}
