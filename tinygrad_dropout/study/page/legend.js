// The legend: the meaning of the colors, signs and words. It lists only those on the screen.

const SIGNS = [
  ["positive", "0.5", "positive: the larger the number within its table, the stronger the color"],
  ["negative", "−0.5", "negative: likewise"],
  ["pending", "", "not computed yet, which is not the same as 0"],
  ["dropped", "0", "dropped: 0 forward, no gradient backward"],
  ["dead", "0", "ReLU off: 0 forward, no gradient backward"],
  ["differs", "0.5", "differs from the run that it is compared with"],
  ["worked", "0.5", "the entry that is worked out below the table"],
];
const WORDS = [
  [/✓/, "✓: its gradient is complete"],
  [/waits for/, "waits for 2: two more operations that use it have yet to run"],
  [/earlier/, "earlier: its .grad is from an earlier backward"],
  [/no grad/, "no grad: it does not require a gradient"],
];

function showLegend() {
  const main = document.querySelector("main");
  const cells = [...main.querySelectorAll("td")].filter((cell) => !cell.closest(".pending"));
  const occurs = (sign) => sign === "pending" ? main.querySelector("table.pending, .box.pending")
    : cells.some((cell) => cell.classList.contains(sign));
  const signs = SIGNS.filter(([sign]) => occurs(sign)).map(([sign, sample, what]) => element("span", {},
    element("table", { class: sign === "pending" ? "pending" : "", "aria-hidden": "true" },
      element("tr", {}, element("td", { class: sign, style: `--share: ${sign.endsWith("tive") ? 50 : 0}%` }, sample))),
    ` ${what}`));
  const states = [...main.querySelectorAll(".box .note")].map((note) => note.textContent).join("\n");
  const words = WORDS.filter(([word]) => word.test(states)).map(([, what]) => what);
  const shapes = ["round corners: an input or a parameter", "square corners: the result of an operation"];
  if (main.querySelector(".box.folded")) shapes.push("dashed: a layer folded into one box");
  if (main.querySelector(".box.here")) shapes.push("▶: this step");
  byId("signs").replaceChildren(...signs, element("p", {}, "In the graph: ", [...shapes, ...words].join("; "), "."));
}
