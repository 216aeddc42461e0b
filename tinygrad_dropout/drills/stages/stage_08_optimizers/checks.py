"""Steps: exact trajectories, in place, and parameters without a gradient."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer, with_care
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 15
KINDS = ("updates", "state", "accumulation")
ASKS = ("SGD", "SGD.step", "SGD.zero_grad", "Adam", "Adam.step", "Adam.zero_grad")

STEPS = 6
SHAPES = ((2, 3), (4,), (4,))


class Course:
    """An optimizer's options, first values, and the gradients of each step; None for a parameter without one."""

    def __init__(self, judge, options, missing=(), scale=1.0):
        self.options = options
        self.starts = [judge.numbers(*shape) for shape in SHAPES]
        self.gradients = [[judge.numbers(*shape) * scale for shape in SHAPES] for _ in range(STEPS)]
        for step, index in missing:
            self.gradients[step][index] = None

    def __repr__(self):
        return ", ".join(f"{name}={value}" for name, value in self.options.items())


def positions(course, rule):
    """Where a rule leads: rule(a parameter's gradients so far, options, calls of step so far) gives its next step."""
    found = []
    parameters = [start.copy() for start in course.starts]
    seen = [[] for _ in parameters]
    for calls, gradients in enumerate(course.gradients, 1):
        for index, gradient in enumerate(gradients):
            if gradient is not None:
                seen[index].append(gradient)
                parameters[index] = parameters[index] - rule(seen[index], course.options, calls)
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
        return sign * options["lr"] * velocity

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
        return sign * options.get("lr", 0.001) * mean / below

    return lambda course: positions(course, rule)


COUNTING = "Which number is t in the first step, and which parameters' steps does it count?"
KNOWN_SGD = [
    KnownMistake("wrong-direction", sgd(sign=-1), "The parameters move along the gradient; expected against it.",
                 "In which direction does the loss fall?", "updates"),
    KnownMistake("momentum-ignored", sgd(momentum=0.0), "The steps are those without momentum.",
                 "What is left of the step before?", "updates"),
    KnownMistake("momentum-averaged", sgd(dampening=True),
                 "velocity is momentum * velocity + (1 - momentum) * grad; expected the whole grad.",
                 "PyTorch's velocity is a decaying sum. What does a mean change?", "updates"),
    KnownMistake("nesterov", sgd(nesterov=True), "The steps are those of Nesterov's momentum; expected the plain one.",
                 "Which velocity moves the parameter: this step's, or the next one's?", "updates"),
]  # fmt: skip
KNOWN_ADAM = [
    KnownMistake(
        "wrong-direction",
        adam(sign=-1),
        "The parameters move along the gradient; expected against it.",
        "In which direction does the loss fall?",
        "updates",
    ),
    KnownMistake(
        "no-bias-correction",
        adam(correct=(False, False)),
        "Both averages are used as they are; expected divided by 1 - beta ** t.",
        "Both start at 0. What are they after one step, and what should they be?",
        "updates",
    ),
    KnownMistake(
        "one-bias-correction",
        adam(correct=(True, False)),
        "Only the first average is corrected.",
        "Both averages start at 0. Which of them is 1,000 times too small after one step?",
        "updates",
    ),
    KnownMistake(
        "one-bias-correction",
        adam(correct=(False, True)),
        "Only the second average is corrected.",
        "Both averages start at 0. Which of them is 10 times too small after one step?",
        "updates",
    ),
    KnownMistake(
        "eps-inside-the-root",
        adam(inside=True),
        "eps is added below the root; expected outside of it.",
        "For which gradients does that make a difference?",
        "updates",
    ),
    KnownMistake(
        "gradient-not-squared",
        adam(squared=False),
        "The second average is that of |grad|; expected of grad ** 2.",
        "Which power of the gradient has the root of its mean the gradient's size?",
        "updates",
    ),
    KnownMistake(
        "root-forgotten",
        adam(root=False),
        "The step is divided by the second average; expected by its root.",
        "What are the units of the step if the gradient has units?",
        "updates",
    ),
    KnownMistake(
        "betas-swapped",
        adam(swapped=True),
        "beta1 and beta2 are exchanged.",
        "Which of the two averages should remember longer?",
        "updates",
    ),
    KnownMistake(
        "sum-instead-of-average",
        adam(total=True),
        "The first average is a sum: the factor 1 - beta1 is missing.",
        "What would a constant gradient's average be?",
        "updates",
    ),
    KnownMistake("steps-counted-from-0", adam(steps=-1), "The steps are counted from 0.", COUNTING, "updates"),
    KnownMistake("steps-counted-from-2", adam(steps=1), "The steps are counted from 2.", COUNTING, "updates"),
    KnownMistake(
        "step-counted-for-all",
        adam(shared=True),
        "A step is counted for a parameter that has no gradient in it.",
        COUNTING,
        "state",
    ),
]


