// The charts: loss and norms over the steps, and the histogram of the activations.

import { byId, channels, color, describe, number, percent, prepare } from "./dom.js";

const MOST = 1500; // most moments kept; beyond that, every second one is dropped

const NETWORKS = { without: { color: "plain", dash: [] }, with: { color: "noisy", dash: [] } };

export class Charts {
  constructor() {
    this.clear();
    document.addEventListener("recolor", () => this.draw());
    byId("layer").addEventListener("change", () => this.draw());
  }

  clear() {
    this.history = []; // [step, { name -> { train, test, norm } }]
    this.marks = [];
  }

  show(frame) {
    this.frame = frame;
    const names = Object.keys(frame.networks);
    if (names.length && this.history.at(-1)?.[0] !== frame.step) {
      this.history.push([frame.step, Object.fromEntries(names.map((name) => {
        const { measured, norms } = frame.networks[name];
        return [name, { train: measured.train?.[0]?.[0], test: measured.test?.[0]?.[0], norm: total(norms) }];
      }))]);
      if (this.history.length > MOST) this.history = this.history.filter((_, k) => k % 2 === 0 || k === this.history.length - 1);
    }
    if (frame.changes > (this.changes ?? 0)) this.marks.push(frame.step);
    this.changes = frame.changes;
    this.draw();
  }

  draw() {
    const now = this.history.at(-1)?.[1];
    this.lines(byId("losses"), [["train", [4, 3], "train"], ["test", [], "test"]]);
    this.lines(byId("norms"), [["norm", [], ""]]);
    if (now?.with) {
      describe(byId("losses"), ["train", "test"].map((part) => `${part} loss ${number(now.without[part])} without dropout, ${number(now.with[part])} with it`).join("; "));
      describe(byId("norms"), `Norm of all weights: ${number(now.without.norm)} without dropout, ${number(now.with.norm)} with it`);
    }
    this.histogram();
  }

  /** Lines over the steps, without and with dropout, each labeled at its end. */
  lines(canvas, parts) {
    const { context, width, height } = prepare(canvas);
    const edge = { left: 40, right: 96, top: 8, bottom: 20 };
    const steps = Math.max(1, this.history.at(-1)?.[0] ?? 1);
    const start = this.history[0]?.[0] ?? 0;
    const top = niceAbove(Math.max(...this.history.slice(Math.floor(this.history.length / 10)).flatMap(([, at]) =>
      Object.values(at).flatMap((one) => parts.map(([key]) => one[key] ?? 0))), 0)); // so the first moments can be cut off
    const x = (step) => edge.left + (step - start) / Math.max(1, steps - start) * (width - edge.left - edge.right);
    const y = (value) => height - edge.bottom - value / top * (height - edge.top - edge.bottom);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = color("quiet");
    context.strokeStyle = color("line");
    context.lineWidth = 1;
    for (const share of [0, 0.5, 1]) {
      context.beginPath();
      context.moveTo(edge.left, y(share * top));
      context.lineTo(width - edge.right, y(share * top));
      context.stroke();
      context.textAlign = "right";
      context.textBaseline = "middle";
      context.fillText(number(share * top), edge.left - 5, y(share * top));
    }
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText(`step ${start.toLocaleString("en")}`, edge.left, height - 4);
    context.textAlign = "right";
    context.fillText(steps.toLocaleString("en"), width - edge.right, height - 4);
    for (const step of this.marks) {
      context.setLineDash([1, 2]);
      context.strokeStyle = color("quiet");
      context.beginPath();
      context.moveTo(x(step), edge.top);
      context.lineTo(x(step), height - edge.bottom);
      context.stroke();
    }
    const ends = [];
    context.save();
    context.beginPath();
    context.rect(edge.left, edge.top - 2, width - edge.left - edge.right, height);
    context.clip();
    for (const [name, look] of Object.entries(NETWORKS)) {
      for (const [key, dash, text] of parts) {
        context.setLineDash(dash);
        context.strokeStyle = color(look.color);
        context.lineWidth = 1.8;
        context.beginPath();
        let last;
        for (const [step, at] of this.history) {
          const value = at[name]?.[key];
          if (typeof value !== "number") continue;
          if (last === undefined) context.moveTo(x(step), y(value));
          else context.lineTo(x(step), y(value));
          last = value;
        }
        context.stroke();
        if (last !== undefined) ends.push([y(last), `${text} ${name}`.trim(), look.color]);
      }
    }
    context.restore();
    context.textAlign = "left";
    context.textBaseline = "middle";
    ends.sort((a, b) => a[0] - b[0]);
    ends.forEach((end, k) => { if (k) end[0] = Math.max(end[0], ends[k - 1][0] + 14); });
    const over = Math.max(0, (ends.at(-1)?.[0] ?? 0) - (height - 8));
    for (const [at, text, name] of ends) {
      context.fillStyle = color(name);
      context.fillText(text, width - edge.right + 5, at - over);
    }
  }

  histogram() {
    const networks = this.frame?.networks ?? {};
    const layers = networks.with?.activations.length ?? 0;
    const select = byId("layer");
    if (select.options.length !== layers) {
      select.replaceChildren(...Array.from({ length: layers }, (_, k) => new Option(String(k + 1), String(k))));
      select.value = String(Math.max(0, layers - 1));
    }
    const { context, width, height } = prepare(byId("histogram"));
    byId("zeros").textContent = "";
    if (!layers) return;
    const shown = Object.fromEntries(Object.keys(NETWORKS).map((name) => [name, networks[name].activations[Number(select.value)]]));
    const most = Math.max(1, ...Object.values(shown).flatMap((one) => one.counts));
    const [left, bottom] = [6, height - 20];
    for (const [name, look] of Object.entries(NETWORKS)) {
      const { counts } = shown[name];
      const wide = (width - 2 * left) / counts.length;
      context.strokeStyle = color(look.color);
      context.fillStyle = `rgb(${channels(look.color).join(" ")} / 25%)`;
      context.lineWidth = 1.8;
      context.setLineDash(name === "without" ? [4, 3] : []);
      context.beginPath();
      context.moveTo(left, bottom);
      counts.forEach((count, k) => {
        const y = bottom - count / most * (bottom - 6);
        context.lineTo(left + k * wide, y);
        context.lineTo(left + (k + 1) * wide, y);
      });
      context.lineTo(width - left, bottom);
      if (name === "with") context.fill();
      context.stroke();
    }
    context.setLineDash([]);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = color("quiet");
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText("0", left, height - 5);
    context.textAlign = "right";
    context.fillText(number(networks.with.largest[Number(select.value)]), width - left, height - 5);
    const words = `Exactly 0: ${percent(shown.without.zeros)} without dropout (dashed), ${percent(shown.with.zeros)} with it (filled).`;
    byId("zeros").textContent = words;
    describe(byId("histogram"), `Histogram of the activations that are not 0. ${words}`);
  }
}

const total = (norms) => (norms.includes(null) ? null : Math.hypot(...norms));

/** The next larger of 1, 2 and 5 times a power of ten. */
function niceAbove(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value);
}
