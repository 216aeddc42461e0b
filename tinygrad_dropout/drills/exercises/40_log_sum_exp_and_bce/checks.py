"""m + ln sum exp(x - m); the loss from log1p(exp(-|z|)), and its gradient without the difference s - t."""

import re
from dataclasses import replace

import numpy as np

from tinygrad_dropout.drills.grader.guards import LIMITS, LOWEST, SMALL, many
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 12
KINDS = ("stability", "averaging", "precision", "axes", "chain-rule")
REFUSED = dict.fromkeys(("logaddexp", "logaddexp2"), "it is a log-sum-exp, which you should write here")

MATRICES = (((3, 3), 0), ((3, 3), 1), ((1, 3), 1), ((3, 1), -1), ((2, 3), 0), ((4, 2), -1))
MORE_AXES = (((4,), 0), ((2, 3, 4), 1), ((2, 3, 4), -3), ((2, 1, 3, 2), 3))
SHAPES = ((2,), (1,), (3, 3), (2, 3), (4, 1), (2, 1, 3), ())


def right(x, axis):
    highest = x.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(highest), highest, 0.0)
    return np.log(np.exp(x - shift).sum(axis=axis)) + shift.squeeze(axis)


def shifted_by(highest):
    return lambda x, axis: np.log(np.exp(x - highest(x)).sum(axis=axis)) + highest(x)


LOG_SUM_EXP = [
    KnownMistake("logarithm-forgotten", lambda x, axis: np.exp(x).sum(axis=axis),
         "log_sum_exp is the sum of the exponentials; the logarithm is missing.",
         "What should the result be for a single score x?", "chain-rule"),
    KnownMistake("maximum-not-added-back", lambda x, axis: right(x, axis) - x.max(axis=axis),
         "The maximum is subtracted from the scores, but not added to the result.",
         "A softmax does not change if you subtract m from all scores. Does the logarithm of the sum?", "stability"),
    KnownMistake("mean-for-the-sum", lambda x, axis: right(x, axis) - np.log(x.shape[axis]),
         "log_sum_exp is the logarithm of the mean of the exponentials.",
         "What is the result for two scores of 0: 0, or ln 2?", "averaging"),
    KnownMistake("axis-kept", lambda x, axis: np.expand_dims(right(x, axis), axis),
         "The result still has the axis, with length 1.", "Which of your reductions needs keepdims?", "shapes"),
    *many("axis-ignored", [lambda x, axis: right(x, -1), lambda x, axis: right(x.ravel(), 0)],
          "`axis` has no effect on the result.", "Where does your code use `axis`?", "axes"),
    KnownMistake("maximum-of-the-whole-array", shifted_by(np.max),
         "The largest score of the whole array is subtracted: a row far below it becomes ln 0.",
         "What are the exponentials of a row that is 1,000 below what you subtract?", "stability"),
    KnownMistake("overflows", shifted_by(lambda x: 0.0),
         "exp overflows, or all exponentials become 0: the result is infinite.",
         "Which number can you take out of the sum so that no exponent is above 0?", "stability"),
    *many("clips-the-scores", [lambda x, axis, c=c: right(np.clip(x, -c, c), axis) for c in LIMITS],
          "The scores are clipped: all scores beyond a limit count as equal.",
          "What is the log-sum-exp of a single score of 5,000?", "stability"),
]  # fmt: skip
MASKED = [
    KnownMistake("all-masked-is-nan", lambda x, axis: right(x - (m := x.max(axis=axis, keepdims=True)), axis)
         + m.squeeze(axis),
         "If every score is -inf, the result is NaN: -inf is subtracted from -inf.",
         "What is the largest score of such a row, and what can you subtract instead?", "stability"),
    *many("minus-infinity-replaced", [lambda x, axis, low=low: right(np.maximum(x, low), axis) for low in LOWEST],
          "-inf is replaced by a finite score, which gives a wrong result if a whole row is masked.",
          "What is exp(-inf)? Which step of the formula cannot handle it?", "stability"),
    *many("all-masked-is-finite",
          [lambda x, axis, low=low: np.maximum(right(x, axis), low) for low in (*LOWEST, *map(np.log, SMALL))]
          + [lambda x, axis: np.nan_to_num(right(x, axis), neginf=0.0)],
          "If every score is -inf, the result is finite; expected -inf.",
          "What is the sum of no exponentials at all, and what is its logarithm?", "stability"),
    *LOG_SUM_EXP,
]  # fmt: skip


def s(z):
    small = np.exp(-np.abs(z))
    return np.where(z < 0, small, 1.0) / (1 + small)


def softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def losses(z, t):
    return t * softplus(-z) + (1 - t) * softplus(z)


def loss(z, t):
    return np.mean(losses(z, t))


