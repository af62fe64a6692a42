// The page: fetch the world as one person sees it, draw it, and do so again whenever the server says that something changed.
import { byId, h, set, icon } from "./dom.js";
import { accept, channel, inApp, me, place, readAddress, readHere, settle, shown, world, writeAddress } from "./state.js";
import { listen, onError, post, state } from "./api.js";
import { drawSidebar, onMove } from "./sidebar.js";
import { drawMessages, onRedraw, startMessages } from "./messages.js";
import { drawPins } from "./pins.js";
import { city } from "./dates.js";
import { drawComposer, focusComposer, startComposer } from "./composer.js";
import { drawHome, drawModal } from "./modal.js";
import { drawWall, tickWall } from "./wall.js";
import { drawCalls, startCalls } from "./calls.js";
import { drawControls, startControls, tickClock } from "./controls.js";
import { drawScenario, startScenario, tickScenario } from "./scenario.js";
import { drawTour, meet, startTour } from "./tour.js";
import { drawToasts, toast } from "./toasts.js";
import { startKeys } from "./switcher.js";
import { closeDrop } from "./menu.js";
import { plainText, refreshDates } from "./mrkdwn.js";
import { isPressed, whenReleased } from "./press.js";

let asked = 0;
let running = false;

// refresh fetches once more; ticks that come while an answer is under way lead to one more fetch, not to many.
async function refresh() {
  asked++;
  if (running) return;
  running = true;
  for (let served = 0; served !== asked; ) {
    served = asked;
    const as = place.as;
    const view = await state().catch(() => null);
    const fetched = performance.now();
    await new Promise(whenReleased);
    if (view && as === place.as) {
      accept(view, fetched);
      draw();
    } else if (view) asked++;
  }
  running = false;
}

function draw() {
  settle();
  otherZone();
  readHere();
  drawSidebar();
  drawHead();
  drawMiddle();
  drawWall();
  drawCalls();
  drawControls();
  drawModal();
  drawToasts();
  drawScenario();
  if (!document.body.classList.contains("ready")) meet();
  drawTour();
  document.body.classList.add("ready");
}

let zone = "";

// otherZone has all that shows a time drawn anew when the reader becomes somebody who lives by another clock.
function otherZone() {
  const now = [city(), me().locale].join("/");
  if (now === zone) return;
  zone = now;
  for (const id of ["studios", "streams", "calls", "message-list"]) byId(id).replaceChildren();
  byId("zone").textContent = city();
}

function drawHead() {
  const c = inApp() ? null : channel(shown());
  const title = c ? [icon("hash"), c.name] : world.view.bot.name;
  set(byId("title"), title);
  set(byId("topic"), c ? plainText(c.topic || "") : "App");
  set(byId("flags"), c?.external && h("small", { class: "tag" }, "shared with another company"), c && !c.bot && h("small", { class: "tag" }, `${world.view.bot.name} is not here`), c?.archived && h("small", { class: "tag" }, "archived"));
  document.title = `${c ? "#" + c.name : world.view.bot.name} · casterbot sandbox`;
}

function drawMiddle() {
  byId("app-tabs").hidden = !inApp();
  byId("tab-home").setAttribute("aria-selected", String(place.app === "home"));
  byId("tab-messages").setAttribute("aria-selected", String(place.app === "messages"));
  const home = inApp() && !shown();
  byId("home").hidden = !home;
  byId("messages").hidden = home;
  drawComposer();
  drawPins();
  if (home) drawHome();
  else drawMessages();
}

// move takes the reader to another channel, or makes somebody else of them.
function move(to) {
  closeDrop();
  const other = to.as && to.as !== place.as;
  Object.assign(place, to);
  if (to.channel) showTab("chat");
  writeAddress();
  closeSide();
  if (world.view && !other) draw();
  if (other) refresh();
  if (inApp() && place.app === "home") post("home", {});
  if (to.channel && matchMedia("(min-width: 800px)").matches) focusComposer();
}

function showTab(name) {
  place.tab = name;
  document.body.dataset.tab = name;
  const wall = name === "wall" && matchMedia("(max-width: 900px)").matches; // it is then all that is shown
  byId("wall").setAttribute("role", wall ? "main" : "complementary");
  byId("wall").querySelector("h2").setAttribute("aria-level", wall ? "1" : "2");
  for (const h of document.querySelectorAll("#wall .wall-title:not(div), #wall .calls-title h3")) h.setAttribute("aria-level", wall ? "2" : "3");
  for (const b of document.querySelectorAll("[data-show]")) b.setAttribute("aria-pressed", String(b.dataset.show === name));
}

function showSide(open) {
  document.body.classList.toggle("side-open", open);
  byId("side-toggle").setAttribute("aria-expanded", String(open));
}

const closeSide = () => showSide(false);

// escape closes the drawer of a small screen, and gives the focus back to what opened it.
function escape(e) {
  if (e.key !== "Escape" || !document.body.classList.contains("side-open") || document.querySelector("dialog[open]")) return;
  closeSide();
  byId("side-toggle").focus();
}

function startTabs() {
  for (const b of document.querySelectorAll("[data-show]")) b.addEventListener("click", () => showTab(b.dataset.show));
  byId("side-toggle").addEventListener("click", () => {
    showSide(!document.body.classList.contains("side-open"));
    if (document.body.classList.contains("side-open")) document.querySelector("#channels button")?.focus();
  });
  document.addEventListener("keydown", escape);
  byId("shade").addEventListener("click", closeSide);
  for (const name of ["home", "messages"]) {
    byId("tab-" + name).addEventListener("click", () => {
      place.app = name;
      move({});
    });
  }
}

function line(up) {
  whenReleased(() => (byId("offline").hidden = up));
  if (up) refresh();
}

function tick() {
  if (!world.view || isPressed()) return;
  tickWall();
  tickClock();
  tickScenario();
}

readAddress();
onError((text) => toast(text));
onMove(move);
onRedraw(() => drawMessages());
startMessages(move);
startComposer(move);
startCalls();
startControls();
startTabs();
startScenario();
startTour((name) => {
  closeSide();
  showTab(name);
});
startKeys(move);
showTab("chat");
listen(refresh, line);
window.addEventListener("hashchange", () => {
  readAddress();
  refresh();
});
document.addEventListener("visibilitychange", () => world.view && draw());
setInterval(tick, 500);
setInterval(() => isPressed() || refreshDates(document), 15000);
if (inApp()) post("home", {});
