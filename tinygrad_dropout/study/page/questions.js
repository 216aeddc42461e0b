// The questions of predict. Each answer can be worked out from the numbers on the screen.

/** The question about a step: {kind, about, text, hint, answer, right(guess)}; null if the step gives nothing. */
function questionOf(run, stepNumber) {
  const step = run.steps[stepNumber - 1];
  const gifts = step.gives.filter((gift) => gift.array && gift.array.rows.length);
  if (!gifts.length) return null;
  const stretched = gifts.find((gift) => gift.summed);
  if (stretched) return axesQuestion(run, stretched);
  const shaped = shapedOf(run, step);
  const turn = run.steps.slice(0, stepNumber - 1).filter((one) => shapedOf(run, one)).length;
  return shaped && turn % 2 === 0 ? shapeQuestion(run, shaped) : numberQuestion(run, gifts); // they take turns
}

/** Asks over which axes a gradient is summed. The text gives both shapes. */
function axesQuestion(run, gift) {
  const name = run.nodes[gift.parent].name;
  return {
    kind: "axes",
    about: gift.parent,
    text: `Broadcasting stretched ${name} from ${shapeText(gift.array.shape)} to ${shapeText(gift.returned.shape)}. ` +
      "Over which axes is its gradient summed?",
    hint: "for example 0, 2",
    answer: gift.summed.join(", "),
    right: (guess) => wholeNumbers(guess).sort().join() === [...gift.summed].sort().join(),
  };
}

/** Asks for the shape of a gradient. The tensor has the same shape, so it is hidden until the answer is given. */
function shapeQuestion(run, gift) {
  const shape = gift.array.shape;
  return {
    kind: "shape",
    about: gift.parent,
    text: `What is the shape of ${run.nodes[gift.parent].name}'s gradient?`,
    hint: "for example 4 x 3",
    answer: shapeText(shape),
    right: (guess) => wholeNumbers(guess).join() === shape.join(),
  };
}

function numberQuestion(run, gifts) {
  const [gift] = gifts; // plus anything else that this step gives to the same tensor
  const all = gifts.filter((one) => one.parent === gift.parent).map((one) => numbersOf(one.array).map(numeric));
  const numbers = all[0].map((_, k) => all.reduce((sum, one) => sum + one[k], 0));
  const at = easiest(numbers, gift.products);
  const entry = entriesOf(gift.array)[at];
  return {
    kind: "number",
    about: gift.parent,
    text: `What does this step contribute to the gradient of ${run.nodes[gift.parent].name}${indexed(gift.array.shape, entry)}? (An answer within 1% counts as right.)`,
    hint: "a number",
    answer: number(numbers[at]),
    right: (guess) => {
      const value = Number(guess.trim().replaceAll("−", "-").replace(",", "."));
      return guess.trim() !== "" && Math.abs(value - numbers[at]) <= 0.01 * Math.abs(numbers[at]) + 1e-9;
    },
  };
}

const wholeNumbers = (guess) => guess.match(/\d+/g)?.map(Number) ?? [];

/** A step's contribution to the last of the tensors whose shapes can be worked out. */
const shapedOf = (run, step) => step.gives.findLast((gift) => gift.array?.rows.length && shapeFollows(run, step.node, gift.parent));

/** Whether the shape of an operation's parent follows from the shapes of its result and its other parents. */
function shapeFollows(run, result, parent) {
  const node = run.nodes[result];
  const asked = run.nodes[parent].array.shape;
  const others = [result, ...node.parents.filter((one) => one !== parent)].map((one) => run.nodes[one].array.shape);
  return asked.length === 2 && others.length > 1 && others.every((shape) => String(shape) !== String(asked))
    && asked.every((size) => others.flat().includes(size));
}

/** The index of the number to ask for: of those that are not 0, the one with the fewest products, then the largest. */
function easiest(numbers, counts) {
  const products = (k) => counts?.[k] ?? 1;
  const order = numbers.map((_, k) => k).filter((k) => numbers[k] !== 0);
  order.sort((a, b) => products(a) - products(b) || Math.abs(numbers[b]) - Math.abs(numbers[a]));
  return order[0] ?? 0;
}

/** The node whose shape would answer the current question; -1 if none would. */
function unseenShape() {
  const asked = asking() ? questionOf(currentRun(), state.step) : null;
  return asked?.kind === "shape" ? asked.about : -1;
}

/** The layer that ran an operation, without its sizes while a question is about a shape. */
const moduleSeen = (node) => (unseenShape() < 0 ? node.module : node.module.replace(/\(.*$/s, ""));
