"""dx = y * (grad - sum(grad * y)), the sum along the last axis, without the Jacobian."""

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.guards import SMALL, many
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.memory import peak_memory_of

TOPIC, MINUTES = "backprop", 8
KINDS = ("chain-rule", "axes", "stability", "averaging")

SQUARE = ((1, 3), (2, 2), (3, 3))  # here a wrong axis does not raise an error
OTHERS = ((4, 2), (3, 5))
MORE_AXES = ((4,), (2, 3, 4), (3, 3, 3), (2, 1, 3, 2))
CLASSES = 300


def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def right(grad, y, axis=-1):
    return y * (grad - (grad * y).sum(axis=axis, keepdims=True)) + 0.0  # so that no -0 is shown


def in_float64(grad, y):
    return right(grad.astype(np.float64), y.astype(np.float64)).astype(y.dtype)


def total(values):
    return values.sum(axis=-1, keepdims=True)


def axis_lost(grad, y):
    return y * (grad - (grad * y).sum(axis=-1))


KNOWN = [
    KnownMistake("diagonal-only", lambda grad, y: grad * y * (1 - y),
         "dx is grad * y * (1 - y), the diagonal of the Jacobian: as if each x changed only its own y.",
         "If one logit of a row grows, what happens to the other probabilities?", "chain-rule"),
    KnownMistake("upstream-ignored", lambda grad, y: y * (1 - y),
         "dx is y * (1 - y): grad is left out, and so is the rest of the Jacobian.",
         "By the chain rule, a gradient is upstream times local. Where is the upstream gradient?", "chain-rule"),
    KnownMistake("denominator-held-constant", lambda grad, y: grad * y,
         "dx is grad * y, as if the sum in the denominator were a constant.",
         "y = exp(x) / S. Which logits are in S?", "chain-rule"),
    KnownMistake("sum-not-weighted", lambda grad, y: y * (grad - total(grad)),
         "dx is y * (grad - sum(grad)): the sum is not weighted by y.",
         "The upstream gradient of y_i meets dy_i/dx_j = -y_i y_j. Which of the two y depends on i?", "chain-rule"),
    KnownMistake("mean-not-weighted", lambda grad, y: y * (grad - total(grad) / y.shape[-1]),
         "dx is y * (grad - mean(grad)): in that mean, every class has the same weight.",
         "The mean of grad under the probabilities y: how much does each class count?", "averaging"),
    KnownMistake("mean-for-the-sum", lambda grad, y: y * (grad - total(grad * y) / y.shape[-1]),
         "The sum of grad * y is divided by the number of classes, although y already weights it.",
         "The y of a row sum to 1. What does sum(y * grad) give if all grad are equal?", "averaging"),
    KnownMistake("gradient-of-log-softmax", lambda grad, y: grad - y * total(grad),
         "dx is grad - y * sum(grad): that is the backward of log_softmax.",
         "The forward returned y, not ln y. What does d ln y_i = dy_i / y_i mean for grad?", "chain-rule"),
    KnownMistake("sum-times-y-forgotten", lambda grad, y: grad * y - total(grad * y),
         "dx is grad * y - sum(grad * y): the second term lacks its factor y.",
         "dy_i/dx_j = -y_i y_j off the diagonal. Which of the two is left in front of the sum?", "chain-rule"),
    KnownMistake("y-in-front-forgotten", lambda grad, y: grad - total(grad * y),
         "dx is grad - sum(grad * y): the factor y in front is missing.",
         "What must dx be where y is 0?", "chain-rule"),
    KnownMistake("y-in-front-squared", lambda grad, y: y * right(grad, y),
         "dx has one factor y too many.", "Which of the two y in y_i y_j belongs in the sum over i?", "chain-rule"),
    KnownMistake("wrong-sign", lambda grad, y: -right(grad, y),
         "dx has the wrong sign: it is y * (sum(grad * y) - grad).",
         "If a logit grows, does its own probability grow? What is the sign of the diagonal?", "chain-rule"),
    KnownMistake("terms-added", lambda grad, y: y * (grad + total(grad * y)),
         "The sum is added; expected it to be subtracted.",
         "If one logit grows, do the other probabilities grow or shrink?", "chain-rule"),
    KnownMistake("gradient-of-cross-entropy", lambda grad, y: y - grad,
         "dx is y - grad: that is the gradient of softmax with a cross-entropy, for targets.",
         "Here grad is dL/dy of any loss. Does it have anything to do with a target?", "chain-rule"),
    KnownMistake("softmax-twice", lambda grad, y: right(grad, softmax(y)),
         "y is put through a softmax again, but it already is the output of softmax.",
         "Is y a row of logits or a row of probabilities?", "chain-rule"),
    KnownMistake("summed-over-everything", lambda grad, y: right(grad, y, None),
         "grad * y is summed over the whole array: rows depend on each other.",
         "Does the softmax of one row depend on another row?", "axes"),
    KnownMistake("axis-lost", axis_lost,
         "The sum has lost its axis, and broadcasting uses it as a row.",
         "What is the shape of (grad * y).sum(axis=-1), and along which axis of grad does it broadcast?", "axes"),
    *[KnownMistake("summed-over-the-wrong-axis", lambda grad, y, axis=axis: right(grad, y, min(axis, y.ndim - 1)),
           f"grad * y is summed over axis {axis}; expected the last axis, along which y sums to 1.",
           "Along which axis does y sum to 1?", "axes")
      for axis in (0, 1)],
]  # fmt: skip
NO_MATRIX = KnownMistake(
    "two-axes-assumed", None,
    "softmax_backward raised an error for an array that does not have two axes.",
    "Which index or unpacking in your code assumes exactly two axes?", "axes",
)  # fmt: skip
ZEROS = [
    *many("tiny-probabilities-cut-off", [lambda grad, y, c=c: right(grad, np.where(y < c, 0, y)) for c in SMALL],
          "dx is 0 where y is tiny but not 0: such probabilities are treated as 0.",
          "Can anything in dx go wrong if y is tiny?", "stability"),
    KnownMistake("normalizes-y-again", lambda grad, y: right(grad, y / total(y)),
         "dx is NaN in a row that is masked completely: y is normalized again, but there it sums to 0.",
         "Does y not sum to 1 already? And what if a whole row is masked?", "stability"),
    KnownMistake("divides-by-y", lambda grad, y: y / y * right(grad, y),
         "dx is NaN where y is 0: 0 / 0.",
         "On paper the two y cancel. What is left?", "stability"),
    *many("small-constant-in-y", [
        *(lambda grad, y, c=c: right(grad, y + c) for c in SMALL),
        *(lambda grad, y, c=c: right(grad, np.maximum(y, c)) for c in SMALL),
        *(lambda grad, y, c=c: right(grad, np.clip(y, c, 1 - c)) for c in SMALL),
    ], "A small constant is added to y, or y is kept above a limit, so dx is not 0 where y is 0.",
       "Does dx divide by y, or take its logarithm? What would the constant protect?", "stability"),
]  # fmt: skip


