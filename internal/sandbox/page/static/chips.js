// What is chosen in a menu of several: a list under the menu, each with a button that takes it out again.
import { h, set, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";

// chips gives the list and a way to draw it. remove(value) is told what is taken out; then the next one has the focus, or
// the menu's button when none is left.
export function chips(name, button, label, remove) {
  const list = h("ul", { class: "chips", "aria-label": `${name}: chosen`, hidden: true });
  const out = (option, i) => {
    remove(option.value);
    const left = list.querySelectorAll("button");
    (left[Math.min(i, left.length - 1)] || button).focus();
  };
  const chip = (option, i) => {
    const key = (e) => {
      if (e.key !== "Delete" && e.key !== "Backspace") return;
      e.preventDefault();
      out(option, i);
    };
    const cross = h("button", { type: "button", "aria-label": `Remove ${label(option)}`, onclick: () => out(option, i), onkeydown: key }, icon("close"));
    return h("li", {}, h("span", {}, plainText(label(option))), cross);
  };
  const draw = (chosen) => {
    list.hidden = !chosen.length;
    set(list, chosen.map(chip));
  };
  return { list, draw };
}
