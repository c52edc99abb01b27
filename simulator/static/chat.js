// The thread: bubbles, buttons, lists, ticks.

import { clock, element, formatted, icon, outsideLink, plainLine, safeLink } from "./format.js";

const TICKS = {
  sent: ["tick", "Sent"],
  delivered: ["ticks", "Delivered to the bot"],
  read: ["ticks", "Read"],
};

export class Chat {
  constructor({ thread, scroller, toEnd, onTap, onList, onReply }) {
    Object.assign(this, { thread, scroller, toEnd, onTap, onList, onReply });
    this.messages = new Map();
    this.items = new Map();
    scroller.addEventListener("scroll", () => this.nearEnd() && (toEnd.hidden = true));
    toEnd.addEventListener("click", () => this.scrollToEnd());
  }

  nearEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < 90;
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.toEnd.hidden = true;
  }

  reset(messages) {
    this.messages.clear();
    this.items.clear();
    this.thread.replaceChildren();
    messages.forEach((message) => this.show(message));
    this.scrollToEnd();
  }

  // A phone shows what reached it: nothing that is still on its way, and nothing that failed.
  arrived(message) {
    return message.direction === "inbound" || ["delivered", "read"].includes(message.status);
  }

  show(message) {
    const known = this.messages.get(message.sid);
    this.messages.set(message.sid, message);
    if (!this.arrived(message)) return;
    const old = this.items.get(message.sid);
    if (old && (message.direction === "outbound" || known.status === message.status)) return;
    const follow = this.nearEnd();
    const made = this.item(message);
    made.dataset.seq = message.seq;
    if (old) old.replaceWith(made);
    else this.place(made, message);
    this.items.set(message.sid, made);
    this.join();
    if (follow || message.direction === "inbound") this.scrollToEnd();
    else this.toEnd.hidden = false;
  }

  place(made, message) {
    const later = [...this.thread.querySelectorAll(".item")].find(
      (item) => Number(item.dataset.seq) > message.seq,
    );
    this.thread.insertBefore(made, later ?? null);
  }

  // Day headings, and bubbles of one side that belong together.
  join() {
    this.thread.querySelectorAll(".day").forEach((day) => day.remove());
    let before = null;
    for (const item of this.thread.querySelectorAll(".item")) {
      const newDay = before?.dataset.day !== item.dataset.day;
      if (newDay) item.before(this.day(item.dataset.day));
      const same = before?.classList.contains("own") === item.classList.contains("own");
      item.classList.toggle("follows", before !== null && same && !newDay);
      before = item;
    }
  }

  day(text) {
    const today = new Date().toDateString();
    const words = new Date(text).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
    const heading = element("li", "day", text === today ? "Today" : words);
    heading.setAttribute("aria-live", "off");
    return heading;
  }

  item(message) {
    const own = message.direction === "inbound";
    const actions = this.actions(message);
    const bubble = element("div", "bubble", ...this.contents(message), this.meta(message, own));
    const balloon = element("div", "balloon", bubble, actions, this.replyButton(message));
    if (actions || message.media.length) balloon.classList.add("rich");
    const item = element("li", own ? "item own" : "item", balloon);
    if (message.status === "failed") item.append(this.undelivered(message));
    item.dataset.day = new Date(message.created_at).toDateString();
    return item;
  }

  contents(message) {
    const parts = [this.quote(message.reply_to), ...message.media.map((file) => this.file(file))];
    if (message.location) parts.push(this.location(message.location));
    if (message.body) parts.push(element("div", "text", formatted(message.body)));
    return parts;
  }

  quote(sid) {
    const original = sid && this.messages.get(sid);
    return original ? element("div", "quote", plainLine(original.body) || "Message") : null;
  }

  file(file) {
    const href = safeLink(file.url);
    if (href === null || !file.content_type.startsWith("image/")) return this.attachment(file);
    const picture = element("img", "picture square");
    picture.alt = "Picture";
    picture.loading = "lazy";
    picture.referrerPolicy = "no-referrer";
    picture.addEventListener("load", () => {
      picture.classList.remove("square");
      if (this.nearEnd()) this.scrollToEnd();
    });
    picture.addEventListener("error", () => picture.replaceWith(this.attachment(file)));
    picture.src = href;
    return picture;
  }

  attachment(file) {
    const name = decodeURIComponent(file.url.split(/[?#]/u)[0].split("/").pop() || file.url);
    const link = outsideLink(file.url, icon("file"), element("span", "text", name));
    link.className = "file";
    return link;
  }

  location({ label, address, latitude, longitude }) {
    const where = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    const words = element("div", "", label || address || "Location", element("small", "", where));
    return element("div", "place", icon("pin"), words);
  }

  meta(message, own) {
    const time = element("time", "", clock(message.created_at));
    time.dateTime = message.created_at;
    return element("div", "meta", time, own ? this.ticks(message.status) : null);
  }

  ticks(status) {
    const [name, words] = TICKS[status] ?? [];
    if (!name) return null;
    const drawing = icon(name, `ticks ${status}`);
    drawing.removeAttribute("aria-hidden");
    drawing.setAttribute("role", "img");
    drawing.setAttribute("aria-label", words);
    return drawing;
  }

  undelivered(message) {
    const reason = message.delivery?.reason ?? "unknown reason";
    return element("p", "undelivered", `Not delivered to the bot: ${reason}`);
  }

  replyButton(message) {
    const button = element("button", "icon reply", icon("reply"));
    button.type = "button";
    button.setAttribute("aria-label", "Reply to this message");
    button.addEventListener("click", () => this.onReply(message));
    return button;
  }

  actions(message) {
    const made = message.buttons.map((button) => this.action(message, button));
    if (message.list) made.push(this.opener(message));
    return made.length ? element("div", "actions", ...made) : null;
  }

  action(message, button) {
    if (button.kind === "url") return outsideLink(button.url, icon("link"), button.title);
    if (button.kind === "phone") return element("span", "", icon("call"), button.title);
    const made = element("button", "", icon("reply"), button.title);
    made.type = "button";
    made.addEventListener("click", () => this.onTap(message, button));
    return made;
  }

  opener(message) {
    const made = element("button", "", icon("list"), message.list.button);
    made.type = "button";
    made.setAttribute("aria-haspopup", "dialog");
    made.addEventListener("click", () => this.onList(message));
    return made;
  }
}
