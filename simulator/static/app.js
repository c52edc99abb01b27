// Ties the page together: the phones, the open chat, the developer's panel, and the events.

import { api } from "./api.js";
import { Attachments } from "./attach.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { by } from "./dom.js";
import { Faults } from "./faults.js";
import { summary } from "./format.js";
import { Limits } from "./limits.js";
import { Log } from "./log.js";
import { openMenu, wireMenu } from "./menu.js";
import { Outbox } from "./outbox.js";
import { nameOf, People } from "./people.js";
import { Recorder } from "./recorder.js";
import { confirmed, openInfo, openList, openPicture, wireSheets } from "./sheets.js";
import { Standing } from "./standing.js";
import { Stream } from "./stream.js";
import { wireGestures } from "./swipe.js";
import { wireTabs } from "./tabs.js";
import { Templates } from "./templates.js";
import { setClock } from "./time.js";
import { fill, page, words } from "./words.js";

const EMOJIS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const READ_AFTER = 250;
const COMPLAINT = 7000;

class App {
  constructor() {
    const complain = (error) => this.complain(error);
    this.phone = page.phone;
    this.people = new People({ open: (phone) => this.open(phone) });
    this.standing = new Standing({ complain });
    this.panels = {
      faults: new Faults({ complain }),
      limits: new Limits({ complain }),
      templates: new Templates({ complain }),
    };
    this.log = new Log({ complain });
    this.chat = new Chat(this.acts());
    this.outbox = new Outbox({
      show: (message) => this.chat.show(message),
      remove: (sid) => this.chat.remove(sid),
      complain,
    });
    this.attachments = new Attachments({
      send: (what) => this.send(what),
      sendLater: (make) => this.sendLater(make),
    });
    this.recorder = new Recorder({ done: (file) => this.attachments.sendVoice(file), failed: complain });
    this.composer = new Composer({
      send: (what) => this.send(what),
      attach: (anchor) => this.attachments.menu(anchor),
      record: () => this.recorder.start(),
      files: (files) => this.attachments.preview(files),
    });
    this.stream = new Stream(this.handlers());
  }

  // What the person can do with a message.
  acts() {
    return {
      tap: (message, action) =>
        this.send({ button_payload: action.id ?? undefined, button_text: action.title, reply_to: message.sid }),
      list: (message) => openList(message, (row) => this.send({ list_id: row, reply_to: message.sid })),
      picture: openPicture,
      info: openInfo,
      react: (message, emoji) => this.send({ reaction: emoji, reply_to: message.sid }),
      menu: (message, anchor) => this.menuOf(message, anchor),
    };
  }

  menuOf(message, anchor) {
    const entries = [
      { name: "reply", label: words.menu.reply, act: () => this.composer.quote(message) },
      { name: "copy", label: words.menu.copy, act: () => this.copy(message) },
      { name: "info", label: words.menu.info, act: () => openInfo(message) },
    ];
    const react = (emoji) => {
      const again = message.reactions?.person === emoji;
      return this.send({ reaction: again ? "" : emoji, reply_to: message.sid });
    };
    openMenu(anchor, words.menu.message, entries, { emojis: EMOJIS, act: react });
  }

  copy(message) {
    navigator.clipboard.writeText(message.body || summary(message)).catch((error) => this.complain(error));
  }

