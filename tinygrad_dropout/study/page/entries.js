// The inspection of a tensor and of one of its entries: the paths to the entry, and the check by a central difference.

function inspect(index) {
  go({ inspected: index === state.inspected ? -1 : index, entry: -1, checked: false });
  bringIntoView();
  if (state.inspected >= 0) announce(`looking at ${currentRun().nodes[index].name}`);
}

function pick(index, entry) {
  go({ inspected: index, entry, checked: false });
  bringIntoView();
  announce(`${currentRun().nodes[index].name}${indexed(currentRun().nodes[index].array.shape, entry)}`);
}

function bringIntoView() {
  document.getElementById("inspection")?.scrollIntoView({ block: "nearest" });
}

function inspection() {
  const run = currentRun();
  const node = run.nodes[state.inspected];
  const steps = state.view === "backward" ? seen() : run.steps.length;
  const found = gradient(run, state.inspected, steps);
  if (state.inspected === unseenShape()) return inspected(node.name, [], hiddenFigure("values and gradient"));
  const options = { pick: (entry) => pick(state.inspected, entry), picked: state.entry };
  const empty = { shape: node.array.shape, rows: node.array.rows, part: node.array.part };
  const about = [shapeText(node.array.shape), node.dtype, node.operation ? `made by ${node.operation}` : "a leaf"];
  return inspected(node.name, about,
    element("div", { class: "arrays" },
      arrayFigure(node.array, { caption: "values", dropped: node.dropped, dead: node.dead, ...options }),
      node.requires_grad
        ? arrayFigure(found.array ?? empty, {
          caption: found.earlier ? ".grad from an earlier backward"
            : `${node.before ? ".grad, including an earlier backward" : "gradient"}${found.waiting ? ", so far" : ""}`,
          pending: !found.array, ...options,
        })
        : element("p", { class: "note" }, "It does not require a gradient.")),
    state.entry >= 0 && node.requires_grad ? entryPart(run, node, found) : null,
    state.entry < 0 && node.requires_grad ? element("p", { class: "note" }, "Click an entry to see the paths that lead to it.") : null);
}

/** The frame around an inspected tensor. */
const inspected = (name, about, ...children) => element("section", { id: "inspection", "aria-label": `the tensor ${name}` },
  element("h3", {}, name, element("small", {}, ` ${about.join(", ")} `),
    element("button", { onclick: () => inspect(state.inspected), title: "close (Escape)" }, "close")),
  children);

function entryPart(run, node, found) {
  const name = `${node.name}${indexed(node.array.shape, state.entry)}`;
  if (!found.array || found.earlier) return element("p", { class: "note" }, `dL/d${name} has not been computed at this step.`);
  if (found.waiting) return element("p", { class: "note" }, `dL/d${name} is not complete yet: it waits for ${counted(found.waiting, "more consumer")}.`);
  return element("div", { id: "entry" }, pathsPart(run, node, name), differencePart(run, node, name, found));
}

function pathsPart(run, node, name) {
  if (run.no_paths) return element("p", { class: "note" }, `The paths to ${name} are not shown: ${run.no_paths}.`);
  const links = node.links?.[state.entry];
  if (!links) return element("p", { class: "note" }, "Paths are recorded only for the entries shown.");
  const [count, largest] = links;
  if (!count) return element("p", {}, `Every path to ${name} contains a factor of 0${whyCut(run, node)}, so its gradient is 0.`);
  const total = largest.length < count ? totalOf(run, state.inspected, state.entry) : null;
  const shown = largest.map((_, rank) => {
    const walk = walkOf(run, state.inspected, state.entry, rank);
    const steps = walk.map((one, k) => {
      const on = run.nodes[one.node];
      const name = `${on.name}${indexed(on.array.shape, one.entry)}`;
      return element("span", { class: name.length > 18 ? "" : "hop" }, k ? [" × ", element("b", {}, number(one.local)), " → "] : "", name);
    });
    const seed = walk[0].local === 1 ? "" : `starting from ${number(walk[0].local)}: `;
    return element("li", {}, seed, steps, `: product ${number(largest[rank][0])}`);
  });
  const gradientHere = total ?? largest.reduce((sum, link) => sum + link[0], 0);
  return element("div", {},
    element("p", {}, largest.length < count
      ? `The largest ${largest.length} of ${count.toLocaleString("en")} paths from ${run.nodes.at(-1).name} to ${name}, with each derivative before its arrow:`
      : `All paths from ${run.nodes.at(-1).name} to ${name}, with each derivative before its arrow:`),
    element("ol", { class: "paths" }, shown),
    element("p", {}, element("strong", {}, `Sum over ${count === 1 ? "this path" : `all ${count.toLocaleString("en")} paths`}: dL/d${name} = ${number(gradientHere)}`)));
}

/** A path from the loss to an entry: each node with the derivative that leads to it. */
function walkOf(run, index, entry, rank) {
  const walk = [];
  while (index >= 0) {
    const [product, local, next, nextEntry, nextRank] = run.nodes[index].links[entry][1][rank];
    walk.push({ node: index, entry, local: next < 0 ? product : local });
    [index, entry, rank] = [next, nextEntry, nextRank];
  }
  return walk.reverse();
}

/** The gradient that this pass gave to an entry: the sum of all contributions. */
function totalOf(run, index, entry) {
  let sum = index === run.steps[0].node ? numeric(shownAt(run.steps[0].upstream, entry)) : 0;
  for (const step of run.steps) {
    for (const contribution of step.gives) if (contribution.parent === index && contribution.array) sum += numeric(shownAt(contribution.array, entry));
  }
  return sum;
}

function whyCut(run, node) {
  const index = run.nodes.indexOf(node);
  for (const user of run.nodes.filter((one) => one.parents.includes(index))) {
    if (String(user.array.shape) !== String(node.array.shape)) continue;
    if (user.dropped && shownAt(user.array, state.entry, user.dropped)) return ` (${user.name} dropped it)`;
    if (user.dead && shownAt(user.array, state.entry, user.dead)) return ` (${user.name} is off there)`;
  }
  return "";
}

function differencePart(run, node, name, found) {
  const difference = node.differences?.[entriesOf(node.array).indexOf(state.entry)];
  const button = element("button", {
    id: "check", "aria-pressed": String(state.checked), "aria-keyshortcuts": "g",
    onclick: () => go({ checked: !state.checked }),
  }, "check by a central difference (g)");
  if (!state.checked) return element("p", {}, button);
  if (difference === null || difference === undefined) {
    return element("p", {}, button, ` It was not computed: ${run.no_differences || "only the entries shown have one"}.`);
  }
  const backward = totalOf(run, state.inspected, state.entry);
  const off = Math.abs(backward - difference);
  const good = off <= 1e-7 + 1e-4 * Math.max(Math.abs(backward), Math.abs(difference));
  const verdict = good ? "They agree." : "They differ: the backward is wrong, or the entry is at a kink.";
  return element("p", {}, button, ` With the same masks and ${name} moved by a millionth in both directions, `,
    element("strong", {}, `(L(+h) − L(−h)) / 2h = ${number(difference)}`), `. The backward gives ${number(backward)}. `,
    element("strong", { class: good ? "good" : "bad" }, `${good ? "✓" : "✗"} ${verdict}`));
}
