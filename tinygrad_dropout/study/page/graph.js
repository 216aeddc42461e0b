// The graph: inputs at the top, the loss at the bottom, and a frame around each layer. It is never scaled down.

function showGraph() {
  const run = currentRun();
  const pane = document.getElementById("graph");
  sizeBoxes(pane);
  const drawn = boxes();
  const picture = layOut(run, drawn);
  const svg = element("svg", {
    viewBox: `0 0 ${picture.width} ${picture.height}`,
    width: picture.width,
    height: picture.height,
    role: "group",
    "aria-label": `graph of ${run.nodes.length} tensors`,
  }, definitions());
  for (const frame of picture.frames) svg.append(frameElement(frame));
  svg.append(...linesBetween(run, drawn, picture));
  for (const frame of picture.frames) svg.append(frameLabel(frame));
  for (const box of drawn) svg.append(boxElement(run, box, picture));

  const focused = pane.contains(document.activeElement) ? document.activeElement.getAttribute("data-key") : null;
  const [before] = pane.getElementsByClassName("scroll");
  const at = before ? [before.scrollLeft, before.scrollTop] : [0, 0];
  const scroll = element("div", { class: "scroll" }, svg);
  document.querySelector("main").style.setProperty("--graph", `${picture.width}px`);
  pane.replaceChildren(...[foldBar(), scroll].filter(Boolean));
  [scroll.scrollLeft, scroll.scrollTop] = at;
  if (focused) focusOn(pane, focused);
  followStep(scroll);
}

/** The layout in pixels: the sizes of the picture and of a box, the frames, and functions for positions. */
function layOut(run, drawn) {
  const routes = new Map((state.folded.size ? [] : run.routes).map(([parent, child, points]) => [`${parent} ${child}`, points]));
  const across = [...drawn.map((box) => box.x), ...[...routes.values()].flat().map(([x]) => x)];
  const leftmost = Math.min(...across);
  const high = 10 + BOX.line * Math.max(...drawn.map((box) => box.name.length + box.note.length));
  const layers = [...new Set(run.nodes.map((node) => node.layer).filter((layer) => layer && !state.folded.has(layer)))];
  const groups = layers.map((layer) => {
    const members = drawn.filter((box) => run.nodes[box.members[0]].layer === layer);
    return { layer, members, row: Math.min(...members.map((box) => box.row)) };
  });
  const begins = [...new Set(groups.map((group) => group.row))];
  const left = (x) => BOX.margin + (x - leftmost) * (BOX.width + BOX.between);
  const top = (row) => BOX.margin + row * (high + BOX.below) + BOX.label * begins.filter((one) => one <= row).length;
  const frames = groups.map(({ layer, members, row }) => {
    const spans = spansOf(run, layer, members, routes, left);
    const y = top(row) - BOX.label - 2;
    const outline = spans.map(([from, to], k) => ({
      from, to, end: k === spans.length - 1 ? top(row + k) + high + 6 : top(row + k) + high + BOX.below / 2,
    }));
    return { layer, y, outline, x: outline[0].from, width: outline[0].to - outline[0].from, title: partsOf(run, layer).join(" → ") };
  });
  return {
    routes, left, top, high, frames,
    width: left(Math.max(...across)) + BOX.width + BOX.margin,
    height: top(Math.max(...drawn.map((box) => box.row))) + high + BOX.margin,
  };
}

/** The horizontal extent of a layer in each row: around its boxes or, in a row without boxes, along its edges. */
function spansOf(run, layer, members, routes, left) {
  const within = [...routes].filter(([edge]) => edge.split(" ").every((index) => run.nodes[index].layer === layer));
  const points = within.flatMap(([, route]) => route);
  const first = Math.min(...members.map((box) => box.row));
  const spans = [];
  for (let row = first; row <= Math.max(...members.map((box) => box.row)); row += 1) {
    const xs = members.filter((box) => box.row === row).map((box) => left(box.x));
    const lines = points.filter(([, y]) => y === row).map(([x]) => left(x) + BOX.width / 2);
    if (!xs.length && !lines.length) lines.push((spans.at(-1)[0] + spans.at(-1)[1]) / 2);
    spans.push(xs.length ? [Math.min(...xs) - 6, Math.max(...xs) + BOX.width + 6] : [Math.min(...lines) - 5, Math.max(...lines) + 5]);
  }
  return spans;
}

/** The edges from each box to the boxes that use it. */
function linesBetween(run, drawn, { routes, left, top, high }) {
  const find = (index, child) => drawn.find((box) => box.members.includes(index) && (box.child < 0 || box.child === child));
  const lines = new Map();
  const middle = BOX.width / 2;
  run.nodes.forEach((node, child) => {
    for (const parent of node.parents) {
      const [from, to] = [find(parent, child), find(child, -1)];
      if (from === to || lines.has(`${from.key} ${to.key}`)) continue;
      const points = (routes.get(`${parent} ${child}`) ?? []).map(([x, row]) => [left(x) + middle, top(row)]);
      const active = child === current() || to.members.includes(current());
      lines.set(`${from.key} ${to.key}`, element("path", {
        class: `edge ${active ? "active" : ""}`,
        d: curve([left(from.x) + middle, top(from.row) + high], points, [left(to.x) + middle, top(to.row)], high),
        [state.view === "backward" ? "marker-start" : "marker-end"]: active ? "url(#arrow-active)" : "url(#arrow)",
      }));
    }
  });
  return [...lines.values()];
}

