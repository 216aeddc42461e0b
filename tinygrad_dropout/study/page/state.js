// The recording, the reader's position in it, and functions of both.

const recording = JSON.parse(document.getElementById("recording").textContent);

const state = {
  pass: 0,          // the index of the backward pass
  run: 0,           // the index of its run: as it ran, with a bug, or a variant
  beside: -1,       // a second run shown next to it; -1 for none
  view: "backward", // or "forward"
  step: 0,          // 0: before the first one
  inspected: -1,    // the node that the reader looks at; -1 for none
  entry: -1,        // one of its entries; -1 for none
  checked: false,   // whether the central difference is shown
  folded: new Set(), // layers
  open: new Set(),  // kinds of details
  predicting: false,
  answers: new Map(), // step -> {right, guess}
};

const oneColumn = matchMedia("(max-width: 50rem)"); // as in style.css: the graph is below the step

const currentPass = () => recording.passes[state.pass];
const currentRun = () => currentPass().runs[state.run];
const otherRun = () => (state.beside >= 0 ? currentPass().runs[state.beside] : null);

/** The indices of a run's operations in the order of the forward pass. */
const forwardOrder = (run) => run.nodes.map((_, index) => index).filter((index) => run.nodes[index].operation);

const length = () => (state.view === "backward" ? currentRun().steps.length : forwardOrder(currentRun()).length);

/** The index of the node whose operation the step shows; -1 before the first step. */
function current(run = currentRun()) {
  if (!state.step) return -1;
  return state.view === "backward" ? run.steps[state.step - 1].node : forwardOrder(run)[state.step - 1];
}

/** The last step whose results are visible. A question hides the results of its own step. */
const seen = () => state.step - (asking() ? 1 : 0);

const asking = () =>
  state.predicting && state.view === "backward" && state.step > 0 && !state.answers.has(state.step);

/** A node's gradient after some steps: {array, waiting, earlier}. The array is null if there is none yet. */
function gradient(run, index, steps) {
  const found = { array: run.nodes[index].before, waiting: 0, earlier: run.nodes[index].before !== null, by: 0 };
  for (const step of run.steps.slice(0, steps)) {
    if (step.node === index && !found.array) found.array = step.upstream;
    for (const contribution of step.gives) {
      if (contribution.parent !== index || !contribution.array) continue;
      Object.assign(found, { array: contribution.after, waiting: contribution.waiting, earlier: false, by: found.by + 1 });
      if (steps >= run.steps.length) found.waiting = 0; // the remaining consumers never run
    }
  }
  return found;
}

/** Whether a node's data (forward) or gradient (backward) is known at this step. */
function isKnown(run, index) {
  if (state.view === "backward") return gradient(run, index, seen()).array !== null;
  return !run.nodes[index].operation || (state.step > 0 && index <= current(run));
}

const indexOfName = (run, name) => run.nodes.findIndex((node) => node.name === name);

/** Change a part of the state, and show it. */
function go(change) {
  Object.assign(state, change);
  state.step = Math.min(Math.max(state.step, 0), length());
  writeFragment();
  show();
}

/** Switch the direction, and stay at the same operation. */
function turn(view) {
  const node = current();
  state.view = view;
  const order = view === "backward" ? currentRun().steps.map((step) => step.node) : forwardOrder(currentRun());
  go({ step: node < 0 ? 0 : order.indexOf(node) + 1 });
}

function writeFragment() {
  const parts = { step: state.step, view: state.view, pass: state.pass + 1, run: state.run, beside: state.beside };
  if (state.view === "backward") delete parts.view;
  if (!state.pass) delete parts.pass;
  if (!state.run) delete parts.run;
  if (state.beside < 0) delete parts.beside;
  try {
    history.replaceState(null, "", "#" + new URLSearchParams(parts));
  } catch {
    // a frame without an address of its own, as in a notebook, has no fragment
  }
}

/** Read the state from the fragment. Anything that is not a number is ignored. */
function readFragment() {
  const given = new URLSearchParams(location.hash.slice(1));
  const whole = (name, otherwise) => (/^\d+$/.test(given.get(name) ?? "") ? Number(given.get(name)) : otherwise);
  state.pass = Math.min(Math.max(whole("pass", 1), 1), recording.passes.length) - 1;
  state.predicting = false; // the fragment may choose another pass, the forward pass, or a comparison
  const runs = currentPass().runs.length;
  const bug = currentPass().bug;
  state.run = Math.min(whole("run", 0), runs - 1);
  state.beside = Math.min(whole("beside", given.has("step") || !bug ? -1 : 1), runs - 1);
  state.view = given.get("view") === "forward" ? "forward" : "backward";
  state.step = Math.min(whole("step", bug && bug.step !== null ? bug.step + 1 : 0), length());
}

/** A run in words that fit after "Show" and "Compare with". */
function runInWords(run) {
  if (run.label === "as it ran") return "the pass as it ran";
  return `the same pass ${run.label === "evaluation mode" ? "in" : "with"} ${run.label.replace(/^bug: .*/, "the bug")}`;
}

/** A number with four digits, formatted as in the text. */
function number(value) {
  if (!Number.isFinite(value)) return String(value).replace("-", "−").replace("Infinity", "inf").replace("NaN", "nan");
  const rounded = Number(value.toPrecision(4));
  const far = rounded !== 0 && (Math.abs(rounded) < 1e-4 || Math.abs(rounded) >= 1e4);
  return (far ? rounded.toExponential() : String(rounded)).replace("e+", "e").replaceAll("-", "−");
}

/** A number of the recording, in which inf and nan are strings, because JSON has no numbers for them. */
const numeric = (value) => (typeof value === "number" ? value : Number(String(value).replace("inf", "Infinity")));

const shapeText = (shape) => (shape.length ? shape.join(" × ") : "a number");

/** An entry's index in brackets. */
function indexed(shape, entry) {
  if (!shape.length) return "";
  const index = [];
  for (const size of [...shape].reverse()) {
    index.unshift(entry % size);
    entry = Math.floor(entry / size);
  }
  return `[${index.join(", ")}]`;
}

// An entry is a flat index into the whole array, even if only a corner is shown.
const entryAt = (array, row, column) => row * (array.shape.at(-1) ?? 1) + column;
const rowAndColumn = (array, entry) => [Math.floor(entry / (array.shape.at(-1) ?? 1)), entry % (array.shape.at(-1) ?? 1)];

/** The displayed number of an entry, in this array or in rows of the same shape; undefined if it is not shown. */
function shownAt(array, entry, rows = array.rows) {
  const [row, column] = rowAndColumn(array, entry);
  return rows?.[row]?.[column];
}

/** The displayed entries, and their numbers in the same order. */
const entriesOf = (array) => array.rows.flatMap((row, i) => row.map((_, j) => entryAt(array, i, j)));
const numbersOf = (array) => array.rows.flat();

/** The index of the number with the largest absolute value. */
const largestOf = (numbers) => numbers.reduce((best, one, k) => (Math.abs(one) > Math.abs(numbers[best]) ? k : best), 0);

/** Make an element with attributes and children. Children that are null or false are left out. */
function element(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "path", "text", "title", "defs", "pattern", "marker"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
