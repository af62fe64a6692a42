// Things that open above the page: menus under a button, and questions that must be answered.
import { h } from "./dom.js";

let open = null;

// drop shows a panel at an anchor in the top layer; it closes on Escape, when the anchor moves away and on a press elsewhere. A
// panel that will grow says how high it may get, so that it opens where there is room for that.
export function drop(anchor, panel, onClose, height = 0) {
  closeDrop();
  const before = document.activeElement;
  panel.popover = "manual";
  (anchor.closest("dialog, main, nav, #wall") || document.body).append(panel);
  panel.showPopover();
  const grown = new ResizeObserver(() => place(anchor, panel, height));
  place(anchor, panel, height);
  grown.observe(panel);
  const outside = (e) => !panel.contains(e.target) && !anchor.contains(e.target) && closeDrop();
  const spot = corner(anchor);
  const moved = () => corner(anchor) !== spot && closeDrop();
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("scroll", moved, true);
  window.addEventListener("resize", moved);
  open = () => {
    grown.disconnect();
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("scroll", moved, true);
    window.removeEventListener("resize", moved);
    const inside = panel.contains(document.activeElement);
    panel.remove();
    if (inside && before.isConnected) before.focus();
    if (onClose) onClose();
  };
}

export function closeDrop() {
  const close = open;
  open = null;
  if (close) close();
  return Boolean(close);
}

function corner(anchor) {
  const { left, top } = anchor.getBoundingClientRect();
  return `${Math.round(left)}/${Math.round(top)}`;
}

function place(anchor, panel, height) {
  const a = anchor.getBoundingClientRect();
  panel.style.minWidth = Math.min(a.width, 320) + "px";
  const p = panel.getBoundingClientRect();
  const below = a.bottom + 4 + Math.max(p.height, height) <= innerHeight || a.top < innerHeight - a.bottom;
  panel.style.top = Math.max(8, below ? Math.min(a.bottom + 4, innerHeight - p.height - 8) : a.top - p.height - 4) + "px";
  panel.style.left = Math.max(8, Math.min(a.left, innerWidth - p.width - 8)) + "px";
}

// menu opens a list of actions: items are {label, hint, danger, run}, {title} or {node}. What is no action stands before
// the list: a menu holds nothing else.
export function menu(anchor, items, name) {
  const rows = items.map((item) => item.node || (item.title ? h("div", { class: "menu-title" }, item.title) : row(item)));
  const from = items.findLastIndex((item) => item.node) + 1;
  const list = h("div", { role: "menu", "aria-label": name }, rows.slice(from));
  const panel = h("div", { class: "menu", role: from ? "dialog" : "none", "aria-label": from ? name : null, onkeydown: walk }, rows.slice(0, from), list);
  anchor.setAttribute("aria-expanded", "true");
  drop(anchor, panel, () => anchor.setAttribute("aria-expanded", "false"));
  panel.querySelector("button")?.focus();
}

function row(item) {
  const run = () => {
    closeDrop();
    item.run();
  };
  const kind = "menu-item" + (item.danger ? " danger" : "");
  return h("button", { class: kind, role: "menuitem", type: "button", onclick: run }, h("span", {}, item.label), item.hint && h("small", {}, item.hint));
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function walk(e) {
  if (e.key === "Escape" || (e.key === "Tab" && e.target.tagName !== "SELECT" && !e.shiftKey)) {
    e.stopPropagation();
    e.preventDefault();
    closeDrop();
    return;
  }
  if (!STEPS[e.key] || e.target.tagName === "SELECT") return;
  e.preventDefault();
  const all = [...e.currentTarget.querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + STEPS[e.key] + all.length) % all.length].focus();
}

// ask shows a question and resolves to true or false.
export function ask({ title, body, confirm, deny, danger }) {
  return new Promise((resolve) => {
    const yes = h("button", { class: "btn " + (danger ? "btn-danger" : "btn-primary"), value: "yes" }, confirm);
    const no = h("button", { class: "btn", value: "no" }, deny);
    const form = h("form", { method: "dialog" }, h("h2", {}, title), h("div", { class: "ask-body" }, body), h("footer", {}, no, yes));
    const dialog = h("dialog", { class: "ask", "aria-label": "Question" }, form);
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
    (danger ? no : yes).focus();
  });
}
