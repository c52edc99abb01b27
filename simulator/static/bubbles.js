// One message as an element of the thread: what it says, its buttons, its time and ticks.

import { button, element, icon, iconButton, outsideLink } from "./dom.js";
import { clock, formatted, summary } from "./format.js";
import { attachment, contactCard, picture, pinCard, video } from "./media.js";
import { player } from "./player.js";
import { fill, page, words } from "./words.js";

const TICKS = { waiting: "clock", sent: "tick", delivered: "ticks", read: "ticks", failed: "alert" };

export class Bubbles {
  // `acts` are what the person can do with a message: tap, list, menu, info, reply, picture, find.
  constructor(acts) {
    this.acts = acts;
  }

  item(message) {
    const own = message.direction === "inbound";
    if (!own && ["failed", "undelivered"].includes(message.status)) return this.lost(message);
    const actions = this.actions(message);
    const bubble = element("div", "bubble", ...this.contents(message), this.meta(message), this.more(message));
    const balloon = element("div", "balloon", bubble, actions, this.reaction(message));
    const item = element("li", own ? "item own" : "item", balloon, this.cards(message));
    item.classList.toggle("rich", Boolean(actions || message.media.length || message.location));
    item.classList.toggle("photo", this.isPhoto(message));
    item.classList.toggle("sticker", message.media[0]?.content_type === "image/webp");
    this.describe(item, message, own);
    return item;
  }

  describe(item, message, own) {
    const who = own ? words.chat.you : page.businessName;
    const label = { who, what: summary(message), time: clock(message.created_at) };
    item.setAttribute("aria-label", fill(words.chat.says, label));
    item.dataset.sid = message.sid;
    item.dataset.day = new Date(message.created_at).toDateString();
    item.dataset.at = message.created_at;
  }

  // A message that never reached the phone stands there as a line, for whoever builds the bot.
  lost(message) {
    const text = fill(words.chat.lost, { code: message.error_code ?? "?" });
    const line = button("lost", () => this.acts.info(message), icon("alert"), text);
    const item = element("li", "item notice-item", line);
    this.describe(item, message, false);
    return item;
  }

  isPhoto(message) {
    const [file, ...others] = message.media;
    const bare = !message.body && !message.buttons.length && !message.list && !message.reply_to;
    return bare && others.length === 0 && Boolean(file?.content_type.startsWith("image/"));
  }

  contents(message) {
    const parts = [this.quote(message.reply_to), ...message.media.map((file) => this.file(file, message))];
    if (message.location) parts.push(pinCard(message.location));
    if (message.body) parts.push(element("div", "text", formatted(message.body)));
    return parts;
  }

  quote(sid) {
    const original = sid && this.acts.find(sid);
    if (!original) return null;
    const own = original.direction === "inbound";
    const name = element("strong", "", own ? words.chat.you : page.businessName);
    const made = button("quote", () => this.acts.jump(sid), name, element("span", "", summary(original)));
    made.classList.toggle("mine", own);
    return made;
  }

  file(file, message) {
    const kind = file.content_type.split("/")[0];
    if (kind === "image") return picture(file, () => this.acts.picture(file, message));
    if (kind === "audio") return player(file);
    if (kind === "video") return video(file);
    return file.content_type.endsWith("vcard") ? contactCard(file) : attachment(file);
  }

  meta(message) {
    const time = element("time", "", clock(message.created_at));
    time.dateTime = message.created_at;
    if (message.direction === "outbound") return element("div", "meta", time);
    const ticks = icon(TICKS[message.status] ?? "clock", `ticks ${message.status}`);
    const made = button("meta", () => this.acts.info(message), time, ticks);
    const status = words.status[message.status] ?? message.status;
    made.setAttribute("aria-label", fill(words.chat.statusAt, { status, time: time.textContent }));
    return made;
  }

  reaction(message) {
    const emoji = message.reactions?.person;
    if (!emoji) return null;
    const made = button("reaction", () => this.acts.react(message, ""), emoji);
    made.setAttribute("aria-label", fill(words.chat.reacted, { emoji }));
    return made;
  }

  more(message) {
    const open = (event) => this.acts.menu(message, event.currentTarget);
    const made = iconButton("more", "down", words.chat.more, open);
    made.setAttribute("aria-haspopup", "menu");
    return made;
  }

  actions(message) {
    const made = message.buttons.map((action) => this.action(message, action));
    if (message.list) {
      const opener = button("", () => this.acts.list(message), icon("list"), message.list.button);
      opener.setAttribute("aria-haspopup", "dialog");
      made.push(opener);
    }
    return made.length ? element("div", "actions", ...made) : null;
  }

  action(message, action) {
    if (action.kind === "url") return outsideLink(action.url, icon("link"), action.title);
    if (action.kind === "phone") return element("span", "", icon("call"), action.title);
    return button("", () => this.acts.tap(message, action), icon("reply"), action.title);
  }

  // The cards of a carousel stand side by side under their message.
  cards(message) {
    if (!message.cards?.length) return null;
    const made = message.cards.map((card) => {
      const parts = card.media.map((file) => this.file(file, message));
      const bubble = element("div", "bubble", ...parts, element("div", "text", formatted(card.body)));
      return element("div", "balloon card", bubble, this.actions({ ...message, buttons: card.buttons, list: null }));
    });
    return element("div", "cards", ...made);
  }
}
