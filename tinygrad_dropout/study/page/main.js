// The page as a whole: its bars, its keys, and showing it all.

const by = (id) => document.getElementById(id);
let timer = null;

const KEYS = [
  ["→ ←", "next step, previous step"], ["Home End", "before the first step, the last step"], ["space", "play, stop"],
  ["f b", "forward pass, backward pass: the same operation the other way"], ["l", "each layer as one box, or each operation"],
  ["g", "the central difference of the entry that is picked"], ["p", "predict: guess before you see"],
  ["Tab, Enter", "go to a box, a table or a button, and use it; arrow keys move inside a table, Escape leaves it"],
  ["?", "this list"],
];

function show() {
  if (asking() && !questionOf(run(), state.step)) state.answers.set(state.step, { asked: false });
  by("called").textContent = `${run().values.at(-1).name}${run().place ? `, ${run().place}` : ""}`;
  by("count").textContent = length();
  by("jump").max = length();
  by("jump").value = state.step;
  by("forward").setAttribute("aria-pressed", state.view === "forward");
  by("backward").setAttribute("aria-pressed", state.view === "backward");
  by("predict").setAttribute("aria-pressed", state.predicting);
  by("play").setAttribute("aria-pressed", timer !== null);
  by("play").textContent = timer === null ? "play" : "stop";
  by("forward").disabled = state.predicting; // its tables would answer the questions
  for (const id of ["first", "previous"]) by(id).disabled = state.step === 0;
  for (const id of ["next", "last"]) by(id).disabled = state.step === length();
  showChoices();
  showBanner();
  showGraph();
  showPanel();
  showLegend();
}

function showChoices() {
  const passes = recording.passes;
  const choice = (id, label, options, value, change) => element("label", {}, `${label} `,
    element("select", { id, onchange: (event) => change(Number(event.target.value)) },
      options.map(([number_, text]) => element("option", { value: number_, selected: number_ === value }, text))));
  const runs = pass().runs.map((one, k) => [k, runInWords(one)]);
  const children = [];
  if (passes.length > 1) {
    children.push(choice("pass", "Backward pass", passes.map((one, k) => [k, `${one.number}: ${lossOf(one)}`]), state.pass,
      (k) => go({ pass: k, run: 0, beside: -1, inspected: -1, entry: -1 })));
  }
  if (runs.length > 1) {
    children.push(
      choice("run", "Show", runs, state.run, (k) => go({ run: k, inspected: -1, entry: -1 })),
      choice("beside", "Compare with", [[-1, "nothing"], ...runs.filter(([k]) => k !== state.run)],
        state.beside === state.run ? -1 : state.beside, (k) => go({ beside: k })));
  }
  if (state.beside === state.run) state.beside = -1;
  if (state.pass > 0) children.push(element("span", { class: "note" }, "The first pass can be compared with others, such as one with another mask (--pass N chooses the pass that can)."));
  if (pass().no_variants) children.push(element("span", { class: "note" }, `Nothing to compare with: ${pass().no_variants}`));
  const bar = by("choices");
  const focused = bar.contains(document.activeElement) ? document.activeElement.id : null;
  bar.replaceChildren(...children);
  bar.hidden = !children.length || state.predicting; // a question is about one run
  if (focused) by(focused)?.focus();
}

/** A pass's loss, to tell it from the others; where it is an array, the line. */
function lossOf(one) {
  const loss = one.runs[0].values.at(-1);
  return loss.array.shape.length ? one.runs[0].place : `${loss.name} ${number(loss.array.rows[0][0])}`;
}

function showBanner() {
  const banner = by("banner");
  const bug = state.predicting ? null : pass().bug;
  banner.hidden = !bug;
  if (!bug) return;
  const parts = bug.step === null ? [`Bug ${bug.name} (${bug.says}): in this pass it changes nothing.`] : [
    `Bug ${bug.name}: ${bug.says}. The first step that differs is step ${bug.step + 1}: ${bug.words}. `,
    element("button", { id: "to-bug", onclick: goToBug }, "go there"),
  ];
  banner.replaceChildren(...parts);
}

