// Templates and their approval: what the bot handed in, and the verdicts that can be given.

import { api } from "./api.js";
import { button, by, element } from "./dom.js";
import { formatted } from "./format.js";
import { words } from "./words.js";

const VERDICTS = ["approved", "rejected", "paused"];
const TONES = { approved: "good", rejected: "bad", paused: "warn", disabled: "bad" };

export class Templates {
  constructor({ complain }) {
    this.complain = complain;
  }

  async load() {
    const { templates } = await api.templates();
    by("templates-list").replaceChildren(...templates.map((one) => this.row(one)));
  }

  row(template) {
    const verdict = words.verdicts[template.status] ?? template.status;
    const status = element("span", `status ${TONES[template.status] ?? ""}`, verdict);
    const name = element("strong", "", template.name || template.friendly_name || template.sid);
    const head = element("div", "template-head", name, status);
    const kind = [template.kind, template.language, template.category].filter(Boolean).join(" · ");
    const why = template.rejection_reason ? element("p", "bad", template.rejection_reason) : null;
    const judged = template.status !== "unsubmitted";
    const verdicts = VERDICTS.filter((one) => judged && one !== template.status);
    const buttons = verdicts.map((one) => button("", () => this.judge(template, one), words.judge[one]));
    const body = element("p", "template-body", formatted(template.body ?? ""));
    const about = element("small", "", kind);
    return element("li", "template", head, about, body, why, element("div", "row wrap", ...buttons));
  }

  judge(template, status) {
    api.judge(template.sid, status, status === "rejected" ? words.judge.reason : undefined)
      .then(() => this.load())
      .catch(this.complain);
  }
}
