"""grad, repeated along the reduced axes; for a mean, divided by how many elements went into each result."""

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 8
KINDS = ("axes", "averaging", "chain-rule", "shapes")

ALL = (((3,), None), ((2, 3), None), ((2, 3, 4), None))
SQUARE = (((3,), 0), ((3, 3), 0), ((3, 3), 1), ((3, 3), -1))  # here a wrong axis does not raise an error
NONE = (((3,), ()), ((2, 3), ()))
ODD = (
    ((), None),
    ((), ()),
    ((1, 3), 1),
    ((1, 3), 0),
    ((2, 1, 3), (1,)),
    ((2, 1, 3), (2, 1)),
    ((2, 1, 2, 1, 3), (4, 0)),
    ((9, 11), 1),
    ((9, 11), 0),
)
ONE = (((2, 3), 0), ((2, 3), 1), ((2, 3), -1), ((2, 3, 4), 1), ((2, 3, 4), -3))
SEVERAL = (((2, 3), (0, 1)), ((3, 3, 3), (0, 1)), ((3, 3, 3), (2, 1)), ((2, 3, 4), (2, 0)), ((2, 3, 4), (-1, 1)),
           ((2, 3, 4, 5), (3, 0, -2)))  # fmt: skip


EXACT = {"rtol": 1e-12, "atol": 0, "dtype": True}


def put_back(grad, shape, axis, keepdims):
    axis = tuple(range(len(shape))) if axis is None else axis
    return grad if keepdims else np.expand_dims(grad, axis)


def count(shape, axis):
    """How many elements go into one result."""
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
    return int(np.prod([shape[one] for one in axes]))


def right(kind, grad, shape, axis, keepdims):
    dx = np.broadcast_to(put_back(grad, shape, axis, keepdims), shape)
    return dx / count(shape, axis) if kind == "mean" else dx


def divided_by(divisor):
    """The right answer for a sum, divided by something."""
    return lambda kind, grad, shape, axis, keepdims: (
        right("sum", grad, shape, axis, keepdims) / divisor(grad, shape, axis)
    )


COMMON = [
    KnownMistake(
        "upstream-ignored",
        lambda kind, grad, *rest: right(kind, np.ones_like(grad), *rest),
        "dx is only the local slope; grad is left out.",
        "By the chain rule, a gradient is upstream times local. Where is the upstream gradient?",
        "chain-rule",
    ),
    KnownMistake(
        "gradient-not-repeated",
        lambda kind, grad, shape, axis, keepdims: grad,
        "dx is grad itself, in the shape of y.",
        "A gradient has exactly the shape of what it belongs to. How many elements of x share one y?",
        "shapes",
    ),
    KnownMistake(
        "gradient-not-repeated",
        lambda kind, grad, shape, axis, keepdims: grad / count(shape, axis),
        "dx is grad divided by N, in the shape of y.",
        "A gradient has exactly the shape of what it belongs to. How many elements of x share one y?",
        "shapes",
    ),
    KnownMistake(
        "axis-not-put-back",
        lambda kind, grad, shape, *rest: right(kind, np.ones_like(grad), shape, *rest) * np.broadcast_to(grad, shape),
        "grad is repeated along the wrong axis: broadcasting aligned it at the last one.",
        "x is (3, 3) and was summed over axis 1. Should grad, of shape (3,), be a row or a column?",
        "axes",
    ),
    KnownMistake(
        "shared-among-all",
        lambda kind, grad, shape, axis, keepdims: np.full(shape, grad.sum()),
        "Every element gets the sum of all of grad.",
        "How many elements of y does one element of x go into?",
        "axes",
    ),
]  # fmt: skip
SUM = [
    KnownMistake(
        "sum-divided",
        divided_by(lambda grad, shape, axis: count(shape, axis)),
        "The gradient of a sum is divided by the number of its terms.",
        "y = a + b. If a grows by 0.1, by how much does y grow?",
        "averaging",
    ),
    *COMMON,
]
MEAN = [
    KnownMistake(
        "mean-not-divided",
        divided_by(lambda grad, shape, axis: 1),
        "The gradient of a mean is not divided by N.",
        "y = (a + b) / 2. If a grows by 0.1, by how much does y grow?",
        "averaging",
    ),
    KnownMistake(
        "divided-by-all-elements",
        divided_by(lambda grad, shape, axis: np.prod(shape)),
        "The gradient is divided by the number of all elements of x; expected the number that go into one y.",
        "x is (2, 3), and the mean is over axis 1. What does the forward pass divide by?",
        "averaging",
    ),
    KnownMistake(
        "divided-by-the-results",
        divided_by(lambda grad, shape, axis: grad.size),
        "The gradient is divided by the size of y.",
        "x is (2, 3), and the mean is over axis 1. What does the forward pass divide by?",
        "averaging",
    ),
    KnownMistake(
        "divided-by-the-first-axis",
        divided_by(lambda grad, shape, axis: shape[0]),
        "The gradient is divided by the length of the first axis, whatever the axis of the mean.",
        "What does the forward pass divide by if the mean is over axis 1, or over all axes?",
        "averaging",
    ),
    KnownMistake(
        "divided-by-one-axis-only",
        divided_by(lambda grad, shape, axis: shape[np.atleast_1d(0 if axis is None else axis)[0]]),
        "The mean is over several axes, but the gradient is divided by the length of only one of them.",
        "How many elements go into one y if the mean is over two axes?",
        "averaging",
    ),
    KnownMistake(
        "multiplied-by-n",
        divided_by(lambda grad, shape, axis: 1 / count(shape, axis)),
        "The gradient of a mean is multiplied by N; expected it to be divided by N.",
        "y = (a + b) / 2. If a grows by 0.1, by how much does y grow?",
        "averaging",
    ),
    *COMMON,
]


