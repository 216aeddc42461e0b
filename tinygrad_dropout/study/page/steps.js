// The panel: what the step does, in one run or in two side by side.

function showPanel() {
  const panel = document.getElementById("panel");
  const focus = placeOfFocus(panel);
  const beside = other();
  const children = [];
  if (state.predicting) children.push(verdict());
  if (!state.step) children.push(beginning());
  else if (asking()) children.push(question());
  if (state.step) {
    const name = run().values[current()].name;
    const columns = [column(run(), current(), beside)];
    if (beside) columns.push(column(beside, named(beside, name), run(), name));
    children.push(element("div", { class: beside ? "columns two" : "columns" }, columns));
  }
  if (state.inspected >= 0) children.push(inspection());
  panel.replaceChildren(...children);
  settleTables(panel);
  focus?.(panel);
}

/** Remember the focus in a part of the page; returns a function that restores it once the part is redrawn. */
function placeOfFocus(part) {
  const at = document.activeElement;
  if (at === part || !part.contains(at)) return null;
  const all = (within) => [...within.querySelectorAll(at.id ? `#${at.id}` : at.tagName)];
  const index = all(part).indexOf(at);
  return (within) => all(within)[index]?.focus({ preventScroll: true });
}

/** Something to be opened, which stays open from step to step. */
function details(kind, summary, ...children) {
  const made = element("details", { open: state.open.has(kind), class: kind },
    element("summary", { onclick: () => state.open[made.open ? "delete" : "add"](kind) }, summary), children);
  return made;
}

/** One run's account of the step. */
function column(of, place, against, missing) {
  const title = other() ? element("p", { class: "run" }, runInWords(of)) : null;
  if (place < 0 || !of.values[place].operation) {
    return element("article", {}, title, element("p", {}, `This run has no ${missing}: ` +
      (of.label === "evaluation mode" ? "in evaluation mode dropout is the identity." : "the operation was not done.")));
  }
  const value = of.values[place];
  const counterpart = against ? against.values[named(against, value.name)] : null;
  const backward = state.view === "backward";
  const ran = of.steps.findIndex((step) => step.value === place);
  return element("article", {},
    title,
    element("h2", {}, callOf(of, value)),
    place_(value),
    backward ? element("p", { class: "rule" }, value.rule || "The backward function has no docstring.") : null,
    sourceOf(backward ? value.backward : value.forward),
    element("div", { class: "parts" },
      element("div", { class: "forward" },
        element("h3", {}, "Forward"),
        element("div", { class: "arrays" },
          [...new Set(value.parents)].map((parent) => figureOf(of, parent, against)),
          element("span", { class: "together" }, element("span", { class: "sign" }, "→"), figureOf(of, place, against, counterpart))),
        maskNote(value)),
      savedOf(value)),
    backward && ran >= 0 ? backwardPart(of, of.steps[ran], ran, value, against) : null,
    backward && ran < 0 ? element("p", {}, "No gradient came to it, so its backward did not run.") : null);
}

function place_(value) {
  if (!value.line) return element("p", { class: "line" }, "The forward pass ran outside of study.record(), so its line is not known.");
  return element("p", { class: "line" }, element("code", {}, value.code || value.line), element("span", {},
    `  ${value.line}${value.module ? `, in ${moduleSeen(value)}` : ""}`));
}

function sourceOf(key) {
  const source = recording.sources[key];
  if (!source) return null;
  return details("source", `the function that ran: ${source.name} (${key})`, element("pre", {}, source.text));
}

function figureOf(of, place, against, counterpart) {
  const value = of.values[place];
  if (place === unseenShape()) return hiddenFigure(value.name);
  const twin = counterpart ?? (against ? against.values[named(against, value.name)] : null);
  return arrayFigure(value.array, {
    caption: value.name,
    dropped: value.dropped, dead: value.dead, against: twin?.array,
    pick: of === run() ? (entry) => pick(place, entry) : null,
    picked: state.inspected === place ? state.entry : -1,
  });
}

function maskNote(value) {
  if (!value.dropped) return null;
  const why = value.p !== null && value.p > 0 && value.scale !== 1 ? ` = 1/(1 − ${number(value.p)})` : "";
  return element("p", { class: "note" }, "Crossed out: dropped. ",
    element("strong", {}, `Kept: × ${number(value.scale)}${why}`), ".");
}

/** What stands where a table would answer the question. */
const hiddenFigure = (name) => element("figure", { class: "array" }, element("figcaption", {}, name),
  element("p", { class: "note" }, "hidden until you have answered"));

/** What was saved for backward: arrays as such, the rest in a line. */
function savedOf(value) {
  const saved = Object.entries(value.saved);
  if (!saved.length) return null;
  const unseen = unseenShape() < 0 ? null : String(run().values[unseenShape()].array.shape);
  const arrays = saved.filter(([, kept]) => kept.rows);
  const rest = saved.filter(([, kept]) => !kept.rows).map(([name, kept]) => `${name} = ${kept}`);
  return element("div", { class: "saved" },
    element("h3", {}, `Saved for backward${rest.length ? `: ${rest.join(", ")}` : ""}`),
    arrays.length ? element("div", { class: "arrays" }, arrays.map(([name, kept]) =>
      String(kept.shape) === unseen ? hiddenFigure(name)
        : arrayFigure(kept, { caption: name, mask: name === "mask", dropped: name === "mask" ? value.dropped : null }))) : null);
}

