// The questions of predict. Each answer can be worked out from the numbers on the screen.

/** The question about a step: {kind, about, text, hint, answer, right(guess)}; null if the step gives nothing. */
function questionOf(run, stepNumber) {
  const step = run.steps[stepNumber - 1];
  const contributions = step.gives.filter((contribution) => contribution.array && contribution.array.rows.length);
  if (!contributions.length) return null;
  const stretched = contributions.find((contribution) => contribution.summed);
  if (stretched) return axesQuestion(run, stretched);
  const shaped = shapedOf(run, step);
  const turn = run.steps.slice(0, stepNumber - 1).filter((one) => shapedOf(run, one)).length;
  return shaped && turn % 2 === 0 ? shapeQuestion(run, shaped) : numberQuestion(run, contributions); // they take turns
}

/** Asks over which axes a gradient is summed. The text gives both shapes. */
function axesQuestion(run, contribution) {
  const name = run.nodes[contribution.parent].name;
  return {
    kind: "axes",
    about: contribution.parent,
    text: `Broadcasting stretched ${name} from ${shapeText(contribution.array.shape)} to ${shapeText(contribution.returned.shape)}. ` +
      "Over which axes is its gradient summed?",
    hint: "for example 0, 2",
    answer: contribution.summed.join(", "),
    right: (guess) => wholeNumbers(guess).sort().join() === [...contribution.summed].sort().join(),
  };
}

/** Asks for the shape of a gradient. The tensor has the same shape, so it is hidden until the answer is given. */
function shapeQuestion(run, contribution) {
  const shape = contribution.array.shape;
  return {
    kind: "shape",
    about: contribution.parent,
    text: `What is the shape of ${run.nodes[contribution.parent].name}'s gradient?`,
    hint: "for example 4 x 3",
    answer: shapeText(shape),
    right: (guess) => wholeNumbers(guess).join() === shape.join(),
  };
}

function numberQuestion(run, contributions) {
  const [contribution] = contributions; // plus anything else that this step gives to the same tensor
  const all = contributions.filter((one) => one.parent === contribution.parent).map((one) => numbersOf(one.array).map(numeric));
  const numbers = all[0].map((_, k) => all.reduce((sum, one) => sum + one[k], 0));
  const at = easiest(numbers, contribution.products);
  const entry = entriesOf(contribution.array)[at];
  return {
    kind: "number",
    about: contribution.parent,
    text: `What does this step contribute to the gradient of ${run.nodes[contribution.parent].name}${indexed(contribution.array.shape, entry)}? (An answer within 1% counts as right.)`,
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
const shapedOf = (run, step) => step.gives.findLast((contribution) => contribution.array?.rows.length && shapeFollows(run, step.node, contribution.parent));

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
