"""Centred differences in float64, one element at a time, and x as it was."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 8
KINDS = ("chain-rule", "precision", "ownership")
REFUSED = {"gradient": "it differentiates along an axis of samples, which is another matter"}

SHAPES = ((1,), (3,), (2, 3), (2, 1, 3))
STEP = 2.0**-5  # large, so that formulas differ by far, and exact, so that x + h - h is x


class Function:
    """f(x) = sum(a x^3) + sum(b x)^2, whose partial derivatives depend on all elements."""

    def __init__(self, judge, shape):
        self.a, self.b = judge.numbers(*shape), judge.numbers(*shape)
        self.dtypes = set()
        self.__doc__ = "f(x) = sum(a x^3) + sum(b x)^2, with arrays a and b"

    def __call__(self, x):
        x = np.asarray(x)
        if x.shape != self.a.shape:
            raise ValueError(f"f was given shape {x.shape}; expected the shape of x, {self.a.shape}")
        self.dtypes.add(x.dtype)
        return float((self.a * x**3).sum() + (self.b * x).sum() ** 2)


def measured(f, x, h, rule, dtype=np.float64, result=np.float64):
    """The gradient by some rule, with x in some dtype."""
    out = np.zeros(x.shape, dtype=result)
    for index in np.ndindex(x.shape):

        def at(step, index=index):
            moved = x.astype(dtype)
            moved[index] = moved[index] + step  # cut off where the dtype cuts it off
            return f(moved)

        out[index] = rule(at, h)
    return out


def centred(at, h):
    return (at(h) - at(-h)) / (2 * h)


def of(rule):
    """The gradient by a rule, as a formula."""
    return lambda f, x, h: measured(f, x, h, rule)


def together(f, x, h):
    """All elements moved at once."""
    x = x.astype(np.float64)
    return (f(x + h) - f(x - h)) / (2 * h)


RULES = [
    KnownMistake(
        "one-sided",
        of(lambda at, h: (at(h) - at(0)) / h),
        "It is (f(x + h) - f(x)) / h, from one side; its error is of the order of h.",
        "Write f(x + h) as a Taylor series. Which term spoils it, and which second call of f would cancel that term?",
        "chain-rule",
    ),
    KnownMistake(
        "one-sided-from-below",
        of(lambda at, h: (at(0) - at(-h)) / h),
        "It is (f(x) - f(x - h)) / h, from one side; its error is of the order of h.",
        "Write f(x - h) as a Taylor series. Which term spoils it, and which second call of f would cancel that term?",
        "chain-rule",
    ),
    KnownMistake(
        "divided-by-h",
        of(lambda at, h: (at(h) - at(-h)) / h),
        "The difference f(x + h) - f(x - h) is divided by h.",
        "How far apart are the two points at which f was called?",
        "chain-rule",
    ),
    KnownMistake(
        "not-divided",
        of(lambda at, h: at(h) - at(-h)),
        "It is f(x + h) - f(x - h), not divided by anything.",
        "A derivative is a change of f per change of x. Where is the second?",
        "chain-rule",
    ),
    KnownMistake(
        "multiplied-by-h",
        of(lambda at, h: (at(h) - at(-h)) / 2 * h),
        "The difference is divided by 2 and then multiplied by h: `/ 2 * h` is read from left to right.",
        "In which order does Python do a division and a multiplication that stand side by side?",
        "python",
    ),
    KnownMistake(
        "one-term-divided",
        of(lambda at, h: at(h) - at(-h) / (2 * h)),
        "f(x - h) alone is divided by 2h; f(x + h) is not.",
        "What does Python do first, the subtraction or the division?",
        "python",
    ),
    KnownMistake(
        "half-the-step",
        of(lambda at, h: (at(h / 2) - at(-h / 2)) / h),
        "f is called at x + h/2 and x - h/2; the task says x + h and x - h.",
        "How far is an element to be moved?",
        "chain-rule",
    ),
    KnownMistake(
        "below-less-above",
        of(lambda at, h: (at(-h) - at(h)) / (2 * h)),
        "It is (f(x - h) - f(x + h)) / (2 h), which has the wrong sign.",
        "If f grows when x does, is the gradient positive?",
        "chain-rule",
    ),
    KnownMistake(
        "all-elements-at-once",
        together,
        "All elements of x are moved at once, which gives one number.",
        "How many numbers does a gradient have, and what is held still while one of them is measured?",
        "chain-rule",
    ),
    KnownMistake(
        "all-elements-at-once",
        lambda f, x, h: np.full(x.shape, together(f, x, h)),
        "All elements of x are moved at once, and each gets the same number.",
        "What must be held still while one partial derivative is measured?",
        "chain-rule",
    ),
    KnownMistake(
        "whole-rows-moved",
        lambda f, x, h: rows_moved(f, x, h),
        "A whole row of x is moved at once, and all of it gets the same number.",
        "Over what does a loop over range(len(x)) run, if x has two axes?",
        "chain-rule",
    ),
    KnownMistake(
        "h-ignored",
        lambda f, x, h: measured(f, x, 1e-5, centred),
        "The step is not the h that was given: the result is that of a much smaller one.",
        "Where does the h come from that you move x by?",
        "precision",
    ),
    KnownMistake(
        "elements-stay-moved",
        lambda f, x, h: stays_moved(f, x, h),
        "Elements that were moved are not put back before the next one is moved.",
        "A partial derivative holds all others still. Where are they by the time of the last one?",
        "ownership",
    ),
]


def rows_moved(f, x, h):
    """All that lies in x[i] moved at once."""
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


def check(judge: Judge) -> None:
    function = judge.function("numeric_gradient", "f", "x", "h")
    judge.function("numeric_gradient", "f", "x")

    def case(shape, x, h=STEP):
        return Function(judge, shape), x, h

    # with numbers that x + h - h gives again
    runs = judge.run(function, [case(shape, np.round(judge.numbers(*shape) * 1024) / 1024) for shape in SHAPES])
    wrong_shape = next((run for run in runs if np.shape(run.value) not in (run.arguments[1].shape, ())), None)
    judge.compare(
        "each element of the gradient: (f(x + h) - f(x - h)) / (2 h), with that element alone moved",
        runs,
        of(centred),
        name="the gradient",
        known=RULES,
        question="Which shape has x, and how many numbers has its gradient?"
        if wrong_shape
        else "Which element is moved, at which two points is f called, and how far apart are they?",
    )

    cases = [case((2, 3), judge.numbers(2, 3) + i / 3, 0.1) for i in range(5)]
    with judge.claim("x is as it was to the last bit, whatever its digits are"):
        for one in cases:
            refuse_dirt(judge, function, one)

    integers = [
        case(shape, judge.rng.permutation(np.arange(-4, 5))[: np.prod(shape)].reshape(shape)) for shape in SHAPES
    ]
    judge.compare(
        "x may be of integers",
        judge.run(function, integers),
        of(centred),
        name="the gradient",
        known=[
            KnownMistake(
                "integers-truncate-h",
                lambda f, x, h: measured(f, x, h, centred, x.dtype),
                "x is an array of integers, and x + h written into it is cut off to an integer: f sees no step of h.",
                "What becomes of 3.01 in an array of dtype int64?",
                "precision",
            ),
            KnownMistake(
                "gradient-of-integers",
                lambda f, x, h: measured(f, x, h, centred, np.float64, x.dtype),
                "The gradient is an array of integers, since x is: every number in it is cut off.",
                "Which dtype does np.zeros_like(x) have?",
                "precision",
            ),
            KnownMistake(
                "gradient-and-steps-of-integers",
                lambda f, x, h: measured(f, x, h, centred, x.dtype, x.dtype),
                "x and the gradient are arrays of integers: neither x + h nor the gradient keeps its decimals.",
                "Which dtype do a copy of x and np.zeros_like(x) have?",
                "precision",
            ),
        ],
        question="Which of your arrays has the dtype of x?",
        kind="precision",
    )

    with judge.claim("the arithmetic is float64 where x is float32"):
        cases = [case(shape, judge.numbers(*shape).astype(np.float32), 1e-4) for shape in SHAPES]
        for run in judge.run(function, cases):
            f, x, h = run.arguments
            seen, got = f.dtypes - {np.dtype(np.float64)}, np.asarray(run.value)
            if seen:
                judge.reject(
                    "works-in-float32",
                    f"f was given an array of {next(iter(seen))}, in which steps of 1e-4 drown in rounding errors.",
                    "float32 has 7 digits, and the difference of two nearly equal numbers fewer. What dtype is moved?",
                    kind="precision",
                    shown={"x": x, "h": h, "yours": got, "expected": measured(f, x, h, centred)},
                )
            if got.dtype != np.float64:
                judge.reject(
                    "gradient-in-float32",
                    f"The gradient is {got.dtype} for an x of float32; expected float64.",
                    "Which dtype does np.zeros_like(x) have?",
                    kind="precision",
                )
    judge.compare(
        "the gradient of a float32 x is as exact as another",
        judge.run(function, cases),
        of(centred),
        name="the gradient",
        rtol=1e-6,
        atol=1e-6,
        kind="precision",
        question="Which of your arrays has the dtype of x?",
    )


def refuse_dirt(judge, function, case):
    """Call it; x may be changed in between, but not by a bit in the end."""
    try:
        function(*case)
    except Rejected as rejected:
        if rejected.rejection.code != "changes-its-input":
            raise
        judge.reject(
            "puts-back-by-arithmetic",
            "x is not quite what it was: adding h and subtracting it again left the error of the rounding.",
            "In floating point x + h - h need not be x. Where could the number itself be kept?",
            kind="ownership",
            shown={"x": case[1], "h": case[2]},
        )
