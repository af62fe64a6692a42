// The wall on the right: what every studio and stream does at this moment, in colour and in words.
import { h, byId, keyed, icon, span } from "./dom.js";
import { world, now } from "./state.js";
import { menu } from "./menu.js";
import { post } from "./api.js";
import { clock, clockSeconds } from "./dates.js";

let changed = [];

// drawWall brings what changed into sight, unless much changed at once.
export function drawWall() {
  changed = [];
  const wall = world.view.wall;
  keyed(byId("studios"), wall.studios, (s) => s.id, (s, old) => glow(studio(s), old));
  keyed(byId("streams"), wall.streams, (s) => [s.domain, s.app, s.name].join("/"), (s, old) => glow(stream(s), old));
  byId("on-air").textContent = `${wall.studios.filter((s) => s.onAir).length} on air`;
  byId("recording").textContent = `${wall.streams.filter((s) => s.recordingSince).length} recording`;
  tickWall();
  if (changed.length === 1) changed[0].scrollIntoView({ block: "nearest" });
}

// glow marks a tile that changed.
function glow(node, old) {
  if (!old) return node;
  node.classList.add("flash");
  changed.push(node);
  return node;
}

// tally is the light of a studio: PROGRAM when on air, PREVIEW when only a preview is open, else idle.
function tally(s) {
  if (s.onAir && s.scenes.some((x) => x.program && x.open)) return ["pgm", "PROGRAM on air"];
  if (s.onAir) return ["pgm", "On air, no picture"];
  if (s.scenes.some((x) => x.open)) return ["pvw", "PREVIEW open"];
  return ["idle", "Idle"];
}

function light(kind, word) {
  return h("span", { class: "light light-" + kind }, h("i", { "aria-hidden": "true" }), word);
}

function studio(s) {
  const [kind, word] = tally(s);
  const more = h("button", { type: "button", class: "btn btn-icon", "aria-label": `Another console: ${s.name}`, "aria-haspopup": "menu", title: "Another console", "data-focus": "more" }, icon("more"));
  more.addEventListener("click", () => menu(more, console_(s), "Another console"));
  const head = h("header", {}, h("h3", { title: s.name }, s.name), more);
  const status = h("div", { class: "tally" }, light(kind, word), s.onAir && h("span", { class: "run", "data-since": s.since }, ""), s.standby && h("span", { class: "tag tag-off" }, "STANDBY picture"));
  return h("article", { class: "tile tile-" + kind, "aria-label": `${s.name}: ${word}` }, head, status, h("ul", { class: "scenes" }, s.scenes.map(scene)), h("small", { class: "id", title: s.id }, `${s.mode} · …${s.id.slice(-6)}`));
}

function scene(x) {
  const kind = !x.open ? "idle" : x.program ? "pgm" : "pvw";
  const word = x.program ? (x.open ? "on air" : "off") : x.open ? "open" : "closed";
  return h("li", { class: "scene scene-" + kind }, h("b", {}, x.program ? "PGM" : "PVW"), h("span", {}, x.name), h("em", {}, word));
}

function console_(s) {
  const run = (what) => () => post("studio", { id: s.id, do: what });
  return [
    { title: "Another console" },
    s.onAir
      ? { label: "Stop studio", hint: "Takes the show off air, behind the bot's back", danger: true, run: run("stop") }
      : { label: "Start studio", hint: "Goes on air, behind the bot's back", run: run("start") },
    { label: "Copy the id", hint: s.id, run: () => navigator.clipboard?.writeText(s.id) },
  ];
}

function stream(s) {
  const where = { domain: s.domain, app: s.app, name: s.name };
  const act = (what) => () => post("stream", { ...where, do: what });
  const cut = s.live
    ? h("button", { type: "button", class: "btn btn-s", onclick: act("cut"), "data-focus": "cut", "aria-label": "Cut the ingest", title: "Cut the ingest" }, "Cut")
    : h("button", { type: "button", class: "btn btn-s", onclick: act("resume"), "data-focus": "cut" }, "Resume");
  const name = h("h3", {}, h("small", {}, s.app + "/"), s.name);
  const head = h("header", {}, name, h("span", { class: "light light-" + (s.live ? "pvw" : "idle") }, h("i", { "aria-hidden": "true" }), s.live ? "live" : "no ingest"), recording(s), cut);
  return h("article", { class: "stream", "aria-label": `Stream ${s.app}/${s.name}` }, head, countdown(s), files(s));
}

function recording(s) {
  if (s.recordingSince) {
    const how = !s.manual && h("span", { title: "It records by itself while it is live" }, "auto");
    return h("p", { class: "rec rec-on" }, h("i", { "aria-hidden": "true" }), h("b", {}, "REC"), h("span", { class: "run", "data-since": s.recordingSince }, ""), how);
  }
  if (s.fileDue) return h("p", { class: "rec rec-wait", title: "Recording is paused" }, "File in ", h("b", { class: "run", "data-due": s.fileDue }, ""));
  if (s.configured) return h("p", { class: "rec faint" }, "Not recording");
  return h("p", { class: "rec faint", title: "It has no recording configuration" }, "Not recordable");
}

function countdown(s) {
  if (!s.fileDue || s.recordingSince) return null;
  return h("progress", { max: s.delay, value: 0, "data-due": s.fileDue, "aria-label": "Time until the file is written" });
}

function files(s) {
  if (!s.files.length) return null;
  const row = (f) => h("li", { title: f.url }, h("span", {}, clock(new Date(f.from)), "–", clockSeconds(new Date(f.to))), h("b", {}, span(f.seconds)), h("small", {}, f.format));
  return h("details", { class: "files" }, h("summary", { "data-focus": "files" }, s.files.length === 1 ? "1 file" : `${s.files.length} files`), h("ul", {}, s.files.map(row)));
}

// tickWall writes the running times again; it is called every half second.
export function tickWall() {
  const t = now();
  for (const el of document.querySelectorAll("[data-since]")) el.textContent = span((t - Number(el.dataset.since)) / 1000);
  for (const el of document.querySelectorAll("[data-due]")) {
    const left = Math.max(0, (Number(el.dataset.due) - t) / 1000);
    if (el.tagName === "PROGRESS") el.value = el.max - left;
    else el.textContent = span(left);
  }
}
