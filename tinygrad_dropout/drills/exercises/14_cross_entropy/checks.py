"""log-sum-exp minus the logit of the correct class, averaged over the batch; exact even if p itself would be 0."""

from dataclasses import replace

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 8
KINDS = ("stability", "averaging", "axes", "chain-rule")
REFUSED = {"logaddexp": "it is the logarithm of a sum of exponentials, which you should write here"}


def losses(x, target):
    below = x - x.max(axis=1, keepdims=True)
    return np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(target)), target]


def right(x, target):
    return losses(x, target).mean()


def probabilities(x):
    exponentials = np.exp(x - x.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def log_of(p):
    """The loss computed from probabilities."""
    return lambda x, target: -np.log(p(x)[np.arange(len(target)), target]).mean()


def softmax_over(axis):
    return lambda x: np.exp(x - x.max()) / np.exp(x - x.max()).sum(axis=axis, keepdims=True)


USUAL = [
    KnownMistake("sum-for-mean", lambda x, target: losses(x, target).sum(),
         "The loss is the sum over the batch; expected the mean.",
         "Should the loss double when the batch does?", "averaging"),
    KnownMistake("mean-over-all-elements", lambda x, target: losses(x, target).sum() / x.size,
         "The loss is divided by N times C; expected a division by N.",
         "How many numbers are averaged: one for each example, or one for each logit?", "averaging"),
    KnownMistake("losses-not-averaged", losses,
         "The result has one loss for each example; expected one number.",
         "Gradient descent needs one number. Which one does the task ask for?", "averaging"),
    KnownMistake("wrong-sign", lambda x, target: -right(x, target),
         "The loss has the wrong sign: it is ln p, not -ln p.",
         "The logarithm of a probability is never positive. What sign should a loss have?", "chain-rule"),
    KnownMistake("probability-without-logarithm",
         lambda x, target: -probabilities(x)[np.arange(len(target)), target].mean(),
         "The logarithm is missing: the result is minus the mean probability.",
         "What should the loss be if the correct class has probability 1, and if it has probability 0?", "chain-rule"),
    KnownMistake("one-minus-probability", lambda x, target: 1 - probabilities(x)[np.arange(len(target)), target].mean(),
         "The loss is 1 - p; expected -ln p.",
         "What should the loss be if the correct class has probability 0?", "chain-rule"),
    KnownMistake("softmax-forgotten", lambda x, target: -x[np.arange(len(target)), target].mean(),
         "The loss is minus the logit of the correct class: the softmax, or the logarithm of the sum, is missing.",
         "What happens to the loss if all logits of a row grow by 1? Should it?", "chain-rule"),
    KnownMistake("logarithm-of-logits", lambda x, target: -np.log(x[np.arange(len(target)), target]).mean(),
         "It takes the logarithm of the logits themselves, as if they were probabilities.",
         "Are the numbers in a row of logits positive, and do they sum to 1?", "chain-rule"),
    KnownMistake("softmax-twice", lambda x, target: right(probabilities(x), target),
         "Softmax is applied twice: first to the logits, then to the probabilities.",
         "Which of your functions expects logits, and which expects probabilities?", "chain-rule"),
    KnownMistake("softmax-over-the-batch", log_of(softmax_over(0)),
         "The softmax runs down the columns, over the examples.",
         "Which axis counts the examples, and which one counts the classes?", "axes"),
    KnownMistake("softmax-over-everything", log_of(softmax_over(None)),
         "The softmax runs over the whole batch at once.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("all-pairs-of-rows-and-targets", lambda x, target: -np.log(probabilities(x)[:, target]).mean(),
         "Every row is paired with every target: p[:, target] has N times N numbers.",
         "How do you pick one entry from each row, each in a different column?", "axes"),
    KnownMistake("all-classes", lambda x, target: -np.log(probabilities(x)).mean(),
         "The mean is over all classes, and ignores the target.",
         "What does the target do in your formula?", "axes"),
    KnownMistake("all-classes", lambda x, target: -np.log(probabilities(x)).sum(axis=1).mean(),
         "The sum is over all classes, and ignores the target.",
         "What does the target do in your formula?", "axes"),
    KnownMistake("highest-class-for-the-target", lambda x, target: -np.log(probabilities(x).max(axis=1)).mean(),
         "The loss is that of the class with the highest logit, and ignores the target.",
         "What does the target do in your formula?", "axes"),
    KnownMistake("target-counted-from-1", lambda x, target: right(x, target - 1),
         "It uses the class before the correct one: target - 1.", "Are the classes counted from 0 or from 1?", "axes"),
    KnownMistake("binary-cross-entropy",
         lambda x, target: log_of(probabilities)(x, target) - np.log1p(
             -probabilities(x))[np.arange(x.shape[1]) != target[:, None]].sum() / len(x),
         "-ln(1 - p) of the wrong classes is added: that is the loss of C independent yes-or-no questions.",
         "Which classes does the formula of the task look at?", "chain-rule"),
    KnownMistake("squared-error",
         lambda x, target: ((probabilities(x) - np.eye(x.shape[1])[target]) ** 2).sum(axis=1).mean(),
         "The loss is the squared error of the probabilities.", "Where is the logarithm?", "chain-rule"),
    KnownMistake("maximum-not-added-back",
         lambda x, target: (np.log(np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1))
                            - x[np.arange(len(target)), target]).mean(),
         "The row's maximum is subtracted inside the logarithm, but neither added back outside nor subtracted from the "
         "logit of the correct class.",
         "ln sum exp(x) = m + ln sum exp(x - m). Where is the m?", "chain-rule"),
    KnownMistake("maximum-left-out-of-the-target",
         lambda x, target: (np.log(np.exp(x - x.max()).sum(axis=1)) - x[np.arange(len(target)), target]).mean(),
         "The batch's maximum is subtracted inside the logarithm, but not from the logit of the correct class.",
         "ln sum exp(z) - z[t], with z = x - m: in which of the two terms do you use x instead of z?", "chain-rule"),
    KnownMistake("mean-before-the-logarithm",
         lambda x, target: -np.log(probabilities(x)[np.arange(len(target)), target].mean()),
         "The probabilities are averaged first, and the logarithm is taken of their mean.",
         "What should be averaged over the batch: the losses, or the probabilities?", "averaging"),
    KnownMistake("logarithm-to-base-2", lambda x, target: right(x, target) / np.log(2),
         "The loss uses the logarithm to base 2; expected the natural logarithm.",
         "Which of NumPy's logarithms is the natural one?", "chain-rule"),
    KnownMistake("logarithm-to-base-10", lambda x, target: right(x, target) / np.log(10),
         "The loss uses the logarithm to base 10; expected the natural logarithm.",
         "Which of NumPy's logarithms is the natural one?", "chain-rule"),
]  # fmt: skip
TOO_SMALL = "p is too small for a float64 here, but its logarithm is only -1,000. Do you need p at all?"
EXTREME = [
    KnownMistake("logarithm-of-0", log_of(probabilities),
         "The loss is infinite: the probability of the correct class became 0 before you took its logarithm.",
         TOO_SMALL, "stability"),
    KnownMistake("zero-times-infinity",
         lambda x, target: -(np.eye(x.shape[1])[target] * np.log(probabilities(x))).sum() / len(x),
         "The loss is NaN: the one-hot 0 of a wrong class is multiplied by its ln p, which is minus infinity.",
         "0 times infinity is NaN. Do you need the other classes at all, and can you compute ln p without p?",
         "stability"),
    KnownMistake("overflows", log_of(lambda x: np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)),
         "The loss is NaN: exp overflows, and infinite divided by infinite is NaN.",
         "Which number can you subtract from all logits of a row?", "stability"),
    KnownMistake("log-sum-overflows",
         lambda x, target: (np.log(np.exp(x).sum(axis=1)) - x[np.arange(len(target)), target]).mean(),
         "The loss is infinite: exp overflows inside the logarithm of the sum.",
         "ln(exp(m) * something) is m + ln(something). Which m keeps the exponents from overflowing?", "stability"),
    KnownMistake("maximum-of-the-whole-batch",
         lambda x, target: (np.log(np.exp(x - x.max()).sum(axis=1)) + x.max() - x[np.arange(len(x)), target]).mean(),
         "The largest logit of the whole batch is subtracted: the sum of a row far below it is 0.",
         "What are the exponentials of a row that is 1,000 below what you subtract?", "stability"),
    KnownMistake("maximum-of-the-whole-batch", log_of(softmax_over(1)),
         "The largest logit of the whole batch is subtracted: the sum of a row far below it is 0.",
         "What are the exponentials of a row that is 1,000 below what you subtract?", "stability"),
]  # fmt: skip


