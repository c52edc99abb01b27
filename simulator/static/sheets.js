// The dialogs that slide over the chat: a list to choose from, a picture, what became of a message.

import { by, button, element, safeLink } from "./dom.js";
import { exactClock } from "./format.js";
import { fill, words } from "./words.js";

export function openList(message, choose) {
  const sheet = by("list-sheet");
  const name = `rows-of-${message.sid}`;
  const rows = message.list.rows.map((row) => {
    const radio = element("input", "");
    Object.assign(radio, { type: "radio", name, value: row.id });
    const about = row.description ? element("small", "", row.description) : null;
    const label = element("label", "row-choice", element("span", "", element("strong", "", row.title), about), radio);
    return element("li", "", label);
  });
  by("list-title").textContent = message.list.button;
  by("list-rows").replaceChildren(...rows);
  by("list-send").disabled = true;
  by("list-form").onchange = () => (by("list-send").disabled = false);
  by("list-form").onsubmit = (event) => {
    event.preventDefault();
    sheet.close();
    choose(new FormData(event.target).get(name));
  };
  sheet.showModal();
}

export function openPicture(file) {
  const image = by("viewer-image");
  image.src = safeLink(file.view ?? file.url);
  image.alt = file.filename || words.media.photo;
  by("viewer").showModal();
}

function fact(name, value, tone = "") {
  return [element("dt", "", name), element("dd", tone, value)];
}

function reasons(message) {
  const facts = [];
  const { delivery, error_code: code, error_message: said } = message;
  if (code) facts.push(...fact(words.info.error, said ? `${code}: ${said}` : String(code), "bad"));
  if (delivery?.reason) facts.push(...fact(words.info.reason, delivery.reason, "bad"));
  if (delivery) {
    const { http_status: status, milliseconds, attempts } = delivery;
    const values = { status: status ?? "–", milliseconds, attempts };
    facts.push(...fact(words.info.webhook, fill(words.info.answered, values)));
  }
  return facts;
}

export function openInfo(message) {
  const steps = message.history.map(({ status, at }) =>
    element("li", "", element("span", "", words.status[status] ?? status), element("time", "", exactClock(at))),
  );
  by("info-steps").replaceChildren(...steps);
  by("info-facts").replaceChildren(
    ...reasons(message),
    ...(message.template ? fact(words.info.template, message.template.name) : []),
    ...fact(words.info.sid, message.sid),
  );
  by("info-sheet").showModal();
}

export function wireSheets() {
  for (const sheet of document.querySelectorAll("dialog")) {
    // The dialog itself is only ever hit around its contents: on the backdrop.
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
    sheet.querySelectorAll("[data-dismiss]").forEach((one) => one.addEventListener("click", () => sheet.close()));
  }
  by("viewer").addEventListener("close", () => by("viewer-image").removeAttribute("src"));
}

// Asks for one thing before it is done; resolves to what was typed, or null.
export function confirmed(title, text, label) {
  const sheet = by("confirm-sheet");
  by("confirm-title").textContent = title;
  by("confirm-text").textContent = text;
  return new Promise((resolve) => {
    const yes = button("main", () => sheet.close("yes"), label);
    by("confirm-actions").replaceChildren(button("", () => sheet.close(""), words.chat.cancel), yes);
    sheet.returnValue = "";
    sheet.onclose = () => resolve(sheet.returnValue === "yes");
    sheet.showModal();
  });
}
