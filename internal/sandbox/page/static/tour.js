// The tour: six steps for a stranger. It stands above the conversation and covers nothing; what it is about is outlined.
import { byId } from "./dom.js";
import { world, place } from "./state.js";
import { fillIn } from "./composer.js";

const KEY = "casterbot-tour";
const said = (test) => Object.values(world.view.messages).some((list) => list.some((m) => m.bot && test(m)));
const main = () => world.view.wall.streams.find((s) => s.app === "show" && s.name === "main");

const STEPS = [
  { title: "You are Ana, an operator", text: "Nothing here is real: no account, no network. On the left are the channels, and everybody whom you can be: pick one, or press Alt and a number. In the middle is Slack, on the right is the cloud.", at: "side", tab: "chat" },
  { title: "Ask the bot", text: "Type /caster list in the field at the bottom and press Enter. Only you see the answer.", at: "composer", tab: "chat", fill: "/caster list", done: () => said((m) => m.onlyYou) },
  { title: "Order something", text: "Type /record start main. The bot asks before it acts: press Start recording on its card.", at: "composer", tab: "chat", fill: "/record start main", done: () => Boolean(main()?.recordingSince) },
  { title: "See what the cloud did", text: "The wall shows what is really so: REC on main, and under API calls the call. The card says (checked), because the bot looked too.", at: "streams", tab: "wall" },
  { title: "Let time pass", text: "Press 60× or +1 min. Questions expire, files are written, and the bot goes on looking by this clock. 1× brings back the usual pace.", at: "world-clock", tab: "wall", done: () => world.view.clock.ahead > 0 },
  { title: "Let it go wrong", text: "Press Cut at main: soon the bot says in #show-control that the recording ended by itself. Faults has more of the kind, and casterbot sandbox --scenarios has whole evenings to rehearse.", at: "streams", tab: "wall", done: () => said((m) => m.text.includes("its stream broke off")) },
];

let at = -1;
let showTab = () => {};

const kept = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return "done"; // a browser that keeps nothing would begin it anew each time
  }
};

function keep(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // then it is not kept
  }
}

export function startTour(show) {
  showTab = show;
  byId("tour-start").addEventListener("click", () => go(0, true));
  byId("tour-skip").addEventListener("click", end);
  byId("tour-back").addEventListener("click", () => go(at - 1, true));
  byId("tour-next").addEventListener("click", () => (at + 1 < STEPS.length ? go(at + 1, true) : end()));
  byId("tour-fill").addEventListener("click", () => fillIn(STEPS[at].fill));
  byId("tour").addEventListener("keydown", (e) => e.key === "Escape" && end());
}

// meet begins the tour for whoever sees the page for the first time, or goes on where it was left. A scenario has
// things of its own to do.
export function meet() {
  const was = kept();
  if (was === "done" || world.view.scenario) return;
  go(Math.min(Number(was) || 0, STEPS.length - 1), false);
}

function go(step, byHand) {
  at = step;
  keep(String(at));
  if (byHand && STEPS[at].tab !== place.tab) showTab(STEPS[at].tab);
  drawTour();
  if (byHand) byId("tour-title").focus();
}

function end() {
  at = -1;
  keep("done");
  drawTour();
  byId("composer-field").focus();
}

export function drawTour() {
  const step = STEPS[at];
  byId("tour").hidden = !step;
  const target = step && byId(step.at);
  for (const el of document.querySelectorAll(".toured")) if (el !== target) el.classList.remove("toured");
  if (!step) return;
  target.classList.add("toured");
  byId("tour-title").textContent = step.title;
  byId("tour-at").textContent = `${at + 1} of ${STEPS.length}`;
  byId("tour-text").textContent = step.text;
  byId("tour-back").hidden = at === 0;
  byId("tour-fill").hidden = !step.fill;
  byId("tour-next").textContent = at + 1 < STEPS.length ? "Next" : "Finish";
  const text = step.done?.() ? "✓ Done" : "";
  if (byId("tour-done").textContent !== text) byId("tour-done").textContent = text;
}