def clipped(most):
    """The loss if the exponents of a row are clipped below its largest logit."""

    def formula(x, target):
        below = np.maximum(x - x.max(axis=1, keepdims=True), -most)
        return (np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(target)), target]).mean()

    return formula


def added(constants):
    """Known mistakes: a constant is added to the probability, or to the sum of exponentials."""
    return [
        KnownMistake("adds-a-small-constant",
             lambda x, target, constant=constant: -np.log(
                 probabilities(x)[np.arange(len(target)), target] + constant).mean(),
             "A small constant is added to the probability, which changes the loss.",
             "The loss of a certain, correct answer would be below 0. What was the constant for?", "stability")
        for constant in constants
    ] + [
        KnownMistake("adds-a-constant-to-the-sum",
             lambda x, target, constant=constant: (np.log(
                 np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1) + constant)
                 - (x - x.max(axis=1, keepdims=True))[np.arange(len(target)), target]).mean(),
             "A small constant is added to the sum of exponentials inside the logarithm, which changes the loss.",
             "One of the exponentials is exp(0) = 1. Can the sum be 0?", "precision")
        for constant in constants
    ]  # fmt: skip


CLIPPED = [
    KnownMistake("clips-the-exponents", clipped(most),
         "Logits far below the row's largest are clipped, which changes the loss.",
         "Which line limits how far a logit may be below the largest, and what is the limit for?", "precision")
    for most in (10, 20, 30, 50, 80, 88, 100, 200, 300, 500, 600, 700)
]  # fmt: skip


