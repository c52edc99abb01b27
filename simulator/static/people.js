// The list of phones: who they are, what came last, and how much is unread.

import { api } from "./api.js";
import { button, by, element } from "./dom.js";
import { clock, dayName, summary } from "./format.js";
import { simulatedNow } from "./time.js";
import { fill, words } from "./words.js";

const MOST = 100;

export function nameOf(phone) {
  return phone.profile_name || phone.username || phone.number || phone.phone;
}

export function addressOf(phone) {
  if (phone.number) return phone.number;
  return phone.username ? `@${phone.username}` : phone.phone;
}

export function avatar(phone) {
  const made = element("span", "avatar", nameOf(phone).slice(0, 1).toUpperCase());
  made.setAttribute("aria-hidden", "true");
  if (phone.colour) made.style.background = phone.colour;
  return made;
}

function when(message) {
  const today = new Date(simulatedNow()).toDateString() === new Date(message.created_at).toDateString();
  return today ? clock(message.created_at) : dayName(message.created_at, simulatedNow());
}

export class People {
  constructor({ open }) {
    Object.assign(this, { open, phones: new Map(), current: null });
    by("new-phone").addEventListener("click", () => this.ask());
    by("phone-form").addEventListener("submit", (event) => this.add(event));
    by("phone-form").addEventListener("change", () => this.kind());
  }

  async load() {
    const { phones } = await api.phones();
    this.phones = new Map(phones.reverse().map((phone) => [phone.phone, phone]));
    this.show();
  }

  update(phone) {
    const known = this.phones.get(phone.phone);
    if (known?.last !== phone.last) this.phones.delete(phone.phone); // what is newest stands last
    this.phones.set(phone.phone, phone);
    this.show();
  }

  message(message) {
    const phone = this.phones.get(message.phone);
    if (phone && message.seq >= (phone.last_message?.seq ?? 0)) this.update({ ...phone, last_message: message });
  }

  gone(phone) {
    this.phones.delete(phone);
    this.show();
  }

  select(phone) {
    this.current = phone;
    this.show();
  }

  // One drawing for all the changes of this moment.
  show() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const focused = document.activeElement?.dataset?.phone;
    const rows = [...this.phones.values()].reverse().slice(0, MOST).map((phone) => this.row(phone));
    const others = this.phones.size - rows.length;
    const rest = others > 0 ? [element("li", "hint", fill(words.people.others, { count: others }))] : [];
    by("phone-list").replaceChildren(...rows, ...rest);
    if (focused) by("phone-list").querySelector(`[data-phone="${CSS.escape(focused)}"]`)?.focus();
    const elsewhere = [...this.phones.values()].filter((phone) => phone.unread && phone.phone !== this.current).length;
    by("elsewhere").textContent = elsewhere || "";
    document.title = elsewhere ? `(${elsewhere}) ${words.page.title}` : words.page.title;
  }

  row(phone) {
    const last = phone.last_message;
    const current = phone.phone === this.current;
    const time = element("time", "", last ? when(last) : "");
    const line = phone.typing ? words.bar.typing : last ? summary(last) : addressOf(phone);
    const badge = phone.unread && !current ? element("span", "unread", String(phone.unread)) : null;
    badge?.setAttribute("aria-label", fill(words.people.unread, { count: phone.unread }));
    const head = element("span", "row-head", element("strong", "", nameOf(phone)), time);
    const foot = element("span", "row-foot", element("span", phone.typing ? "typing-line" : "", line), badge);
    const text = element("span", "row-text", head, foot, element("small", "", addressOf(phone)));
    const made = button("person", () => this.open(phone.phone), avatar(phone), text);
    made.dataset.phone = phone.phone;
    if (current) made.setAttribute("aria-current", "true");
    return element("li", "", made);
  }

  ask() {
    by("phone-form").reset();
    this.kind();
    by("phone-sheet").showModal();
  }

  kind() {
    const { kind } = by("phone-form").elements;
    by("phone-number-field").hidden = kind.value !== "number";
    by("phone-username-field").hidden = kind.value !== "username";
  }

  async add(event) {
    event.preventDefault();
    const { name, kind, number, username } = event.target.elements;
    const about = { name: name.value.trim() || undefined };
    const typed = number.value.replace(/[\s()-]/gu, "");
    if (kind.value === "number" && typed) about.number = typed;
    if (kind.value === "username") Object.assign(about, { number: null, username: username.value.trim() || undefined });
    try {
      const phone = await api.addPhone(about);
      by("phone-sheet").close();
      this.update(phone);
      this.open(phone.phone);
    } catch (error) {
      by("phone-hint").textContent = error.message;
    }
  }
}