def check(judge: Judge) -> None:
    names = judge.namespace
    for kind, right, known, courses in (
        ("SGD", sgd(), KNOWN_SGD, [Course(judge, {"lr": 0.1}), Course(judge, {"lr": 0.03})]),
        (
            "SGD",
            sgd(),
            KNOWN_SGD,
            [Course(judge, {"lr": 0.1, "momentum": 0.9}), Course(judge, {"lr": 0.1, "momentum": 0.3})],
        ),
        (
            "Adam",
            adam(),
            KNOWN_ADAM,
            [Course(judge, {"lr": 0.1}), Course(judge, {"lr": 0.02, "betas": (0.5, 0.9), "eps": 1e-2})],
        ),
        ("Adam", adam(), KNOWN_ADAM, [Course(judge, {}), Course(judge, {"betas": (0.8, 0.95)}, scale=1e-6)]),
    ):
        said = ", ".join(repr(course) or "defaults" for course in courses)
        compare(judge, names, kind, f"{kind}: {STEPS} steps with {said}", courses, right, known)
    gaps = ((0, 1), (2, 0), (3, 1), (4, 1))
    for kind, right, known, options in (("SGD", sgd(), KNOWN_SGD, {"lr": 0.1, "momentum": 0.9}),
                                        ("Adam", adam(), KNOWN_ADAM, {"lr": 0.1})):  # fmt: skip
        compare(
            judge,
            names,
            kind,
            f"{kind}: a parameter whose grad is None stays as it is, and so does what is remembered of it",
            [Course(judge, options, gaps)],
            right,
            known,
        )
    for claim, refuse in (
        ("step changes the parameters' own arrays, and no gradient", refuse_other_arrays),
        ("lr may be set between steps; float32 stays float32", refuse_a_fixed_rate),
        ("zero_grad sets every grad to None", refuse_other_zeros),
        ("two optimizers do not affect each other", refuse_shared_state),
    ):
        with judge.claim(claim):
            for kind in ("SGD", "Adam"):
                refuse(judge, names, kind)


def compare(judge, names, kind, claim, courses, right, known):
    def run(course):
        parameters = [names["Parameter"](start.copy()) for start in course.starts]
        optimizer = names[kind](parameters, **course.options)
        found = []
        for gradients in course.gradients:
            for one, gradient in zip(parameters, gradients):
                one.grad = None if gradient is None else gradient.copy()
            optimizer.step()
            found.append(np.concatenate([one.data.ravel() for one in parameters]))
        return np.array(found)

    graded = Answer(run, f"{kind}.step", ("options",))
    judge.compare(
        claim,
        judge.run(graded, [(course,) for course in courses], repeat=True),
        right,
        name="the parameters, a row for each step,",
        known=known,
        rtol=1e-8,
        atol=1e-12,
        kind="updates",
        question="Write the lines of the task one by one, and print the first step of one number.",
    )


