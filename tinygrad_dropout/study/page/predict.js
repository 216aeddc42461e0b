// Predict: what a step gives stays hidden until the reader has guessed a part of it.

/** The verdict's and the form's part of the page: the question about the step, and what to type it into. */
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

/** Switch guessing on or off; switching it on starts over. */
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

const questions = () => run().steps.filter((_, k) => questionOf(run(), k + 1)).length;
