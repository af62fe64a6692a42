// Building and updating elements. Text from the world only ever becomes a text node.

export function h(tag, props, ...kids) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) put(el, name, value);
  fill(el, kids);
  return el;
}

function put(el, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
  else if (name === "class") el.className = value;
  else if (name === "value") el.value = value;
  else el.setAttribute(name, value === true ? "" : value);
}

function fill(el, kids) {
  for (const kid of kids.flat(Infinity)) {
    if (kid !== undefined && kid !== null && kid !== false) el.append(kid);
  }
}

export function set(el, ...kids) {
  el.replaceChildren();
  fill(el, kids);
  return el;
}

export const byId = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Zm6.5 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  hash: "M6 2.5 4.5 13.5M11.5 2.5 10 13.5M2.5 6h11M2.5 10h11",
  link: "M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.5 4.5l-1 1M9 11.5l-1 1A3 3 0 0 1 3.5 8l1-1",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  down: "M4 6.5l4 4 4-4",
  send: "M2.5 8 13.5 2.5 10 13.5 7.5 9Z",
  close: "M4 4l8 8M12 4l-8 8",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  warn: "M8 2.5 14.5 13.5h-13ZM8 6.5v3.5M8 11.8v.01",
  check: "M3 8.5 6.5 12 13 4.5",
  pin: "M6 2.5h4l-.5 4 2.5 2.5h-8l2.5-2.5ZM8 9v4.5",
  home: "M2.5 7.5 8 3l5.5 4.5V13h-4V9.5h-3V13h-4Z",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon icon-" + name);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// keyed makes parent's children match items. A child whose item did not change stays the same
// element, so that focus, scrolling and open menus survive.
export function keyed(parent, items, key, make, stamp = JSON.stringify) {
  const old = new Map([...parent.children].map((el) => [el.dataset.key, el]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const k = String(key(item));
    const mark = stamp(item);
    let el = old.get(k);
    old.delete(k);
    if (!el || el.stamp !== mark) {
      const fresh = make(item, el);
      fresh.dataset.key = k;
      fresh.stamp = mark;
      if (el) {
        if (at === el) at = fresh;
        swap(el, fresh);
      }
      el = fresh;
    }
    if (at === el) at = at.nextElementSibling;
    else parent.insertBefore(el, at);
  }
  for (const el of old.values()) el.remove();
}

// swap replaces an element and gives the focus back to the control that had it, by its data-focus name.
function swap(el, fresh) {
  const active = document.activeElement;
  const had = active && el.contains(active) ? active.dataset.focus || "self" : "";
  el.replaceWith(fresh);
  if (!had) return;
  const same = [...fresh.querySelectorAll("[data-focus]")].find((c) => c.dataset.focus === had);
  if (same) return same.focus();
  fresh.tabIndex = -1;
  fresh.focus();
}

export function two(n) {
  return String(Math.floor(n)).padStart(2, "0");
}

// span writes seconds as 0:07, 12:30 or 1:02:09.
export function span(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const head = s >= 3600 ? Math.floor(s / 3600) + ":" + two((s % 3600) / 60) : String(Math.floor(s / 60));
  return head + ":" + two(s % 60);
}
