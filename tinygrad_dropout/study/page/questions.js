// The questions of predict, each about something that can be worked out from what is to be seen beside it.

/** The question about a step: {kind, about, text, hint, answer, right(guess)}; null if it gives nothing. */
function questionOf(of, number_) {
  const step = of.steps[number_ - 1];
  const gifts = step.gives.filter((gift) => gift.array && gift.array.rows.length);
  if (!gifts.length) return null;
  const stretched = gifts.find((gift) => gift.summed);
  if (stretched) return axesQuestion(of, stretched);
  const shaped = shapedOf(of, step);
  const turn = of.steps.slice(0, number_ - 1).filter((one) => shapedOf(of, one)).length;
  return shaped && turn % 2 === 0 ? shapeQuestion(of, shaped) : numberQuestion(of, gifts); // they take turns
}

/** Over which axes a gradient is summed; both shapes are there to be compared. */
function axesQuestion(of, gift) {
  const name = of.values[gift.parent].name;
  return {
    kind: "axes",
    about: gift.parent,
    text: `Broadcasting stretched ${name} from ${sizes(gift.array.shape)} to ${sizes(gift.returned.shape)}. ` +
      "Over which axes is its gradient summed?",
    hint: "for example 0, 2",
    answer: gift.summed.join(", "),
    right: (guess) => wholeNumbers(guess).sort().join() === [...gift.summed].sort().join(),
  };
}

/** The shape of a gradient; that of its tensor, which is the same, is hidden for so long. */
function shapeQuestion(of, gift) {
  const shape = gift.array.shape;
  return {
    kind: "shape",
    about: gift.parent,
    text: `What is the shape of ${of.values[gift.parent].name}'s gradient?`,
    hint: "for example 4 x 3",
    answer: sizes(shape),
    right: (guess) => wholeNumbers(guess).join() === shape.join(),
  };
}

function numberQuestion(of, gifts) {
  const [gift] = gifts; // and what else the same tensor gets from this step
  const all = gifts.filter((one) => one.parent === gift.parent).map((one) => numbersOf(one.array).map(numeric));
  const numbers = all[0].map((_, k) => all.reduce((sum, one) => sum + one[k], 0));
  const at = easiest(numbers, gift.products);
  const entry = entriesOf(gift.array)[at];
  return {
    kind: "number",
    about: gift.parent,
    text: `Which number does ${of.values[gift.parent].name}${indexed(gift.array.shape, entry)} get from this step? (1 % off counts as right.)`,
    hint: "a number",
    answer: number(numbers[at]),
    right: (guess) => {
      const value = Number(guess.trim().replaceAll("−", "-").replace(",", "."));
      return guess.trim() !== "" && Math.abs(value - numbers[at]) <= 0.01 * Math.abs(numbers[at]) + 1e-9;
    },
  };
}

const wholeNumbers = (guess) => guess.match(/\d+/g)?.map(Number) ?? [];

/** What a step gives to the last of the tensors whose shapes can be worked out. */
const shapedOf = (of, step) => step.gives.findLast((gift) => gift.array?.rows.length && shapeFollows(of, step.value, gift.parent));

/** Whether the shape of what an operation took follows from those of its result and of what else it took. */
function shapeFollows(of, result, parent) {
  const value = of.values[result];
  const asked = of.values[parent].array.shape;
  const others = [result, ...value.parents.filter((one) => one !== parent)].map((one) => of.values[one].array.shape);
  return asked.length === 2 && others.length > 1 && others.every((shape) => String(shape) !== String(asked))
    && asked.every((size) => others.flat().includes(size));
}

/** The place of the number that takes the fewest products and is not 0; of these, of the largest. */
function easiest(numbers, counts) {
  const products = (k) => counts?.[k] ?? 1;
  const order = numbers.map((_, k) => k).filter((k) => numbers[k] !== 0);
  order.sort((a, b) => products(a) - products(b) || Math.abs(numbers[b]) - Math.abs(numbers[a]));
  return order[0] ?? 0;
}

/** The value whose shape answers the question that is asked; -1 if none does. */
function unseenShape() {
  const asked = asking() ? questionOf(run(), state.step) : null;
  return asked?.kind === "shape" ? asked.about : -1;
}

/** The layer in which an operation was done; without its sizes while a question is about a shape. */
const moduleSeen = (value) => (unseenShape() < 0 ? value.module : value.module.replace(/\(.*$/s, ""));
