// The list of calls that reached the cloud: newest first, each opens to its parameters and answer.
import { h, byId, keyed } from "./dom.js";
import { clockSeconds } from "./dates.js";
import { world } from "./state.js";

const SHOWN = 60;
// FIRST are the parameters that tell what a call is about, in the order in which they are shown.
const FIRST = ["Command", "AppName", "StreamName", "CasterName", "SrcCasterId", "CasterId", "SceneId", "FromSceneId", "ToSceneId"];
let filter = "all";

export function startCalls() {
  byId("calls-filter").addEventListener("change", (e) => {
    filter = e.target.value;
    drawCalls();
  });
}

const read = (c) => c.action.startsWith("Describe");

export function drawCalls() {
  const calls = world.view.wall.calls.filter((c) => filter === "all" || (filter === "reads") === read(c)).slice(0, SHOWN);
  keyed(byId("calls"), calls, (c) => c.seq, call);
  byId("calls-none").hidden = calls.length > 0;
}

function call(c, old) {
  const wrong = c.status >= 400 || c.status === 0;
  const key = (wrong || !read(c)) && h("span", { class: "call-key" }, wrong && h("b", {}, c.code || (c.status ? "failed" : "no answer")), about(c.params));
  const answer = h("span", { class: "call-status" + (wrong ? " wrong" : "") }, String(c.status || "–"));
  const name = h("span", { class: "call-action" }, c.action, read(c) && !wrong && h("small", {}, about(c.params)));
  const summary = h("summary", { "data-focus": "call" }, h("time", {}, clockSeconds(new Date(c.time))), name, answer, h("span", { class: "call-ms" }, `${c.ms.toFixed(c.ms < 10 ? 1 : 0)} ms`), key);
  const kind = ["call", read(c) && "call-read", wrong && "call-wrong"].filter(Boolean).join(" ");
  return h("details", { class: kind, open: old?.open }, summary, detail(c));
}

const about = (params) => FIRST.filter((k) => params[k]).map((k) => nameOf(params[k])).join(" · ");

// nameOf shows a studio or scene by its name, when the wall has it.
function nameOf(value) {
  const studios = world.view.wall.studios;
  const found = [...studios, ...studios.flatMap((s) => s.scenes)].find((x) => x.id === value);
  return found ? found.name : value;
}

function detail(c) {
  const steps = [c.received && "received", c.applied && "applied", c.answered && "answered"].filter(Boolean).join(" → ");
  const rows = [...Object.entries(c.params), ["RequestId", c.requestId], ["HTTP", c.status || "–"], ["Steps", steps]];
  return h("dl", {}, rows.filter(([, v]) => v !== "").map(([k, v]) => [h("dt", {}, k), h("dd", {}, String(v))]));
}
