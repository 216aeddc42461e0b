"""max(x, 0); grad where x > 0; 0 at exactly 0; and a mask that no other code can change."""

from dataclasses import replace

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 6
KINDS = ("kinks", "chain-rule", "ownership", "state")

SHAPES = ((), (2,), (5,), (0, 2), (3, 4), (2, 3, 4), (9, 11))
EXACT = {"rtol": 1e-12, "atol": 0, "dtype": True}


def forward_of(x, *rest):
    return np.where(x > 0, x, 0.0)


def backward_of(x, grad):
    return np.where(x > 0, grad, 0.0)


FORWARD = [
    KnownMistake("absolute-value", lambda x: np.abs(x),
         "y is |x|: the sign of negative x was flipped.", "What should a unit return if its input is -2?", "kinks"),
    KnownMistake("negative-part", lambda x: np.minimum(x, 0),
         "y is min(x, 0): the negative x are kept.", "Which side of 0 should pass?", "kinks"),
    KnownMistake("step-for-ramp", lambda x: (x > 0) * 1.0,
         "y is 1 where x is positive; expected x.", "That is the slope. What is the output?", "chain-rule"),
    KnownMistake("identity", lambda x: x,
         "y is x, even where x is negative.", "What should a unit return if its input is -2?", "kinks"),
]  # fmt: skip
BACKWARD = [
    KnownMistake("gradient-everywhere", lambda x, grad: grad,
         "dx is grad everywhere, so units that were off get a gradient.",
         "If x = -2 grows a little, by how much does y grow?", "chain-rule"),
    KnownMistake("mask-from-the-gradient", lambda x, grad: grad * (grad > 0),
         "The mask is computed from grad: where grad is negative, dx is 0.",
         "The sign of which array decides whether a unit was on?", "chain-rule"),
    KnownMistake("mask-from-both", lambda x, grad: grad * ((grad > 0) & (x > 0)),
         "The gradient passes only where grad is positive, too.",
         "A unit is on and grad is negative. How fast does the loss change with x?", "chain-rule"),
    KnownMistake("upstream-ignored", lambda x, grad: (x > 0) * 1.0,
         "dx is only the local slope, 0 or 1; grad is left out.",
         "By the chain rule, a gradient is upstream times local.", "chain-rule"),
    KnownMistake("multiplied-by-the-output", lambda x, grad: grad * np.maximum(x, 0),
         "dx is grad * y; expected grad where y is positive.", "What is the slope of y = x at x = 3?", "chain-rule"),
    KnownMistake("multiplied-by-the-input", lambda x, grad: grad * x,
         "dx is grad * x.", "What is the slope of y = x at x = 3, and at x = -3?", "chain-rule"),
    KnownMistake("mask-inverted", lambda x, grad: grad * (x < 0),
         "The gradient passes where x is negative.", "Which units were on?", "kinks"),
    KnownMistake("sign-for-slope", lambda x, grad: grad * np.sign(x),
         "dx is grad * sign(x), the backward of |x|.", "How fast does y change where x is negative?", "kinks"),
]  # fmt: skip
ZERO = "At exactly 0, both 0 and 1 are slopes of lines below the curve. Which one does the task ask for?"
AT_ZERO = [
    KnownMistake("gradient-1-at-0", lambda x, grad: grad * (x >= 0),
         "The gradient passes where x is exactly 0; expected 0 there.", ZERO, "kinks"),
    KnownMistake("gradient-half-at-0", lambda x, grad: grad * np.where(x == 0, 0.5, x > 0),
         "Half of the gradient passes where x is exactly 0; expected 0 there.", ZERO, "kinks"),
    KnownMistake("nan-at-0", lambda x, grad: grad * np.maximum(x, 0) / x,
         "dx is NaN where x is exactly 0: y / x is 0 / 0 there.",
         "The slope is 0 or 1. Can you get it without a division?", "kinks"),
]  # fmt: skip


AT_ZERO_FORWARD = [
    KnownMistake("output-nan-at-0", lambda x: np.maximum(x, 0) / x * x,
         "y is NaN where x is exactly 0: the slope y / x is 0 / 0 there.",
         "Can you get y without a division?", "kinks"),
]  # fmt: skip
TWICE = [
    KnownMistake("works-once", lambda x, grad: np.zeros_like(grad),
         "A second call of backward gives 0 everywhere.",
         "What does backward use up in its first call?", "state"),
]  # fmt: skip


def in_memory_order(right):
    """The mistake of code that goes through the elements in memory order."""

    def formula(x, *rest):
        return right(x.ravel("K").reshape(x.shape), *rest)

    return KnownMistake(
        "order-of-memory",
        formula,
        "The elements of x are taken in memory order, which differs from index order if x is transposed.",
        "Which numbers are next to each other in x.T, and which in memory? ravel and reshape may copy.",
        "ownership",
    )


