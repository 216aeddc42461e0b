// Predict: the next shape or number stays hidden until the reader has guessed it.

/** The question about a step: {text, answer, right(guess)}. Shapes and numbers take turns. */
function questionOf(of, number_) {
  const step = of.steps[number_ - 1];
  const gifts = step.gives.filter((gift) => gift.array && gift.array.rows.length);
  if (!gifts.length) return null;
  const name = (gift) => of.values[gift.parent].name;
  const shaped = gifts.filter((gift) => gift.array.shape.length);
  if (number_ % 2 && shaped.length) {
    const gift = shaped[Math.min(1, shaped.length - 1)];
    const shape = gift.array.shape;
    return {
      text: `Which shape has the gradient that ${name(gift)} gets?`,
      hint: "for example 4 x 3",
      answer: sizes(shape),
      right: (guess) => String(guess.match(/\d+/g)?.map(Number) ?? []) === String(shape),
    };
  }
  const gift = gifts[0]; // and what else the same tensor gets from this step
  const all = gifts.filter((one) => one.parent === gift.parent).map((one) => numbersOf(one.array).map(numeric));
  const numbers = all[0].map((_, k) => all.reduce((sum, one) => sum + one[k], 0));
  const at = easiest(numbers, gift.products);
  const entry = entriesOf(gift.array)[at];
  return {
    text: `Which number does ${name(gift)}${indexed(gift.array.shape, entry)} get from this step? (1 % off counts as right.)`,
    hint: "a number",
    answer: number(numbers[at]),
    right: (guess) => {
      const value = Number(guess.trim().replaceAll("−", "-").replace(",", "."));
      return guess.trim() !== "" && Math.abs(value - numbers[at]) <= 0.01 * Math.abs(numbers[at]) + 1e-9;
    },
  };
}

/** The place of the number that takes the fewest products and is not 0; of these, of the largest. */
function easiest(numbers, counts) {
  const products = (k) => counts?.[k] ?? 1;
  const order = numbers.map((_, k) => k).filter((k) => numbers[k] !== 0);
  order.sort((a, b) => products(a) - products(b) || Math.abs(numbers[b]) - Math.abs(numbers[a]));
  return order[0] ?? 0;
}

function question() {
  const asked = questionOf(run(), state.step);
  const input = element("input", { id: "guess", placeholder: asked.hint, autocomplete: "off", "aria-label": asked.text });
  const give = (guess) => {
    state.answers.set(state.step, { asked: true, right: guess !== null && asked.right(guess), guess, answer: asked.answer });
    const last = state.answers.get(state.step);
    tell(last.right ? "right" : `not right: ${asked.answer}`);
    show();
    document.getElementById("panel").focus();
    document.getElementById("verdict").scrollIntoView({ block: "nearest" });
  };
  return element("form", {
    id: "question",
    onsubmit: (event) => {
      event.preventDefault();
      if (input.value.trim()) give(input.value);
      else input.focus();
    },
  },
    element("label", { for: "guess" }, asked.text), " ", input, " ",
    element("button", { type: "submit" }, "check"), " ",
    element("button", { type: "button", id: "give-up", onclick: () => give(null) }, "show me"));
}

/** Switch guessing on or off; on, it begins anew. */
function setPredicting(on) {
  state.predicting = on;
  state.answers.clear();
  if (on) state.view = "backward";
  go({ run: 0, beside: -1, inspected: -1, entry: -1, step: on ? 0 : state.step });
  tell(on ? "predict: guess before you see" : "predict is off");
}

/** How the guessing stands: what came of the last guess, and how many were right. */
function verdict() {
  const given = [...state.answers.values()].filter((answer) => answer.asked);
  const right = given.filter((answer) => answer.right).length;
  const last = state.answers.get(state.step)?.asked ? state.answers.get(state.step) : null;
  const words = !last ? "" : last.right ? "✓ Right. " : `✗ It is ${last.answer}${last.guess === null ? "" : `, not ${last.guess}`}. `;
  const count = given.length === questions() ? `At the end: ${right} of ${questions()} right.`
    : `Predict: ${right} of ${given.length} right so far.`;
  return element("p", { id: "verdict", class: last ? (last.right ? "good" : "bad") : "" }, words, count);
}

/** Up to which step everything has been answered. */
function answered() {
  let step = 0;
  while (state.answers.has(step + 1)) step += 1;
  return step;
}

const questions = () => run().steps.filter((_, k) => questionOf(run(), k + 1)).length;
