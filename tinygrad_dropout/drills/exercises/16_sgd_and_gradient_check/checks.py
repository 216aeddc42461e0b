"""A check of every entry, then steps of -lr times a fresh gradient, into the arrays that the model holds."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected, Rejection

TOPIC, MINUTES = "backprop", 15
KINDS = ("updates", "accumulation", "exposing")


class Parameter:
    """What `train` is given."""

    def __init__(self, data, grad):
        self.data, self.grad = data, grad


class Problem:
    """L = sum of c (w - t)^2 / 2 + b S^2 / 2, where S = sum of v (w - t), over the entries of all parameters.

    The gradient is c (w - t) + b S v: it depends on all parameters, so that they must be updated together. Each v has
    the sign of w - t at the start, so that no entry of the gradient is near 0 there.

    Args:
        judge: for the numbers.
        shapes: of the parameters.
        steps: to be taken.
        stale: whether there are old numbers in the gradients.
        scale: of the loss.
        spoil: changes the list of gradients, in `backward` alone.
        flat: whether the gradient is 0 in one entry.
        steep: how much larger it is in one entry.
    """

    def __init__(self, judge, shapes, steps, *, stale=False, scale=1.0, spoil=None, flat=False, steep=1.0):
        self.start = [judge.numbers(*shape) for shape in shapes]
        self.goal = [start - judge.numbers(*shape) for start, shape in zip(self.start, shapes, strict=True)]
        self.weights = [scale * np.abs(judge.numbers(*shape, low=0.5, high=1.5)) for shape in shapes]
        self.signs = [np.sign(start - goal) for start, goal in zip(self.start, self.goal, strict=True)]
        self.coupling = 0.1 * scale
        first = (0,) * len(shapes[0])
        self.weights[0][first] *= steep
        if flat:
            self.goal[0][first], self.signs[0][first] = self.start[0][first], 1.0
            off = self.coupling * self.together(self.start) / (self.weights[0][first] + self.coupling)
            self.goal[0][first] += off
        self.old = [judge.numbers(*shape) if stale else np.zeros(shape) for shape in shapes]
        self.steps, self.spoil, self.lr = steps, spoil, judge.rng.uniform(0.2, 0.4) / scale
        self.rebound, self.calls = False, {"backward": 0, "measure": 0}

    def __repr__(self):
        shapes = " and ".join(str(start.shape) for start in self.start)
        old = "; old numbers in .grad" if any(old.any() for old in self.old) else ""
        return (
            f"L = sum of c (w - t)^2 / 2 + b (sum of v (w - t))^2 / 2, parameters of shape {shapes}, "
            f"lr = {self.lr:.4g}, steps = {self.steps}{old}"
        )

    def names(self):
        """Of all entries, one parameter after the other."""
        return [
            f"parameters[{i}].data{list(index)}"
            for i, start in enumerate(self.start)
            for index in np.ndindex(*start.shape)
        ]

    def together(self, arrays):
        """S, on which all parameters have an influence."""
        return sum((v * (w - t)).sum() for v, w, t in zip(self.signs, arrays, self.goal, strict=True))

    def run(self, train):
        """(all numbers of the model's arrays in the end, the losses)."""
        arrays = [start.copy() for start in self.start]  # these are the model's
        parameters = [Parameter(array, old.copy()) for array, old in zip(arrays, self.old, strict=True)]

        def gradients():
            terms = zip(self.weights, arrays, self.goal, self.signs, strict=True)
            s = self.coupling * self.together(arrays)
            return [c * (w - t) + s * v for c, w, t, v in terms]

        def loss():
            terms = zip(self.weights, arrays, self.goal, strict=True)
            squares = sum((c * (w - t) ** 2).sum() for c, w, t in terms)
            return float(squares + self.coupling * self.together(arrays) ** 2) / 2

        def backward():
            self.calls["backward"] += 1
            found = gradients()
            if self.spoil:
                self.spoil(found)
            for parameter, gradient in zip(parameters, found, strict=True):
                parameter.grad += gradient

        def measure():
            self.calls["measure"] += 1
            return [one + 5e-9 * np.where(one < 0, -1, 1) * np.maximum(1, np.abs(one)) for one in gradients()]

        self.arrays, self.calls = arrays, {"backward": 0, "measure": 0}
        losses = train(parameters, loss, backward, measure, self.lr, self.steps)
        if losses is None:
            raise Rejected(Rejection("returns-none", "train(...) returned None; expected the list of losses.",
                                     "Is a `return` missing?"))  # fmt: skip
        self.rebound = any(one.data is not array for one, array in zip(parameters, arrays, strict=True))
        return np.concatenate([array.ravel() for array in arrays]), losses


def training(zero="before", checks=True, sign=-1, lr=lambda lr: lr, which=slice(None)):
    """A training loop.

    Args:
        zero: when gradients are set to 0: `before` each backward, `after` each step, `between` the two, `once` before
            the first step, or `never`; `stay`: there is no backward but that of the check.
        checks: whether there is a check, which begins with clean gradients.
        sign: of the step.
        lr: what the learning rate becomes.
        which: of the parameters are updated.
    """

    def train(parameters, loss, backward, measure, rate, steps):
        def clean():
            for parameter in parameters:
                parameter.grad = np.zeros_like(parameter.data)

        losses = []
        if checks:
            clean()
            backward()
        if zero == "once":
            clean()
        for _ in range(steps):
            losses.append(loss())
            if zero == "before":
                clean()
            if zero != "stay":
                backward()
            if zero == "between":
                clean()
            for parameter in parameters[which]:
                parameter.data += sign * lr(rate) * parameter.grad
            if zero == "after":
                clean()
        return losses

    return train


def one_by_one(parameters, loss, backward, measure, rate, steps):
    """A fresh gradient for every parameter, which the others' updates have moved already."""
    losses = []
    for _ in range(steps):
        losses.append(loss())
        for parameter in parameters:
            for other in parameters:
                other.grad = np.zeros_like(other.data)
            backward()
            parameter.data -= rate * parameter.grad
    return losses


def numbers_after(**how):
    return lambda problem: problem.run(training(**how))[0]


ADDS = "backward adds to .grad. What is in there when it is called: at first, after your check, and in the next step?"
UPDATES = [
    KnownMistake("wrong-sign-of-the-step", numbers_after(sign=1),
         "The step goes up: lr times the gradient is added; expected to be taken away.",
         "The gradient points to where the loss grows. Where do you want to go?", "updates"),
    KnownMistake("parameters-unchanged", lambda problem: np.concatenate([one.ravel() for one in problem.start]),
         "The parameters are as they were: no step arrives in the model's arrays.",
         "Is the gradient still there when you step, and into which array goes the result?", "updates"),
    KnownMistake("learning-rate-ignored", numbers_after(lr=lambda lr: 1.0),
         "The whole gradient is taken away; the learning rate is left out.",
         "By how much should a parameter with gradient 1 move?", "updates"),
    KnownMistake("divided-by-the-learning-rate", numbers_after(lr=lambda lr: 1 / lr),
         "The gradient is divided by the learning rate.",
         "Does a smaller learning rate make smaller steps?", "updates"),
    KnownMistake("first-parameter-alone", numbers_after(which=slice(1)),
         "Only the first parameter is updated.", "How many parameters are in the list?", "updates"),
    KnownMistake("last-parameter-alone", numbers_after(which=slice(-1, None)),
         "Only the last parameter is updated.", "What is inside your loop over the parameters, and what behind it?",
         "updates"),
    KnownMistake("updated-one-by-one", lambda problem: problem.run(one_by_one)[0],
         "Parameters are updated one by one, each with a new gradient: the later ones see the earlier ones' updates.",
         "At which point is the gradient of one step taken? Is that the same for all parameters in your loop?",
         "updates"),
    KnownMistake("same-gradient-in-each-step", numbers_after(zero="stay"),
         "Each step takes the same gradient, that of the parameters before the first.",
         "The parameters have moved. Is the gradient still that of where they are?", "updates"),
    KnownMistake("gradients-never-zeroed", numbers_after(zero="once"),
         "Gradients are not set to 0 between steps: each step takes those of all steps before it once more.", ADDS,
         "accumulation"),
    KnownMistake("gradients-never-zeroed", numbers_after(zero="never"),
         "Gradients are never set to 0: each step takes that of the check and of all steps before it once more.", ADDS,
         "accumulation"),
    KnownMistake("gradients-never-zeroed", numbers_after(zero="never", checks=False),
         "Gradients are never set to 0: each step takes those of all steps before it once more.", ADDS, "accumulation"),
    KnownMistake("gradient-of-the-check-left", numbers_after(zero="after"),
         "The first step takes the gradient twice: the one that the check left in .grad is still there.", ADDS,
         "accumulation"),
    KnownMistake("stale-gradients-at-the-start", numbers_after(zero="after", checks=False),
         "The first step takes the old numbers that were in .grad at the beginning.", ADDS, "accumulation"),
]  # fmt: skip
LOSSES = [
    KnownMistake("losses-after-the-steps", lambda problem: losses_of(problem)[1:],
         "The losses are those after each step; expected those before it.",
         "Is the first number of the list the loss of the untrained model?", "updates"),
    KnownMistake("one-loss-too-many", lambda problem: losses_of(problem),
         "There is one loss more than there are steps.", "How many numbers does the task ask for?", "updates"),
    KnownMistake("last-loss-alone", lambda problem: losses_of(problem)[-2],
         "The result is one number; expected the list of the losses.", "How many numbers does the task ask for?",
         "updates"),
]  # fmt: skip


def losses_of(problem):
    """The right ones, and that after the last step."""
    problem.steps += 1
    losses = problem.run(training())[1]
    problem.steps -= 1
    return losses


def check(judge: Judge) -> None:
    train = judge.function("train", "parameters", "loss", "backward", "measure", "lr", "steps")
    graded = Answer(lambda problem: problem.run(train.function), "train", ("the problem",))
    refuses = {
        ValueError: KnownMistake(
            "refuses-a-right-gradient",
            None,
            "train(...) raised ValueError for a gradient that is right.",
            "What is in .grad when you compare? It may have held old numbers, and backward adds to them.",
            "accumulation",
        )
    }

    def compare(claim, problems):
        runs = judge.run(graded, [(problem,) for problem in problems], known=refuses)
        after, losses = judge.parts(runs, "the parameters", "the losses")
        if not judge.right:
            with judge.claim("the arrays of the model are updated in place"):
                refuse_new_arrays(judge, problems)
        refuse_other_gradients(judge, problems)
        judge.compare(claim, after, numbers_after(), name="the parameters", known=UPDATES, kind="updates",
                      entries=lambda problem: problem.names(),
                      question="Zero, backward, step: go through the first step, and the second.")  # fmt: skip
        return losses

    one, two = [(2,)], [(2, 3), (3,)]
    losses = compare("each step: lr times a fresh gradient is taken away",
                     [Problem(judge, shapes, steps) for steps in (1, 4) for shapes in (one, two)])  # fmt: skip
    compare("what was in .grad at the beginning does not matter",
            [Problem(judge, shapes, steps, stale=True) for shapes in (one, two) for steps in (1, 3)])  # fmt: skip
    judge.compare("the losses are those before each step", losses, lambda problem: losses_of(problem)[:-1],
                  name="the list of losses", known=LOSSES, kind="updates",
                  entries=lambda problem: [f"losses[{step}]" for step in range(problem.steps)],
                  question="When is the loss read, before or after the step?")  # fmt: skip
    with judge.claim("a wrong gradient raises ValueError, before anything is changed"):
        for number, (what, spoil) in enumerate(SPOILS):
            refuse_what_is_accepted(judge, graded, Problem(judge, two, 2, stale=True, spoil=spoil), what, number == 0)
        refuse_a_common_tolerance(judge, graded, Problem(judge, two, 1, spoil=times(0, 1.01, (1, 2)), steep=1e6))
    compare_small(judge, graded)
    compare_large(judge, graded)


def refuse_new_arrays(judge, problems):
    for problem in problems:
        if problem.rebound:
            judge.reject(
                "rebinds-the-parameter",
                ".data is another array after train(...); the array that the model holds was not changed.",
                "`p.data = p.data - ...` makes a new array. Who still computes with the old one?",
                kind="updates",
                shown={"the problem": repr(problem)},
            )


def refuse_other_gradients(judge, problems):
    """Steps that do not take what backward gives."""
    for problem in problems:
        calls = problem.calls
        if calls["backward"] >= problem.steps:
            continue
        shown = {"the problem": repr(problem)}
        if calls["measure"] >= problem.steps:
            judge.reject(
                "steps-by-measurement",
                f"In {problem.steps} steps measure was called {calls['measure']} times, backward {calls['backward']}: "
                "the steps take the measured gradient.",
                "A measurement needs two losses for every single number. For what is it worth that, and for what not?",
                kind="updates",
                shown=shown,
            )
        if all(np.array_equal(*pair) for pair in zip(problem.arrays, problem.start, strict=True)):
            judge.reject(
                "no-backward-in-the-loop",
                f"In {problem.steps} steps backward was called {calls['backward']} times, and no parameter has moved.",
                "What is in .grad when you step? Who puts it there, once it was set to 0?",
                kind="updates",
                shown=shown,
            )


def times(parameter, factor, index=...):
    """Multiply a part of the gradient."""

    def spoil(gradients):
        gradients[parameter][index] *= factor

    return spoil


def swap(gradients):
    gradients[0][[0, 1]] = gradients[0][[1, 0]]


SPOILS = (
    ("all of the first parameter's gradient has the wrong sign", times(0, -1.0)),
    ("the last parameter's gradient is twice what it should be", times(-1, 2.0)),
    ("two rows of the first parameter's gradient are swapped", swap),
    ("one entry of the first parameter's gradient is 1% too large", times(0, 1.01, (1, 2))),
    ("one entry of the last parameter's gradient is 1% too small", times(-1, 0.99, 0)),
)


def refuse_what_is_accepted(judge, graded, problem, what, first):
    """A problem of which backward is wrong."""
    shown = {"the problem": repr(problem), "backward": what}
    try:
        graded(problem)
    except Rejected as rejected:
        cause = rejected.__cause__
        if cause is None:
            raise
        if not isinstance(cause, ValueError):
            judge.reject(
                "another-exception",
                f"For a wrong gradient train(...) raised {type(cause).__name__}; expected ValueError.",
                "Which exception does the task ask for? (An assert is gone if Python runs with -O.)",
                shown=shown,
            )
        if any(not np.array_equal(*pair) for pair in zip(problem.arrays, problem.start, strict=True)):
            judge.reject(
                "steps-before-the-check",
                "ValueError was raised when parameters had been changed already.",
                "What is left of a model that was trained with a wrong gradient?",
                kind="updates",
                shown=shown,
            )
        return
    if first:
        judge.reject(
            "gradient-not-checked",
            f"No ValueError, although {what}.",
            "backward may be wrong. What do you have to compare its gradient with, and when?",
            kind="exposing",
            shown=shown,
        )
    judge.reject(
        "check-sees-too-little",
        f"No ValueError, although {what}.",
        "Which parameters and which entries does your check look at? Do errors cancel in what you compare?",
        kind="exposing",
        shown=shown,
    )


def refuse_a_common_tolerance(judge, graded, problem):
    """One entry of a million, beside which another may be wrong by 1%."""
    try:
        graded(problem)
    except Rejected as rejected:
        if isinstance(rejected.__cause__, ValueError):
            return
        raise
    judge.reject(
        "tolerance-of-the-largest-entry",
        "No ValueError, although one entry is 1% too large: beside an entry of a million its error looks small.",
        "With what does your check compare the error of an entry: with that entry, or with the largest of them?",
        kind="exposing",
        shown={"the problem": repr(problem), "backward": "one entry is 1% too large, another is about a million"},
    )


def compare_small(judge, graded):
    """A relative error says nothing where the right number is 0."""
    mistake = KnownMistake(
        "tolerance-relative-alone",
        None,
        "train(...) raised ValueError for a right gradient: one entry is 0, and was measured to be 5e-9.",
        "What is the relative error of 0, if 5e-9 was measured? What does the 1 in the task's tolerance do?",
        "exposing",
    )
    problems = [(Problem(judge, shapes, 1, flat=True),) for shapes in ([(2,)], [(2, 3), (3,)])]
    with judge.claim("a gradient near 0 is not compared relative to its size"):
        judge.run(graded, problems, known={ValueError: mistake})


def compare_large(judge, graded):
    """The measurement is less exact where the numbers are large."""
    mistake = KnownMistake(
        "tolerance-too-small",
        None,
        "train(...) raised ValueError for a right gradient of a million, measured to 5e-9 of its size.",
        "The rounding of the measurement grows with the numbers. Should the tolerance?",
        "exposing",
    )
    problems = [(Problem(judge, [(2, 3)], 1, scale=1e6),)]
    with judge.claim("a large gradient is compared relative to its size"):
        judge.run(graded, problems, known={ValueError: mistake})
