// Step 0: the code that the recording is about, what came out of it, and what to press.

function beginning() {
  const of = run();
  const loss = of.values.at(-1);
  const backward = state.view === "backward";
  const leaves = of.values.filter((value) => value.asks && !value.operation).map((value) => value.name);
  const result = loss.array.shape.length ? `of ${sizes(loss.array.shape)}` : `= ${number(loss.array.rows[0][0])}`;
  return element("div", { class: "beginning" },
    element("h2", {}, backward ? "Before backward()" : "Before the forward pass"),
    element("p", {}, "The code below computed ", element("strong", {}, `${loss.name} ${result}`),
      ` in ${counted(forwardOrder(of).length, "operation")}, the boxes with square corners. `,
      backward
        ? `backward() goes back through them, one a step: ${counted(of.steps.length, "step")} from ${loss.name} to the gradients of ${listed(leaves)}.`
        : `The forward pass does them one after another, from the inputs down to ${loss.name}.`),
    element("p", {},
      element("button", { id: "start", class: "main", onclick: () => stepTo(1) }, "▶ Start with step 1"),
      " or press → on the keyboard, again for each step, and ← to go back."),
    codePart(of),
    element("p", { class: "note" }, backward
      ? "Hatched in the graph: a gradient that is not computed yet, which is not the same as 0. " : "",
    "Click a box of the graph, or go there with Tab and press Enter, to look at its numbers."));
}

const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

/** Some names in a sentence, the first few of many. */
function listed(names) {
  if (names.length > 6) return `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}

/** The first and the last of many. */
const someOf = (all) => (all.length > 14 ? [...all.slice(0, 9), `… ${all.length - 12} more …`, ...all.slice(-3)] : all);

/** The code, each line that made tensors of the graph with their names. */
function codePart(of) {
  const files = pass().code;
  const modules = modulesOf(of);
  return element("section", { id: "code", "aria-label": "The code" },
    element("h3", {}, "The code"),
    files.length ? files.map(({ name, lines }) => fileFigure(of, name, lines)) : operationsList(of),
    modules.length ? element("p", {}, `The layers that ran, in order: ${someOf(modules).join(" → ")}.`) : null);
}

function fileFigure(of, name, lines) {
  const list = element("ol", { class: "lines" });
  let last = lines[0][0] - 1;
  for (const [number_, text, made, calls] of lines) {
    if (number_ > last + 1) list.append(element("li", { class: "gap", "aria-label": "lines left out" }, "⋯"));
    last = number_;
    const names = made.filter((place) => place < of.values.length).map((place) => of.values[place].name);
    const says = [
      names.length > 3 ? `makes ${names[0]} … ${names.at(-1)} (${names.length} tensors)` : names.length ? `makes ${listed(names)}` : "",
      calls ? "starts the backward pass" : "",
    ].filter(Boolean).join("; ");
    list.append(element("li", { value: number_, class: says ? "made" : "" },
      element("code", {}, text || " "), says ? element("small", {}, ` ◂ ${says}`) : null));
  }
  return element("figure", { class: "file" }, element("figcaption", {}, name), list);
}

/** Where no line is known, as at a prompt: the operations themselves. */
function operationsList(of) {
  const calls = forwardOrder(of).map((place) => callOf(of, of.values[place]));
  return [
    element("p", { class: "note" }, "Its lines are not known here: it ran outside of study.record(), or at a prompt that keeps none. The operations:"),
    element("ol", { class: "lines" }, calls.map((call, k) => element("li", { value: k + 1 }, element("code", {}, call)))),
  ];
}

const callOf = (of, value) =>
  `${value.name} = ${value.operation}(${value.parents.map((parent) => of.values[parent].name).join(", ")})`;

/** The modules without others in them that ran, in order, as Python writes them: `0 Linear(3 -> 5)`. */
function modulesOf(of) {
  const found = of.values.map((value) => value.module).filter((module) => module.includes("("));
  return found.filter((module, k) => module !== found[k - 1]);
}