def gradient(z, t):
    return ((1 - t) * s(z) - t * s(-z)) / z.size


def loss_of(p, log=np.log):
    """The loss as the formula says, with another probability or another logarithm."""
    return lambda z, t: np.mean(-(t * log(p(z)) + (1 - t) * log(1 - p(z))))


def naive(z):
    return 1 / (1 + np.exp(-z))


LOSS = [
    *many("loss-not-averaged", [lambda z, t: loss(z, t) * z.size, lambda z, t: losses(z, t)],
          "The losses of the elements are not averaged; expected one number, their mean.",
          "How should the loss change if every example appears twice?", "averaging"),
    KnownMistake("loss-negative", lambda z, t: -loss(z, t), "The loss has the wrong sign.",
         "Is the logarithm of a probability positive or negative?", "chain-rule"),
    KnownMistake("no-loss-for-target-0", lambda z, t: np.mean(t * softplus(-z)),
         "The loss is only t ln(s): a target of 0 costs nothing.",
         "What should be the loss for t = 0 and z = 5?", "chain-rule"),
    KnownMistake("targets-swapped", lambda z, t: loss(z, 1 - t), "t and 1 - t are swapped.",
         "Should the loss for t = 1 be small for large z, or for small z?", "chain-rule"),
    KnownMistake("targets-rounded", lambda z, t: loss(z, np.round(t)), "A soft target is treated as 0 or 1.",
         "For t = 0.9, nine tenths of the loss are -ln s. What is the last tenth?", "chain-rule"),
    KnownMistake("logarithm-of-0", loss_of(naive),
         "s rounds to 0 or to 1, so its logarithm, or that of 1 - s, is -inf.",
         "Can you write the logarithm in terms of z, without a rounded s?", "stability"),
    KnownMistake("exponential-overflows", lambda z, t: np.mean(np.log(1 + np.exp(z)) - t * z),
         "exp(z) overflows for a large logit.", "Which sign of the exponent is always safe?", "stability"),
    *many("loss-bounded", [
        loss_of(naive, lambda p: np.maximum(np.log(p), -100)),  # as PyTorch's BCELoss does for probabilities
        *(loss_of(lambda z, c=c: np.clip(naive(z), c, 1 - c)) for c in SMALL),
        *(loss_of(naive, lambda p, c=c: np.log(p + c)) for c in SMALL),
        *(loss_of(naive, lambda p, c=c: np.log(np.maximum(p, c))) for c in SMALL),
        *(lambda z, t, c=c: loss(np.clip(z, -c, c), t) for c in LIMITS),
    ], "The loss of a confident wrong prediction stops at a limit: logits, probabilities or logarithms are clipped.",
       "What is -ln s(z) for z = -1,000? Which limit does your loss have there?", "stability"),
]  # fmt: skip
CLIPPED = many("gradient-of-clipped-numbers", [
    *(lambda z, t, c=c: (np.clip(s(z), c, 1 - c) - t) / z.size for c in SMALL[5:]),
    *(lambda z, t, c=c: gradient(np.clip(z, -c, c), t) for c in LIMITS),
], "The logits or the probabilities are clipped: beyond a limit the gradient does not shrink.",
   "What is the limit for? Can anything in the gradient overflow?", "precision")  # fmt: skip
GRADIENT = [
    KnownMistake("gradient-not-averaged", lambda z, t: gradient(z, t) * z.size,
         "The gradient is not divided by the number of elements.",
         "The loss is a mean. If one element's loss grows by 1, by how much does the mean grow?", "averaging"),
    KnownMistake("gradient-divided-by-the-first-axis", lambda z, t: gradient(z, t) * z.size / np.atleast_1d(z).shape[0],
         "The gradient is divided by the length of the first axis; expected a division by the number of elements.",
         "How many elements is the loss a mean over?", "averaging"),
    KnownMistake("gradient-has-the-wrong-sign", lambda z, t: -gradient(z, t),
         "The gradient has the wrong sign: it is t - s.",
         "For t = 1, should a step against the gradient raise z or lower it?", "chain-rule"),
    KnownMistake("target-not-subtracted", lambda z, t: s(z) / z.size,
         "The gradient is s / N: the target is missing.", "What should the gradient be if s = t?", "chain-rule"),
    KnownMistake("gradient-with-respect-to-s", lambda z, t: gradient(z, t) / (s(z) * s(-z)),
         "The result is the gradient with respect to s, the probability; expected that with respect to z.",
         "One step of the chain is missing. How does s change with z?", "chain-rule"),
    KnownMistake("slope-of-s-twice", lambda z, t: gradient(z, t) * s(z) * s(-z),
         "The gradient is multiplied by an extra s (1 - s).",
         "The slope of the logarithm is 1/s. What cancels?", "chain-rule"),
    *many("sigmoid-overflows", [
        lambda z, t: (np.exp(z) / (1 + np.exp(z)) - t) / z.size,
        lambda z, t: (-t / naive(z) + (1 - t) / (1 - naive(z))) * naive(z) * (1 - naive(z)) / z.size,
    ], "exp overflows, and the gradient is NaN: infinite divided by infinite, or 0 times infinite.",
       "Which of 1 / (1 + exp(-z)) and exp(z) / (1 + exp(z)) can divide infinite by infinite?", "stability"),
    *CLIPPED,
]  # fmt: skip


