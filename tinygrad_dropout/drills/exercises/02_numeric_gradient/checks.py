"""Central differences in float64, one element at a time, and x unchanged."""

import numpy as np

from tinygrad_dropout.drills.grader.inputs import other_layouts
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 8
KINDS = ("chain-rule", "precision", "ownership")
REFUSED = {"gradient": "it differentiates samples along an axis, which is a different task"}

SHAPES = ((1,), (3,), (2, 3), (2, 1, 3))
STEP = 2.0**-5  # large, so that formulas differ clearly, and exact, so that x + h - h is x


class Function:
    """f(x) = sum(a x^5) + sum(b x)^2, each partial derivative depends on all elements."""

    def __init__(self, judge, shape):
        self.a, self.b = judge.numbers(*shape), judge.numbers(*shape)
        self.dtypes = set()
        self.__doc__ = "f(x) = sum(a x^5) + sum(b x)^2, with arrays a and b"

    def __call__(self, x):
        x = np.asarray(x)
        if x.shape != self.a.shape:
            raise ValueError(f"f was given shape {x.shape}; expected the shape of x, {self.a.shape}")
        self.dtypes.add(x.dtype)
        return float((self.a * x**5).sum() + (self.b * x).sum() ** 2)


def measured(f, x, h, rule, dtype=np.float64, result=np.float64):
    """The gradient by a rule, with x in a dtype."""
    out = np.zeros(x.shape, dtype=result)
    for index in np.ndindex(x.shape):

        def at(step, index=index):
            moved = x.astype(dtype)
            moved[index] = moved[index] + step  # truncated if the dtype is an integer
            return f(moved)

        out[index] = rule(at, h)
    return out


def centered(at, h):
    return (at(h) - at(-h)) / (2 * h)


def of(rule):
    """The gradient by a rule, as a formula."""
    return lambda f, x, h: measured(f, x, h, rule)


def together(f, x, h):
    """All elements moved together."""
    x = x.astype(np.float64)
    return (f(x + h) - f(x - h)) / (2 * h)


def rows_moved(f, x, h):
    """Everything in x[i] moved together."""
    out = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = h
        out[i] = (f(x + step) - f(x - step)) / (2 * h)
    return out


def stays_moved(f, x, h):
    """Every element is left at x - h."""
    moved, out = x.astype(np.float64), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        here = moved[index]
        moved[index] = here + h
        above = f(moved)
        moved[index] = here - h
        out[index] = (above - f(moved)) / (2 * h)
    return out