  complain(error) {
    const line = by("refused");
    line.textContent = error.message;
    line.hidden = false;
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => (line.hidden = true), COMPLAINT);
  }

  send(what) {
    by("refused").hidden = true;
    const whole = what.reply_to || what.reaction !== undefined ? what : this.composer.withReply(what);
    return this.outbox.send(this.phone, whole);
  }

  async sendLater(make) {
    try {
      return await this.send(await make());
    } catch (error) {
      this.complain(error);
      return false;
    }
  }

  // Another phone is taken into the hand.
  async open(phone) {
    this.phone = phone;
    document.body.dataset.view = "chat";
    history.replaceState(null, "", `?phone=${encodeURIComponent(phone)}`);
    this.people.select(phone);
    this.log.select(phone);
    this.composer.open(phone);
    this.chat.clear();
    await this.load().catch((error) => this.complain(error));
  }

  async load() {
    const { phone } = this;
    const thread = await api.thread(phone);
    if (phone !== this.phone) return;
    if (thread.phone !== phone) this.rename(thread.phone);
    this.chat.sync([...thread.messages, ...this.outbox.messagesOf(phone)]);
    this.show(thread);
    this.readSoon();
  }

  // The phone has another key than was asked for: a number that somebody was given later.
  rename(phone) {
    this.phone = phone;
    this.people.select(phone);
    this.log.select(phone);
  }

  show(phone) {
    this.standing.show(phone);
    by("mine").textContent = fill(words.bar.phoneOf, { name: nameOf(phone) });
    by("typing").hidden = !phone.typing;
    if (phone.typing && this.chat.following) this.chat.scrollToEnd();
  }

  async loadAll() {
    await this.outbox.flush();
    await this.load();
    await this.people.load();
    this.stream.follow([...this.people.phones.keys()].reverse());
    const parts = [...Object.values(this.panels), this.log];
    await Promise.all(parts.map((part) => part.load()));
  }

  // The person reads when the chat is really in front of them.
  readSoon() {
    if (document.visibilityState !== "visible" || document.body.dataset.view === "people") return;
    clearTimeout(this.reading);
    const { phone } = this;
    this.reading = setTimeout(() => api.read(phone).catch(() => {}), READ_AFTER);
  }

  handlers() {
    const reload = () => this.loadAll().catch((error) => this.complain(error));
    return {
      open: () => {
        by("offline").hidden = true;
        reload();
      },
      lost: () => (by("offline").hidden = false),
      clock: ({ now }) => {
        setClock(now);
        this.standing.tick();
      },
      message: (message) => this.message(message),
      phone: (phone) => {
        this.people.update(phone);
        this.stream.follow([...this.people.phones.keys()].reverse());
        if (phone.phone === this.phone) this.show(phone);
      },
      http: (line) => {
        this.log.add(line);
        this.panels.faults.touch();
      },
      switches: ({ what }) => (this.panels[what] ?? this.panels.limits).load().catch((error) => this.complain(error)),
      gone: ({ phone }) => this.gone(phone),
      reset: reload,
    };
  }

  message(message) {
    this.people.message(message);
    if (message.phone !== this.phone) return;
    this.chat.show(message);
    if (message.direction === "outbound" && message.status === "delivered") this.readSoon();
  }

  gone(phone) {
    this.people.gone(phone);
    if (phone === this.phone) this.open([...this.people.phones.keys()].at(-1) ?? page.phone);
  }

  menu() {
    const { blocked, opted_out: out } = this.standing.phone;
    const block = () => this.standing.change({ blocked: !blocked });
    const consent = () => this.send({ text: out ? "START" : "STOP" });
    openMenu(by("more"), words.menu.chat, [
      { name: "file", label: words.menu.exportText, act: () => this.export("text") },
      { name: "code", label: words.menu.exportJson, act: () => this.export("json") },
      { name: "link", label: words.menu.exportHtml, act: () => this.export("html") },
      { name: "block", label: blocked ? words.menu.unblock : words.menu.block, act: block },
      { name: "alert", label: out ? words.menu.start : words.menu.stop, act: consent },
      { name: "bin", label: words.menu.remove, act: () => this.remove() },
    ]);
  }

  export(format) {
    const link = document.createElement("a");
    link.href = api.transcript(this.phone, format);
    link.download = "";
    link.click();
  }

  async remove() {
    const sure = await confirmed(words.menu.remove, words.menu.removeMore, words.menu.removeYes);
    if (sure) await api.removePhone(this.phone).catch((error) => this.complain(error));
  }

  wire() {
    wireMenu();
    wireSheets();
    wireTabs(by("tabs"));
    const found = (act) => (sid, ...more) => act(this.chat.messages.get(sid), ...more);
    wireGestures(by("thread"), {
      reply: found((message) => this.composer.quote(message)),
      menu: found((message, anchor) => this.menuOf(message, anchor)),
      step: (item, far) => this.chat.step(item, far),
    });
    by("more").addEventListener("click", () => this.menu());
    document.querySelectorAll("[data-go]").forEach((one) =>
      one.addEventListener("click", () => this.go(one.dataset.go)),
    );
    document.querySelectorAll("[data-export]").forEach((one) =>
      one.addEventListener("click", () => this.export(one.dataset.export)),
    );
    document.addEventListener("visibilitychange", () => this.readSoon());
    document.addEventListener("keydown", (event) => {
      const nearer = document.querySelector("dialog[open], :popover-open"); // Escape is for that one
      if (event.key === "Escape" && !nearer && document.body.dataset.view !== "chat") this.go("chat");
    });
  }

  // On a small screen one of the three is in front, and the keyboard goes with it.
  go(view) {
    document.body.dataset.view = view;
    this.readSoon();
    const first = { people: "#phone-list [aria-current]", panel: "#tabs [aria-selected=true]", chat: ".bar .back" };
    document.querySelector(first[view])?.focus({ preventScroll: true });
  }

  start() {
    this.wire();
    this.people.select(this.phone);
    this.log.select(this.phone);
    this.composer.open(this.phone);
    if (page.draft) {
      history.replaceState(null, "", `/?phone=${encodeURIComponent(this.phone)}`); // once is enough
      this.composer.prefill(page.draft);
    }
    this.people.load().catch(() => {}).then(() => this.stream.follow([this.phone, ...this.people.phones.keys()]));
  }
}

new App().start();
