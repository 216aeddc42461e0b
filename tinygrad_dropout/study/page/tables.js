// Arrays as tables. The color shows a number's sign and size, which the number shows as well.

/**
 * An array as a figure.
 *
 * options: caption; dropped, dead: tables of 0 and 1; pending: not computed yet, so hatched; against: an array whose
 * differences are marked; mask: 0 and 1, without colors; pick: called with an entry that is clicked; picked: the
 * selected entry; worked: the entry that is worked out below.
 */
function arrayFigure(array, options) {
  const caption = element("figcaption", {}, options.caption, " ", element("small", {}, shapeText(array.shape)));
  const figure = element("figure", { class: "array" }, caption);
  if (array.part) {
    const range = ["min", "max", "norm"].map((name) => `${name} ${number(array[name])}`).join(", ");
    if (!options.pending) caption.append(element("small", { class: "range" }, range));
    caption.append(element("small", { class: "range" }, `shown: ${array.part}`));
  }
  if (!array.rows.length) {
    figure.append(element("p", {}, "no elements"));
    return figure;
  }
  const table = element("table", {
    role: "grid",
    "aria-label": `${plain(options.caption)}, ${shapeText(array.shape)}${options.pending ? ", not computed yet" : ""}`,
    class: options.pending ? "pending" : "",
  });
  const largest = Math.max(...array.rows.flat().map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)), 0);
  array.rows.forEach((row, i) => {
    table.append(element("tr", { role: "row" }, row.map((value, j) => cell(array, value, i, j, largest, options))));
  });
  const first = table.querySelector("td[aria-selected=true]") ?? table.querySelector("td");
  if (options.pick) first.tabIndex = 0;
  table.addEventListener("keydown", moveInTable);
  figure.append(element("div", { class: "scroll" }, table));
  return figure;
}

function cell(array, value, i, j, largest, options) {
  const entry = entryAt(array, i, j);
  const dropped = options.dropped?.[i]?.[j] === 1 && !value; // a wrong backward can let a gradient through
  const dead = options.dead?.[i]?.[j] === 1 && !value && !dropped;
  const differs = !options.pending && options.against?.rows?.[i] !== undefined && !close(options.against.rows[i][j], value);
  const worked = options.worked === entry;
  const signs = [dropped && "dropped", dead && "ReLU off", differs && "differs", worked && "worked out below"].filter(Boolean);
  const text = options.pending ? "" : number(value);
  const share = options.pending || !largest || !Number.isFinite(value) || options.mask ? 0 : Math.abs(value) / largest;
  const made = element("td", {
    role: "gridcell",
    class: [dropped && "dropped", dead && "dead", differs && "differs", worked && "worked", signOf(value, options)]
      .filter(Boolean).join(" "),
    style: `--share: ${Math.round(share * 55)}%`,
    title: [indexed(array.shape, entry), ...signs].join(" "),
    "aria-label": `${indexed(array.shape, entry)} ${options.pending ? "not computed yet" : text} ${signs.join(" ")}`,
    "aria-selected": options.pick ? String(options.picked === entry) : null,
    tabindex: options.pick ? -1 : null,
  }, text);
  if (options.pick) {
    made.addEventListener("mousedown", (event) => event.preventDefault()); // no focus: the arrow keys keep changing the step
    made.addEventListener("click", () => options.pick(entry));
  }
  return made;
}

/** The class for a number's color; "" if it has none. */
const signOf = (value, { mask, pending }) => (mask || pending ? "" : value > 0 ? "positive" : value < 0 ? "negative" : "");

/** Keys in a table that has the focus: arrows move between cells, Enter or space picks one, Escape leaves the table. */
function moveInTable(event) {
  const at = event.target.closest("td");
  if (!at || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = at.parentElement;
  const column = [...row.children].indexOf(at);
  const to = {
    ArrowLeft: at.previousElementSibling,
    ArrowRight: at.nextElementSibling,
    ArrowUp: row.previousElementSibling?.children[column],
    ArrowDown: row.nextElementSibling?.children[column],
  }[event.key];
  if (event.key === "Enter" || event.key === " ") {
    at.click();
  } else if (event.key === "Escape") {
    document.getElementById("panel").focus();
  } else if (event.key.startsWith("Arrow")) {
    if (to) {
      at.tabIndex = -1;
      to.tabIndex = 0;
      to.focus();
    }
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Scroll each table to its selected or worked entry, and make tables without selectable cells scrollable by keyboard. */
function settleTables(within) {
  for (const box of within.querySelectorAll(".array .scroll")) {
    const cell = box.querySelector("td[aria-selected=true], td.worked")?.getBoundingClientRect();
    const sight = box.getBoundingClientRect();
    if (cell && cell.right > sight.right) box.scrollLeft += cell.left + cell.width / 2 - (sight.left + sight.right) / 2;
    if (box.scrollWidth > box.clientWidth && !box.querySelector("td[tabindex]")) box.tabIndex = 0;
  }
}

function close(a, b) {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= 1e-5 * Math.max(Math.abs(a), Math.abs(b));
}

/** The text of a caption, which may be an element. */
const plain = (caption) => (typeof caption === "string" ? caption : caption.textContent);
