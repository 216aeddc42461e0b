// One network's part of the page: its plane, its numbers, its units, and the link to its replay.

import { byId, element, number, percent } from "./dom.js";
import { send, whyAddress } from "./connection.js";
import { Network } from "./network.js";
import { Plane } from "./plane.js";

export class Panel {
  constructor(name, adds) {
    this.name = name;
    this.plane = new Plane(name, adds);
    this.network = new Network(name);
    this.title = element("h2", { id: `${name}-name` });
    this.diverged = element("p", { class: "diverged", hidden: true });
    this.cells = {};
    const cell = (part, mode, what) => (this.cells[`${part}.${mode}.${what}`] = element("td", {}, "–"));
    const row = (part, mode, title) => element("tr", {}, element("th", { scope: "row" }, title),
      cell(part, mode, "loss"), cell(part, mode, "accuracy"));
    const table = element("table", {},
      element("caption", { class: "hidden" }, `Loss and accuracy, ${name} dropout`),
      element("thead", {}, element("tr", {}, element("td"), element("th", { scope: "col" }, "loss"), element("th", { scope: "col" }, "accuracy"))),
      element("tbody", {}, element("tr", {}, element("th", { scope: "rowgroup", colspan: 3, class: "mode" }, "nothing dropped")),
        row("train", 0, "train"), row("test", 0, "test")),
      element("tbody", {}, element("tr", {}, element("th", { scope: "rowgroup", colspan: 3, class: "mode" }, name === "with" ? "units dropped, one draw" : "no units to drop")),
        row("train", 1, "train"), row("test", 1, "test"), row("batch", 0, "last batch")));
    this.why = element("a", { class: "button", target: "_blank", rel: "noopener", href: whyAddress(name), hidden: true },
      "Why? Replay it", element("span", { class: "hidden" }, `: the last step of the network ${name} dropout, in a new tab`));
    this.why.addEventListener("click", () => send({ do: "pause" })); // so that the replay shows the visible step
    this.norms = element("p", { class: "note" });
    byId(name).append(this.title, this.diverged,
      element("div", { class: "top" }, this.plane.canvas, element("div", { class: "numbers" }, table, this.norms, this.why)),
      this.network.canvas, this.network.about);
  }

  begin(message) {
    Object.assign(this.plane, { points: message.points, plane: message.plane, values: undefined, followed: undefined });
    this.state(message);
    this.plane.draw();
  }

  state({ settings }) {
    this.plane.byHand = settings.data === "drawn";
    const inputs = settings.input_p ? `, inputs ${settings.input_p}` : "";
    this.title.textContent = this.name === "with" ? `With dropout, p = ${settings.p}${inputs}` : "Without dropout";
  }

  show(frame, direction) {
    this.plane.show(frame);
    this.network.show(frame, direction);
    const facts = frame.networks[this.name];
    this.why.hidden = !facts?.example;
    const at = frame.diverged[this.name];
    this.diverged.hidden = at === undefined;
    if (at !== undefined) this.diverged.textContent = `Its loss has not been finite since step ${at.toLocaleString("en")}: lower the learning rate, then reset.`;
    this.cells["batch.0.loss"].textContent = facts?.batch_loss === undefined || facts.batch_loss === null ? "–" : number(facts.batch_loss);
    this.cells["batch.0.accuracy"].textContent = "";
    for (const part of ["train", "test"]) {
      for (const mode of [0, 1]) {
        const [loss, accuracy] = facts?.measured[part][mode] ?? [undefined, undefined];
        this.cells[`${part}.${mode}.loss`].textContent = loss === undefined ? "–" : number(loss);
        this.cells[`${part}.${mode}.accuracy`].textContent = percent(accuracy);
      }
    }
    this.norms.textContent = facts ? `Norm of each layer's weights: ${facts.norms.map(number).join(", ")}` : "";
  }
}
