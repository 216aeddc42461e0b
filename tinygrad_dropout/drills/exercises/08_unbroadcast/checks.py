"""The sum over all axes along which copies were made, in the shape of the original array."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 8
KINDS = ("accumulation", "shapes", "averaging", "axes")

#: (shape of grad, shape of the array)
SAME = (((3,), (3,)), ((2, 3), (2, 3)), ((1, 3), (1, 3)))
IN_FRONT = (((3,), ()), ((2, 3), (3,)), ((3, 3), (3,)), ((4, 2, 3), (3,)), ((4, 2, 3), (2, 3)), ((2, 3, 2), ()))
STRETCHED = (
    ((3,), (1,)),
    ((2, 3), (1, 3)),
    ((2, 3), (2, 1)),
    ((3, 3), (3, 1)),
    ((2, 3), (1, 1)),
    ((4, 2, 3), (1, 2, 1)),
)
BOTH = (((2, 3), (1,)), ((4, 2, 3), (2, 1)), ((4, 2, 3), (1, 3)), ((4, 2, 3), (1,)), ((5, 4, 2, 3), (4, 1, 3)),
        ((4, 1, 3), (1, 1)), ((9, 11), (11,)), ((9, 11), (9, 1)),
         ((1, 2, 3), (2, 1)), ((2, 1, 3), (1, 1, 3)))  # fmt: skip


ODD = (((0, 3), (1, 3)), ((2, 0), (1,)), ((0,), ()), ((0, 3), (3,)), ((2, 1, 2, 1, 3, 2), (1, 2, 1, 3, 1)), ((), ()))


def right(grad, shape):
    front = grad.ndim - len(shape)
    axes = tuple(axis for axis in range(grad.ndim) if axis < front or shape[axis - front] == 1)
    return grad.sum(axis=axes, keepdims=True).reshape(shape)


def copies(grad, shape):
    return grad.size / max(np.prod(shape), 1)


def in_front(grad, shape):
    """Only the axes in front."""
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


def stretched(grad, shape):
    """Only the axes of length 1."""
    front = grad.ndim - len(shape)
    return grad.sum(axis=tuple(axis + front for axis, length in enumerate(shape) if length == 1), keepdims=True)


def first_axis(grad, shape):
    """Only one axis."""
    front = grad.ndim - len(shape)
    if front:
        return grad.sum(axis=0)
    axes = [axis for axis in range(grad.ndim) if shape[axis] == 1 and grad.shape[axis] != 1]
    return grad.sum(axis=axes[0], keepdims=True) if axes else grad


def one_copy(grad, shape):
    """The first of the copies."""
    front = grad.ndim - len(shape)
    grad = grad[(0,) * front]
    return grad[tuple(slice(0, 1) if length == 1 else slice(None) for length in shape)]


def from_the_left(grad, shape):
    """The axes of length 1 without the offset, and then those in front."""
    grad = grad.sum(axis=tuple(axis for axis, length in enumerate(shape) if length == 1), keepdims=True)
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


KNOWN = [
    KnownMistake(
        "gradient-not-summed",
        lambda grad, shape: grad,
        "The gradient still has the shape of grad: nothing was summed.",
        "A gradient has exactly the shape of what it belongs to. Which entries belong to the same number?",
        "accumulation",
    ),
    KnownMistake(
        "mean-over-the-copies",
        lambda grad, shape: right(grad, shape) / copies(grad, shape),
        "The gradient is the mean over the copies; expected the sum.",
        "If the number changes, so do all its copies. Is the effect on the loss their mean or their sum?",
        "averaging",
    ),
    KnownMistake(
        "first-copy-only",
        one_copy,
        "Only the gradient of the first copy is used; the others are lost.",
        "Does the loss depend only on the first copy?",
        "accumulation",
    ),
    KnownMistake(
        "axis-of-length-1-lost",
        lambda grad, shape: np.squeeze(right(grad, shape), tuple(i for i, length in enumerate(shape) if length == 1)),
        "Axes of length 1 are gone: a sum removed them, but the original array has them.",
        "A sum removes the axis unless you ask it not to. Which of its arguments does that?",
        "shapes",
    ),
    KnownMistake(
        "axes-in-front-forgotten",
        stretched,
        "Only the axes of length 1 are summed; the axes that were added in front are still there.",
        "(2, 3) plus (3,): the second one is read as (1, 3). What happens to the axis that it does not have?",
        "accumulation",
    ),
    KnownMistake(
        "stretched-axes-forgotten",
        in_front,
        "Only the axes in front are summed; along axes where the array has length 1, the gradient is still longer.",
        "Copies were made along axes of length 1, too. Which entries belong to the same number?",
        "accumulation",
    ),
    KnownMistake(
        "one-axis-only",
        first_axis,
        "Only one axis is summed; copies were made along several.",
        "Write the two shapes one below the other. Along how many axes do they differ?",
        "accumulation",
    ),
    KnownMistake(
        "axes-in-front-kept",
        lambda grad, shape: right(grad, shape).reshape((1,) * (grad.ndim - len(shape)) + shape),
        "The numbers are right, but the axes in front are still there, with length 1.",
        "A gradient has exactly the shape of what it belongs to. How many axes does the array have?",
        "shapes",
    ),
    KnownMistake(
        "counts-axes-from-the-left",
        lambda grad, shape: from_the_left(grad, shape),
        "An axis of length 1 is looked for at its position in the array's shape; in grad it is further to the right.",
        "grad has more axes than the array. Which of them is the array's axis 0?",
        "axes",
    ),
    KnownMistake(
        "last-axes-summed",
        lambda grad, shape: grad.sum(axis=tuple(range(len(shape), grad.ndim))),
        "Axes were summed at the end; broadcasting adds them in front.",
        "(2, 3) plus (3,): which axis does the second array lack?",
        "axes",
    ),
    KnownMistake(
        "everything-summed",
        lambda grad, shape: np.full(shape, grad.sum()),
        "Every entry is the sum of all of grad.",
        "Which entries of grad belong to copies of this number?",
        "accumulation",
    ),
]


def check(judge: Judge) -> None:
    function = judge.function("unbroadcast", "grad", "shape")
    grad = judge.numbers(4, 2, 3)
    for claim, shapes, more in (
        ("the gradient if nothing was broadcast: grad", SAME, judge.corners((judge.numbers(2, 3), (2, 3)))),
        ("the gradient if copies were made: each number gets the sum over its copies",
         IN_FRONT + STRETCHED + BOTH, judge.corners((grad, (2, 1))) + judge.corners((grad, (4, 1, 3)))),
        ("the same is true for no copies at all, for no axes, and for many", ODD, []),
    ):  # fmt: skip
        judge.compare(
            claim,
            judge.run(function, [(judge.numbers(*grad_shape), shape) for grad_shape, shape in shapes] + more),
            right,
            name="the gradient",
            known=KNOWN,
            question="Which entries of grad belong to copies of the same number?",
            kind="accumulation",
            rtol=1e-9,
            atol=0,
            dtype=shapes != ODD,  # for an empty array it does not matter
        )
