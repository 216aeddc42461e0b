// The boxes of the graph: one for each tensor or folded layer, with its position and its text.

const BOX = { width: 116, between: 10, line: 14, below: 13, margin: 10, label: 17 };
const NAME = "600 12.5px system-ui, sans-serif";
const NOTE = "11px system-ui, sans-serif";

/** Set the width of a box. On a phone, where the text keeps its size, three boxes fit side by side. */
function sizeBoxes(pane) {
  const third = Math.floor((pane.clientWidth - 2 * BOX.margin + BOX.between) / 3) - BOX.between;
  BOX.width = oneColumn.matches ? Math.min(Math.max(third, 84), 116) : 116;
}

/** The boxes to draw, for single nodes (a leaf once next to each use) and folded layers: {key, layer, members, child, x, row}. */
function boxes() {
  const run = currentRun();
  const drawn = new Map();
  for (const [index, child, x, row] of run.boxes) {
    const layer = run.nodes[index].layer;
    const folded = layer && state.folded.has(layer);
    const key = folded ? `layer ${layer}` : child < 0 ? `node ${index}` : `node ${index} for ${child}`;
    const box = drawn.get(key) ?? { key, layer: folded ? layer : "", child: -1, members: [], positions: [] };
    box.members.push(index);
    box.positions.push({ x, row, result: Boolean(run.nodes[index].operation) });
    if (!folded) box.child = child;
    drawn.set(key, box);
  }
  for (const box of drawn.values()) {
    const results = box.positions.filter((one) => one.result);
    const middle = results.length ? results : box.positions;
    box.x = middle.reduce((sum, one) => sum + one.x, 0) / middle.length;
    box.row = Math.max(...box.positions.map((one) => one.row));
  }
  const all = [...drawn.values()];
  const rows = [...new Set(all.map((box) => box.row))].sort((a, b) => a - b); // without empty rows
  for (const box of all) {
    box.row = rows.indexOf(box.row);
    addWords(run, box);
  }
  return all;
}

/** Add the text of a box: `title` and `state` in full, `name` and `note` as the lines that fit into it. */
function addWords(run, box) {
  if (box.layer) {
    const [first, ...others] = partsOf(run, box.layer);
    box.title = [first, ...others].join(" → ");
    box.state = "folded into one box";
    box.name = inLines(first, NAME);
    box.note = others.length ? inLines(others.map((part) => `→ ${part}`).join(" "), NOTE) : [];
  } else {
    const [index] = box.members;
    const states = statesOf(run, index);
    box.title = run.nodes[index].name;
    [box.state] = states;
    box.name = inLines(box.title, NAME);
    box.note = [states.find((text) => widthOf(text, NOTE) <= BOX.width - 8) ?? states.at(-1)];
  }
}

/** The parts of a layer, in order: `Linear 3`, `ReLU 4`, or the operation's name if no module of its own ran it. */
function partsOf(run, layer) {
  const parts = run.nodes.filter((node) => node.layer === layer && node.operation).map((node, k) => {
    const [, key, kind] = node.module.match(/^(?:(\S+) )?([\w.]+)\(/) ?? [];
    const known = key ?? (k ? "" : layer); // a module that is not inside another module has no key
    if (kind) return [kind, known].filter(Boolean).join(" ");
    return k || node.module ? node.operation : `${node.operation} ${layer}`;
  });
  return parts.filter((part, k) => part !== parts[k - 1]);
}

/** The possible texts about the state of a box's node, the longest first. */
function statesOf(run, index) {
  const node = run.nodes[index];
  const shape = shapeText(node.array.shape);
  const withShape = (word) => [`${shape}, ${word}`, word];
  if (index === unseenShape()) return ["not yet"];
  if (state.view === "forward") return isKnown(run, index) ? [shape] : ["not yet"];
  if (!node.requires_grad) return withShape("no grad");
  const found = gradient(run, index, seen());
  if (!found.array) return state.predicting ? ["not yet"] : withShape("not yet"); // a later question may be about the shape
  if (found.earlier) return withShape("earlier");
  return found.waiting ? withShape(`waits for ${found.waiting}`) : [`${shape} ✓`, "✓"];
}

const ruler = document.createElement("canvas").getContext("2d");

/** The width of a text in pixels. */
function widthOf(text, font) {
  ruler.font = font;
  return ruler.measureText(text).width;
}

/** A text in one or two lines, broken after a dot, a space or an underscore, and cut in the middle if it is too long. */
function inLines(text, font, width = BOX.width - 8) {
  const fits = (part) => widthOf(part, font) <= width;
  if (fits(text)) return [text];
  const breaks = [...text.matchAll(/[._\s]+/g)].map((found) => found.index + found[0].length).reverse();
  const good = breaks.find((at) => at < text.length && fits(text.slice(0, at).trimEnd()) && fits(text.slice(at)));
  if (good) return [text.slice(0, good).trimEnd(), text.slice(good)];
  let head = text.length;
  while (!fits(text.slice(0, head))) head -= 1;
  let tail = head;
  while (!fits(`${tail > head ? "…" : ""}${text.slice(tail)}`)) tail += 1;
  return [text.slice(0, head), `${tail > head ? "…" : ""}${text.slice(tail)}`];
}

/** A text in one line, cut at its end if it is too long. */
function inOneLine(text, font, width) {
  if (widthOf(text, font) <= width) return text;
  let length = text.length;
  while (length && widthOf(`${text.slice(0, length)}…`, font) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}
