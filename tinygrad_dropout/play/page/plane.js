// The plane: the network's output everywhere, the boundary between the classes, and the points.

import { channels, color, describe, element, prepare } from "./dom.js";

const mix = (a, b, share) => a.map((one, k) => one + (b[k] - one) * share);

/** A picture of one number per cell, as an image to be drawn at any size. */
function imageOf(values, size, colorOf) {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  values.forEach((value, k) => image.data.set([...colorOf(value), 255], 4 * k));
  context.putImageData(image, 0, 0);
  return canvas;
}

/** From the color of class 0 to that of class 1, muted so that the points stand out. */
function scaleOfClasses() {
  const [zero, ground, one] = [channels("zero"), channels("ground"), channels("one")];
  return Array.from({ length: 256 }, (_, value) =>
    value < 128 ? mix(ground, zero, (128 - value) / 128 * 0.45) : mix(ground, one, (value - 128) / 128 * 0.45));
}
let scale;
document.addEventListener("recolor", () => { scale = undefined; });

export class Plane {
  /** `adds` is called with (x, y) to add a point by hand. */
  constructor(name, adds) {
    this.name = name;
    this.canvas = element("canvas", { class: "plane", role: "img", tabindex: 0, "aria-label": `The plane, ${name} dropout` });
    this.cross = null;
    this.points = { train: [], test: [], flipped: [] };
    this.canvas.addEventListener("click", (event) => {
      if (this.byHand) adds(...this.place(event));
    });
    this.canvas.addEventListener("keydown", (event) => this.key(event, adds));
    this.canvas.addEventListener("blur", () => { this.cross = null; this.draw(); });
  }

  /** Where a click is on the plane. */
  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const along = (at, start, length) => Math.max(-1, Math.min(1, 2 * (at - start) / length - 1)) * this.plane;
    return [along(event.clientX, box.left, box.width), -along(event.clientY, box.top, box.height)];
  }

  key(event, adds) {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!this.byHand || (!move && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    this.cross ??= [0, 0];
    if (move) this.cross = this.cross.map((at, k) => Math.max(-this.plane, Math.min(this.plane, at + 0.15 * move[k])));
    else adds(...this.cross);
    this.draw();
  }

  draw() {
    const { context, width, height } = prepare(this.canvas);
    if (this.values) {
      const size = this.values.shape[0];
      scale ??= scaleOfClasses();
      context.imageSmoothingEnabled = true;
      context.drawImage(imageOf(this.values.data, size, (value) => scale[value]), 0, 0, width, height);
      this.drawBoundary(context, width / size, size);
    }
    const at = ([x, y]) => [(x / this.plane + 1) / 2 * width, (1 - y / this.plane) / 2 * height];
    for (const point of this.points.test) mark(context, ...at(point), point[2], 2.2, false);
    this.points.train.forEach((point, k) => {
      mark(context, ...at(point), point[2], 4.2, true);
      if (this.points.flipped[k]) ring(context, ...at(point));
    });
    if (this.followed) target(context, ...at(this.followed));
    if (this.cross) target(context, ...at(this.cross));
  }

  /** The line where the probability is one half, by linear interpolation in each square of four neighbors. */
  drawBoundary(context, cell, size) {
    const values = this.values.data;
    context.beginPath();
    for (let row = 0; row + 1 < size; row++) {
      for (let column = 0; column + 1 < size; column++) {
        const corners = [[row, column], [row, column + 1], [row + 1, column + 1], [row + 1, column]];
        const ends = [];
        corners.forEach(([i, j], k) => {
          const [m, n] = corners[(k + 1) % 4];
          const [a, b] = [values[i * size + j] - 127.5, values[m * size + n] - 127.5];
          if (a < 0 === b < 0) return;
          const share = a / (a - b);
          ends.push([(j + (n - j) * share + 0.5) * cell, (i + (m - i) * share + 0.5) * cell]);
        });
        for (let k = 0; k + 1 < ends.length; k += 2) {
          context.moveTo(...ends[k]);
          context.lineTo(...ends[k + 1]);
        }
      }
    }
    context.strokeStyle = color("ink");
    context.lineWidth = 1.5;
    context.stroke();
  }

  show(frame) {
    this.values = frame.arrays[`${this.name}.plane`];
    const facts = frame.networks[this.name];
    this.followed = facts?.example?.x;
    this.draw();
    const accuracy = facts?.measured.test?.[0]?.[1];
    describe(this.canvas, `The plane, ${this.name} dropout: the network's class everywhere` +
      (accuracy === undefined ? "" : `; it classifies ${Math.round(100 * accuracy)}% of the test points`) +
      (this.byHand ? ". Arrow keys move the cross, Enter adds a point" : ""));
  }
}

/** A circle for class 0, a triangle for class 1; filled for a training point. */
function mark(context, x, y, label, radius, filled) {
  context.beginPath();
  if (label) {
    context.moveTo(x, y - radius * 1.2);
    context.lineTo(x + radius * 1.1, y + radius * 0.9);
    context.lineTo(x - radius * 1.1, y + radius * 0.9);
    context.closePath();
  } else {
    context.arc(x, y, radius, 0, 7);
  }
  context.fillStyle = context.strokeStyle = color(label ? "one" : "zero");
  context.globalAlpha = filled ? 1 : 0.55;
  context.lineWidth = 1;
  if (filled) {
    context.fill();
    context.strokeStyle = color("ground");
  }
  context.stroke();
  context.globalAlpha = 1;
}

function ring(context, x, y) {
  context.beginPath();
  context.arc(x, y, 7, 0, 7);
  context.strokeStyle = color("ink");
  context.lineWidth = 1.3;
  context.stroke();
}

function target(context, x, y) {
  context.beginPath();
  for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    context.moveTo(x + 6 * dx, y + 6 * dy);
    context.lineTo(x + 13 * dx, y + 13 * dy);
  }
  context.strokeStyle = color("ink");
  context.lineWidth = 2;
  context.stroke();
}
