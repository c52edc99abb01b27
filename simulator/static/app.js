// Ties the page together: one phone, its events, and what the person does.

import { Api } from "./api.js";
import { Chat } from "./chat.js";
import { element, plainLine } from "./format.js";
import { Panel } from "./panel.js";

const by = (id) => document.getElementById(id);
const page = JSON.parse(document.body.dataset.page);
const api = new Api(page.phone);
const text = by("text");
let replyTo = null;
let readTimer = 0;

const chat = new Chat({
  thread: by("thread"),
  scroller: by("scroller"),
  toEnd: by("to-end"),
  onTap: (message, button) => send({ button_payload: button.id, button_text: button.title, reply_to: message.sid }),
  onList: openList,
  onReply: quote,
});
const panel = new Panel({
  window: by("window"),
  meter: by("window-meter"),
  optedOut: by("opted-out"),
  sent: by("sent"),
  calls: by("calls"),
  faultLine: by("faults"),
});

function complain(error) {
  const line = by("refused");
  line.textContent = error.message;
  line.hidden = false;
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => (line.hidden = true), 6000);
}

async function send(what) {
  try {
    await api.send(what);
    by("refused").hidden = true;
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

function quote(message) {
  replyTo = message.sid;
  by("quoting-text").textContent = plainLine(message.body) || "Message";
  by("quoting").hidden = false;
  text.focus();
}

function unquote() {
  replyTo = null;
  by("quoting").hidden = true;
}

async function sendText(words) {
  const what = replyTo ? { text: words, reply_to: replyTo } : { text: words };
  unquote();
  if (!(await send(what)) && !text.value) text.value = words;
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function openList(message) {
  by("list-title").textContent = message.list.button;
  const sheet = by("list-sheet");
  const rows = message.list.rows.map((row) => {
    const words = [element("strong", "", row.title)];
    if (row.description) words.push(element("small", "", row.description));
    const button = element("button", "", ...words);
    button.addEventListener("click", () => {
      sheet.close();
      send({ list_id: row.id, reply_to: message.sid });
    });
    return element("li", "", button);
  });
  by("list-rows").replaceChildren(...rows);
  sheet.showModal();
}

// The person reads when the chat is really in front of them.
function readSoon() {
  if (document.visibilityState !== "visible") return;
  clearTimeout(readTimer);
  readTimer = setTimeout(() => api.read().catch(complain), 250);
}

function showPhone(phone) {
  panel.phone(phone);
  const near = chat.nearEnd();
  by("typing").hidden = !phone.typing;
  by("presence").textContent = phone.typing ? "typing…" : "online";
  if (near) chat.scrollToEnd();
}

async function reload() {
  const [thread, log, faults] = await Promise.all([api.thread(), api.calls(), api.faults()]);
  chat.reset(thread.messages);
  panel.reset(thread.messages, log.calls);
  panel.faults(faults);
  showPhone(thread);
  readSoon();
}

function listen() {
  const events = api.events();
  const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  events.addEventListener("open", () => {
    by("offline").hidden = true;
    reload().then(listPhones).catch(complain);
  });
  events.addEventListener("error", () => (by("offline").hidden = false));
  on("message", (message) => {
    chat.show(message);
    panel.message(message);
    if (["queued", "sent"].includes(message.status)) showFaults();
    if (message.direction === "outbound" && message.status === "delivered") readSoon();
  });
  on("phone", showPhone);
  on("webhook", (call) => panel.call(call));
}

function showFaults() {
  api.faults().then((faults) => panel.faults(faults)).catch(complain);
}

function setFaults(faults) {
  api.setFaults(faults).then((now) => panel.faults(now)).catch(complain);
}

async function listPhones() {
  const { phones } = await api.phones();
  const known = phones.map((phone) => phone.phone);
  if (!known.includes(page.phone)) known.unshift(page.phone);
  by("phone-list").replaceChildren(
    ...known.map((number) => {
      const link = element("a", "", number, element("small", "", number === page.phone ? "open" : ""));
      link.href = `/?phone=${encodeURIComponent(number)}`;
      if (number === page.phone) link.setAttribute("aria-current", "page");
      return element("li", "", link);
    }),
  );
}

function wireComposer() {
  by("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    text.value = "";
    grow();
    sendText(words);
  });
  text.addEventListener("input", grow);
  text.addEventListener("keydown", (event) => {
    // While an input method composes a letter (as for Vietnamese), Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    by("composer").requestSubmit();
  });
  by("quoting-off").addEventListener("click", unquote);
  by("chips").replaceChildren(
    ...page.suggestions.map((words) => {
      const chip = element("button", "", words);
      chip.addEventListener("click", () => sendText(words));
      return chip;
    }),
  );
}

function wirePlace() {
  const form = by("place-form");
  const fields = form.elements;
  by("place-open").addEventListener("click", () => by("place-sheet").showModal());
  by("place-here").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fields.latitude.value = coords.latitude.toFixed(6);
        fields.longitude.value = coords.longitude.toFixed(6);
      },
      () => (by("place-hint").textContent = "This device does not tell where it is."),
    );
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [latitude, longitude] = [Number(fields.latitude.value), Number(fields.longitude.value)];
    by("place-sheet").close();
    send({ location: { latitude, longitude, label: fields.label.value, address: fields.address.value } });
  });
}

function wireDrawers() {
  const toggle = (id, open) => by(id).classList.toggle("open", open);
  for (const button of document.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => {
      toggle(button.dataset.open, true);
      by(button.dataset.open).querySelector(".close").focus();
    });
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => toggle(button.dataset.close, false));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") ["phones", "panel"].forEach((id) => toggle(id, false));
  });
  for (const button of document.querySelectorAll("[data-dismiss]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const sheet of document.querySelectorAll("dialog")) {
    // The dialog itself is only ever hit around its contents: on the backdrop.
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  }
  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => api.advance(Number(button.dataset.advance)).catch(complain));
  }
}

function wireFaults() {
  for (const button of document.querySelectorAll("[data-fault]")) {
    button.addEventListener("click", () => setFaults(JSON.parse(button.dataset.fault)));
  }
}

function wireNewPhone() {
  by("new-phone").addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = by("new-phone-number").value.replace(/[\s()-]/gu, "");
    const phone = /^\d/u.test(typed) ? `+${typed}` : typed;
    if (/^(\+[1-9]\d{6,14}|[A-Z]{2}\.[0-9A-Za-z]{4,128})$/u.test(phone)) {
      location.href = `/?phone=${encodeURIComponent(phone)}`;
    } else {
      by("new-phone-hint").textContent = "A number with its country code, such as +84 90 000 0002.";
    }
  });
}

document.addEventListener("visibilitychange", readSoon);
wireComposer();
wirePlace();
wireDrawers();
wireFaults();
wireNewPhone();
listen();
