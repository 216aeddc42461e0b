// The graph: a box for each tensor, inputs at the top, the loss at the bottom; layers can be folded into one box.

const BOX = { width: 116, height: 38, across: 130, down: 51, margin: 16 };

/** What is drawn: single values (a leaf once beside each use) and folded layers: {key, layer, members, child, x, row}. */
function boxes() {
  const of = run();
  const drawn = new Map();
  for (const [place, child, x, row] of of.boxes) {
    const layer = of.values[place].layer;
    const folded = layer && state.folded.has(layer);
    const key = folded ? `layer ${layer}` : child < 0 ? `value ${place}` : `value ${place} for ${child}`;
    const box = drawn.get(key) ?? { key, layer: folded ? layer : "", child: -1, members: [], places: [] };
    box.members.push(place);
    box.places.push({ x, row, result: Boolean(of.values[place].operation) });
    if (!folded) box.child = child;
    drawn.set(key, box);
  }
  for (const box of drawn.values()) {
    const results = box.places.filter((one) => one.result);
    const middle = results.length ? results : box.places;
    box.x = middle.reduce((sum, one) => sum + one.x, 0) / middle.length;
    box.row = Math.max(...box.places.map((one) => one.row));
  }
  const all = [...drawn.values()];
  const rows = [...new Set(all.map((box) => box.row))].sort((a, b) => a - b); // none is left empty
  for (const box of all) box.row = rows.indexOf(box.row);
  return all;
}

function showGraph() {
  const of = run();
  const drawn = boxes();
  const routes = new Map((state.folded.size ? [] : of.routes).map(([parent, child, points]) => [`${parent} ${child}`, points]));
  const across = [...drawn.map((box) => box.x), ...[...routes.values()].flat().map(([x]) => x)];
  const leftmost = Math.min(...across);
  const leftOf = (x) => BOX.margin + (x - leftmost) * BOX.across;
  const topOf = (row) => BOX.margin + row * BOX.down;
  const left = (box) => leftOf(box.x);
  const top = (box) => topOf(box.row);
  const width = leftOf(Math.max(...across)) + BOX.width + BOX.margin;
  const height = topOf(Math.max(...drawn.map((box) => box.row))) + BOX.height + BOX.margin;
  const svg = element("svg", {
    viewBox: `0 0 ${width} ${height}`,
    style: `max-width: ${width}px; min-width: ${Math.min(width, Math.round(width * 0.62))}px`,
    role: "group",
    "aria-label": `graph of ${of.values.length} tensors`,
  }, definitions());

  const layers = [...new Set(of.values.map((value) => value.layer).filter(Boolean))];
  for (const layer of layers.filter((name) => !state.folded.has(name))) {
    const members = drawn.filter((box) => of.values[box.members[0]].layer === layer);
    const x = Math.min(...members.map(left)) - 8;
    const y = Math.min(...members.map(top)) - 6;
    svg.append(element("rect", {
      class: "layer",
      x, y, rx: 10,
      width: Math.max(...members.map(left)) + BOX.width + 8 - x,
      height: Math.max(...members.map(top)) + BOX.height + 6 - y,
    }));
  }
  const find = (place, child) => drawn.find((box) => box.members.includes(place) && (box.child < 0 || box.child === child));
  const lines = new Set();
  of.values.forEach((value, child) => {
    for (const parent of value.parents) {
      const [from, to] = [find(parent, child), find(child, -1)];
      if (from === to || lines.has(`${from.key} ${to.key}`)) continue;
      lines.add(`${from.key} ${to.key}`);
      const points = (routes.get(`${parent} ${child}`) ?? []).map(([x, row]) => [leftOf(x) + BOX.width / 2, topOf(row)]);
      const active = child === current() || to.members.includes(current());
      svg.append(element("path", {
        class: `edge ${active ? "active" : ""}`,
        d: curve([left(from) + BOX.width / 2, top(from) + BOX.height], points, [left(to) + BOX.width / 2, top(to)]),
        [state.view === "backward" ? "marker-start" : "marker-end"]: active ? "url(#arrow-active)" : "url(#arrow)",
      }));
    }
  });
  for (const box of drawn) svg.append(boxElement(of, box, left(box), top(box)));

  const all = layers.length && layers.every((layer) => state.folded.has(layer));
  const buttons = layers.map((layer) => element("button", {
    class: "fold",
    "data-key": `fold ${layer}`,
    "aria-pressed": String(state.folded.has(layer)),
    title: `fold layer ${layer} (an operation with parameters, and what follows it) into one box`,
    onclick: () => fold([layer], !state.folded.has(layer)),
  }, layer));
  const bar = layers.length
    ? element("p", { class: "folds" }, "fold: ", buttons, element("button", {
      id: "fold-all", "data-key": "fold all layers", "aria-pressed": String(all), title: "fold all layers (l)", "aria-keyshortcuts": "l",
      onclick: () => fold(layers, !all),
    }, "all layers"))
    : null;
  const pane = document.getElementById("graph");
  const focused = pane.contains(document.activeElement) ? document.activeElement.getAttribute("data-key") : null;
  pane.replaceChildren(...[bar, element("div", { class: "scroll" }, svg)].filter(Boolean));
  if (focused) [...pane.querySelectorAll("[data-key]")].find((one) => one.getAttribute("data-key") === focused)?.focus();
  followStep(pane);
}

