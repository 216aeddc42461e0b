"""Optimizer steps: exact trajectories, updates in place, and parameters without a gradient."""

from copy import copy
from dataclasses import replace

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer, reject_errors
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.drills.grader.shown import as_text

TOPIC, MINUTES = "backprop", 15
KINDS = ("updates", "state", "accumulation")
ASKS = ("SGD", "SGD.step", "SGD.zero_grad", "Adam", "Adam.step", "Adam.zero_grad")

STEPS = 6
SHAPES = ((2, 3), (4,), (4,))


class Course:
    """An optimizer's options, the initial values, and the lr and the gradients of each step (None for a missing
    one)."""

    def __init__(self, judge, options, missing=(), scale=1.0, rates=None):
        self.options = options
        self.rates = rates or [options.get("lr", 0.001)] * STEPS
        self.starts = [judge.numbers(*shape) for shape in SHAPES]
        self.gradients = [[judge.numbers(*shape) * scale for shape in SHAPES] for _ in range(STEPS)]
        for step, index in missing:
            self.gradients[step][index] = None

    def at_first(self):
        """The same course with a constant lr."""
        other = copy(self)
        other.rates = self.rates[:1] * STEPS
        return other

    def __repr__(self):
        return ", ".join(f"{name}={value}" for name, value in self.options.items())


def positions(course, rule):
    """The parameters after each step of a rule: rule(a parameter's gradients until now, options, calls of step)."""
    found = []
    parameters = [start.copy() for start in course.starts]
    seen = [[] for _ in parameters]
    for calls, (rate, gradients) in enumerate(zip(course.rates, course.gradients), 1):
        for index, gradient in enumerate(gradients):
            if gradient is not None:
                seen[index].append(gradient)
                parameters[index] = parameters[index] - rate * rule(seen[index], course.options, calls)
        found.append(np.concatenate([one.ravel() for one in parameters]))
    return np.array(found)


def sgd(dampening=False, momentum=None, sign=1, nesterov=False):
    def rule(seen, options, calls):
        share = options.get("momentum", 0.0) if momentum is None else momentum
        velocity = 0.0
        for gradient in seen:
            velocity = share * velocity + (1 - share if dampening else 1) * gradient
        if nesterov:
            velocity = seen[-1] + share * velocity
        return sign * velocity

    return lambda course: positions(course, rule)


def adam(
    correct=(True, True),
    inside=False,
    squared=True,
    swapped=False,
    root=True,
    sign=1,
    steps=0,
    total=False,
    shared=False,
):
    def rule(seen, options, calls):
        beta1, beta2 = options.get("betas", (0.9, 0.999))[:: -1 if swapped else 1]
        guard = options.get("eps", 1e-8)
        mean = square = 0.0
        for gradient in seen:
            mean = beta1 * mean + (1.0 if total else 1 - beta1) * gradient
            square = beta2 * square + (1 - beta2) * (gradient**2 if squared else abs(gradient))
        count = (calls if shared else len(seen)) + steps
        mean = mean / (1 - beta1**count) if correct[0] else mean
        square = square / (1 - beta2**count) if correct[1] else square
        below = np.sqrt(square + guard) if inside else (np.sqrt(square) if root else square) + guard
        return sign * mean / below

    return lambda course: positions(course, rule)


def rate_inside(course):
    """SGD with lr inside the velocity."""
    parameters = [start.copy() for start in course.starts]
    velocities, found = [0.0] * len(parameters), []
    for rate, gradients in zip(course.rates, course.gradients):
        for index, gradient in enumerate(gradients):
            velocities[index] = course.options.get("momentum", 0.0) * velocities[index] + rate * gradient
            parameters[index] = parameters[index] - velocities[index]
        found.append(np.concatenate([one.ravel() for one in parameters]))
    return np.array(found)


def first_rate(kind, right):
    """The mistake of an optimizer that keeps its first lr."""
    return KnownMistake(
        "lr-is-fixed",
        lambda course: right(course.at_first()),
        f"optimizer.lr was changed before each step, but all steps of {kind} use the first lr.",
        "When do you read lr: once, or in each step?",
        "updates",
    )