KEPT = KnownMistake(
    "kept-axes-put-back-again",
    None,
    "reduction_backward raised an error for keepdims=True, where grad already has its axes of length 1.",
    "With keepdims=True, which axes does grad lack?",
    "shapes",
)


def check(judge: Judge) -> None:
    function = judge.function("reduction_backward", "kind", "grad", "shape", "axis", "keepdims")

    def compare(claim, kind, shapes, keepdims):
        cases = []
        for shape, axis in shapes:
            like = np.zeros(shape).sum(axis=axis, keepdims=keepdims).shape
            cases.append((kind, judge.numbers(*like), shape, axis, keepdims))
        cases += judge.corners(cases[-1])
        judge.compare(
            claim,
            judge.run(function, cases, known={ValueError: KEPT} if keepdims else None),
            right,
            name="dx",
            known=SUM if kind == "sum" else MEAN,
            question="Which y does x[i, j] go into, and multiplied by what?",
            kind="axes",
            **EXACT,
        )

    compare("the gradient of a sum over all axes: grad, everywhere", "sum", ALL, False)
    compare("the gradient of a sum over one axis: grad, repeated along that axis", "sum", SQUARE, False)
    compare("the gradient of a sum, for shapes that are not square", "sum", ONE, False)
    compare("the gradient of a sum over a tuple of axes", "sum", SEVERAL, False)
    compare(
        "the gradient of a sum with keepdims=True: axes that were kept are not put back again",
        "sum",
        ALL + ONE + SEVERAL,
        True,
    )
    compare("the gradient of a mean: divided by the number of elements that go into one y", "mean", ALL + ONE, False)
    compare("the gradient of a mean over a tuple of axes", "mean", SEVERAL, False)
    compare("the gradient of a mean with keepdims=True", "mean", ALL + ONE + SEVERAL, True)
    compare("axis=() is no axis: y is x, and dx is grad", "mean", NONE, False)
    compare("axes of length 1, single numbers, and five axes", "mean", ODD, False)


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's mean."""
    theirs = judge.function("reduction_backward", "kind", "grad", "shape", "axis", "keepdims")

    def backward(grad, x, axis, keepdims):
        return (theirs("mean", grad, x.shape, axis, keepdims),)

    return bug_of("mean", backward, theirs)
