// Short notes that come and go: errors of the page, and what Slack tells the person privately when an app does not answer.
import { h, byId, icon } from "./dom.js";
import { world, place } from "./state.js";
import { whenReleased } from "./press.js";

const STAY = 9000;
const told = new Set();
const met = new Set();

export function toast(text, kind = "") {
  const box = byId("toasts");
  const node = h("div", { class: "toast " + kind, role: "status" }, icon("warn"), h("span", {}, text));
  const away = h("button", { type: "button", class: "btn btn-icon", "aria-label": "Dismiss", onclick: () => node.remove() }, icon("close"));
  node.append(away);
  whenReleased(() => box.append(node));
  setTimeout(() => whenReleased(() => node.remove()), STAY);
}

// drawToasts shows what is new for this person; what was there when one became that person is old news.
export function drawToasts() {
  for (const t of world.view.toasts) {
    const key = `${place.as}/${t.id}`;
    if (told.has(key)) continue;
    told.add(key);
    if (met.has(place.as)) toast(t.text, "toast-slack");
  }
  met.add(place.as);
}
