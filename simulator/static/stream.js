// The server's events, and coming back by itself when the server was away.

import { api } from "./api.js";

const AGAIN = 1000;
const SOON = 300;
const MOST_PHONES = 40;
const NAMES = ["clock", "message", "phone", "http", "switches", "gone", "reset"];

export class Stream {
  // `handlers`: open() after the start and after every gap, lost(), and one for each event's name.
  constructor(handlers) {
    Object.assign(this, { handlers, phones: new Set(), source: null, away: true, timer: 0 });
  }

  // While this page is open, it decides what the people at these phones have read.
  follow(phones) {
    const wanted = phones.slice(0, MOST_PHONES);
    const full = this.phones.size >= MOST_PHONES;
    if (full || wanted.every((phone) => this.phones.has(phone))) return;
    this.phones = new Set(wanted);
    this.later(this.source ? SOON : 0);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), milliseconds);
  }

  // The old stream runs until the new one does, so that nothing is missed between them.
  connect() {
    const source = api.events([...this.phones]);
    source.addEventListener("open", () => this.opened(source));
    source.addEventListener("error", () => this.failed(source));
    for (const name of NAMES) {
      source.addEventListener(name, (event) => this.handlers[name](JSON.parse(event.data)));
    }
    this.next = source;
  }

  opened(source) {
    this.source?.close();
    this.source = source;
    if (this.away) this.handlers.open();
    this.away = false;
  }

  failed(source) {
    source.close();
    if (source !== this.source && source !== this.next) return;
    this.away = true;
    this.handlers.lost();
    this.later(AGAIN);
  }
}
