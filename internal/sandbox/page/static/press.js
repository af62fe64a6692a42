// Nothing changes under a pressed pointer. A browser makes a click of a press and a release on one element; what is drawn
// anew or moves in between would lose the click, or give it to something else.
const CLICKABLE = "button, a, summary, label, [role=option]";
const TAP = 300; // ms in which the click of a tap follows the finger's release

let down = false;
let after = 0; // the timer that ends a tap
const waiting = new Set(); // what is to be changed after the release

export const isPressed = () => down;

// whenReleased changes the page: at once, or after what is pressed has been released and clicked.
export function whenReleased(change) {
  if (!down && !waiting.size) return change();
  waiting.add(change);
  document.body.classList.add("held");
}

// catchUp makes the changes that have waited; one that comes meanwhile comes after them.
function catchUp() {
  if (down) return;
  for (const change of waiting) {
    waiting.delete(change);
    change();
  }
  document.body.classList.remove("held");
}

function press() {
  clearTimeout(after);
  down = true;
}

// release lets the click of this press come first: it is part of the same task.
function release() {
  clearTimeout(after);
  if (!down) return;
  down = false;
  setTimeout(catchUp);
}

const on = (name, f) => window.addEventListener(name, f, true);
const clickable = (e) => e.target instanceof Element && e.target.closest(CLICKABLE);

on("pointerdown", (e) => e.button === 0 && clickable(e) && press());
on("pointerup", (e) => {
  if (e.pointerType === "mouse") return release();
  clearTimeout(after);
  after = setTimeout(release, TAP);
});
on("click", release);
on("pointercancel", release);
on("pointermove", (e) => e.pointerType === "mouse" && e.buttons === 0 && release()); // it was released elsewhere
on("keydown", (e) => (e.key === " " && clickable(e) ? press() : release()));
on("keyup", release);
window.addEventListener("blur", release);