/** Scroll the pane, and it alone, until the box of the step is in sight. */
function followStep(pane) {
  const here = pane.querySelector(".box.here")?.getBoundingClientRect();
  if (!here) return;
  for (const one of [pane, pane.querySelector(".scroll")]) {
    const seen = one.getBoundingClientRect();
    if (here.top < seen.top || here.bottom > seen.bottom) one.scrollTop += here.top + here.height / 2 - (seen.top + seen.bottom) / 2;
    if (here.left < seen.left || here.right > seen.right) one.scrollLeft += here.left + here.width / 2 - (seen.left + seen.right) / 2;
  }
}

function fold(layers, folded) {
  for (const layer of layers) state.folded[folded ? "add" : "delete"](layer);
  show();
}

function foldAll() {
  const layers = [...new Set(run().values.map((value) => value.layer).filter(Boolean))];
  fold(layers, !layers.every((layer) => state.folded.has(layer)));
}

function boxElement(of, box, x, y) {
  const place = box.members.length === 1 || !box.layer ? box.members[0] : -1;
  const value = of.values[place];
  const here = box.members.includes(current());
  const ready = box.members.every((member) => !of.values[member].asks || there(of, member));
  const label = box.layer ? `layer ${box.layer}` : value.name;
  const note = box.layer
    ? box.members.map((member) => of.values[member].operation).filter(Boolean).join(" → ")
    : status(of, place);
  const made = element("g", {
    class: ["box", here && "here", !ready && "pending", place === state.inspected && "inspected", box.layer && "folded"]
      .filter(Boolean).join(" "),
    transform: `translate(${x} ${y})`,
    tabindex: 0,
    role: "button",
    "data-key": box.key,
    "aria-label": `${label}: ${note}${here ? ", this step" : ""}`,
    onclick: () => (box.layer ? fold([box.layer], false) : inspect(place)),
    onkeydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      box.layer ? fold([box.layer], false) : inspect(place);
    },
  },
    element("title", {}, `${label}: ${note}`),
    element("rect", { width: BOX.width, height: BOX.height, rx: value?.operation || box.layer ? 6 : 18 }),
    element("text", { x: BOX.width / 2, y: 16, class: "name" }, (here ? "▶ " : "") + cutFront(label, here ? 12 : 14)),
    element("text", { x: BOX.width / 2, y: 30 }, cut(note, 19)));
  return made;
}

/** What a box says of its value. */
function status(of, place) {
  const value = of.values[place];
  const size = sizes(value.array.shape);
  if (state.view === "forward") return there(of, place) ? size : "not yet";
  if (!value.asks) return `${size}, no grad`;
  const found = gradient(of, place, seen());
  if (!found.array) return asking() ? "not yet" : `${size}, not yet`; // the size is what a question may be about
  if (found.earlier) return `${size}, earlier`;
  return found.waiting ? `${size}, waits for ${found.waiting}` : `${size} ✓`;
}

const cutFront = (text, most) => (text.length > most ? `…${text.slice(1 - most)}` : text);
const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** A line from box to box: bent between the rows, straight through the rows that it passes. */
function curve(from, through, to) {
  let path = `M${from}`;
  let [x1, y1] = from;
  for (const [x2, y2] of [...through, to]) {
    const bend = Math.max(8, (y2 - y1) / 2);
    path += `C${[x1, y1 + bend]} ${[x2, y2 - bend]} ${[x2, y2]}`;
    [x1, y1] = [x2, y2 + BOX.height];
    path += `V${y1}`;
  }
  return path.slice(0, path.lastIndexOf("V")); // the last point is the box itself
}

function definitions() {
  const arrow = (id) => element("marker", {
    id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse",
  }, element("path", { d: "M0 0L8 4L0 8z" }));
  return element("defs", {}, arrow("arrow"), arrow("arrow-active"),
    element("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      element("rect", { width: 6, height: 6, class: "hatch-ground" }), element("rect", { width: 2, height: 6, class: "hatch-line" })));
}
