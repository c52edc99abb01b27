// The platform's limits, each with a switch and its numbers, and what is a matter of taste.

import { api } from "./api.js";
import { by, element } from "./dom.js";
import { words } from "./words.js";

const CHOICES = { answer: ["refuse", "callback"], approval: ["now", "delay", "hand"] };

export class Limits {
  constructor({ complain }) {
    this.complain = complain;
    by("limits-reset").addEventListener("click", () => this.load(true).catch(complain));
  }

  async load(back = false) {
    if (back) await Promise.all([api.resetLimits(), api.resetBehaviour()]);
    const [limits, behaviour] = await Promise.all([api.limits(), api.behaviour()]);
    if (by("limits").contains(document.activeElement) && !back) return;
    by("limits-list").replaceChildren(...Object.entries(limits).map(([name, limit]) => this.limit(name, limit)));
    const change = (field, value) => this.do(api.setBehaviour({ [field]: value }));
    const fields = Object.entries(behaviour).map(([field, value]) => this.field(field, value, change));
    by("behaviour-list").replaceChildren(...fields);
  }

  do(asked) {
    asked.catch((error) => {
      this.complain(error);
      document.activeElement.blur();
      this.load();
    });
  }

  limit(name, { on, ...numbers }) {
    const change = (field, value) => this.do(api.setLimits({ [name]: { [field]: value } }));
    const head = this.check(words.limits[name] ?? name, on, (value) => change("on", value));
    const fields = Object.entries(numbers).map(([field, value]) => this.field(field, value, change));
    return element("li", "limit", head, ...fields);
  }

  field(name, value, change) {
    const label = words.fields[name] ?? name;
    if (typeof value === "boolean") return this.check(label, value, (now) => change(name, now));
    if (CHOICES[name]) return this.select(name, label, value, (now) => change(name, now));
    return this.number(label, value, (now) => change(name, now));
  }

  check(label, on, change) {
    const box = element("input", "switch");
    Object.assign(box, { type: "checkbox", checked: on });
    box.addEventListener("change", () => change(box.checked));
    return element("label", "switch-row", element("span", "", label), box);
  }

  select(name, label, value, change) {
    const made = element("select", "");
    made.append(...CHOICES[name].map((choice) => new Option(words.choices[choice], choice, false, choice === value)));
    made.addEventListener("change", () => change(made.value));
    return element("label", "field-row", element("span", "", label), made);
  }

  number(label, value, change) {
    const made = element("input", "");
    Object.assign(made, { type: "number", step: "any", value: value ?? "" });
    made.addEventListener("change", () => change(made.value === "" ? null : Number(made.value)));
    return element("label", "field-row", element("span", "", label), made);
  }
}
