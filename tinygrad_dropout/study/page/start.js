// Step 0: the recorded code, its result, and how to start.

function beginning() {
  const run = currentRun();
  const loss = run.nodes.at(-1);
  const backward = state.view === "backward";
  const leaves = run.nodes.filter((node) => node.requires_grad && !node.operation).map((node) => node.name);
  const result = loss.array.shape.length ? `of ${shapeText(loss.array.shape)}` : `= ${number(loss.array.rows[0][0])}`;
  return element("div", { class: "beginning" },
    element("h2", {}, backward ? "Before backward()" : "Before the forward pass"),
    element("p", {}, "The code below computed ", element("strong", {}, `${loss.name} ${result}`),
      ` in ${counted(forwardOrder(run).length, "operation")}, the boxes with square corners. `,
      backward
        ? `backward() goes back through them, one per step: ${counted(run.steps.length, "step")} from ${loss.name} to the gradients of ${listed(leaves)}.`
        : `The forward pass runs them one after another, from the inputs down to ${loss.name}.`),
    element("p", {},
      element("button", { id: "start", class: "main", onclick: () => stepTo(1) }, "▶ Start with step 1"),
      " or press → on the keyboard for each step, and ← to go back."),
    codePart(run),
    element("p", { class: "note" }, backward
      ? "Hatched boxes in the graph have no gradient yet, which is not the same as a gradient of 0. " : "",
    "To see the numbers in a box, click it, or go to it with Tab and press Enter."));
}

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Names as a list in a sentence; of more than six, only the first five. */
function listed(names) {
  if (names.length > 6) return `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}

/** Some items; of more than 14, only the first nine and the last three. */
const someOf = (all) => (all.length > 14 ? [...all.slice(0, 9), `… ${all.length - 12} more …`, ...all.slice(-3)] : all);

/** The code. Each line that made tensors of the graph is marked with their names. */
function codePart(run) {
  const files = currentPass().code;
  const modules = modulesOf(run);
  return element("section", { id: "code", "aria-label": "The code" },
    element("h3", {}, "The code"),
    files.length ? files.map(({ name, lines }) => fileFigure(run, name, lines)) : operationsList(run),
    modules.length ? element("p", {}, `The layers that ran, in order: ${someOf(modules).join(" → ")}.`) : null);
}

function fileFigure(run, name, lines) {
  const list = element("ol", { class: "lines" });
  let last = lines[0][0] - 1;
  for (const [lineNumber, text, made, calls] of lines) {
    if (lineNumber > last + 1) list.append(element("li", { class: "gap", "aria-label": "lines left out" }, "⋯"));
    last = lineNumber;
    const names = made.filter((index) => index < run.nodes.length).map((index) => run.nodes[index].name);
    const remarks = [
      names.length > 3 ? `makes ${names[0]} … ${names.at(-1)} (${names.length} tensors)` : names.length ? `makes ${listed(names)}` : "",
      calls ? "starts the backward pass" : "",
    ].filter(Boolean).join("; ");
    list.append(element("li", { value: lineNumber, class: remarks ? "made" : "" },
      element("code", {}, text || " "), remarks ? element("small", {}, ` ◂ ${remarks}`) : null));
  }
  return element("figure", { class: "file" }, element("figcaption", {}, name), list);
}

/** The operations themselves, if no line is known, as at a prompt. */
function operationsList(run) {
  const calls = forwardOrder(run).map((index) => callOf(run, run.nodes[index]));
  return [
    element("p", { class: "note" }, "The source lines are not known: the code ran outside study.record(), or at a prompt that does not keep them. These are the operations:"),
    element("ol", { class: "lines" }, calls.map((call, k) => element("li", { value: k + 1 }, element("code", {}, call)))),
  ];
}

const callOf = (run, node) =>
  `${node.name} = ${node.operation}(${node.parents.map((parent) => run.nodes[parent].name).join(", ")})`;

/** The modules without submodules that ran, in order, as Python prints them: `0 Linear(3 -> 5)`. */
function modulesOf(run) {
  const found = run.nodes.map((node) => node.module).filter((module) => module.includes("("));
  return found.filter((module, k) => module !== found[k - 1]);
}