COUNTING = "What is t in the first step, and whose steps does it count?"
KNOWN_SGD = [
    KnownMistake("wrong-direction", sgd(sign=-1),
                 "The parameters move in the direction of the gradient; expected the opposite direction.",
                 "In which direction does the loss fall?", "updates"),
    KnownMistake("momentum-ignored", sgd(momentum=0.0), "The steps have no momentum.",
                 "What remains of the previous step?", "updates"),
    KnownMistake("momentum-averaged", sgd(dampening=True),
                 "velocity is momentum * velocity + (1 - momentum) * grad; expected the whole grad.",
                 "PyTorch's velocity is a decaying sum. What does the factor 1 - momentum change?", "updates"),
    KnownMistake("nesterov", sgd(nesterov=True), "The steps use Nesterov momentum; expected plain momentum.",
                 "Which velocity moves the parameter: this step's, or the next one's?", "updates"),
]  # fmt: skip
#: (code, the options of `adam` for the mistake, description, question)
WRONG_ADAMS = (
    ("wrong-direction", {"sign": -1},
     "The parameters move in the direction of the gradient; expected the opposite direction.",
     "In which direction does the loss fall?"),
    ("no-bias-correction", {"correct": (False, False)},
     "Neither average is corrected; expected each divided by 1 - beta ** t.",
     "Both start at 0. What are they after one step, and what should they be?"),
    ("one-bias-correction", {"correct": (True, False)}, "Only the first average is corrected.",
     "Both averages start at 0. Which of them is 1,000 times too small after one step?"),
    ("one-bias-correction", {"correct": (False, True)}, "Only the second average is corrected.",
     "Both averages start at 0. Which of them is 10 times too small after one step?"),
    ("eps-inside-the-root", {"inside": True}, "eps is added inside the root; expected outside.",
     "For which gradients does that make a difference?"),
    ("gradient-not-squared", {"squared": False},
     "The second average is the average of |grad|; expected the average of grad ** 2.",
     "The root of the second average should have the size of the gradient. Which power of the gradient must you "
     "average?"),
    ("root-forgotten", {"root": False}, "The step is divided by the second average; expected the root of it.",
     "What are the units of the step if the gradient has units?"),
    ("betas-swapped", {"swapped": True}, "beta1 and beta2 are swapped.",
     "Which of the two averages should remember longer?"),
    ("sum-instead-of-average", {"total": True}, "The first average is a sum: the factor 1 - beta1 is missing.",
     "What should the average of a constant gradient be?"),
    ("steps-counted-from-0", {"steps": -1}, "The steps are counted from 0.", COUNTING),
    ("steps-counted-from-2", {"steps": 1}, "The steps are counted from 2.", COUNTING),
    ("step-counted-for-all", {"shared": True}, "t also counts the steps in which the parameter has no gradient.",
     COUNTING),
)  # fmt: skip
KNOWN_ADAM = [
    KnownMistake(code, adam(**options), says, question, "state" if "shared" in options else "updates")
    for code, options, says, question in WRONG_ADAMS
]
LR_INSIDE = KnownMistake(
    "lr-is-fixed",
    rate_inside,
    "velocity is momentum * velocity + lr * grad; expected lr outside, where a new lr scales the whole velocity.",
    "lr is halved between two steps. By how much does that change the contribution of the older gradients?",
    "updates",
)
RATES = [0.1, 0.1, 0.02, 0.3, 0.05, 0.1]
KINDS_OF = {
    "SGD": (sgd(), KNOWN_SGD, [LR_INSIDE, first_rate("SGD", sgd())], {"lr": 0.1, "momentum": 0.9}, {"momentum": 0.0}),
    "Adam": (
        adam(),
        KNOWN_ADAM,
        [first_rate("Adam", adam())],
        {"lr": 0.1},
        {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8},
    ),
}
MORE = {
    "SGD": [[{"lr": 0.1}, {"lr": 0.03}], [{"lr": 0.1, "momentum": 0.9}, {"lr": 0.1, "momentum": 0.3}]],
    "Adam": [[{"lr": 0.1}, {"lr": 0.02, "betas": (0.5, 0.9), "eps": 1e-2}]],
}
GAPS = ((0, 1), (2, 0), (3, 1), (4, 1))