BEYOND = "Its error is of the order of h^4. How many calls of f does it cost, and how many does the task ask for?"
SERIES = "as a Taylor series. Which term spoils it, and which second call of f would cancel that term?"
STILL = "What must be held fixed while one partial derivative is measured?"
RULES = [
    KnownMistake("one-sided", of(lambda at, h: (at(h) - at(0)) / h),
         "It is the one-sided difference (f(x + h) - f(x)) / h, whose error is of the order of h.",
         f"Write f(x + h) {SERIES}", "chain-rule"),
    KnownMistake("one-sided-from-below", of(lambda at, h: (at(0) - at(-h)) / h),
         "It is the one-sided difference (f(x) - f(x - h)) / h, whose error is of the order of h.",
         f"Write f(x - h) {SERIES}", "chain-rule"),
    KnownMistake("divided-by-h", of(lambda at, h: (at(h) - at(-h)) / h),
         "The difference f(x + h) - f(x - h) is divided by h.",
         "How far apart are the two points at which f was called?", "chain-rule"),
    KnownMistake("not-divided", of(lambda at, h: at(h) - at(-h)),
         "It is f(x + h) - f(x - h), not divided by anything.",
         "A derivative is a change of f per change of x. Where is the change of x?", "chain-rule"),
    KnownMistake("multiplied-by-h", of(lambda at, h: (at(h) - at(-h)) / 2 * h),
         "The difference is divided by 2 and then multiplied by h: `/ 2 * h` is read from left to right.",
         "In which order does Python evaluate a division and a multiplication next to each other?", "python"),
    KnownMistake("one-term-divided", of(lambda at, h: at(h) - at(-h) / (2 * h)),
         "Only f(x - h) is divided by 2h; f(x + h) is not.",
         "What does Python do first, the subtraction or the division?", "python"),
    KnownMistake("half-the-step", of(lambda at, h: (at(h / 2) - at(-h / 2)) / h),
         "f is called at x + h/2 and x - h/2; the task says x + h and x - h.",
         "How far should an element move?", "chain-rule"),
    KnownMistake("below-less-above", of(lambda at, h: (at(-h) - at(h)) / (2 * h)),
         "It is (f(x - h) - f(x + h)) / (2 h), which has the wrong sign.",
         "If f grows when x does, is the gradient positive?", "chain-rule"),
    KnownMistake("five-point-stencil",
         of(lambda at, h: (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)),
         "It is the five-point formula, with f at x + 2h and x - 2h as well: more exact than the task asks for.",
         BEYOND, "precision"),
    KnownMistake("extrapolated-from-two-steps",
         of(lambda at, h: (8 * (at(h / 2) - at(-h / 2)) - (at(h) - at(-h))) / (6 * h)),
         "It combines the steps h and h/2 (Richardson's extrapolation): more exact than the task asks for.",
         BEYOND, "precision"),
    KnownMistake("step-grows-with-x", lambda f, x, h: np.array([
             measured(f, x, h * max(1.0, abs(float(x[i]))), centered)[i] for i in np.ndindex(x.shape)
         ]).reshape(x.shape),
         "The step is h * max(1, |x|), so large elements are moved further; the task says h.",
         "How far should an element move?", "precision"),
    KnownMistake("all-elements-at-once", together,
         "All elements of x are moved together, which gives only one number.",
         "How many numbers does a gradient have, and what is held fixed while one of them is measured?", "chain-rule"),
    KnownMistake("all-elements-at-once", lambda f, x, h: np.full(x.shape, together(f, x, h)),
         "All elements of x are moved together, and each gets the same number.", STILL, "chain-rule"),
    KnownMistake("whole-rows-moved", rows_moved,
         "A whole row of x is moved together, and all its elements get the same number.",
         "What does a loop over range(len(x)) run over if x has two axes?", "chain-rule"),
    KnownMistake("h-ignored", lambda f, x, h: measured(f, x, 1e-5, centered),
         "The step is not the given h: the result is that of a much smaller step.",
         "Where does the h that you move x by come from?", "precision"),
    KnownMistake("elements-stay-moved", stays_moved,
         "Elements that were moved are not put back before the next one is moved.",
         "A partial derivative holds all other elements fixed. Where are they when the last one is measured?",
         "ownership"),
]  # fmt: skip
OF_INTEGERS = [
    KnownMistake("integers-truncate-h", lambda f, x, h: measured(f, x, h, centered, x.dtype),
         "x is an array of integers: x + h, written into it, is truncated to an integer, so f never sees a step of h.",
         "What happens to 3.01 in an array of dtype int64?", "precision"),
    KnownMistake("gradient-of-integers", lambda f, x, h: measured(f, x, h, centered, np.float64, x.dtype),
         "The gradient is an array of integers, like x: every number in it is truncated.",
         "What is the dtype of np.zeros_like(x)?", "precision"),
    KnownMistake("gradient-and-steps-of-integers", lambda f, x, h: measured(f, x, h, centered, x.dtype, x.dtype),
         "x and the gradient are arrays of integers: neither x + h nor the gradient keeps its decimals.",
         "What is the dtype of a copy of x and of np.zeros_like(x)?", "precision"),
]  # fmt: skip
OPTIONS = {"name": "the gradient", "rtol": 1e-9, "dtype": True}


