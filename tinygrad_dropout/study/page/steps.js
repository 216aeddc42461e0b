// The panel: the current step, in one run or in two side by side.

function showPanel() {
  const panel = document.getElementById("panel");
  const focus = placeOfFocus(panel);
  const beside = otherRun();
  const children = [];
  if (state.predicting) children.push(verdict());
  if (!state.step) children.push(beginning());
  else if (asking()) children.push(question());
  if (state.step) {
    const name = currentRun().nodes[current()].name;
    const columns = [column(currentRun(), current(), beside)];
    if (beside) columns.push(column(beside, indexOfName(beside, name), currentRun(), name));
    children.push(element("div", { class: beside ? "columns two" : "columns" }, columns));
  }
  if (state.inspected >= 0) children.push(inspection());
  panel.replaceChildren(...children);
  settleTables(panel);
  focus?.(panel);
}

/** Remember the focus in a part of the page. Returns a function that restores it after the part has been redrawn. */
function placeOfFocus(part) {
  const at = document.activeElement;
  if (at === part || !part.contains(at)) return null;
  const all = (within) => [...within.querySelectorAll(at.id ? `#${at.id}` : at.tagName)];
  const index = all(part).indexOf(at);
  return (within) => all(within)[index]?.focus({ preventScroll: true });
}

/** A section that you can open. It stays open from step to step. */
function details(kind, summary, ...children) {
  const made = element("details", { open: state.open.has(kind), class: kind },
    element("summary", { onclick: () => state.open[made.open ? "delete" : "add"](kind) }, summary), children);
  return made;
}

/** The step in one run. */
function column(run, index, against, missing) {
  const title = otherRun() ? element("p", { class: "run" }, runInWords(run)) : null;
  if (index < 0 || !run.nodes[index].operation) {
    return element("article", {}, title, element("p", {}, `This run has no ${missing}: ` +
      (run.label === "evaluation mode" ? "in evaluation mode dropout is the identity." : "the operation did not run.")));
  }
  const node = run.nodes[index];
  const counterpart = against ? against.nodes[indexOfName(against, node.name)] : null;
  const backward = state.view === "backward";
  const ran = run.steps.findIndex((step) => step.node === index);
  return element("article", {},
    title,
    element("h2", {}, callOf(run, node)),
    callingLine(node),
    backward ? element("p", { class: "rule" }, node.rule || "The backward function has no docstring.") : null,
    sourceOf(backward ? node.backward : node.forward),
    element("div", { class: "parts" },
      element("div", { class: "forward" },
        element("h3", {}, "Forward"),
        element("div", { class: "arrays" },
          [...new Set(node.parents)].map((parent) => figureOf(run, parent, against)),
          element("span", { class: "together" }, element("span", { class: "sign" }, "→"), figureOf(run, index, against, counterpart))),
        maskNote(node)),
      savedOf(node)),
    backward && ran >= 0 ? backwardPart(run, run.steps[ran], ran, node, against) : null,
    backward && ran < 0 ? element("p", {}, "No gradient reached it, so its backward did not run.") : null);
}

function callingLine(node) {
  if (!node.line) return element("p", { class: "line" }, "The forward pass ran outside study.record(), so the line is not known.");
  return element("p", { class: "line" }, element("code", {}, node.code || node.line), element("span", {},
    `  ${node.line}${node.module ? `, in ${moduleSeen(node)}` : ""}`));
}

function sourceOf(key) {
  const source = recording.sources[key];
  if (!source) return null;
  return details("source", `the function that ran: ${source.name} (${key})`, element("pre", {}, source.text));
}

function figureOf(run, index, against, counterpart) {
  const node = run.nodes[index];
  if (index === unseenShape()) return hiddenFigure(node.name);
  const twin = counterpart ?? (against ? against.nodes[indexOfName(against, node.name)] : null);
  return arrayFigure(node.array, {
    caption: node.name,
    dropped: node.dropped, dead: node.dead, against: twin?.array,
    pick: run === currentRun() ? (entry) => pick(index, entry) : null,
    picked: state.inspected === index ? state.entry : -1,
  });
}

function maskNote(node) {
  if (!node.dropped) return null;
  const why = node.p !== null && node.p > 0 && node.scale !== 1 ? ` = 1/(1 − ${number(node.p)})` : "";
  return element("p", { class: "note" }, "Crossed out: dropped. ",
    element("strong", {}, `Kept: × ${number(node.scale)}${why}`), ".");
}

/** A placeholder for a table that would answer the question. */
const hiddenFigure = (name) => element("figure", { class: "array" }, element("figcaption", {}, name),
  element("p", { class: "note" }, "hidden until you answer"));

/** The values saved for backward: arrays as tables, the others in a line. */
function savedOf(node) {
  const saved = Object.entries(node.saved);
  if (!saved.length) return null;
  const unseen = unseenShape() < 0 ? null : String(currentRun().nodes[unseenShape()].array.shape);
  const arrays = saved.filter(([, kept]) => kept.rows);
  const rest = saved.filter(([, kept]) => !kept.rows).map(([name, kept]) => `${name} = ${kept}`);
  return element("div", { class: "saved" },
    element("h3", {}, `Saved for backward${rest.length ? `: ${rest.join(", ")}` : ""}`),
    arrays.length ? element("div", { class: "arrays" }, arrays.map(([name, kept]) =>
      String(kept.shape) === unseen ? hiddenFigure(name)
        : arrayFigure(kept, { caption: name, mask: name === "mask", dropped: name === "mask" ? node.dropped : null }))) : null);
}