def check(judge: Judge) -> None:
    names = judge.namespace
    for kind, (right, known, rates, options, defaults) in KINDS_OF.items():
        with judge.claim(f"two {kind} optimizers do not affect each other"):
            refuse_shared_state(judge, names, kind)
        with judge.claim(f"the defaults of {kind}"):
            for name, value in defaults.items():
                refuse_wrong_default(judge, names, kind, name, value)
        for several in MORE[kind]:
            courses = [Course(judge, one) for one in several]
            said = " and with ".join(map(repr, courses))
            compare(judge, names, kind, f"{STEPS} steps of {kind} with {said}", courses, right, known)
        gaps = f"{STEPS} steps of {kind}, some parameters without a grad: they and their state stay unchanged"
        compare(judge, names, kind, gaps, [Course(judge, options, GAPS)], right, known)
        claim = f"{STEPS} steps of {kind} whose lr is changed before each step"
        compare(judge, names, kind, claim, [Course(judge, options, rates=RATES)], right, rates)
    for claim, refuse in (
        ("float32 parameters stay float32", refuse_wrong_dtypes),
        ("step changes the parameters' own arrays, and no gradient", refuse_wrong_arrays),
        ("zero_grad sets every grad to None", refuse_wrong_zeros),
    ):
        with judge.claim(claim):
            for kind in KINDS_OF:
                refuse(judge, names, kind)


def compare(judge, names, kind, claim, courses, right, known):
    def run(course):
        return walked(names, kind, course)

    graded = Answer(run, f"{kind}.step", ("options",), said=lambda course: f"{kind} with {course!r}")
    with judge.about(claim):
        runs = judge.run(graded, [(course,) for course in courses], repeat=True)
    try:
        judge.compare(claim, runs, right, known=known, rtol=1e-8, atol=1e-12, kind="updates",
                      question="Write the formulas line by line, and print one step for one number.")  # fmt: skip
    except Rejected as rejected:
        raise Rejected(first_step(rejected.rejection, runs, right)) from rejected.__cause__


def walked(names, kind, course):
    """The parameters after each step of the learner's optimizer, a row for each step."""
    parameters = [names["Parameter"](start.copy()) for start in course.starts]
    optimizer = names[kind](parameters, **course.options)
    found = []
    for rate, gradients in zip(course.rates, course.gradients):
        if len(set(course.rates)) > 1:
            optimizer.lr = rate
        for one, gradient in zip(parameters, gradients):
            one.grad = None if gradient is None else gradient.copy()
        optimizer.step()
        found.append(np.concatenate([one.data.ravel() for one in parameters]))
    return np.array(found)


def first_step(rejection, runs, right):
    """The rejection, showing the first wrong step of the first wrong parameter."""
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in SHAPES)])
    for one in runs:
        (course,), found, wanted = one.arguments, one.value, right(*one.arguments)
        wrong = ~np.isclose(found, wanted, rtol=1e-8, atol=1e-12)
        if found.shape != wanted.shape or not wrong.any():
            continue
        step = int(np.argmax(wrong.any(axis=1)))
        index = next(i for i in range(len(SHAPES)) if wrong[step, ends[i] : ends[i + 1]].any())
        part = slice(ends[index], ends[index + 1])
        before = course.starts[index].ravel() if step == 0 else wanted[step - 1, part]
        gradient = course.gradients[step][index]
        shown = {
            "options": repr(course) or "defaults", "step": f"{step + 1}, the first wrong one", "before it": before,
            "lr in it": course.rates[step], "grad in it": gradient if gradient is None else gradient.ravel(),
            "yours after it": found[step, part], "expected": wanted[step, part],
        }  # fmt: skip
        message = rejection.message
        if rejection.code in ("wrong-values", "wrong-sign", "inexact"):
            message = (
                f"With {course!r}, the parameters after step {step + 1} are not those of the formulas in the task."
            )
        texts = tuple((name, value if isinstance(value, str) else as_text(value)) for name, value in shown.items())
        return replace(rejection, message=message, shown=texts)
    return rejection


