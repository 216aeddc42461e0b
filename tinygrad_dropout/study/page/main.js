// The page as a whole: the bars, the keys, and the function that redraws everything.

const byId = (id) => document.getElementById(id);
let timer = null;

const KEYS = [
  ["→ ←", "next step, previous step"], ["Home End", "before the first step, last step"], ["space", "play, stop"],
  ["f b", "forward pass, backward pass of the same operation"], ["l", "fold all layers into one box each, or unfold them"],
  ["g", "check the selected entry by a central difference"], ["p", "predict: guess each result before you see it"],
  ["Tab, Enter", "go to a box, a table or a button, and use it; the arrow keys move within a table, Escape leaves it"],
  ["?", "this list"],
];

function show() {
  if (asking() && !questionOf(currentRun(), state.step)) state.answers.set(state.step, { asked: false });
  byId("called").textContent = `${currentRun().nodes.at(-1).name}${currentRun().called_at ? `, ${currentRun().called_at}` : ""}`;
  byId("count").textContent = length();
  byId("jump").max = length();
  byId("jump").value = state.step;
  byId("forward").setAttribute("aria-pressed", state.view === "forward");
  byId("backward").setAttribute("aria-pressed", state.view === "backward");
  byId("predict").setAttribute("aria-pressed", state.predicting);
  byId("play").setAttribute("aria-pressed", timer !== null);
  byId("play").textContent = timer === null ? "play" : "stop";
  byId("forward").disabled = state.predicting; // the forward pass would answer the questions
  for (const id of ["first", "previous"]) byId(id).disabled = state.step === 0;
  for (const id of ["next", "last"]) byId(id).disabled = state.step === length();
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
      options.map(([k, text]) => element("option", { value: k, selected: k === value }, text))));
  const runs = currentPass().runs.map((one, k) => [k, runInWords(one)]);
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
  if (state.pass > 0) children.push(element("span", { class: "note" }, "Only the first pass can be compared with variants, such as another mask. To compare another one, record it with --pass N."));
  if (currentPass().no_variants) children.push(element("span", { class: "note" }, `Nothing to compare with: ${currentPass().no_variants}`));
  const bar = byId("choices");
  const focused = bar.contains(document.activeElement) ? document.activeElement.id : null;
  bar.replaceChildren(...children);
  bar.hidden = !children.length || state.predicting; // a question is about one run
  if (focused) byId(focused)?.focus();
}

/** The loss of a pass, which identifies it in the list; if it is an array, the line that called backward(). */
function lossOf(one) {
  const loss = one.runs[0].nodes.at(-1);
  return loss.array.shape.length ? one.runs[0].called_at : `${loss.name} ${number(loss.array.rows[0][0])}`;
}

function showBanner() {
  const banner = byId("banner");
  const bug = state.predicting ? null : currentPass().bug;
  banner.hidden = !bug;
  if (!bug) return;
  const parts = bug.step === null ? [`Bug ${bug.name} (${bug.description}): it changes nothing in this pass.`] : [
    `Bug ${bug.name}: ${bug.description}. The first step that differs is step ${bug.step + 1}: ${bug.words}. `,
    element("button", { id: "to-bug", onclick: goToBug }, "go there"),
  ];
  banner.replaceChildren(...parts);
}

function goToBug() {
  go({ run: 0, beside: 1, view: "backward", step: currentPass().bug.step + 1 });
  document.querySelector("main td.differs")?.scrollIntoView({ block: "center" });
}

/** Measure for style.css the height of the sticky bar, and of everything above the graph. */
function measureBars() {
  const bar = document.querySelector(oneColumn.matches ? ".bar[role=toolbar]" : "header");
  const set = (name, pixels) => document.documentElement.style.setProperty(name, `${Math.ceil(pixels)}px`);
  set("--bar", bar.getBoundingClientRect().height);
  set("--above", document.querySelector("main").getBoundingClientRect().top + scrollY);
}

/** Announce something to screen readers. */
function announce(text) {
  byId("announcement").textContent = text;
}

function stepTo(step) {
  if (asking() && step > state.step) {
    byId("guess").focus();
    announce("type a guess first, or choose “show me”");
    return;
  }
  if (state.predicting && step > state.step) { // do not skip a question
    const ahead = Array.from({ length: step - state.step }, (_, k) => state.step + 1 + k);
    step = ahead.find((one) => !state.answers.has(one)) ?? step;
  }
  go({ step });
  const node = currentRun().nodes[current()];
  announce(node ? `step ${state.step} of ${length()}, ${state.view} of ${node.name}: ${state.view === "backward" ? node.rule : node.operation}` : "before the first step");
  if (asking()) byId("guess").focus();
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
  const open = byId("keys").hidden;
  byId("keys").hidden = !open;
  byId("help").setAttribute("aria-expanded", open);
}

const SHORTCUTS = {
  ArrowRight: () => stepTo(state.step + 1),
  ArrowLeft: () => stepTo(state.step - 1),
  Home: () => stepTo(0),
  End: () => stepTo(length()),
  " ": () => play(timer === null),
  f: () => (state.predicting ? announce("switch predict off to see the forward pass") : turn("forward")),
  b: () => turn("backward"),
  l: foldAll,
  g: () => state.entry >= 0 && go({ checked: !state.checked }),
  p: () => setPredicting(!state.predicting),
  "?": showKeys,
  Escape: () => (state.inspected >= 0 ? go({ inspected: -1, entry: -1 }) : byId("keys").hidden || showKeys()),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.matches("input, select, textarea")) {
    if (event.key === "Escape") byId("panel").focus();
    return;
  }
  if (event.key === " " && event.target.matches("button, summary")) return;
  if (event.key.startsWith("Arrow") && event.target.matches(".scroll")) return; // they scroll the table
  const action = SHORTCUTS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

byId("first").onclick = SHORTCUTS.Home;
byId("previous").onclick = SHORTCUTS.ArrowLeft;
byId("next").onclick = SHORTCUTS.ArrowRight;
byId("last").onclick = SHORTCUTS.End;
byId("play").onclick = SHORTCUTS[" "];
byId("forward").onclick = SHORTCUTS.f;
byId("backward").onclick = SHORTCUTS.b;
byId("predict").onclick = SHORTCUTS.p;
byId("help").onclick = showKeys;
byId("jump").onchange = (event) => {
  const step = Math.round(Number(event.target.value)) || 0;
  byId("panel").focus({ preventScroll: true }); // so the arrow keys change the step, not the number
  stepTo(step);
};
for (const part of ["header", ".bar[role=toolbar]", "#banner", "#keys"]) new ResizeObserver(measureBars).observe(document.querySelector(part));
oneColumn.addEventListener("change", show);
window.addEventListener("hashchange", () => {
  readFragment();
  Object.assign(state, { inspected: -1, entry: -1 }); // another run may have other tensors
  show();
});
byId("keys").append(
  element("dl", {}, KEYS.flatMap(([key, what]) => [element("dt", {}, key), element("dd", {}, what)])));
readFragment();
show();
