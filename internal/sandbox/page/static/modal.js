// Modals and the App Home: the two places where a whole view of the bot is shown.
import { h, byId, set, icon } from "./dom.js";
import { blocks } from "./blocks.js";
import { plainText } from "./mrkdwn.js";
import { viewSurface } from "./surface.js";
import { collect, missing } from "./values.js";
import { world, place } from "./state.js";
import { whenReleased } from "./press.js";
import { post } from "./api.js";

const kept = new Map();
let shownView = null;
let errors = {};
let shownHome = "";

function valuesOf(id) {
  if (!kept.has(id)) kept.set(id, new Map());
  return kept.get(id);
}

// drawModal shows the top view of this person's stack, and draws it anew only when the bot changed it.
export function drawModal() {
  const dialog = byId("modal");
  const stack = world.view.views;
  const view = stack[stack.length - 1];
  if (!view) {
    shownView = null;
    if (dialog.open) dialog.close();
    return;
  }
  const mark = JSON.stringify({ ...view, state: null });
  if (shownView === mark && dialog.open) return;
  shownView = mark;
  errors = view.errors || {};
  fillModal(dialog, view);
  if (dialog.open) return;
  dialog.showModal();
  focusFirst(dialog);
}

// focusFirst goes to the first empty field, else to the first control of the form.
function focusFirst(dialog) {
  const fields = [...dialog.querySelectorAll(".modal-body input.field, .modal-body textarea")];
  const empty = fields.find((f) => !f.value);
  (empty || dialog.querySelector(".modal-body [data-focus], .modal-body input, footer button"))?.focus();
}

function fillModal(dialog, view) {
  const focus = dialog.contains(document.activeElement) && document.activeElement.dataset.focus;
  const leave = () => post("close", { view: view.id });
  const enter = (e, block, el) => onEnter(e, block, el, dialog, view);
  const surface = viewSurface(view, valuesOf(view.id), errors, enter);
  const title = h("header", {}, h("h2", { id: "modal-title" }, plainText(view.title?.text)), h("button", { type: "button", class: "btn btn-icon", "aria-label": "Close", onclick: leave }, icon("close")));
  const body = h("div", { class: "modal-body" }, blocks(view.blocks, surface));
  const submit = view.submit && h("button", { type: "button", class: "btn btn-primary", onclick: (e) => send(e.currentTarget, dialog, view), "data-focus": "submit" }, plainText(view.submit.text));
  const close = h("button", { type: "button", class: "btn", onclick: leave, "data-focus": "close" }, plainText(view.close?.text || "Cancel"));
  const trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  set(dialog, title, trouble, body, h("footer", {}, close, submit));
  dialog.oncancel = (e) => {
    e.preventDefault();
    leave();
  };
  if (focus) dialog.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
}

function onEnter(e, block, el, dialog, view) {
  e.preventDefault();
  if (block.dispatch_action) {
    const state = { type: el.type, value: e.target.value || null };
    return viewSurface(view, valuesOf(view.id), errors).act(block, el, state, e.target);
  }
  const button = dialog.querySelector('[data-focus="submit"]');
  if (button) send(button, dialog, view);
}

async function send(button, dialog, view) {
  const state = collect(view, valuesOf(view.id));
  errors = missing(view, state);
  if (Object.keys(errors).length) return fillModal(dialog, view);
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const answer = await post("submit", { view: view.id, values: state });
  whenReleased(() => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
    if (!answer.ok) trouble(dialog);
  });
}

function trouble(dialog) {
  const p = dialog.querySelector(".trouble");
  if (!p) return;
  p.hidden = false;
  p.textContent = "We had some trouble connecting. Try again?";
}

// drawHome shows the home tab that the bot published for this person.
export function drawHome() {
  const view = world.view.home;
  const mark = place.as + JSON.stringify(view);
  if (mark === shownHome) return;
  shownHome = mark;
  const box = byId("home");
  if (!view) return set(box, h("div", { class: "empty" }, h("h2", {}, "Nothing here yet"), h("p", {}, "The bot has not published a home tab for you.")));
  set(box, h("div", { class: "home-card" }, blocks(view.blocks, viewSurface(view, valuesOf(view.id), {}))));
}
