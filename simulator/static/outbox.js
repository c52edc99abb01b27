// What the person sent while the simulator was away; it goes out in order when it is back.

import { api, Offline } from "./api.js";

const AFTER_ALL = 1_000_000_000;

export class Outbox {
  // `acts`: show(message), remove(sid), complain(error).
  constructor(acts) {
    Object.assign(this, { acts, waiting: [], count: 0 });
  }

  // True when it was taken, by the server or by this queue.
  async send(phone, what) {
    if (this.waiting.length) return this.keep(phone, what);
    try {
      await api.send(phone, what);
      return true;
    } catch (error) {
      if (error instanceof Offline) return this.keep(phone, what);
      this.acts.complain(error);
      return false;
    }
  }

  keep(phone, what) {
    this.count += 1;
    const entry = { phone, what, message: this.draft(what) };
    this.waiting.push(entry);
    this.acts.show(entry.message);
    return true;
  }

  draft(what) {
    return {
      sid: `waiting-${this.count}`,
      seq: AFTER_ALL + this.count,
      direction: "inbound",
      status: "waiting",
      body: what.text ?? what.button_text ?? "",
      location: what.location ?? null,
      reply_to: what.reply_to ?? null,
      buttons: [],
      list: null,
      media: [],
      history: [],
      created_at: new Date().toISOString(),
    };
  }

  messagesOf(phone) {
    return this.waiting.filter((entry) => entry.phone === phone).map(({ message }) => message);
  }

  async flush() {
    while (this.waiting.length) {
      const [{ phone, what, message }] = this.waiting;
      try {
        await api.send(phone, what);
      } catch (error) {
        if (error instanceof Offline) return;
        this.acts.complain(error);
      }
      this.waiting.shift();
      this.acts.remove(message.sid);
    }
  }
}