def check(judge: Judge) -> None:
    function = judge.function("cross_entropy", "logits", "target")

    def case(n, c, shift=0.0, **size):
        return judge.numbers(n, c, **size) + shift, judge.rng.integers(0, c, n)

    def compare(claim, cases, known, before=None, rtol=1e-10, atol=1e-11, **more):
        runs = judge.run(function, cases)
        if before:
            try:
                before(judge, runs[0])
            except Rejected as rejected:
                raise Rejected(replace(rejected.rejection, claim=claim)) from None
        judge.compare(claim, runs, right, name="the loss", known=known, rtol=rtol, atol=atol,
                      question="What is -ln of the softmax, written out and simplified?", **more)  # fmt: skip

    one = judge.numbers(1, 3), np.array([2])
    square = judge.numbers(3, 3), np.array([1, 0, 0])
    usual = [one, square, case(4, 3), case(3, 5), case(6, 2)]
    compare("the loss: the mean of -ln softmax(logits)[target]", usual,
            [*USUAL, *added(10.0 ** -np.arange(2, 7))], rtol=1e-7)  # fmt: skip
    dtypes = (np.uint8, np.int32, np.int8, np.uint64)
    tiny = judge.numbers(3, 3) * 1e-9, np.array([2, 0, 1])
    others = [(x, target.astype(dtype)) for (x, target), dtype in zip(usual[1:], dtypes, strict=True)]
    compare("it is exact to rounding, for targets of any integer dtype and arrays of any layout",
            [*usual, *others, *judge.layouts(usual[2]), *judge.layouts(usual[3]), case(3, 1), tiny, case(9, 300)],
            [*added(10.0 ** -np.arange(6, 16)), *CLIPPED],
            rtol=1e-13, atol=2e-15, dtype=True, kind="precision")  # fmt: skip
    certain = [(np.array([[c == label for c in range(3)]]) * 60.0, np.array([label])) for label in range(3)]
    compare("a loss of nearly 0 is exact, too", certain, [*added(10.0 ** -np.arange(2, 16)), *CLIPPED], rtol=0,
            atol=4e-16, kind="precision")  # fmt: skip
    shift = judge.rng.uniform(5000, 8000)
    compare("a shift of all logits, by thousands, changes nothing",
            [case(1, 3, shift), case(4, 3, shift), case(3, 5, -shift)], EXTREME, kind="stability")  # fmt: skip
    spread = judge.rng.permutation([-8000, 7000, 0, 3000])[:, None]
    compare("rows may be far apart", [case(2, 3, spread[:2]), case(4, 3, spread)], EXTREME, kind="stability")

    wrong = judge.numbers(1, 2) + np.array([0, 1000]), np.array([0])
    cases = [wrong, *(case(n, c, low=500, high=9000) for n, c in ((3, 3), (5, 4)))]
    cases.append((np.array([[10000.0, -10000.0]]), np.array([1])))
    compare("the loss if the correct class is far below another: exact, however large", cases,
            [*EXTREME, *CLIPPED], kind="stability", before=refuse_bounds)  # fmt: skip


def refuse_bounds(judge, run):
    """Reject a loss that cannot grow beyond some number: a constant is added to p, or p is clipped."""
    got, wanted = np.asarray(run.value), right(*run.arguments)
    if got.ndim == 0 and np.isfinite(got) and got < wanted - 1:
        judge.reject(
            "constant-bounds-the-loss",
            f"The loss is {float(got):.6g}; expected {wanted:.6g}. It cannot grow further, because it is -ln of "
            f"{np.exp(-got):.3g}, a constant added to the probability or a limit below it.",
            "How wrong is the network here, how wrong is it according to your loss, and what gradient does that give?",
            kind="stability",
            shown={"logits": run.arguments[0], "target": run.arguments[1]},
        )
