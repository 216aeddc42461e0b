// What is recorded, where the reader is, and what can be asked about both.

const recording = JSON.parse(document.getElementById("recording").textContent);

const state = {
  pass: 0,          // which backward pass
  run: 0,           // as it ran, with a bug, or a variant
  beside: -1,       // a second run beside it, or none
  view: "backward", // or "forward"
  step: 0,          // 0: before the first one
  inspected: -1,    // a value of the graph that is looked at
  entry: -1,        // an entry of it
  checked: false,   // whether the central difference is shown
  folded: new Set(),
  open: new Set(),  // which kinds of details are open
  predicting: false,
  answers: new Map(), // step -> {right, guess}
};

const oneColumn = matchMedia("(max-width: 50rem)"); // as in style.css: the graph below the step

const pass = () => recording.passes[state.pass];
const run = () => pass().runs[state.run];
const other = () => (state.beside >= 0 ? pass().runs[state.beside] : null);

/** The operations of a run in the order in which the forward pass did them, by their places among the values. */
const forwardOrder = (of) => of.values.map((_, place) => place).filter((place) => of.values[place].operation);

const length = () => (state.view === "backward" ? run().steps.length : forwardOrder(run()).length);

/** The value whose operation the step is about; -1 before the first step. */
function current(of = run()) {
  if (!state.step) return -1;
  return state.view === "backward" ? of.steps[state.step - 1].value : forwardOrder(of)[state.step - 1];
}

/** Up to which step the results may be seen: a question hides those of the step that it is about. */
const seen = () => state.step - (asking() ? 1 : 0);

const asking = () =>
  state.predicting && state.view === "backward" && state.step > 0 && !state.answers.has(state.step);

/** The gradient of a value as it stands after some steps: {array, waiting, earlier}; array is null if there is none. */
function gradient(of, value, steps) {
  const found = { array: of.values[value].before, waiting: 0, earlier: of.values[value].before !== null, by: 0 };
  for (const step of of.steps.slice(0, steps)) {
    if (step.value === value && !found.array) found.array = step.upstream;
    for (const gift of step.gives) {
      if (gift.parent !== value || !gift.array) continue;
      Object.assign(found, { array: gift.after, waiting: gift.waiting, earlier: false, by: found.by + 1 });
      if (steps >= of.steps.length) found.waiting = 0; // what has not run by now never does
    }
  }
  return found;
}

/** Whether a value's numbers are there already in the direction that is shown. */
function there(of, value) {
  if (state.view === "backward") return gradient(of, value, seen()).array !== null;
  return !of.values[value].operation || (state.step > 0 && value <= current(of));
}

const named = (of, name) => of.values.findIndex((value) => value.name === name);

/** Go somewhere: what is not given stays. */
function go(change) {
  Object.assign(state, change);
  state.step = Math.min(Math.max(state.step, 0), length());
  writeFragment();
  show();
}

/** The other direction, at the same operation. */
function turn(view) {
  const value = current();
  state.view = view;
  const order = view === "backward" ? run().steps.map((step) => step.value) : forwardOrder(run());
  go({ step: value < 0 ? 0 : order.indexOf(value) + 1 });
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
    // a frame without an address of its own, as in a notebook, keeps none
  }
}

/** Read the fragment; what is not a number in it is passed over. */
function readFragment() {
  const given = new URLSearchParams(location.hash.slice(1));
  const whole = (name, otherwise) => (/^\d+$/.test(given.get(name) ?? "") ? Number(given.get(name)) : otherwise);
  state.pass = Math.min(Math.max(whole("pass", 1), 1), recording.passes.length) - 1;
  state.predicting = false; // the address may lead to another pass, to the forward pass, or to a comparison
  const runs = pass().runs.length;
  const bug = pass().bug;
  state.run = Math.min(whole("run", 0), runs - 1);
  state.beside = Math.min(whole("beside", given.has("step") || !bug ? -1 : 1), runs - 1);
  state.view = given.get("view") === "forward" ? "forward" : "backward";
  state.step = Math.min(whole("step", bug && bug.step !== null ? bug.step + 1 : 0), length());
}

/** What a run is, in words that follow "Show" and "Compare with". */
function runInWords(of) {
  if (of.label === "as it ran") return "the pass as it ran";
  return `the same pass ${of.label === "evaluation mode" ? "in" : "with"} ${of.label.replace(/^bug: .*/, "the bug")}`;
}

/** A number in four digits, as in the text. */
function number(value) {
  if (!Number.isFinite(value)) return String(value).replace("-", "−").replace("Infinity", "inf").replace("NaN", "nan");
  const rounded = Number(value.toPrecision(4));
  const far = rounded !== 0 && (Math.abs(rounded) < 1e-4 || Math.abs(rounded) >= 1e4);
  return (far ? rounded.toExponential() : String(rounded)).replace("e+", "e").replaceAll("-", "−");
}

/** A number of the recording as such: what JSON has no number for is a word there. */
const numeric = (value) => (typeof value === "number" ? value : Number(String(value).replace("inf", "Infinity")));

const sizes = (shape) => (shape.length ? shape.join(" × ") : "a number");

/** An entry's index between brackets. */
function indexed(shape, entry) {
  if (!shape.length) return "";
  const index = [];
  for (const size of [...shape].reverse()) {
    index.unshift(entry % size);
    entry = Math.floor(entry / size);
  }
  return `[${index.join(", ")}]`;
}

// An entry is counted along the rows of the whole array, of which a corner is shown.
const entryAt = (array, row, column) => row * (array.shape.at(-1) ?? 1) + column;
const rowAndColumn = (array, entry) => [Math.floor(entry / (array.shape.at(-1) ?? 1)), entry % (array.shape.at(-1) ?? 1)];

/** The number that is shown of an entry, in this table or in one of the same shape; undefined if it is not shown. */
function shownAt(array, entry, rows = array.rows) {
  const [row, column] = rowAndColumn(array, entry);
  return rows?.[row]?.[column];
}

/** The entries that are shown, in the order of the numbers, and the numbers. */
const entriesOf = (array) => array.rows.flatMap((row, i) => row.map((_, j) => entryAt(array, i, j)));
const numbersOf = (array) => array.rows.flat();

/** The place of the largest of some numbers. */
const largestOf = (numbers) => numbers.reduce((best, one, k) => (Math.abs(one) > Math.abs(numbers[best]) ? k : best), 0);

/** An element with attributes and children; a child that is null or false is left out. */
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
