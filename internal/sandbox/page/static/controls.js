// The desk of the sandbox itself: its clock, its faults, and the way back to the beginning.
import { h, byId, keyed, icon, set } from "./dom.js";
import { menu, ask } from "./menu.js";
import { clockSeconds, dateOf } from "./dates.js";
import { world, now } from "./state.js";
import { post } from "./api.js";

const STEPS = [["+1 min", 60], ["+5 min", 300]];
const SPEEDS = [1, 10, 60];
const DAY = 24 * 60 * 60;

const LIVE = [
  ["Slow answer (8 s)", "The next call waits, then works", { kind: "slow", seconds: 8 }],
  ["Answer lost after the effect", "The cloud does it, but the line breaks before it can say so", { kind: "reset-after" }],
  ["Call lost before the effect", "The line breaks, nothing happens", { kind: "reset-before" }],
  ["5xx", "503 ServiceUnavailable, nothing happens", { kind: "status", status: 503, code: "ServiceUnavailable" }],
  ["A page of HTML", "200 with HTML, as a proxy would send", { kind: "html" }],
  ["Throttling", "400 Throttling.User", { kind: "throttle" }],
];

const SLACK = [
  ["Disconnect the sockets", "Slack refreshes every connection", { kind: "disconnect" }],
  ["429 on the next message", "chat.postMessage, Retry-After 3 s", { kind: "ratelimited", on: "chat.postMessage" }],
  ["429 on the next edit", "chat.update, Retry-After 3 s", { kind: "ratelimited", on: "chat.update" }],
];

// MEANS says what the operations of the cloud mean to the crew.
const MEANS = { CopyCasterSceneConfig: "take", EffectCasterUrgent: "standby", StartCaster: "start", StopCaster: "stop", RestartCaster: "restart", CopyCaster: "copy", StartCasterScene: "open a preview", StopCasterScene: "close a preview", RealTimeRecordCommand: "record" };
let on = "RestartCaster";

const items = (where, rows, extra) => rows.map(([label, hint, body]) => ({ label, hint, run: () => post("fault", { where, ...extra(), ...body }) }));

function chooser() {
  const option = (o) => h("option", { value: o, selected: o === on }, o ? [o, MEANS[o] && ` (${MEANS[o]})`] : "any call");
  const pick = h("select", { class: "field", "aria-label": "Which call of the cloud", onchange: (e) => (on = e.target.value) }, ["", ...world.view.operations].map(option));
  return h("label", { class: "menu-pick" }, "Spoil the next", pick);
}

export function startControls() {
  const button = (label, props) => h("button", { type: "button", class: "btn btn-s", ...props }, label);
  set(byId("speed"), SPEEDS.map((speed) => button(`${speed}×`, { "data-speed": speed, "aria-label": speed === 1 ? "1×: like the real clock" : `${speed}×: ${speed} times as fast`, onclick: () => post("speed", { speed }) })));
  set(byId("advance"), STEPS.map(([label, seconds]) => button(label, { onclick: () => post("advance", { seconds }) })), button("Next event", { id: "next-event", onclick: () => post("next", {}) }));
  const faults = byId("fault-menu");
  faults.addEventListener("click", () => menu(faults, [{ title: "Cloud" }, { node: chooser() }, ...items("live", LIVE, () => ({ on })), { title: "Slack" }, ...items("slack", SLACK, () => ({}))], "Faults"));
  byId("reset").addEventListener("click", reset);
}

async function reset() {
  const sure = await ask({ title: "Start afresh?", body: "Messages, recordings and the clock go back to the beginning.", confirm: "Start afresh", deny: "Keep it", danger: true });
  if (sure) await post("reset", {});
}

export function drawControls() {
  const list = world.view.faults;
  byId("faults").hidden = list.length === 0;
  keyed(byId("fault-chips"), list, (f) => f.id, (f) => h("span", { class: "fault-chip" }, icon("warn"), f.text));
  byId("fault-clear").onclick = () => post("faults", { clear: true });
  drawShift();
  tickClock();
}

function drawShift() {
  const { ahead, speed, due } = world.view.clock;
  byId("shift").textContent = Math.abs(ahead) >= DAY ? dateOf(new Date(now())) : ahead ? `${Math.round(ahead / 60)} min ahead` : "real time";
  for (const b of byId("speed").children) b.setAttribute("aria-pressed", String(Number(b.dataset.speed) === speed));
  byId("next-event").disabled = !due;
  byId("next-event").title = due ? "Puts the clock to what happens next" : "Nothing is due";
}

export function tickClock() {
  if (world.view) byId("clock").textContent = clockSeconds(new Date(now()));
}
