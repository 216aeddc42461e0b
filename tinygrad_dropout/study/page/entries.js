// A value that is looked at, and one entry of it: the paths that lead to it, and the check by a central difference.

function inspect(place) {
  go({ inspected: place === state.inspected ? -1 : place, entry: -1, checked: false });
  bringIntoView();
  if (state.inspected >= 0) tell(`looking at ${run().values[place].name}`);
}

function pick(place, entry) {
  go({ inspected: place, entry, checked: false });
  bringIntoView();
  tell(`${run().values[place].name}${indexed(run().values[place].array.shape, entry)}`);
}

function bringIntoView() {
  document.getElementById("inspection")?.scrollIntoView({ block: "nearest" });
}

function inspection() {
  const of = run();
  const value = of.values[state.inspected];
  const steps = state.view === "backward" ? seen() : of.steps.length;
  const found = gradient(of, state.inspected, steps);
  if (state.inspected === unseenShape()) return inspected(value.name, [], hiddenFigure("values and gradient"));
  const options = { pick: (entry) => pick(state.inspected, entry), picked: state.entry };
  const empty = { shape: value.array.shape, rows: value.array.rows, part: value.array.part };
  const about = [sizes(value.array.shape), value.dtype, value.operation ? `made by ${value.operation}` : "a leaf"];
  return inspected(value.name, about,
    element("div", { class: "arrays" },
      arrayFigure(value.array, { caption: "values", dropped: value.dropped, dead: value.dead, ...options }),
      value.asks
        ? arrayFigure(found.array ?? empty, {
          caption: found.earlier ? ".grad of an earlier backward"
            : `${value.before ? ".grad, with an earlier backward's" : "gradient"}${found.waiting ? ", so far" : ""}`,
          pending: !found.array, ...options,
        })
        : element("p", { class: "note" }, "It asks for no gradient.")),
    state.entry >= 0 && value.asks ? entryPart(of, value, found) : null,
    state.entry < 0 && value.asks ? element("p", { class: "note" }, "Click an entry to see the paths that lead to it.") : null);
}

/** The frame round what is shown of a tensor. */
const inspected = (name, about, ...children) => element("section", { id: "inspection", "aria-label": `the tensor ${name}` },
  element("h3", {}, name, element("small", {}, ` ${about.join(", ")} `),
    element("button", { onclick: () => inspect(state.inspected), title: "close (Escape)" }, "close")),
  children);

function entryPart(of, value, found) {
  const name = `${value.name}${indexed(value.array.shape, state.entry)}`;
  if (!found.array || found.earlier) return element("p", { class: "note" }, `dL/d${name} is not computed yet at this step.`);
  if (found.waiting) return element("p", { class: "note" }, `dL/d${name} is not complete yet: it waits for ${found.waiting} more.`);
  return element("div", { id: "entry" }, pathsPart(of, value, name), differencePart(of, value, name, found));
}

function pathsPart(of, value, name) {
  if (of.no_paths) return element("p", { class: "note" }, `The paths to ${name} are not shown: ${of.no_paths}.`);
  const links = value.links?.[state.entry];
  if (!links) return element("p", { class: "note" }, "Only the entries that are shown have their paths recorded.");
  const [count, largest] = links;
  if (!count) return element("p", {}, `Every path to ${name} has a factor 0${whyCut(of, value)}, so its gradient is 0.`);
  const total = largest.length < count ? totalOf(of, state.inspected, state.entry) : null;
  const shown = largest.map((_, rank) => {
    const walk = walkOf(of, state.inspected, state.entry, rank);
    const steps = walk.map((one, k) => {
      const on = of.values[one.value];
      const name = `${on.name}${indexed(on.array.shape, one.entry)}`;
      return element("span", { class: name.length > 18 ? "" : "hop" }, k ? [" × ", element("b", {}, number(one.local)), " → "] : "", name);
    });
    const seed = walk[0].local === 1 ? "" : `${number(walk[0].local)} at the start; `;
    return element("li", {}, seed, steps, `: product ${number(largest[rank][0])}`);
  });
  const gradientHere = total ?? largest.reduce((sum, link) => sum + link[0], 0);
  return element("div", {},
    element("p", {}, largest.length < count
      ? `The largest ${largest.length} of ${count.toLocaleString("en")} paths from ${of.values.at(-1).name} to ${name}, each derivative before its arrow:`
      : `All paths from ${of.values.at(-1).name} to ${name}, each derivative before its arrow:`),
    element("ol", { class: "paths" }, shown),
    element("p", {}, element("strong", {}, `All ${count.toLocaleString("en")} together: dL/d${name} = ${number(gradientHere)}`)));
}

/** A path from the loss to an entry: each value with the derivative by which it is entered. */
function walkOf(of, place, entry, rank) {
  const walk = [];
  while (place >= 0) {
    const [product, local, next, nextEntry, nextRank] = of.values[place].links[entry][1][rank];
    walk.push({ value: place, entry, local: next < 0 ? product : local });
    [place, entry, rank] = [next, nextEntry, nextRank];
  }
  return walk.reverse();
}

/** The gradient that this pass gave to an entry: what the steps contributed. */
function totalOf(of, place, entry) {
  let sum = place === of.steps[0].value ? numeric(shownAt(of.steps[0].upstream, entry)) : 0;
  for (const step of of.steps) {
    for (const gift of step.gives) if (gift.parent === place && gift.array) sum += numeric(shownAt(gift.array, entry));
  }
  return sum;
}

function whyCut(of, value) {
  const place = of.values.indexOf(value);
  for (const user of of.values.filter((one) => one.parents.includes(place))) {
    if (String(user.array.shape) !== String(value.array.shape)) continue;
    if (user.dropped && shownAt(user.array, state.entry, user.dropped)) return ` (${user.name} dropped it)`;
    if (user.dead && shownAt(user.array, state.entry, user.dead)) return ` (${user.name} is off there)`;
  }
  return "";
}

function differencePart(of, value, name, found) {
  const difference = value.differences?.[entriesOf(value.array).indexOf(state.entry)];
  const button = element("button", {
    id: "check", "aria-pressed": String(state.checked), "aria-keyshortcuts": "g",
    onclick: () => go({ checked: !state.checked }),
  }, "check by a central difference (g)");
  if (!state.checked) return element("p", {}, button);
  if (difference === null || difference === undefined) {
    return element("p", {}, button, ` It was not computed: ${of.no_differences || "only entries that are shown have one"}.`);
  }
  const says = totalOf(of, state.inspected, state.entry);
  const off = Math.abs(says - difference);
  const good = off <= 1e-7 + 1e-4 * Math.max(Math.abs(says), Math.abs(difference));
  const verdict = good ? "They agree." : "They differ: the backward is wrong, or the entry sits at a kink.";
  return element("p", {}, button, ` Every mask as it was, ${name} moved by a millionth both ways: `,
    element("strong", {}, `(L(+h) − L(−h)) / 2h = ${number(difference)}`), `; backward says ${number(says)}. `,
    element("strong", { class: good ? "good" : "bad" }, `${good ? "✓" : "✗"} ${verdict}`));
}
