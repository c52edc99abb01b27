// A small menu beside what it belongs to; the browser closes it on Escape and on a click outside.

import { button, by, element, icon } from "./dom.js";

function place(menu, anchor) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const across = right - width < 8 ? left : right - width;
  const down = bottom + height + 8 < innerHeight ? bottom + 4 : top - height - 4;
  menu.style.left = `${Math.max(8, Math.min(across, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, down)}px`;
}

function entry(menu, { name, label, act }) {
  const made = button("", () => menu.hidePopover(), icon(name), element("span", "", label));
  made.addEventListener("click", act);
  made.setAttribute("role", "menuitem");
  return made;
}

function emojiRow(menu, emojis, act) {
  const made = emojis.map((emoji) => {
    const choice = button("emoji", () => menu.hidePopover(), emoji);
    choice.addEventListener("click", () => act(emoji));
    choice.setAttribute("role", "menuitem");
    return choice;
  });
  const row = element("div", "emojis", ...made);
  row.setAttribute("role", "group");
  return row;
}

export function openMenu(anchor, label, entries, reactions) {
  const menu = by("menu");
  if (menu.matches(":popover-open")) menu.hidePopover();
  const row = reactions ? [emojiRow(menu, reactions.emojis, reactions.act)] : [];
  menu.replaceChildren(...row, ...entries.map((one) => entry(menu, one)));
  menu.setAttribute("aria-label", label);
  menu.showPopover();
  place(menu, anchor);
  menu.querySelector("[role=menuitem]").focus();
}

export function wireMenu() {
  const menu = by("menu");
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Tab") menu.hidePopover();
    if (!(event.key in steps)) return;
    event.preventDefault();
    const choices = [...menu.querySelectorAll("[role=menuitem]")];
    const next = choices.indexOf(document.activeElement) + steps[event.key];
    choices.at(next % choices.length).focus();
  });
}
