// Every HTTP request both ways; one tap shows its headers and bodies.

import { api } from "./api.js";
import { button, by, element } from "./dom.js";
import { exactClock } from "./format.js";
import { fill, words } from "./words.js";

const MOST = 150;

function tone(status) {
  if (status === null || status >= 500) return "bad";
  return status >= 400 ? "warn" : "good";
}

// What a request is about, in plain words; a kind that is not known is shown as it is.
function named({ kind }) {
  const status = words.status[kind];
  return words.kinds[kind] ?? (status ? fill(words.log.status, { status }) : kind);
}

// Forms are read field by field, JSON with indents; anything else as it is.
function readable(body, type = "") {
  if (!body) return "–";
  if (type.includes("x-www-form-urlencoded")) {
    return [...new URLSearchParams(body)].map(([name, value]) => `${name} = ${value}`).join("\n");
  }
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function typeOf(headers) {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
}

function part(title, { headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
  const fold = element("details", "", element("summary", "", words.log.headers), element("pre", "", lines));
  const text = element("pre", "body", readable(body, typeOf(headers)));
  return element("section", "", element("h3", "", title), text, fold);
}

export class Log {
  constructor({ complain }) {
    this.complain = complain;
    this.phone = null;
    this.lines = [];
    by("log-pane").addEventListener("shown", () => this.draw());
    by("log-all").addEventListener("change", () => this.draw());
    by("log-direction").addEventListener("change", () => this.draw());
  }

  async load() {
    this.lines = (await api.lines()).lines;
    this.draw();
  }

  select(phone) {
    this.phone = phone;
    this.draw();
  }

  add(line) {
    this.lines = [line, ...this.lines.filter((one) => one.id !== line.id)].slice(0, MOST);
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.waiting = null;
    if (by("log-pane").hidden) return;
    const everyone = by("log-all").checked;
    const direction = by("log-direction").value;
    const wanted = ({ phone, direction: way }) =>
      (everyone || phone === null || phone === this.phone) && (!direction || way === direction);
    by("log-list").replaceChildren(...this.lines.filter(wanted).map((line) => this.row(line)));
  }

  row(line) {
    const arrow = element("span", `way ${line.direction}`, line.direction === "in" ? "←" : "→");
    arrow.title = line.direction === "in" ? words.log.fromBot : words.log.toBot;
    const note = line.note ? element("small", "", line.note) : null;
    const what = element("span", "what", named(line), note);
    what.title = `${line.method} ${line.url}`;
    const answer = fill(words.log.took, { status: line.status ?? words.log.none, milliseconds: line.milliseconds });
    const status = element("span", `status ${tone(line.status)}`, answer);
    const time = element("time", "", exactClock(line.at));
    return element("li", "", button("line", () => this.open(line), arrow, time, what, status));
  }

  open({ id }) {
    api.line(id).then((line) => {
      by("http-title").textContent = named(line);
      const answer = fill(words.log.took, { status: line.status ?? words.log.none, milliseconds: line.milliseconds });
      by("http-about").textContent = [`${line.method} ${line.url}`, answer, line.note].filter(Boolean).join(" · ");
      by("http-parts").replaceChildren(part(words.log.request, line.request), part(words.log.response, line.response));
      by("http-sheet").showModal();
    }).catch(this.complain);
  }
}
