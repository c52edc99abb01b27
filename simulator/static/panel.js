// What a developer wants to know: the window, the statuses, the webhook calls.

import { clock, element, plainLine } from "./format.js";

const MAX_LINES = 100;
const TONES = { delivered: "good", read: "read", failed: "bad", undelivered: "bad" };

function line(moment, what, status, tone, why) {
  const time = element("time", "", clock(moment));
  const words = element("span", "what", what);
  words.title = what;
  const made = element("li", "line", time, words, element("span", `status ${tone ?? ""}`, status));
  if (why) made.append(element("span", "why", why));
  return made;
}

function left(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

export class Panel {
  constructor(parts) {
    Object.assign(this, parts);
    this.lines = new Map();
    this.closesIn = null;
    this.told = 0;
    setInterval(() => this.tick(), 1000);
  }

  reset(messages, calls) {
    this.lines.clear();
    this.sent.replaceChildren();
    this.calls.replaceChildren();
    messages.forEach((message) => this.message(message));
    calls.forEach((call) => this.call(call));
  }

  message(message) {
    if (message.direction !== "outbound") return;
    const what = plainLine(message.body) || (message.media.length ? "media" : "no text");
    const why = message.error_code ? `${message.error_code}: ${message.error_message}` : "";
    const made = line(message.created_at, what, message.status, TONES[message.status], why);
    const old = this.lines.get(message.sid);
    if (old) old.replaceWith(made);
    else this.add(this.sent, made);
    this.lines.set(message.sid, made);
  }

  call(call) {
    const status = call.http_status ?? "no answer";
    const tone = call.reason ? "bad" : "good";
    const text = `${status} · ${call.milliseconds} ms`;
    const what = call.kind === "message" ? "message from the phone" : `status: ${call.kind}`;
    this.add(this.calls, line(call.at, what, text, tone, call.reason));
  }

  add(list, made) {
    list.prepend(made);
    while (list.children.length > MAX_LINES) list.lastElementChild.remove();
  }

  phone(phone) {
    this.closesIn = phone.window_closes_at === null ? null : phone.window_seconds;
    this.told = Date.now();
    this.optedOut.hidden = !phone.opted_out;
    this.tick();
  }

  faults(faults) {
    const { failures_left: failures, timeouts_left: timeouts, duplicates_left: doubles } = faults;
    const parts = [];
    if (failures) parts.push(`refuse ${failures} with ${faults.http_status}`);
    if (timeouts) parts.push(`answer ${timeouts} too late`);
    if (doubles) parts.push(`repeat ${doubles} webhook ×${faults.copies}`);
    if (faults.swaps_left) parts.push(`swap the statuses of ${faults.swaps_left}`);
    this.faultLine.textContent = parts.length ? `Planned: ${parts.join(", ")}.` : "Nothing is planned to go wrong.";
  }

  tick() {
    if (this.closesIn === null) return;
    const seconds = Math.max(0, Math.round(this.closesIn - (Date.now() - this.told) / 1000));
    const open = seconds > 0;
    this.window.textContent = open ? `open for ${left(seconds)}` : "closed: only approved templates";
    this.window.classList.toggle("closed", !open);
    this.meter.value = seconds;
  }
}