function backwardPart(of, step, ran, value, against) {
  const hidden = asking() && of.steps[state.step - 1]?.value === step.value;
  const twin = against?.steps.find((one) => against.values[one.value].name === value.name);
  const parts = [
    element("h3", {}, "Backward"),
    element("div", { class: "arrays" },
      arrayFigure(step.upstream, { caption: `upstream: grad = dL/d${value.name}`, against: twin?.upstream })),
  ];
  step.gives.forEach((gift, position) => parts.push(giftPart(of, gift, position, value, hidden, twin?.gives[position])));
  return element("div", { class: "backward parts" }, parts);
}

/** What the step gives to one parent. */
function giftPart(of, gift, position, value, hidden, twin) {
  const parent = of.values[gift.parent];
  if (!gift.array) {
    return element("p", { class: "note" }, parent.asks
      ? `${parent.name} gets nothing from this operation.` : `${parent.name} asks for no gradient.`);
  }
  const same = String(gift.array.shape) === String(value.array.shape);
  const figure = (array, caption, options = {}) => arrayFigure(array, {
    caption, dropped: same ? value.dropped : null, dead: same ? value.dead : null, ...options,
  });
  if (hidden) return element("div", { class: "gift" }, element("h4", {}, `to ${parent.name}: ?`));
  const pieces = [];
  if (gift.summed) {
    pieces.push(figure(gift.returned, "returned", { dropped: null, dead: null }),
      element("p", { class: "note" }, `sum over ${axesInWords(gift.summed)}, along which ${parent.name} was stretched: ` +
        `${sizes(gift.returned.shape)} → ${sizes(gift.array.shape)}`));
  }
  const pickable = of === run() ? (entry) => pick(gift.parent, entry) : null;
  const picked = state.inspected === gift.parent ? state.entry : -1;
  if (gift.before) {
    pieces.push(figure(gift.before, "before", { dropped: null, dead: null }), element("span", { class: "sign" }, "+"));
  }
  pieces.push(figure(gift.array, `${gift.before ? "contribution" : "dL/d" + parent.name}`,
    { pick: pickable, picked, against: twin?.array, worked: gift.worked ? exampleEntry(gift, picked, twin) : null }));
  if (gift.before) {
    pieces.push(element("span", { class: "sign" }, "="),
      figure(gift.after, parent.before ? `.grad of ${parent.name}, with an earlier backward's` : `dL/d${parent.name}`, { dropped: null, dead: null, pick: pickable, picked, against: twin?.after }));
  }
  const twice = value.parents.filter((one) => one === gift.parent).length > 1 && value.arguments.length;
  const as = twice ? `, as ${value.arguments[position]}` : "";
  const waits = gift.waiting ? `, waiting for ${gift.waiting} more consumer${gift.waiting > 1 ? "s" : ""}` : "";
  return element("div", { class: "gift" },
    element("h4", {}, `to ${parent.name}${as}${waits}`),
    element("div", { class: "arrays" }, pieces),
    gift.worked ? exampleOf(gift, picked, twin)
      : element("p", { class: "note" }, `It is not worked out here: ${of.no_paths || "its local derivatives are not known"}.`));
}

/** `axis 0`, `axes 0 and 1`. */
function axesInWords(axes) {
  return axes.length > 1 ? `axes ${axes.slice(0, -1).join(", ")} and ${axes.at(-1)}` : `axis ${axes[0]}`;
}

/** The entry that is worked out: the one that is picked, or where the two runs differ most, or the largest. */
function exampleEntry(gift, picked, twin) {
  const [numbers, entries] = [numbersOf(gift.array), entriesOf(gift.array)];
  if (entries.includes(picked)) return picked;
  const apart = twin?.array ? numbersOf(twin.array).map((one, k) => (close(one, numbers[k]) ? 0 : one - numbers[k])) : [];
  return entries[largestOf(apart.some(Boolean) ? apart : numbers)];
}

/** One entry of a contribution, worked out: the rule in symbols, the same in numbers, and the result. */
function exampleOf(gift, picked, twin) {
  if (!gift.array.rows.length) return null;
  const [lines, remarks] = gift.worked[entriesOf(gift.array).indexOf(exampleEntry(gift, picked, twin))];
  return element("div", { class: "example" },
    lines.map((parts, k) => element("p", { class: "equation" }, k ? "where " : null, equation(parts, !k))),
    remarks.length ? element("p", { class: "note" }, `${remarks.join("; ")}.`) : null);
}

/** `name = symbols = numbers = result`, which breaks before an equals sign first. */
function equation([name, ...sides], main) {
  const last = main ? sides.length - 1 : -1;
  return [element(main ? "strong" : "span", {}, name), ...sides.flatMap((side, k) => [" ",
    element("span", { class: "side" }, "= ", k === last ? element("strong", {}, side) : side)])];
}
