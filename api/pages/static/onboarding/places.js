// Places as they are typed, and the map: each pin stands for a check box.
"use strict";
(() => {
  const WAIT_MS = 150;
  const field = document.getElementById("more");
  const list = document.getElementById("suggestions");
  const boxes = document.getElementById("places");
  const told = document.getElementById("added");
  let active = -1;
  let waiting = 0;
  let running = null;

  const boxOf = (name) => [...boxes.querySelectorAll("input")].find((box) => box.value === name);
  const pinOf = (name) => [...document.querySelectorAll(".pin")].find((pin) => pin.dataset.place === name);

  function close() {
    list.hidden = true;
    list.replaceChildren();
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    if (index >= 0) field.setAttribute("aria-activedescendant", list.children[index].id);
    else field.removeAttribute("aria-activedescendant");
  }

  function choose(name, where) {
    let box = boxOf(name);
    if (!box) {
      const label = document.createElement("label");
      label.className = "pick flat";
      box = Object.assign(document.createElement("input"), { type: "checkbox", name: "place", value: name });
      const words = Object.assign(document.createElement("span"), { textContent: name });
      label.append(box, words);
      if (where) label.append(Object.assign(document.createElement("span"), { className: "small", textContent: where }));
      boxes.prepend(label);
    }
    box.checked = true;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    told.textContent = told.dataset.added.replace("…", name);
    field.value = "";
    close();
  }

  function offer(places) {
    list.replaceChildren(...places.map((place, at) => {
      const item = document.createElement("li");
      Object.assign(item, { id: `suggestion-${at}`, textContent: place.name });
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      if (place.where) item.append(Object.assign(document.createElement("span"), { className: "small", textContent: place.where }));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(place.name, place.where); });
      item.place = place;
      return item;
    }));
    list.hidden = !places.length;
    field.setAttribute("aria-expanded", String(places.length > 0));
    told.textContent = told.dataset.found.replace("…", places.length);
    mark(-1);
  }

  async function suggest() {
    running?.abort();
    running = new AbortController();
    if (field.value.trim().length < 2) return close();
    try {
      const answer = await fetch(`/onboarding/places/suggest?q=${encodeURIComponent(field.value.trim().slice(0, 100))}`, { signal: running.signal });
      if (answer.ok) offer(await answer.json());
    } catch { /* another letter was typed, or there is no network: names can be typed in full */ }
  }

  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions" })) field.setAttribute(name, value);
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(suggest, WAIT_MS); });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const size = list.children.length;
    if (event.key === "ArrowDown" && size) { event.preventDefault(); mark((active + 1) % size); }
    else if (event.key === "ArrowUp" && size) { event.preventDefault(); mark((active - 1 + size) % size); }
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      const { name, where } = list.children[active].place;
      choose(name, where);
    }
  });
  boxes.addEventListener("change", (event) => {
    const pin = pinOf(event.target.value);
    pin?.classList.toggle("chosen", event.target.checked);
    if (event.target.checked) pin?.parentNode.append(pin); // on top of its neighbours
  });
  document.querySelectorAll(".pin").forEach((pin) => pin.addEventListener("click", () => boxOf(pin.dataset.place)?.click()));
})();