def refuse_wrong_default(judge, names, kind, name, value):
    """Check that the default has the value from the task; small gradients make eps visible."""
    given = {} if kind == "Adam" else {"lr": 0.1}
    course = Course(judge, given, scale=1e-6)
    found = []
    for options in (given, {**given, name: value}):
        course.options = options
        found.append(reject_errors(lambda: walked(names, kind, course), kind, f"{kind} with {course!r}"))
    if not np.array_equal(*found):
        judge.reject("other-defaults", f"{kind} without {name} takes different steps than with {name}={value}; "
                     "expected this default.",
                     "Which defaults does the task specify?", kind="updates")  # fmt: skip


def one_step(judge, names, kind, dtype=np.float64, **options):
    parameter = names["Parameter"](judge.numbers(3).astype(dtype))
    optimizer = names[kind]([parameter], lr=0.1, **options)
    parameter.grad = judge.numbers(3).astype(dtype)
    return parameter, optimizer


def refuse_wrong_arrays(judge, names, kind):
    parameter, optimizer = one_step(judge, names, kind)
    array, gradient, before = parameter.data, parameter.grad, parameter.grad.copy()
    reject_errors(optimizer.step, "step", f"{kind}.step()")
    if parameter.data is not array and not np.array_equal(array, parameter.data):
        judge.reject(
            "replaces-the-array",
            "parameter.data is a new array after step(); expected the old one with new numbers.",
            "Other code may have a reference to the array, such as a view, and should see the step. Which operator "
            "writes in place?",
            kind="updates",
        )
    if not np.array_equal(gradient, before):
        judge.reject(
            "changes-its-input", f"{kind}.step() changed the array in grad.", "Who owns that array?", kind="ownership"
        )
    if parameter.grad is not gradient:
        judge.reject(
            "step-clears-the-gradient",
            f"After {kind}.step(), grad is {parameter.grad!r}; expected the unchanged gradient.",
            "Which method sets the gradients to None, and who decides when?",
            kind="accumulation",
        )


def refuse_wrong_dtypes(judge, names, kind):
    single, optimizer = one_step(judge, names, kind, np.float32)
    reject_errors(optimizer.step, "step", f"{kind}.step() of a float32 parameter")
    if single.data.dtype != np.float32:
        judge.reject("changes-the-dtype", f"A float32 parameter is {single.data.dtype} after step().",
                     "Which of your arrays is float64?", kind="precision")  # fmt: skip


def refuse_wrong_zeros(judge, names, kind):
    parameters = [names["Parameter"](np.ones(2)) for _ in range(3)]
    optimizer = names[kind](parameters, lr=0.1)
    for one in parameters[:2]:
        one.grad = np.ones(2)
    reject_errors(optimizer.zero_grad, "zero_grad", f"{kind}.zero_grad()")
    for one in parameters:
        if one.grad is not None:
            judge.reject(
                "zero-is-not-none",
                f"After zero_grad(), the grad of one of three parameters is {one.grad!r}; expected None.",
                "How can step() distinguish a parameter that was not used from one whose gradient is 0?",
                kind="state",
            )


def refuse_shared_state(judge, names, kind):
    extra = {"momentum": 0.9} if kind == "SGD" else {}
    ends = []
    for crowded in (False, False, True):
        parameters = [names["Parameter"](np.ones(3)) for _ in range(2)]
        optimizers = [
            reject_errors(lambda one=one: names[kind]([one], lr=0.1, **extra), kind, f"{kind}([parameter], lr=0.1)")
            for one in parameters
        ]
        for _ in range(4):
            for one, optimizer, sign in zip(parameters, optimizers, (1, -3)):
                one.grad = sign * np.array([1.0, 2.0, 3.0])
                if one is parameters[0] or crowded:
                    reject_errors(optimizer.step, "step", f"{kind}.step()")
        ends.append(parameters[0].data.copy())
    first, again, in_turn = ends
    for found, message in (
        (again, f"A new {kind} optimizer starts with the state of an earlier one, which changes its steps."),
        (in_turn, f"The steps of one {kind} optimizer change if a second one also takes steps."),
    ):
        if not np.allclose(found, first):
            judge.reject("optimizers-share-state", message, kind="state",
                         question="Do you create the state in each constructor, or once for the class?")  # fmt: skip
