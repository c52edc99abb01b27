// The fault panel: one click each, in plain words, with what is still to come beside it.

import { api } from "./api.js";
import { button, by, element } from "./dom.js";
import { fill, words } from "./words.js";

const PLANS = {
  timeout_after_accepting: () => ({ hold_seconds: 30 }),
  fail_next: () => ({ count: 20, http_status: 429, code: 20429, retry_after: 2 }),
  server_error: () => ({ plan: "fail_next", count: 1, http_status: 503, code: 20503 }),
  reset_before_accepting: () => ({}),
  reset_after_accepting: () => ({}),
  garble_answers: () => ({ kind: "html" }),
  slow_answers: () => ({ seconds: 5 }),
  lose_webhooks: () => ({ on: ["messages"] }),
  duplicate_webhooks: () => ({ copies: 3 }),
  delay_webhooks: () => ({ seconds: 5 }),
  reorder_webhooks: () => ({ size: 3, count: 3 }),
  swap_statuses: () => ({}),
  storm_callbacks: () => ({ times: 5 }),
  fail_by_callback: () => ({ code: Number(by("callback-code").value) }),
};

const SOON = 200;

export class Faults {
  constructor({ complain }) {
    this.complain = complain;
    this.states = new Map();
    by("fault-groups").querySelectorAll("[data-faults]").forEach((list) => {
      list.replaceChildren(...list.dataset.faults.split(" ").map((name) => this.row(name)));
    });
    by("faults-clear").addEventListener("click", () => this.do(api.clearFaults()));
    by("chaos").addEventListener("click", () => this.do(api.plan(this.chaos())));
  }

  row(name) {
    const state = element("span", "fault-state");
    const title = element("strong", "", words.faults[name]);
    const about = element("span", "fault-text", title, element("small", "", words.faultsMore[name]));
    const made = button("fault", () => this.set(name), about, state);
    this.states.set(name, { made, state });
    return element("li", "", made);
  }

  set(name) {
    const { plan, ...fault } = PLANS[name]();
    this.do(api.plan({ [plan ?? name]: fault }));
  }

  // A little of everything, until it is cleared; the seed makes a run repeatable.
  chaos() {
    const share = (probability) => ({ count: null, probability });
    return {
      seed: Number(by("chaos-seed").value) || 1,
      timeout_after_accepting: { ...share(0.05), hold_seconds: 20 },
      fail_next: { ...share(0.05), http_status: 429, code: 20429, retry_after: 1 },
      duplicate_webhooks: { ...share(0.1), copies: 2 },
      lose_webhooks: { ...share(0.03), on: ["messages"] },
      swap_statuses: share(0.1),
    };
  }

  do(asked) {
    asked.then((answer) => this.show(answer)).catch(this.complain);
  }

  // A request went by: what was planned may have happened.
  touch() {
    if (!this.planned || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = 0;
      this.load().catch(this.complain);
    }, SOON);
  }

  load() {
    return api.faults().then((answer) => this.show(answer));
  }

  show({ planned }) {
    for (const [name, { made, state }] of this.states) {
      const found = planned[PLANS[name]().plan ?? name];
      const left = found && found.left !== 0 && this.same(name, found) ? this.left(found) : "";
      state.textContent = left;
      made.setAttribute("aria-pressed", String(Boolean(left)));
    }
    const names = Object.keys(planned).filter((name) => planned[name].left !== 0);
    this.planned = names.length > 0;
    const summary = names.length ? fill(words.panel.planned, { count: names.length }) : words.panel.calm;
    by("faults-state").textContent = summary;
    by("fault-badge").textContent = names.length || "";
  }

  // Two buttons plan the same kind of refusal; the status tells them apart.
  same(name, found) {
    const own = PLANS[name]().http_status;
    return own === undefined || own === found.http_status;
  }

  left({ left, probability, happened }) {
    if (left === null) return fill(words.panel.share, { percent: Math.round(probability * 100), happened });
    return fill(words.panel.left, { count: left });
  }
}
