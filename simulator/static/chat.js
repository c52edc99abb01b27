// The thread: which messages stand where, days, albums, and whether the view follows the end.

import { Bubbles } from "./bubbles.js";
import { by, element } from "./dom.js";
import { dayName } from "./format.js";
import { simulatedNow } from "./time.js";
import { fill, words } from "./words.js";

const ALBUM_MILLISECONDS = 90_000;
const SHOWN = ["delivered", "read", "failed", "undelivered"];
const END = 90;

export class Chat {
  constructor(acts) {
    this.thread = by("thread");
    this.scroller = by("scroller");
    this.toEnd = by("to-end");
    this.messages = new Map();
    this.items = new Map();
    const find = (sid) => this.messages.get(sid);
    this.bubbles = new Bubbles({ ...acts, find, jump: (sid) => this.jump(sid) });
    this.scroller.addEventListener("scroll", () => this.scrolled());
    this.toEnd.addEventListener("click", () => this.scrollToEnd());
    // Pictures that load late must not push the newest message out of sight.
    this.thread.addEventListener("load", () => this.following && this.scrollToEnd(), true);
    this.caughtUp();
  }

  scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < END) this.caughtUp();
    else this.following = false;
  }

  caughtUp() {
    this.following = true;
    this.missed = 0;
    this.toEnd.hidden = true;
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.caughtUp();
  }

  clear() {
    this.messages.clear();
    this.items.clear();
    this.thread.replaceChildren();
    this.caughtUp();
  }

  // The thread as the server has it; what has not changed stays as it is.
  sync(messages) {
    const sids = new Set(messages.map(({ sid }) => sid));
    [...this.items.keys()].filter((sid) => !sids.has(sid)).forEach((sid) => this.drop(sid));
    messages.forEach((message) => this.put(message));
    this.join();
    if (this.following) this.scrollToEnd();
  }

  // A phone shows what reached it; what failed stands there as a line for the developer.
  show(message) {
    const follow = this.following || message.direction === "inbound";
    const fresh = !this.items.has(message.sid);
    if (!this.put(message)) return;
    this.join();
    if (follow) this.scrollToEnd();
    else if (fresh) this.miss();
  }

  put(message) {
    this.messages.set(message.sid, message);
    if (message.direction === "outbound" && !SHOWN.includes(message.status)) return false;
    const old = this.items.get(message.sid);
    if (old && old.dataset.look === look(message)) return this.refresh(old, message);
    const made = this.bubbles.item(message);
    Object.assign(made.dataset, { seq: message.seq, look: look(message) });
    if (old) old.replaceWith(made);
    else this.thread.insertBefore(made, this.after(message.seq));
    this.items.set(message.sid, made);
    return true;
  }

  // A status alone must not make pictures load again or a voice message stop.
  refresh(item, message) {
    item.querySelector(".meta")?.replaceWith(this.bubbles.meta(message));
    return false;
  }

  after(seq) {
    let before = null;
    for (const item of [...this.thread.querySelectorAll(".item")].reverse()) {
      if (Number(item.dataset.seq) <= seq) break;
      before = item;
    }
    return before;
  }

  miss() {
    this.missed += 1;
    this.toEnd.textContent = fill(words.chat.missed, { count: this.missed });
    this.toEnd.hidden = false;
  }

  remove(sid) {
    this.drop(sid);
    this.join();
  }

  drop(sid) {
    this.items.get(sid)?.remove();
    this.items.delete(sid);
    this.messages.delete(sid);
  }

  jump(sid) {
    const item = this.items.get(sid);
    item?.scrollIntoView({ block: "center", behavior: "smooth" });
    item?.focus({ preventScroll: true });
  }

  // Days, bubbles of one side that belong together, and photos that came as one album.
  join() {
    this.thread.querySelectorAll(".day").forEach((day) => day.remove());
    let before = null;
    let album = [];
    for (const item of this.thread.querySelectorAll(".item")) {
      const newDay = before?.dataset.day !== item.dataset.day;
      if (newDay) item.before(this.day(item.dataset.at));
      item.classList.toggle("follows", !newDay && sameSide(before, item));
      if (newDay || !inAlbum(album.at(-1), item)) {
        tile(album);
        album = [];
      }
      album.push(item);
      before = item;
    }
    tile(album);
    this.oneStop();
  }

  day(moment) {
    const heading = element("li", "day", dayName(moment, simulatedNow()));
    heading.setAttribute("aria-live", "off");
    return heading;
  }

  // Tab reaches the thread once, at its newest message; arrows move inside it.
  oneStop(chosen) {
    const items = [...this.thread.querySelectorAll(".item")];
    const stop = chosen ?? items.find((item) => item === document.activeElement) ?? items.at(-1);
    items.forEach((item) => (item.tabIndex = item === stop ? 0 : -1));
  }

  step(item, by) {
    const items = [...this.thread.querySelectorAll(".item")];
    const next = items[Math.min(items.length - 1, Math.max(0, items.indexOf(item) + by))];
    this.oneStop(next);
    next?.focus();
  }
}

function look({ body, buttons, list, media, location, reply_to, reactions, cards, direction, status }) {
  const lost = direction === "outbound" && ["failed", "undelivered"].includes(status);
  return JSON.stringify([body, buttons, list, media, location, reply_to, reactions, cards, lost]);
}

function sameSide(one, other) {
  const plain = (item) => !item.classList.contains("notice-item");
  const own = (item) => item.classList.contains("own");
  return one !== null && plain(one) && plain(other) && own(one) === own(other);
}

function inAlbum(one, other) {
  if (!one?.classList.contains("photo") || !other.classList.contains("photo")) return false;
  return sameSide(one, other) && Date.parse(other.dataset.at) - Date.parse(one.dataset.at) < ALBUM_MILLISECONDS;
}

function tile(album) {
  album.forEach((item, index) => {
    const last = index === album.length - 1;
    item.classList.toggle("tile", album.length > 1);
    item.classList.toggle("right", album.length > 1 && index % 2 === 1);
    item.classList.toggle("odd-one", album.length > 1 && last && index % 2 === 0);
  });
}