def check(judge: Judge) -> None:
    function = judge.function("numeric_gradient", "f", "x", "h")

    def case(x, h=STEP):
        return Function(judge, x.shape), x, h

    def fractions(*shape):
        """Numbers for which x + h - h is x."""
        return np.round(judge.numbers(*shape) * 1024) / 1024

    cases = [case(fractions(*shape)) for shape in SHAPES]
    runs = judge.run(function, cases, repeat=True)
    wrong_shape = any(np.shape(run.value) not in (run.arguments[1].shape, ()) for run in runs)
    judge.compare(
        "each element of the gradient: (f(x + h) - f(x - h)) / (2 h), with only that element moved",
        runs,
        of(centered),
        known=RULES,
        question="What is the shape of x, and how many numbers does its gradient have?"
        if wrong_shape
        else "Which element is moved, at which two points is f called, and how far apart are they?",
        **OPTIONS,
    )
    others = [case(other) for shape in SHAPES[2:] for other in other_layouts(fractions(*shape))]
    others += [case(fractions(2, 1, 2, 1, 2))]
    judge.compare(
        "x may have any memory layout and any number of axes",
        judge.run(function, others),
        of(centered),
        question="Which of your arrays is a view of x, and which is a copy? ravel and reshape can give either.",
        kind="ownership",
        **OPTIONS,
    )
    with judge.claim("x is unchanged to the last bit, whatever its digits are"):
        for i in range(5):
            refuse_rounding_in_x(judge, function, case(judge.numbers(2, 3) + i / 3, 0.1))
    with judge.claim("h is 1e-5 if it is not given"):
        refuse_wrong_steps(judge)

    digits = judge.rng.permutation(np.arange(-4, 5))
    integers = [case(digits[: np.prod(shape)].reshape(shape)) for shape in SHAPES]
    integers += [case(judge.rng.permutation(np.arange(6, dtype=dtype)).reshape(2, 3)) for dtype in (np.int32, np.uint8)]
    runs = judge.run(function, integers)
    given = dtypes_given(runs)  # before the formulas below call f, too
    judge.compare(
        "x may be an array of integers",
        runs,
        of(centered),
        known=OF_INTEGERS,
        question="Which of your arrays has the dtype of x?",
        kind="precision",
        **OPTIONS,
    )
    cases = [case(judge.numbers(*shape).astype(np.float32), 1e-4) for shape in SHAPES]
    with judge.claim("f is given float64 arrays"):
        runs = judge.run(function, cases)
        refuse_wrong_dtypes(judge, given + dtypes_given(runs))
    judge.compare(
        "the gradient of a float32 x is float64, and as exact as any other",
        runs,
        of(centered),
        name="the gradient",
        rtol=1e-6,
        atol=1e-6,
        dtype=True,
        kind="precision",
        question="Which of your arrays has the dtype of x?",
    )


def dtypes_given(runs):
    """(run, dtype) for every array that f was given and that was not float64."""
    return [(run, dtype) for run in runs for dtype in run.arguments[0].dtypes if dtype != np.float64]


def refuse_wrong_dtypes(judge, given):
    """Reject the first of these."""
    for run, dtype in given:
        f, x, h = run.arguments
        shown = {"x": x, "h": h, "yours": run.value, "expected": measured(f, x, h, centered)}
        message, question = (
            f"f was given a {dtype} array; expected float64.",
            "What is the dtype of the array you change?",
        )
        if dtype == np.float32:
            message = "f was given a float32 array, in which steps of 1e-4 drown in rounding errors; expected float64."
            question = f"float32 has 7 digits, and the difference of two nearly equal numbers fewer. {question}"
            judge.reject("works-in-float32", message, question, kind="precision", shown=shown)
        judge.reject("works-in-another-dtype", message, question, kind="precision", shown=shown)


def refuse_wrong_steps(judge):
    """Reject a default step other than 1e-5: see how far a call without h moves x."""
    x, moved_by = judge.numbers(2, 3), []

    def f(moved):
        """f(x) = sum(x^2)"""
        moved_by.append(np.abs(moved - x).max())
        return float((moved**2).sum())

    judge.function("numeric_gradient", "f", "x")(f, x)
    step = max(moved_by, default=0.0)
    if not np.isclose(step, 1e-5, rtol=1e-3, atol=0):
        message = f"numeric_gradient(f, x), without h, moves an element by {step:.3g}; expected 1e-05."
        judge.reject("another-default-step", message, "What is h in the signature of the task?", kind="precision")


def refuse_rounding_in_x(judge, function, case):
    """Call it: x may change in between, but at the end it must be the same, bit for bit."""
    try:
        function(*case)
    except Rejected as rejected:
        if rejected.rejection.code != "changes-its-input":
            raise
        judge.reject(
            "puts-back-by-arithmetic",
            "x has changed slightly: adding h and subtracting it again left a rounding error.",
            "In floating point, x + h - h need not be x. Where could you save the number itself?",
            kind="ownership",
            shown={"x": case[1], "h": case[2]},
        )