def one_step(judge, names, kind, dtype=np.float64, **options):
    parameter = names["Parameter"](judge.numbers(3).astype(dtype))
    optimizer = names[kind]([parameter], lr=0.1, **options)
    parameter.grad = judge.numbers(3).astype(dtype)
    return parameter, optimizer


def refuse_other_arrays(judge, names, kind):
    parameter, optimizer = one_step(judge, names, kind)
    array, gradient, before = parameter.data, parameter.grad, parameter.grad.copy()
    with_care(optimizer.step, "step", f"{kind}.step()")
    if parameter.data is not array and not np.array_equal(array, parameter.data):
        judge.reject(
            "replaces-the-array",
            "parameter.data is a new array after step(); expected the old one with new numbers.",
            "Whoever holds the array, as a view of it or a saved model, should see the step. Which operator "
            "writes in place?",
            kind="updates",
        )
    if not np.array_equal(gradient, before):
        judge.reject(
            "changes-its-input", f"{kind}.step() changed the array in grad.", "Who made that array?", kind="ownership"
        )
    if parameter.grad is not gradient:
        judge.reject(
            "step-clears-the-gradient",
            f"After {kind}.step(), grad is {parameter.grad!r}; expected the gradient as it was.",
            "Which method sets the gradients to None, and who decides when?",
            kind="accumulation",
        )


def refuse_a_fixed_rate(judge, names, kind):
    for steps in (0, 1):
        parameter, optimizer = one_step(judge, names, kind, **({"momentum": 0.9} if kind == "SGD" else {}))
        for _ in range(steps):
            with_care(optimizer.step, "step", f"{kind}.step()")
        optimizer.lr = 0.0
        before = parameter.data.copy()
        with_care(optimizer.step, "step", f"{kind}.step() after lr = 0.0")
        if not np.array_equal(before, parameter.data):
            when = " after a first step" if steps else ""
            judge.reject("lr-is-fixed", f"After optimizer.lr = 0.0{when}, step() still moves the parameters.",
                         "When is lr read: once, or in each step? Does what is remembered contain it?",
                         kind="updates")  # fmt: skip
    single, optimizer = one_step(judge, names, kind, np.float32)
    with_care(optimizer.step, "step", f"{kind}.step() of a float32 parameter")
    if single.data.dtype != np.float32:
        judge.reject("changes-the-dtype", f"A float32 parameter is {single.data.dtype} after step().",
                     "Which array of yours is float64?", kind="precision")  # fmt: skip


def refuse_other_zeros(judge, names, kind):
    parameters = [names["Parameter"](np.ones(2)) for _ in range(3)]
    optimizer = names[kind](parameters, lr=0.1)
    for one in parameters[:2]:
        one.grad = np.ones(2)
    with_care(optimizer.zero_grad, "zero_grad", f"{kind}.zero_grad()")
    for one in parameters:
        if one.grad is not None:
            judge.reject(
                "zero-is-not-none",
                f"After zero_grad(), the grad of one of three parameters is {one.grad!r}; expected None.",
                "How does step() tell a parameter that was not used from one whose gradient is 0?",
                kind="state",
            )


def refuse_shared_state(judge, names, kind):
    extra = {"momentum": 0.9} if kind == "SGD" else {}
    ends = []
    for crowded in (False, True):
        parameters = [names["Parameter"](np.ones(3)) for _ in range(2)]
        optimizers = [names[kind]([one], lr=0.1, **extra) for one in parameters]
        for _ in range(4):
            for one, optimizer, sign in zip(parameters, optimizers, (1, -3)):
                one.grad = sign * np.array([1.0, 2.0, 3.0])
                if one is parameters[0] or crowded:
                    optimizer.step()
        ends.append(parameters[0].data.copy())
    if not np.allclose(*ends):
        judge.reject("optimizers-share-state", "When a second optimizer steps in turn, the first one's steps change.",
                     "Where is the state made: in each constructor, or once for the class?", kind="state")  # fmt: skip