def check(judge: Judge) -> None:
    function = judge.function("softmax_backward", "grad", "y")

    def case(*shape):
        return judge.numbers(*shape), softmax(judge.numbers(*shape))

    def compare(claim, cases, known, *, expected=right, raises=None, kind="chain-rule", **tolerance):
        judge.compare(
            claim,
            judge.run(function, cases, known=raises),
            expected,
            name="dx",
            known=known,
            question="Write out dx_j = the sum over i of grad_i dy_i/dx_j for a row. Which factors leave the sum?",
            kind=kind,
            dtype=True,
            **{"rtol": 1e-10, "atol": 1e-13, **tolerance},
        )

    compare("dx: y * (grad - sum(grad * y)), row by row", [case(*shape) for shape in SQUARE], KNOWN)
    others = [case(*shape) for shape in OTHERS]
    others += [(grad * size, y) for grad, y in others for size in (1e9, 1e-9)]
    compare("dx with more or fewer rows than columns", others, KNOWN, atol=0)
    refused = dict.fromkeys((ValueError, IndexError, TypeError), NO_MATRIX)
    compare("dx of one axis, or of three and more", [case(*shape) for shape in MORE_AXES], KNOWN, raises=refused)
    compare("dx of arrays in any memory layout", judge.layouts(case(2, 3)) + judge.layouts(case(2, 3, 4)), KNOWN)
    compare("dx of float32 arrays, in float32",
            [tuple(one.astype(np.float32) for one in case(*shape)) for shape in ((2, 3), (4,), (2, 3, 4))],
            (), expected=in_float64, kind="precision", rtol=1e-4, atol=1e-6)  # fmt: skip
    compare("dx is 0 where a mask made y 0", [masked(*case(*shape)) for shape in ((3, 4), (5, 3), (2, 3, 4))], ZEROS,
            kind="stability", atol=0)  # fmt: skip
    saturated = [(judge.numbers(n, c), np.eye(c)[judge.rng.integers(c, size=n)]) for n, c in ((1, 2), (4, 3), (3, 1))]
    compare("dx of a saturated row is 0", saturated, ZEROS, kind="stability", atol=0)
    compare("dx of tiny probabilities keeps its digits", [tiny(judge, shape) for shape in ((1, 4), (3, 6))], ZEROS,
            kind="stability", atol=0)  # fmt: skip
    with judge.claim("the Jacobian is not built"):
        refuse_the_jacobian(judge, function, *case(1, CLASSES))


def masked(grad, y):
    """Mask the first row completely, and one entry of every other row; the rest sums to 1 again."""
    y = y.copy()
    y[0] = 0
    y[1:, ..., 1] = 0
    sums = total(y)
    return grad, np.divide(y, sums, out=y, where=sums != 0)


def tiny(judge, shape):
    """Two probabilities near 1/2 and the others between 1e-4 and 1e-300, so that no entry of dx is a small difference.

    If one probability is almost 1, its own grad is almost the mean, and their difference is mostly rounding.
    """
    n, c = shape
    near, far = judge.numbers(n, 2, low=0.01, high=0.3), -np.abs(judge.numbers(n, c - 2, low=10, high=690))
    exponents = np.concatenate([near, far], axis=1)
    grad = np.abs(judge.numbers(n, c))
    grad[:, 0] = -grad[:, 0]
    order = judge.rng.permutation(c)
    return grad[:, order], softmax(exponents)[:, order]


def refuse_the_jacobian(judge, function, grad, y):
    """Reject a call whose peak memory is enough for a matrix of C x C numbers."""
    most = peak_memory_of(lambda: function(grad, y))
    matrix = 8 * CLASSES**2
    if most > matrix / 2:
        judge.reject(
            "builds-the-jacobian",
            f"For a single row of {CLASSES} entries, {grad.nbytes:,} bytes, softmax_backward took {most:,} bytes of "
            f"memory: enough for a matrix of {CLASSES} x {CLASSES}.",
            "Jacobian times vector: which sum do all entries of the product share?",
            kind="stability",
        )


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's softmax."""
    theirs = judge.function("softmax_backward", "grad", "y")

    def backward(grad, x, probabilities, axis):
        last = (np.moveaxis(one, axis, -1) for one in (grad, probabilities))
        return (np.moveaxis(np.asarray(theirs(*last)), -1, axis),)

    return bug_of("softmax", backward, theirs)
