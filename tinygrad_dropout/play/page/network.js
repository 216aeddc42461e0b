// The network, unit by unit: each unit's picture of the plane, what was dropped, and the strongest connections.

import { channels, color, describe, element, number, percent, prepare } from "./dom.js";

const MAX_ROWS = 16; // of units in a column; more units get further columns

export class Network {
  constructor(name) {
    this.name = name;
    this.chosen = null; // [hidden layer, unit]
    this.canvas = element("canvas", { class: "network", role: "img", tabindex: 0, "aria-label": `The network, ${name} dropout` });
    this.about = element("p", { class: "about" });
    this.canvas.addEventListener("pointermove", (event) => this.choose(this.unitAt(event)));
    this.canvas.addEventListener("pointerdown", (event) => this.choose(this.unitAt(event)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("recolor", () => { this.tones = undefined; this.draw(); });
  }

  show(frame, direction) {
    this.frame = frame;
    this.direction = direction;
    this.draw();
  }

  array(name) {
    return this.frame?.arrays[`${this.name}.${name}`];
  }

  /** The layout: the boxes of each layer's units, from the inputs to the two classes. */
  layOut(width, height) {
    const [layers, units] = this.array("units").shape;
    const columns = Math.ceil(units / MAX_ROWS);
    const rows = Math.ceil(units / columns);
    const ends = Math.min(64, width * 0.13);
    const gap = Math.max(14, (width - 2 * ends) * 0.45 / (layers + 1));
    const room = (width - 2 * ends - (layers + 1) * gap) / layers;
    const size = Math.max(6, Math.min(40, room / columns, height / rows));
    const box = (x, y, side) => ({ x, y, side, middle: [x + side / 2, y + side / 2] });
    const boxes = [[0, 1].map((k) => box(ends - 26, height * (k + 1) / 3 - 11, 22))];
    const spread = (width - 2 * ends - layers * columns * size) / (layers + 1);
    for (let layer = 0; layer < layers; layer++) {
      const left = ends + spread + layer * (columns * size + spread);
      const top = (height - rows * size) / 2;
      boxes.push(Array.from({ length: units }, (_, unit) =>
        box(left + Math.floor(unit / rows) * size, top + (unit % rows) * size, size)));
    }
    boxes.push([0, 1].map((k) => box(width - ends + 4, height * (k + 1) / 3 - 11, 22)));
    return boxes;
  }

  draw() {
    const units = this.array("units");
    const { context, width, height } = prepare(this.canvas);
    if (!units) {
      this.about.textContent = "";
      return;
    }
    this.boxes = this.layOut(width, height);
    const pictures = this.picturesOf(units);
    const followed = this.array("values0") !== undefined;
    if (followed) this.drawConnections(context);
    const side = units.shape[2];
    this.boxes.slice(1, -1).forEach((boxes, layer) => boxes.forEach((box, unit) => {
      const dropped = followed && !this.array(`kept${layer + 1}`).data[unit];
      const [x, y, inner] = [box.x + 1, box.y + 1, box.side - 2];
      context.globalAlpha = dropped ? 0.3 : 1;
      context.drawImage(pictures, 0, (layer * units.shape[1] + unit) * side, side, side, x, y, inner, inner);
      context.globalAlpha = 1;
      context.strokeStyle = color("quiet");
      context.lineWidth = 0.7;
      context.strokeRect(x, y, inner, inner);
      this.drawAlone(context, layer, unit, x, y, inner);
      if (dropped) cross(context, x, y, inner);
      else if (followed && this.array(`values${layer + 1}`).data[unit] === 0) off(context, x, y, inner);
      if (this.chosen?.[0] === layer && this.chosen[1] === unit) {
        context.strokeStyle = color("strong");
        context.lineWidth = 3;
        context.strokeRect(box.x, box.y, box.side, box.side);
      }
    }));
    this.drawEnds(context, followed);
    this.describeUnits();
  }

  /** The pictures of all units, stacked; each goes from the background color to the ink. */
  picturesOf(units) {
    const [layers, count, side] = units.shape;
    const [ground, ink] = [channels("ground"), channels("unit")];
    this.tones ??= Uint32Array.from({ length: 256 }, (_, value) => {
      const [r, g, b] = ground.map((low, k) => low + (ink[k] - low) * value / 255);
      return 255 << 24 | b << 16 | g << 8 | r;
    });
    this.atlas ??= new OffscreenCanvas(1, 1);
    if (this.atlas.width !== side || this.atlas.height !== layers * count * side) {
      this.atlas.width = side;
      this.atlas.height = layers * count * side;
    }
    const context = this.atlas.getContext("2d");
    const image = context.createImageData(side, layers * count * side);
    const pixels = new Uint32Array(image.data.buffer);
    units.data.forEach((value, k) => { pixels[k] = this.tones[value]; });
    context.putImageData(image, 0, 0);
    return this.atlas;
  }

  drawConnections(context) {
    context.strokeStyle = color(this.direction === "forward" ? "ahead" : "back");
    for (let layer = 0; this.array(`${this.direction}${layer}`); layer++) {
      const { data, shape: [, count] } = this.array(`${this.direction}${layer}`);
      const strengths = this.array(`${this.direction}${layer}.strengths`).data;
      for (let k = 0; k < count; k++) {
        const [from, to] = [this.boxes[layer][data[k]], this.boxes[layer + 1][data[count + k]]];
        const strength = Math.abs(strengths[k]) / 127;
        context.setLineDash(strengths[k] < 0 ? [5, 3] : []);
        context.globalAlpha = 0.15 + 0.75 * strength;
        context.lineWidth = 0.3 + 3.2 * strength;
        context.beginPath();
        context.moveTo(...from.middle);
        context.lineTo(...to.middle);
        context.stroke();
      }
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  /** The bar at the foot of a unit: empty if it is no better than guessing, full if it is always right. */
  drawAlone(context, layer, unit, x, y, inner) {
    const share = this.aloneOf(layer, unit);
    if (share === undefined || inner < 10) return;
    const high = Math.max(2, inner * 0.12);
    context.fillStyle = color("ground");
    context.fillRect(x, y + inner - high, inner, high);
    context.fillStyle = color("good");
    context.fillRect(x, y + inner - high, inner * Math.max(0, 2 * share - 1), high);
  }

  aloneOf(layer, unit) {
    const alone = this.array("alone");
    return alone?.data[layer * alone.shape[1] + unit];
  }

  drawEnds(context, followed) {
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.lineWidth = 1;
    const [first, last] = [this.boxes[0], this.boxes.at(-1)];
    const write = (box, text, x, dropped) => {
      context.strokeStyle = color("quiet");
      context.fillStyle = color("raised");
      context.fillRect(box.x, box.y, box.side, box.side);
      context.strokeRect(box.x, box.y, box.side, box.side);
      if (dropped) cross(context, box.x, box.y, box.side);
      context.textAlign = "center";
      context.lineWidth = 4;
      context.strokeStyle = color("raised");
      if (dropped) context.strokeText(text, ...box.middle);
      context.fillStyle = color("ink");
      context.fillText(text, ...box.middle);
      context.lineWidth = 1;
    };
    first.forEach((box, k) => write(box, `x${k + 1}`, box.x, followed && !this.array("kept0").data[k]));
    last.forEach((box, k) => write(box, k ? "▲" : "●"));
  }

  unitAt(event) {
    const frame = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    const hidden = this.boxes?.slice(1, -1) ?? [];
    for (const [layer, boxes] of hidden.entries()) {
      const unit = boxes.findIndex((box) => x >= box.x && x < box.x + box.side && y >= box.y && y < box.y + box.side);
      if (unit >= 0) return [layer, unit];
    }
    return this.chosen;
  }

  choose(unit) {
    if (String(unit) === String(this.chosen)) return;
    this.chosen = unit;
    this.draw();
  }

  /** Arrow keys move between units: up and down within a layer, left and right between layers. */
  key(event) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move || !this.array("units")) return;
    event.preventDefault();
    event.stopPropagation();
    const [layers, units] = this.array("units").shape;
    const clip = (at, most) => Math.max(0, Math.min(most - 1, at));
    const [layer, unit] = this.chosen ?? [0, -move[1]];
    this.choose([clip(layer + move[0], layers), clip(unit + move[1], units)]);
    this.canvas.setAttribute("aria-label", this.about.textContent);
  }

  /** Describe the chosen unit, or all units together. */
  describeUnits() {
    const units = this.array("units");
    const alone = this.array("alone");
    if (this.chosen && (this.chosen[0] >= units.shape[0] || this.chosen[1] >= units.shape[1])) this.chosen = null;
    if (!this.chosen) {
      this.about.textContent = alone
        ? `By itself, a unit classifies ${percent(mean(alone.data))} of the test points on average, and the best one ${percent(Math.max(...alone.data))}.`
        : "";
      describe(this.canvas, `The network, ${this.name} dropout, ${this.direction}. ${this.droppedInWords()} ${this.about.textContent} Arrow keys move between units`);
      return;
    }
    const [layer, unit] = this.chosen;
    const parts = [`Hidden layer ${layer + 1}, unit ${unit + 1}`];
    if (alone) parts.push(`classifies ${percent(this.aloneOf(layer, unit))} of the test points by itself`);
    if (this.array("values0")) {
      parts.push(this.array(`kept${layer + 1}`).data[unit]
        ? `passed on ${number(this.array(`values${layer + 1}`).data[unit])}, and got the gradient ${number(this.array(`grads${layer + 1}`).data[unit])}`
        : `was dropped: it passed on 0, and its gradient is ${number(this.array(`grads${layer + 1}`).data[unit])}`);
    }
    this.about.textContent = `${parts.join(", ")}.`;
  }

  droppedInWords() {
    if (!this.array("values0")) return "";
    const kept = [];
    for (let layer = 0; this.array(`kept${layer}`); layer++) kept.push(...this.array(`kept${layer}`).data);
    return `${kept.filter((one) => !one).length} units are dropped for this example.`;
  }
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A dropped unit. */
function cross(context, x, y, side) {
  context.strokeStyle = color("bad");
  context.lineWidth = Math.max(1.5, side / 10);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + side, y + side);
  context.moveTo(x + side, y);
  context.lineTo(x, y + side);
  context.stroke();
}

/** A unit whose ReLU gave 0: one bar through it. */
function off(context, x, y, side) {
  context.strokeStyle = color("quiet");
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y + side / 2);
  context.lineTo(x + side, y + side / 2);
  context.stroke();
}
