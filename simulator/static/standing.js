// How the open phone stands with the business: the window, consent, and who the person is.

import { api } from "./api.js";
import { by } from "./dom.js";
import { countdown, exactClock } from "./format.js";
import { addressOf, nameOf } from "./people.js";
import { simulatedNow } from "./time.js";
import { fill, words } from "./words.js";

const DAY = 86_400;
const SOON = 3600;
const SWITCHES = ["opted_out", "blocked", "offline", "auto_read"];

export class Standing {
  constructor({ complain }) {
    this.complain = complain;
    this.phone = null;
    for (const name of SWITCHES) {
      by(`is-${name}`).addEventListener("change", ({ target }) => this.change({ [name]: target.checked }));
    }
    by("is-unreachable").addEventListener("change", ({ target }) =>
      this.change({ unreachable: target.value ? Number(target.value) : null }),
    );
    by("person-form").addEventListener("submit", (event) => this.rename(event));
    for (const one of document.querySelectorAll("[data-hours]")) {
      one.addEventListener("click", () => api.advance(Number(one.dataset.hours)).catch(complain));
    }
    by("close-window").addEventListener("click", () => this.closeWindow());
    setInterval(() => this.tick(), 1000);
  }

  async change(what) {
    try {
      this.show(await api.changePhone(this.phone.phone, what));
    } catch (error) {
      this.complain(error);
      this.show(this.phone);
    }
  }

  rename(event) {
    event.preventDefault();
    const { name, number } = event.target.elements;
    const what = { profile_name: name.value.trim() };
    if (!this.phone.number && number.value.trim()) what.number = number.value.replace(/[\s()-]/gu, "");
    this.change(what);
  }

  closeWindow() {
    const left = this.left();
    if (left > 0) api.advance((left + 60) / 3600).catch(this.complain);
  }

  show(phone) {
    const other = this.phone?.phone !== phone.phone;
    this.phone = phone;
    for (const name of SWITCHES) by(`is-${name}`).checked = phone[name];
    by("is-unreachable").value = phone.unreachable ?? "";
    const { name, number } = by("person-form").elements;
    if (other || document.activeElement !== name) name.value = nameOf(phone);
    number.disabled = Boolean(phone.number);
    if (other || number.disabled) number.value = phone.number ?? "";
    const address = addressOf(phone);
    const both = fill(words.panel.known, { address, id: phone.phone });
    by("person-address").textContent = address === phone.phone ? "" : both;
    this.presence(phone);
    this.tick();
  }

  presence(phone) {
    const states = [
      [phone.offline, words.bar.offline],
      [phone.blocked, words.bar.blocked],
      [phone.typing, words.bar.typing],
    ];
    by("presence").textContent = states.find(([on]) => on)?.[1] ?? words.bar.business;
    by("opted-out").hidden = !phone.opted_out;
    by("blocked-note").hidden = !phone.blocked;
  }

  left() {
    const closes = this.phone?.window_closes_at;
    return closes ? Math.max(0, (Date.parse(closes) - simulatedNow()) / 1000) : 0;
  }

  tick() {
    if (!this.phone) return;
    const seconds = this.left();
    const open = seconds > 0;
    const never = this.phone.window_closes_at === null;
    const closed = never ? words.window.never : words.window.closed;
    const text = open ? fill(words.window.open, { left: countdown(seconds) }) : closed;
    by("window").textContent = text;
    by("strip-text").textContent = text;
    by("window-meter").value = Math.min(DAY, seconds);
    const now = simulatedNow();
    by("now").textContent = fill(words.panel.now, { time: exactClock(now), day: new Date(now).toDateString() });
    const tone = open ? (seconds < SOON ? "soon" : "open") : "closed";
    by("window").dataset.tone = tone;
    by("strip").dataset.tone = tone;
  }
}
