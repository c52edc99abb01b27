// Where the person writes: text, a quoted message, drafts, and the way to files and the microphone.

import { by, button } from "./dom.js";
import { summary } from "./format.js";
import { page, words } from "./words.js";

export class Composer {
  // `acts`: send(what), attach(anchor), record(), files(list).
  constructor(acts) {
    Object.assign(this, { acts, text: by("text"), reply: null, phone: null });
    by("composer").addEventListener("submit", (event) => this.submit(event));
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("paste", (event) => this.dropped(event, event.clipboardData));
    by("phone").addEventListener("dragover", (event) => event.preventDefault());
    by("phone").addEventListener("drop", (event) => this.dropped(event, event.dataTransfer));
    by("quoting-off").addEventListener("click", () => this.unquote());
    by("attach").addEventListener("click", () => acts.attach(by("attach")));
    by("microphone").addEventListener("click", () => acts.record());
    const chips = page.suggestions.map((said) => button("", () => this.say(said), said));
    by("chips").replaceChildren(...chips);
  }

  // Another phone: its own draft, no quoted message.
  open(phone) {
    this.phone = phone;
    this.text.value = sessionStorage.getItem(`draft ${phone}`) ?? "";
    this.unquote();
    this.changed();
  }

  // A text that somebody else has prepared, to be sent or not.
  prefill(text) {
    this.text.value = text;
    this.changed();
    this.text.focus();
  }

  changed() {
    const empty = !this.text.value.trim();
    by("send").hidden = empty;
    by("microphone").hidden = !empty;
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight + 2}px`;
    if (this.phone) sessionStorage.setItem(`draft ${this.phone}`, this.text.value);
  }

  key(event) {
    if (event.key === "Escape" && this.reply) this.unquote();
    // While an input method composes a letter (as for Vietnamese), Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    by("composer").requestSubmit();
  }

  dropped(event, data) {
    const files = [...(data?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.acts.files(files);
  }

  submit(event) {
    event.preventDefault();
    const said = this.text.value.trim();
    if (!said) return;
    this.text.value = "";
    this.changed();
    this.say(said);
  }

  async say(said) {
    const what = this.withReply({ text: said });
    const taken = await this.acts.send(what);
    if (!taken && !this.text.value) {
      this.text.value = said;
      this.changed();
    }
  }

  // What is sent next answers the quoted message, once.
  withReply(what) {
    const whole = this.reply ? { ...what, reply_to: this.reply } : what;
    this.unquote();
    return whole;
  }

  quote(message) {
    this.reply = message.sid;
    by("quoting-who").textContent = message.direction === "inbound" ? words.chat.you : page.businessName;
    by("quoting-text").textContent = summary(message);
    by("quoting").hidden = false;
    this.text.focus();
  }

  unquote() {
    this.reply = null;
    by("quoting").hidden = true;
  }
}