def check(judge: Judge) -> None:
    log_sum_exp = judge.function("log_sum_exp", "x", "axis")
    bce, rng = judge.function("bce_with_logits", "logits", "target"), judge.rng

    def compare(claim, cases, known=LOG_SUM_EXP, kind="stability"):
        judge.compare(claim, judge.run(log_sum_exp, cases), right, name="the result", known=known, kind=kind,
                      question="What can you take out of the sum, and what out of the logarithm?",
                      rtol=1e-12, atol=3e-15, dtype=True)  # fmt: skip

    def both(of, cases, known=(LOSS, GRADIENT), rtol=1e-12, atol=1e-15):
        runs = judge.parts(judge.run(bce, cases), "loss", "gradient")
        judge.compare(f"the loss{of}", runs[0], loss, name="the loss", known=known[0], rtol=rtol, atol=0,
                      question="Write both logarithms as ln(1 + exp(...)). Where can that overflow?",
                      kind="stability")  # fmt: skip
        judge.compare(f"the gradient{of}", runs[1], gradient, name="the gradient", known=known[1], rtol=rtol, atol=atol,
                      question="What is the derivative of ln(1 + exp(z)), and of the mean?", dtype=True)  # fmt: skip

    compare("log_sum_exp of a matrix", [(judge.numbers(*shape), axis) for shape, axis in MATRICES], kind="axes")
    more = [(judge.numbers(*shape), axis) for shape, axis in MORE_AXES]
    more += judge.layouts(more[1])
    compare("log_sum_exp of one axis, of three and more, and in any memory layout", more, kind="axes")
    far = rng.permutation([-9000.0, 8000.0, 500.0, -800.0])[:, None]
    large = [(judge.numbers(4, 3) + far, 1), (judge.numbers(3, 4) + far.T, 0), (judge.numbers(5, low=9, high=9000), 0)]
    large += [(np.where(np.eye(2, 3), 0.0, judge.numbers(2, 3) - 50), 1)]  # here even a tiny constant is noticed
    compare("log_sum_exp of scores up to 10,000", large)
    compare("log_sum_exp of masked scores", masked(judge), MASKED)

    cases = [(judge.numbers(*shape), rng.uniform(0.02, 0.98, shape)) for shape in SHAPES]
    both("", [*cases, *judge.layouts(cases[3])])
    z = [judge.numbers(*shape, low=800, high=9900) for shape in SHAPES]
    z[1], z[-1] = -np.abs(z[1]), np.abs(z[-1])  # for a single element, the sign decides what overflows
    both(" of logits up to 10,000",
         [(one, t) for one in z for t in (rng.uniform(0.02, 0.98, one.shape), rng.integers(2, size=one.shape) * 1.0)],
         rtol=1e-11)  # fmt: skip
    z = [judge.numbers(*shape, low=low, high=high) for shape in SHAPES[:4] for low, high in ((32, 40), (40, 690))]
    try:
        both(
            " of a confident right prediction", [(one, (one > 0) * 1.0) for one in z], ((), CLIPPED), rtol=1e-11, atol=0
        )
    except Rejected as rejected:
        raise Rejected(digits_lost(rejected.rejection)) from None


def digits_lost(found):
    """A rejection that explains wrong numbers below 1e-13, unless they have a better explanation."""
    if found.code not in ("wrong-values", "inexact"):
        return found
    name = found.claim.split()[1]
    seen = re.sub(r"(, ratio.*|\. .*|\.$)", "", found.message)
    return replace(
        found, code=f"{name}-loses-its-digits", message=f"{seen}. The digits of exp(-|z|) are lost in between.",
        question="Where do you add something tiny to 1, or subtract two nearly equal numbers?",
        kind="precision",
    )  # fmt: skip


def masked(judge):
    """Scores of which some are -inf, and then a whole row."""
    some, rows, column = judge.numbers(3, 3), judge.numbers(3, 4) - 700, judge.numbers(3)
    some[np.arange(3), judge.rng.permutation(3)] = -np.inf
    rows[1] = -np.inf
    column[:] = -np.inf
    return [(some, 1), (some, 0), (rows, 1), (column, 0)]
