// What the graph draws: a box for each tensor or folded layer, where it stands, and the words in it.

const BOX = { width: 116, between: 10, line: 14, below: 13, margin: 10, label: 17 };
const NAME = "600 12.5px system-ui, sans-serif";
const NOTE = "11px system-ui, sans-serif";

/** Make boxes so wide that three stand side by side on a phone, where words keep their size. */
function sizeBoxes(pane) {
  const third = Math.floor((pane.clientWidth - 2 * BOX.margin + BOX.between) / 3) - BOX.between;
  BOX.width = oneColumn.matches ? Math.min(Math.max(third, 84), 116) : 116;
}

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
  for (const box of all) {
    box.row = rows.indexOf(box.row);
    wordsOf(of, box);
  }
  return all;
}

/** The words of a box: {title, state} in full, {name, note} as the lines that fit into it. */
function wordsOf(of, box) {
  if (box.layer) {
    const [first, ...others] = partsOf(of, box.layer);
    box.title = [first, ...others].join(" → ");
    box.state = "folded into one box";
    box.name = inLines(first, NAME);
    box.note = others.length ? inLines(others.map((part) => `→ ${part}`).join(" "), NOTE) : [];
  } else {
    const [place] = box.members;
    const states = statesOf(of, place);
    box.title = of.values[place].name;
    [box.state] = states;
    box.name = inLines(box.title, NAME);
    box.note = [states.find((text) => wide(text, NOTE) <= BOX.width - 8) ?? states.at(-1)];
  }
}

/** What a layer holds, in order: `Linear 3`, `ReLU 4`, and an operation's own name where no module of its own did it. */
function partsOf(of, layer) {
  const parts = of.values.filter((value) => value.layer === layer && value.operation).map((value, k) => {
    const [, key, kind] = value.module.match(/^(?:(\S+) )?([\w.]+)\(/) ?? [];
    const known = key ?? (k ? "" : layer); // a module that was called by itself has no key
    if (kind) return [kind, known].filter(Boolean).join(" ");
    return k || value.module ? value.operation : `${value.operation} ${layer}`;
  });
  return parts.filter((part, k) => part !== parts[k - 1]);
}

/** What a box says of its value, the longest first. */
function statesOf(of, place) {
  const value = of.values[place];
  const size = sizes(value.array.shape);
  const among = (word) => [`${size}, ${word}`, word];
  if (place === unseenShape()) return ["not yet"];
  if (state.view === "forward") return there(of, place) ? [size] : ["not yet"];
  if (!value.asks) return among("no grad");
  const found = gradient(of, place, seen());
  if (!found.array) return state.predicting ? ["not yet"] : among("not yet"); // a later question may be about the size
  if (found.earlier) return among("earlier");
  return found.waiting ? among(`waits for ${found.waiting}`) : [`${size} ✓`, "✓"];
}

const ruler = document.createElement("canvas").getContext("2d");

/** How many pixels wide a text is. */
function wide(text, font) {
  ruler.font = font;
  return ruler.measureText(text).width;
}

/** A text in one line or two: broken behind a dot, a space or an underscore; if it must be, cut in the middle. */
function inLines(text, font, width = BOX.width - 8) {
  const fits = (part) => wide(part, font) <= width;
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

/** A text in one line, cut at its end if it must be. */
function inOneLine(text, font, width) {
  if (wide(text, font) <= width) return text;
  let length = text.length;
  while (length && wide(`${text.slice(0, length)}…`, font) > width) length -= 1;
  return `${text.slice(0, length)}…`;
}
