// The steps of a scenario: what has happened, what the person is asked to do, and what the bot should say to it.
import { h, byId, icon, keyed, set, span } from "./dom.js";
import { world, now } from "./state.js";
import { post } from "./api.js";

let open = matchMedia("(min-width: 900px)").matches;

export function startScenario() {
  byId("scenario-all").addEventListener("click", () => {
    open = !open;
    drawScenario();
  });
  byId("scenario-next").addEventListener("click", () => post("next", {}));
}

export function drawScenario() {
  const s = world.view.scenario;
  byId("scenario").hidden = !s;
  if (!s) return;
  const over = s.done === s.steps;
  byId("scenario-title").textContent = s.title;
  byId("scenario-at").textContent = over ? "over" : `step ${s.done + 1} of ${s.steps}`;
  byId("scenario-all").setAttribute("aria-expanded", String(open));
  byId("scenario-about").textContent = s.about;
  byId("scenario-about").hidden = !open && s.done > 0;
  const items = s.items.filter((item) => item.text).map((item, i) => ({ ...item, at: i, now: i === s.done }));
  const list = byId("scenario-list");
  const shown = open ? items : items.slice(-1);
  const before = list.childElementCount;
  keyed(list, shown, (item) => item.at, task);
  if (shown.length !== before) list.scrollTop = list.scrollHeight;
  drawNow(s, over);
  tickScenario();
}

// drawNow says what is wrong, or that it is over; a screen reader hears it.
function drawNow(s, over) {
  const end = over && !s.error && "The evening is over, and everything was said as it should be.";
  const text = s.error || end || "";
  if (byId("scenario-now").textContent === text) return;
  set(byId("scenario-now"), h("p", { class: s.error ? "scenario-bad" : "came" }, text));
}

function task(item) {
  const mark = item.done ? icon("check") : h("span", { class: item.asks ? "mark" : "mark event", "aria-hidden": "true" });
  const state = h("span", { class: "hidden" }, item.done ? "Done: " : item.asks ? "To do: " : "It happens: ");
  return h("li", { class: "task" + (item.now ? " task-now" : ""), "aria-current": item.now ? "step" : null }, mark, h("span", {}, state, item.text), item.said.length > 0 && h("ul", {}, item.said.map(line)));
}

function line(said) {
  const what = said.call ? "Call: " : "The bot: ";
  return h("li", { class: said.seen ? "came" : "" }, said.seen ? "✓ " : "… ", what, said.words, said.seen && h("span", { class: "hidden" }, " (came)"));
}

// tickScenario counts down to what happens by itself.
export function tickScenario() {
  const s = world.view?.scenario;
  if (!s) return;
  const due = s.items.at(-1)?.due || 0;
  byId("scenario-end").hidden = !due;
  if (due) byId("scenario-due").textContent = `Something happens in ${span((due - now()) / 1000)}`;
}