function goToBug() {
  go({ run: 0, beside: 1, view: "backward", step: pass().bug.step + 1 });
  document.querySelector("main td.differs")?.scrollIntoView({ block: "center" });
}

/** How high the bars are that stay in sight, and what else stands above the graph: for style.css. */
function measureBars() {
  const bar = document.querySelector(oneColumn.matches ? ".bar[role=toolbar]" : "header");
  const set = (name, pixels) => document.documentElement.style.setProperty(name, `${Math.ceil(pixels)}px`);
  set("--bar", bar.getBoundingClientRect().height);
  set("--above", document.querySelector("main").getBoundingClientRect().top + scrollY);
}

/** Say something to those who do not see the page. */
function tell(text) {
  by("says").textContent = text;
}

function stepTo(step) {
  if (asking() && step > state.step) {
    by("guess").focus();
    tell("type a guess first, or choose: show me");
    return;
  }
  if (state.predicting && step > state.step) { // every step is asked
    const ahead = Array.from({ length: step - state.step }, (_, k) => state.step + 1 + k);
    step = ahead.find((one) => !state.answers.has(one)) ?? step;
  }
  go({ step });
  const value = run().values[current()];
  tell(value ? `step ${state.step} of ${length()}, ${state.view} of ${value.name}: ${state.view === "backward" ? value.rule : value.operation}` : "before the first step");
  if (asking()) by("guess").focus();
}

function play(on) {
  clearInterval(timer);
  timer = on ? setInterval(() => {
    if (state.step === length() || asking()) play(false);
    else stepTo(state.step + 1);
  }, 1200) : null;
  if (on && state.step === length()) stepTo(0);
  show();
}

function showKeys() {
  const open = by("keys").hidden;
  by("keys").hidden = !open;
  by("help").setAttribute("aria-expanded", open);
}

const SHORTCUTS = {
  ArrowRight: () => stepTo(state.step + 1),
  ArrowLeft: () => stepTo(state.step - 1),
  Home: () => stepTo(0),
  End: () => stepTo(length()),
  " ": () => play(timer === null),
  f: () => (state.predicting ? tell("the forward pass can be seen when predict is off") : turn("forward")),
  b: () => turn("backward"),
  l: foldAll,
  g: () => state.entry >= 0 && go({ checked: !state.checked }),
  p: () => setPredicting(!state.predicting),
  "?": showKeys,
  Escape: () => (state.inspected >= 0 ? go({ inspected: -1, entry: -1 }) : by("keys").hidden || showKeys()),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") by("panel").focus();
    return;
  }
  if (event.key === " " && event.target.matches("button, summary")) return;
  if (event.key.startsWith("Arrow") && event.target.matches(".scroll")) return; // the table scrolls
  const action = SHORTCUTS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

by("first").onclick = SHORTCUTS.Home;
by("previous").onclick = SHORTCUTS.ArrowLeft;
by("next").onclick = SHORTCUTS.ArrowRight;
by("last").onclick = SHORTCUTS.End;
by("play").onclick = SHORTCUTS[" "];
by("forward").onclick = SHORTCUTS.f;
by("backward").onclick = SHORTCUTS.b;
by("predict").onclick = SHORTCUTS.p;
by("help").onclick = showKeys;
by("jump").onchange = (event) => {
  const step = Math.round(Number(event.target.value)) || 0;
  by("panel").focus({ preventScroll: true }); // so that the keys are free for the steps
  stepTo(step);
};
for (const part of ["header", ".bar[role=toolbar]", "#banner", "#keys"]) new ResizeObserver(measureBars).observe(document.querySelector(part));
oneColumn.addEventListener("change", show);
window.addEventListener("hashchange", () => {
  readFragment();
  Object.assign(state, { inspected: -1, entry: -1 }); // it may be another run, with other tensors
  show();
});
by("keys").append(
  element("dl", {}, KEYS.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)])));
readFragment();
show();
