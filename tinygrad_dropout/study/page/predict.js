// Predict: the results of a step stay hidden until the reader has guessed a part of them.

/** The form with the question about the step. */
function question() {
  const asked = questionOf(currentRun(), state.step);
  const input = element("input", { id: "guess", placeholder: asked.hint, autocomplete: "off", "aria-label": asked.text });
  const give = (guess) => {
    state.answers.set(state.step, { asked: true, right: guess !== null && asked.right(guess), guess, answer: asked.answer });
    const last = state.answers.get(state.step);
    announce(last.right ? "right" : `not right: it is ${asked.answer}`);
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

/** Switch predict on or off. Switching it on starts over. */
function setPredicting(on) {
  state.predicting = on;
  state.answers.clear();
  if (on) state.view = "backward";
  go({ run: 0, beside: -1, inspected: -1, entry: -1, step: on ? 0 : state.step });
  announce(on ? "predict: guess each result before you see it" : "predict is off");
}

/** The verdict on the last guess, and how many guesses were right. */
function verdict() {
  const given = [...state.answers.values()].filter((answer) => answer.asked);
  const right = given.filter((answer) => answer.right).length;
  const last = state.answers.get(state.step)?.asked ? state.answers.get(state.step) : null;
  const words = !last ? "" : last.right ? "✓ Right. " : `✗ It is ${last.answer}${last.guess === null ? "" : `, not ${last.guess}`}. `;
  const count = given.length === questions() ? `Finished: ${right} of ${questions()} right.`
    : `Predict: ${right} of ${given.length} right so far.`;
  return element("p", { id: "verdict", class: last ? (last.right ? "good" : "bad") : "" }, words, count);
}

const questions = () => currentRun().steps.filter((_, k) => questionOf(currentRun(), k + 1)).length;