function backwardPart(run, step, ran, node, against) {
  const hidden = asking() && run.steps[state.step - 1]?.node === step.node;
  const twin = against?.steps.find((one) => against.nodes[one.node].name === node.name);
  const parts = [
    element("h3", {}, "Backward"),
    element("div", { class: "arrays" },
      arrayFigure(step.upstream, { caption: `upstream: grad = dL/d${node.name}`, against: twin?.upstream })),
  ];
  step.gives.forEach((contribution, position) => parts.push(contributionPart(run, contribution, position, node, hidden, twin?.gives[position])));
  return element("div", { class: "backward parts" }, parts);
}

/** The step's contribution to one parent. */
function contributionPart(run, contribution, position, node, hidden, twin) {
  const parent = run.nodes[contribution.parent];
  if (!contribution.array) {
    return element("p", { class: "note" }, parent.requires_grad
      ? `${parent.name} gets no gradient from this operation.` : `${parent.name} does not require a gradient.`);
  }
  const same = String(contribution.array.shape) === String(node.array.shape);
  const figure = (array, caption, options = {}) => arrayFigure(array, {
    caption, dropped: same ? node.dropped : null, dead: same ? node.dead : null, ...options,
  });
  if (hidden) return element("div", { class: "contribution" }, element("h4", {}, `to ${parent.name}: ?`));
  const pieces = [];
  if (contribution.summed) {
    pieces.push(figure(contribution.returned, "returned", { dropped: null, dead: null }),
      element("p", { class: "note" }, `sum over ${axesInWords(contribution.summed)}, along which ${parent.name} was stretched: ` +
        `${shapeText(contribution.returned.shape)} → ${shapeText(contribution.array.shape)}`));
  }
  const pickable = run === currentRun() ? (entry) => pick(contribution.parent, entry) : null;
  const picked = state.inspected === contribution.parent ? state.entry : -1;
  if (contribution.before) {
    pieces.push(figure(contribution.before, "before", { dropped: null, dead: null }), element("span", { class: "sign" }, "+"));
  }
  pieces.push(figure(contribution.array, `${contribution.before ? "contribution" : "dL/d" + parent.name}`,
    { pick: pickable, picked, against: twin?.array, worked: contribution.worked ? exampleEntry(contribution, picked, twin) : null }));
  if (contribution.before) {
    pieces.push(element("span", { class: "sign" }, "="),
      figure(contribution.after, parent.before ? `.grad of ${parent.name}, including an earlier backward` : `dL/d${parent.name}`, { dropped: null, dead: null, pick: pickable, picked, against: twin?.after }));
  }
  const twice = node.parents.filter((one) => one === contribution.parent).length > 1 && node.arguments.length;
  const as = twice ? `, as ${node.arguments[position]}` : "";
  const waits = contribution.waiting ? `, waiting for ${contribution.waiting} more consumer${contribution.waiting > 1 ? "s" : ""}` : "";
  return element("div", { class: "contribution" },
    element("h4", {}, `to ${parent.name}${as}${waits}`),
    element("div", { class: "arrays" }, pieces),
    contribution.worked ? exampleOf(contribution, picked, twin)
      : element("p", { class: "note" }, `Not worked out here: ${run.no_paths || "its local derivatives are not known"}.`));
}

/** `axis 0`, `axes 0 and 1`. */
function axesInWords(axes) {
  return axes.length > 1 ? `axes ${axes.slice(0, -1).join(", ")} and ${axes.at(-1)}` : `axis ${axes[0]}`;
}

/** The entry to work out: the one that was picked, or the one that differs most between the runs, or the largest. */
function exampleEntry(contribution, picked, twin) {
  const [numbers, entries] = [numbersOf(contribution.array), entriesOf(contribution.array)];
  if (entries.includes(picked)) return picked;
  const apart = twin?.array ? numbersOf(twin.array).map((one, k) => (close(one, numbers[k]) ? 0 : one - numbers[k])) : [];
  return entries[largestOf(apart.some(Boolean) ? apart : numbers)];
}

/** One entry of a contribution, worked out: the rule in symbols, then in numbers, then the result. */
function exampleOf(contribution, picked, twin) {
  if (!contribution.array.rows.length) return null;
  const [lines, remarks] = contribution.worked[entriesOf(contribution.array).indexOf(exampleEntry(contribution, picked, twin))];
  return element("div", { class: "example" },
    lines.map((parts, k) => element("p", { class: "equation" }, k ? "where " : null, equation(parts, !k))),
    remarks.length ? element("p", { class: "note" }, `${remarks.join("; ")}.`) : null);
}

/** `name = symbols = numbers = result`, broken before an equals sign if possible. */
function equation([name, ...sides], main) {
  const last = main ? sides.length - 1 : -1;
  return [element(main ? "strong" : "span", {}, name), ...sides.flatMap((side, k) => [" ",
    element("span", { class: "side" }, "= ", k === last ? element("strong", {}, side) : side)])];
}