def check(judge: Judge) -> None:
    relu = judge.function("relu", "x")

    def both(x):
        """y and backward for this very array, which is not copied first."""
        value = relu.function(x)
        if isinstance(value, (tuple, list)) and len(value) == 2 and callable(value[0]) and not callable(value[1]):
            judge.reject(
                "pair-reversed",
                "relu(x) returned backward and y, in this order; expected y and backward.",
                "Which of the two comes first in the signature in the task?",
            )
        if not isinstance(value, (tuple, list)) or len(value) != 2 or not callable(value[1]):
            judge.reject("not-a-pair", "relu(x) did not return a pair; expected y and a function backward(grad).")
        return value

    forward = Answer(lambda x: both(x)[0], "relu", ("x",))
    backward = Backward(lambda x, grad: both(x)[1](grad))

    inputs = [judge.numbers(*shape) for shape in SHAPES]
    cases = [(x, judge.numbers(*x.shape)) for x in inputs]
    sizes = [(cases[4][0] * factor, cases[4][1]) for factor in (1e-300, 1e300)]
    for name, gives, answer, right, known, question, also in (
        ("y", "x", forward, forward_of, FORWARD, "Draw y against x.", [(x,) for x, _ in sizes]),
        ("dx", "grad", backward, backward_of, BACKWARD, "What is the slope of y, left and right of 0?", sizes),
    ):
        first = [case[: len(also[0])] for case in cases]
        judge.compare(f"{name}: {gives} where x is positive, else 0", judge.run(answer, first), right, name=name,
                      known=known, question=question, kind="kinks", **EXACT)  # fmt: skip
        judge.compare(
            f"{name} for transposed and sliced arrays, for huge and for tiny numbers",
            judge.run(answer, judge.corners(first[4])[:5] + also),
            right,
            name=name,
            known=[in_memory_order(right)],
            question="Which line depends on the size of the numbers, or on the memory layout of an array?",
            kind="ownership",
            **EXACT,
        )

    zeros = [(np.where(judge.rng.permutation(x.size).reshape(x.shape) % 3, x, 0.0), grad) for x, grad in cases]
    judge.compare("y where x is exactly 0: 0", judge.run(forward, [(x,) for x, _ in zeros]), forward_of, name="y",
                  known=AT_ZERO_FORWARD, question="What is max(x, 0) there?", kind="kinks", **EXACT)  # fmt: skip
    judge.compare("dx where x is exactly 0: 0", judge.run(backward, zeros), backward_of, name="dx", known=AT_ZERO,
                  question=ZERO, kind="kinks", **EXACT)  # fmt: skip
    twice = Backward(lambda x, grad: again(judge, both(x)[1], grad))
    judge.compare("a second call of backward gives the same, in a new array", judge.run(twice, cases),
                  backward_of, name="dx", known=TWICE, kind="state",
                  question="What does backward change that the next call needs?", **EXACT)  # fmt: skip
    with judge.claim("y is a new array, even if x is positive everywhere"):

        def owned(x):
            y = both(x)[0]
            if isinstance(y, np.ndarray) and np.shares_memory(x, y):
                judge.reject(
                    "output-is-the-input",
                    "If x is positive everywhere, y is x itself; expected a new array.",
                    "If the caller writes into y, whose numbers change?",
                    kind="ownership",
                    shown={"x": x},
                )
            return y

        judge.run(Answer(owned, "relu", ("x",)), [(np.array(np.abs(x)),) for x in inputs])

    refuse_a_cache_that_follows(judge, both, cases[1:])  # all but the single number, which cannot be written into

    def first_of_two(x, grad):
        first = both(x)[1]
        both(np.array(-x))
        return first(grad)

    judge.compare(
        "each call has its own backward",
        judge.run(Backward(first_of_two), cases),
        backward_of,
        name="dx",
        known=[
            KnownMistake(
                "mask-of-a-later-call",
                lambda x, grad: backward_of(-x, grad),
                "After relu is called again, the backward of the first call uses the mask of the second.",
                "Take two layers, one after the other: where does each of them keep its mask?",
                "state",
            )
        ],
        question="Where does a call keep what its backward needs?",
        kind="state",
    )


class Backward(Answer):
    """Takes x and grad, but its messages show the learner's signature, backward(grad)."""

    def __init__(self, function):
        super().__init__(function, "backward", ("x", "grad"))

    def __call__(self, *arguments, **options):
        try:
            return super().__call__(*arguments, **options)
        except Rejected as rejected:
            found = rejected.rejection
            shown = tuple((label, text.replace(LONG, SHORT)) for label, text in found.shown)
            raise Rejected(
                replace(found, message=found.message.replace(LONG, SHORT), shown=shown)
            ) from rejected.__cause__


LONG, SHORT = "backward(x, grad)", "backward(grad)"


def again(judge, backward, grad):
    """The result of a second call, which must not change the result of a first call with other numbers."""
    first, second = (np.asarray(backward(np.array(one))) for one in (-2 * grad, grad))
    if np.may_share_memory(first, second):
        judge.reject(
            "result-is-overwritten",
            "Two calls of backward returned the same array: the second call overwrote what the first returned.",
            "The first caller still has that array. Where is it created: once, or in each call?",
            kind="ownership",
        )
    return second


def refuse_a_cache_that_follows(judge, both, cases):
    """Let other code write into x, or into y, between forward and backward."""
    for name, claim in (("x", "x may be overwritten before backward"), ("y", "y may be overwritten before backward")):

        def answer(x, grad, name=name):
            given = x.copy()
            y, backward = both(given)
            array = given if name == "x" else y
            if isinstance(array, np.ndarray) and array.flags.writeable:
                array[...] = np.where(array > 0, -1.0, 1.0)  # what was on is off, and vice versa
            return backward(grad)

        runs = judge.run(Backward(answer), cases)
        mistake = KnownMistake(
            f"cache-follows-{name}",
            lambda x, grad: np.where(x > 0, 0.0, grad),
            f"After something else is written into {name}, backward takes its mask from the new numbers.",
            f"Does backward keep the array {name} itself? What else can write into it, and what would be safe to keep?",
            "ownership",
        )
        question = f"What does backward keep from the forward pass: the array {name}, or its own copy of what it needs?"
        judge.compare(claim, runs, backward_of, name="dx", known=[mistake], question=question, kind="ownership")


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's ReLU."""
    theirs = judge.function("relu", "x")

    def backward(grad, x, out):
        own_backward = Answer(theirs(x.data)[1], "backward", ("grad",))
        return (own_backward(grad),)

    return bug_of("relu", backward, theirs)
