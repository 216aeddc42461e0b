// The settings: a form made from a table. Changes go to the server immediately; the form shows its reply.

import { byId, element } from "./dom.js";
import { send } from "./connection.js";

const DATA = { moons: "two moons", circles: "circles", spirals: "spirals", digits: "digits 3 and 8", drawn: "drawn by hand" };

/** group -> [setting, label, control, hint] */
const GROUPS = {
  "Data (a change starts over)": [
    ["data", "Points", { choices: DATA }],
    ["points", "Training points", { from: 10, to: 500, by: 10 }],
    ["noise", "Noise", { from: 0, to: 1, by: 0.05 }],
    ["label_noise", "Flipped labels", { from: 0, to: 0.5, by: 0.05 }],
    ["seed", "Seed", { whole: true }],
  ],
  "Network (a change starts over)": [
    ["width", "Units per layer", { from: 1, to: 64, by: 1 }],
    ["depth", "Hidden layers", { from: 1, to: 4, by: 1 }],
  ],
  "Dropout (effective immediately)": [
    ["p", "p of hidden units", { from: 0, to: 1, by: 0.05 }],
    ["input_p", "p of the inputs", { from: 0, to: 1, by: 0.05 }],
    ["scaling", "Scaling", { choices: { train: "inverted", test: "original" } }],
  ],
  "Training (effective immediately)": [
    ["optimizer", "Optimizer", { choices: { sgd: "SGD", momentum: "SGD + momentum", adam: "Adam" } }],
    ["lr", "Learning rate", { values: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] }],
    ["weight_decay", "Weight decay", { values: [0, 0.0001, 0.001, 0.01, 0.1, 1] }],
    ["batch_size", "Batch size", { values: [1, 2, 4, 8, 16, 32, 64, 128, 256] }],
  ],
};

const controls = new Map();

export function makeSettings() {
  const form = byId("settings");
  const wide = matchMedia("(min-width: 1080px)");
  const fit = () => { byId("panel").open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const [group, rows] of Object.entries(GROUPS)) {
    form.append(element("fieldset", {}, element("legend", {}, group), rows.map((row) => makeRow(...row))));
  }
  form.querySelector("fieldset").append(element("p", { id: "about-data", class: "note", hidden: true },
    "Images of 8 × 8 pixels. x1 and x2 are their first two principal components."), element("div", { id: "drawing", hidden: true },
    element("p", { class: "note" }, "Click in either plane to add a point. Or go there with Tab, move the cross with the arrow keys, and press Enter. Every third point becomes a test point."),
    element("div", { class: "bar" },
      element("label", {}, element("input", { type: "radio", name: "pen", value: "0", checked: true }), " ● class 0"),
      element("label", {}, element("input", { type: "radio", name: "pen", value: "1" }), " ▲ class 1"),
      element("button", { type: "button", id: "undo" }, "Undo"),
      element("button", { type: "button", id: "clear" }, "Clear"))));
  form.append(element("fieldset", {}, element("legend", {}, "Keep it"), element("div", { class: "bar" },
    element("button", { type: "button", id: "link" }, "Copy link"),
    element("button", { type: "button", id: "python" }, "Copy as Python"))));
}

function makeRow(name, label, kind) {
  const shown = element("output", { for: name });
  let control;
  if (kind.choices) {
    control = element("select", { id: name }, Object.entries(kind.choices).map(([value, text]) => element("option", { value }, text)));
  } else if (kind.values) {
    control = element("select", { id: name }, kind.values.map((value) => element("option", { value }, String(value))));
  } else if (kind.whole) {
    control = element("input", { id: name, type: "number", min: 0, max: 4294967295, step: 1, required: true });
  } else {
    control = element("input", { id: name, type: "range", min: kind.from, max: kind.to, step: kind.by });
  }
  const change = () => {
    if (kind.from !== undefined) shown.textContent = control.value;
    send({ change: { [name]: control.value } }); // as text: the server parses it and reports mistakes
  };
  control.addEventListener(control.type === "range" ? "input" : "change", change);
  controls.set(name, { control, shown, kind });
  return element("div", { class: "row" }, element("label", { for: name }, label), control, shown);
}

/** Show the server's settings. */
export function showSettings(settings) {
  for (const [name, { control, shown, kind }] of controls) {
    const value = String(settings[name]);
    if (kind.values && ![...control.options].some((option) => option.value === value)) {
      control.append(element("option", { value }, value)); // from a link
    }
    if (kind.to !== undefined && settings[name] > control.max) control.max = value;
    if (document.activeElement !== control || control.type !== "range") control.value = value;
    if (kind.from !== undefined) shown.textContent = value;
  }
  const byHand = settings.data === "drawn";
  byId("drawing").hidden = !byHand;
  byId("about-data").hidden = settings.data !== "digits";
  for (const name of ["points", "noise", "label_noise"]) controls.get(name).control.disabled = byHand;
}