/** An edge from box to box: curved between rows, straight through each row that it passes. */
function curve(from, through, to, high) {
  let path = `M${from}`;
  let [x1, y1] = from;
  for (const [x2, y2] of [...through, to]) {
    const bend = Math.max(8, (y2 - y1) / 2);
    path += `C${[x1, y1 + bend]} ${[x2, y2 - bend]} ${[x2, y2]}`;
    [x1, y1] = [x2, y2 + high];
    path += `V${y1}`;
  }
  return path.slice(0, path.lastIndexOf("V")); // the last point is the box itself
}

/** The frame of a layer. Each row has its own width, so no box of another layer is inside. */
function frameElement({ y, outline, title }) {
  const right = outline.map(({ to, end }) => `H${to}V${end}`).join("");
  const back = outline.map(({ from }, k) => `H${from}V${k ? outline[k - 1].end : y}`).reverse().join("");
  return element("path", { class: "layer", d: `M${outline[0].from} ${y}${right}${back}Z` }, element("title", {}, title));
}

/** The heading of a frame. A click on it folds the layer. */
function frameLabel({ layer, x, y, width, title }) {
  const action = `fold ${title} into one box`;
  return element("g", {
    class: "label", transform: `translate(${x + 6} ${y + 13})`, "data-key": `fold ${layer}`, "aria-label": action, "aria-expanded": "true",
    ...asButton(() => fold([layer], true)),
  },
    element("title", {}, action),
    element("rect", { x: -4, y: -12, width: width - 4, height: 16, rx: 4 }),
    element("text", {}, inOneLine(`▾ ${title}`, NOTE, width - 12)));
}

function boxElement(run, box, { left, top, high }) {
  const [index] = box.members;
  const here = box.members.includes(current());
  const ready = box.members.every((member) => !run.nodes[member].requires_grad || isKnown(run, member));
  const description = `${box.title}: ${box.state}`;
  const first = (high - BOX.line * (box.name.length + box.note.length)) / 2;
  const line = (text, k, kind) =>
    element("text", { x: BOX.width / 2, y: first + BOX.line * k + 11, class: kind }, text);
  return element("g", {
    class: ["box", here && "here", !ready && "pending", !box.layer && index === state.inspected && "inspected", box.layer && "folded"]
      .filter(Boolean).join(" "),
    transform: `translate(${left(box.x)} ${top(box.row)})`,
    "data-key": box.key,
    "aria-label": `${description}${here ? ", this step" : ""}`,
    "aria-expanded": box.layer ? "false" : null,
    ...asButton(() => (box.layer ? fold([box.layer], false) : inspect(index))),
  },
    element("title", {}, description),
    element("rect", { width: BOX.width, height: high, rx: box.layer || run.nodes[index].operation ? 6 : 18 }),
    here ? element("path", { class: "pointer", d: `M-9 ${high / 2 - 7}L2 ${high / 2}L-9 ${high / 2 + 7}z` }) : null,
    box.name.map((text, k) => line(text, k, "name")),
    box.note.map((text, k) => line(text, box.name.length + k, "note")));
}

/** The attributes that make a part of the picture a button. */
function asButton(action) {
  return {
    tabindex: 0,
    role: "button",
    onclick: action,
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      action();
    },
  };
}

/** Scroll the picture, not the page, until the box of the step is visible. */
function followStep(scroll) {
  const here = scroll.querySelector(".box.here")?.getBoundingClientRect();
  if (!here) return;
  const sight = scroll.getBoundingClientRect();
  if (here.top < sight.top || here.bottom > sight.bottom) scroll.scrollTop += here.top + here.height / 2 - (sight.top + sight.bottom) / 2;
  if (here.left < sight.left || here.right > sight.right) scroll.scrollLeft += here.left + here.width / 2 - (sight.left + sight.right) / 2;
}

const layersOf = (run) => [...new Set(run.nodes.map((node) => node.layer).filter(Boolean))];

function fold(layers, folded) {
  for (const layer of layers) state.folded[folded ? "add" : "delete"](layer);
  show();
}

function foldAll() {
  const layers = layersOf(currentRun());
  fold(layers, !layers.every((layer) => state.folded.has(layer)));
}

function foldBar() {
  const layers = layersOf(currentRun());
  if (!layers.length) return null;
  const all = layers.every((layer) => state.folded.has(layer));
  return element("p", { class: "folds" }, element("button", {
    id: "fold-all", "data-key": "fold all layers", title: `${all ? "show every operation" : "show each layer as one box"} (l)`, "aria-keyshortcuts": "l",
    onclick: foldAll,
  }, all ? "unfold all layers" : "fold all layers into one box each"));
}

/** Focus the part with this key, or its counterpart if a layer has just been folded or unfolded. */
function focusOn(pane, key) {
  const counterpart = key.startsWith("layer ") ? key.replace("layer", "fold") : key.replace("fold", "layer");
  const all = [...pane.querySelectorAll("[data-key]")];
  [key, counterpart].map((one) => all.find((part) => part.getAttribute("data-key") === one)).find(Boolean)?.focus({ preventScroll: true });
}

function definitions() {
  const arrow = (id) => element("marker", {
    id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse",
  }, element("path", { d: "M0 0L8 4L0 8z" }));
  return element("defs", {}, arrow("arrow"), arrow("arrow-active"),
    element("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      element("rect", { width: 6, height: 6, class: "hatch-ground" }), element("rect", { width: 2, height: 6, class: "hatch-line" })));
}
