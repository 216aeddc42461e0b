"""(softmax - one-hot) / N."""

from dataclasses import replace

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.measured import refuse_measured
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 8
KINDS = ("averaging", "axes", "stability", "chain-rule", "ownership", "precision")


def softmax(x, axis=1, shift=lambda x: x.max(axis=1, keepdims=True)):
    exponentials = np.exp(x - shift(x))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def onehot(x, target):
    return np.eye(x.shape[1])[target]


def right(x, target):
    return (softmax(x) - onehot(x, target)) / len(x)


def minus_columns(x, target, p=softmax):
    """The gradient if 1 is subtracted from whole columns."""
    gradient = p(x)
    gradient[:, target] -= 1
    return gradient


def everywhere(divisor, p=softmax):
    return lambda x, target: (p(x) - onehot(x, target)) / divisor(x)


def at_the_class_only(x, target):
    return (softmax(x) - 1) * onehot(x, target) / len(x)


COLUMN = "How do you pick one entry from each row, each in a different column? What does [:, target] pick?"
KNOWN = [
    KnownMistake("mean-forgotten", everywhere(lambda x: 1),
         "The gradient is not divided by N: it is the gradient of the sum of the losses.",
         "The loss is a mean. If one row's loss grows by 1, by how much does L grow?", "averaging"),
    KnownMistake("divided-by-all-elements", everywhere(np.size),
         "The gradient is divided by N times C; expected a division by N.",
         "How many losses are averaged: one for each example, or one for each logit?", "averaging"),
    KnownMistake("divided-by-the-classes", everywhere(lambda x: x.shape[1]),
         "The gradient is divided by the number of classes; expected a division by the number of examples.",
         "What is the loss a mean over?", "averaging"),
    KnownMistake("divided-twice", everywhere(lambda x: len(x) ** 2),
         "The gradient is divided by N twice.", "What is the loss a mean over, and how often?", "averaging"),
    KnownMistake("target-less-probabilities", lambda x, target: -right(x, target),
         "The gradient has the wrong sign: it is one-hot - p.",
         "If the logit of the correct class grows, does the loss grow? What sign must its gradient have?",
         "chain-rule"),
    KnownMistake("target-less-probabilities", lambda x, target: onehot(x, target) - softmax(x),
         "The gradient has the wrong sign and is not divided by N.",
         "If the logit of the correct class grows, does the loss grow? What sign must its gradient have?",
         "chain-rule"),
    KnownMistake("target-not-subtracted", lambda x, target: softmax(x) / len(x),
         "The gradient is p / N: nothing is subtracted for the correct class, and rows do not sum to 0.",
         "ln sum exp(x) - x[t]: what does the second term give?", "chain-rule"),
    KnownMistake("target-not-subtracted", lambda x, target: softmax(x),
         "The gradient is p: nothing is subtracted for the correct class, and rows do not sum to 0.",
         "ln sum exp(x) - x[t]: what does the second term give?", "chain-rule"),
    KnownMistake("correct-class-only", at_the_class_only,
         "The gradient is 0 for all classes except the correct one.",
         "The other logits are in the denominator. What does the loss do when one of them grows?", "chain-rule"),
    KnownMistake("correct-class-only", lambda x, target: at_the_class_only(x, target) * len(x),
         "The gradient is 0 for all classes except the correct one, and is not divided by N.",
         "The other logits are in the denominator. What does the loss do when one of them grows?", "chain-rule"),
    KnownMistake("gradient-of-minus-log-p", lambda x, target: -onehot(x, target) / softmax(x) / len(x),
         "The result is the gradient with respect to p, -1/p at the correct class; expected that with respect to the "
         "logits.",
         "One step is missing. How do the probabilities change with the logits?", "chain-rule"),
    KnownMistake("one-subtracted-from-columns", lambda x, target: minus_columns(x, target) / len(x),
         "1 is subtracted from whole columns: p[:, target] takes every row, for each of the targets.", COLUMN, "axes"),
    KnownMistake("one-subtracted-from-columns", minus_columns,
         "1 is subtracted from whole columns, p[:, target], and the result is not divided by N.", COLUMN, "axes"),
    KnownMistake("one-hot-transposed",
         lambda x, target: (softmax(x) - np.eye(x.shape[1])[:, target]) / len(x),
         "The one-hot matrix is transposed: np.eye(C)[:, target] has a column for each example.",
         "What are the shapes of np.eye(C)[target] and np.eye(C)[:, target]?", "axes"),
    KnownMistake("only-one-hot-divided", lambda x, target: softmax(x) - onehot(x, target) / len(x),
         "It is p - one-hot / N: only the one-hot is divided.",
         "What does Python do first, the subtraction or the division?", "averaging"),
    *[KnownMistake("labels-subtracted",
           lambda x, target, mean=mean: (softmax(x) - target[:, None]) / (len(x) if mean else 1),
           "The labels themselves, target[:, None], are subtracted from every p of their row.",
           "A label 2 is not twice a label 1. How much does x[t] change with the logit of class c?", "chain-rule")
      for mean in (True, False)],
    KnownMistake("softmax-twice", everywhere(len, lambda x: softmax(softmax(x))),
         "Softmax is applied twice: to the logits and to the probabilities.",
         "Which of your functions expects logits, and which expects probabilities?", "chain-rule"),
    KnownMistake("softmax-twice", everywhere(lambda x: 1, lambda x: softmax(softmax(x))),
         "Softmax is applied twice, and the result is not divided by N.",
         "Which of your functions expects logits, and which expects probabilities?", "chain-rule"),
    KnownMistake("softmax-forgotten", lambda x, target: (x - onehot(x, target)) / len(x),
         "It is (logits - one-hot) / N: the softmax is missing.",
         "ln sum exp(x) - x[t]: what is the derivative of the first term?", "chain-rule"),
    KnownMistake("softmax-over-the-batch", everywhere(len, lambda x: softmax(x, 0, lambda x: 0)),
         "The softmax runs down the columns, over the examples.",
         "Which axis counts the examples, and which one counts the classes?", "axes"),
    KnownMistake("softmax-over-everything", everywhere(len, lambda x: softmax(x, None, np.max)),
         "The softmax runs over the whole batch at once.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("target-counted-from-1", lambda x, target: right(x, target - 1),
         "1 is subtracted at the class before the correct one: target - 1.",
         "Are the classes counted from 0 or from 1?", "axes"),
    KnownMistake("highest-class-for-the-target", lambda x, target: right(x, x.argmax(axis=1)),
         "1 is subtracted at the class with the highest logit, and the target is ignored.",
         "What does the target do in your formula?", "axes"),
    KnownMistake("slope-of-a-sigmoid", lambda x, target: softmax(x) * (1 - softmax(x)) / len(x),
         "It is p (1 - p) / N: the slope of each probability with its own logit. The target is ignored.",
         "That is part of the derivative of softmax. Which gradient does the task ask for?", "chain-rule"),
    KnownMistake("multiplied-by-the-softmax-slope",
         lambda x, target: right(x, target) * softmax(x) * (1 - softmax(x)),
         "The gradient is multiplied by p (1 - p), the slope of a sigmoid, once more.",
         "p - onehot is already the gradient with respect to the logits. What is left to differentiate?",
         "chain-rule"),
]  # fmt: skip


def by_way_of_p(dlog):
    """The gradient by way of p: -1/p at the correct class, then back through the softmax."""

    def formula(x, target):
        p = softmax(x)
        dp = dlog(onehot(x, target), p) / len(x)
        return p * (dp - (dp * p).sum(axis=1, keepdims=True))

    return formula


#: the usual replacements for a probability of 0
BOUNDS = (1e-300, 1e-30, 1e-20, 1e-16, 1e-15, 1e-14, 1e-12, 1e-10, 1e-9, 1e-8)
LARGE = [
    *[KnownMistake("divides-by-a-probability-of-0", by_way_of_p(dlog),
           "The gradient is NaN: something is divided by a p that is 0, and then multiplied by that p again.",
           "On paper the two p cancel. What is left?", "stability")
      for dlog in (lambda onehot, p: -onehot / p, lambda onehot, p: np.where(onehot > 0, -1 / p, 0.0))],
    *[KnownMistake("no-gradient-where-p-is-0", formula,
           "Where p of the correct class is 0, its gradient is 0: the network learns nothing from its worst mistakes.",
           "On paper the p of -1/p and the p of the softmax's slope cancel. What is left?", "stability")
      for formula in (
          lambda x, target: np.nan_to_num(by_way_of_p(lambda one, p: -one / p)(x, target)),
          lambda x, target: np.nan_to_num(by_way_of_p(lambda one, p: np.where(one > 0, -1 / p, 0.0))(x, target)),
          *(by_way_of_p(lambda one, p, c=c: -one / np.maximum(p, c)) for c in BOUNDS),
          *(by_way_of_p(lambda one, p, c=c: -one / (p + c)) for c in BOUNDS),
      )],
    KnownMistake("overflows", everywhere(len, lambda x: softmax(x, 1, lambda x: 0)),
         "exp overflows: infinite divided by infinite is NaN.",
         "Which number can you subtract from all logits of a row without changing the softmax?", "stability"),
    KnownMistake("maximum-of-the-whole-batch", everywhere(len, lambda x: softmax(x, 1, np.max)),
         "The largest logit of the whole batch is subtracted: a row far below it becomes 0 / 0.",
         "What are the exponentials of a row that is 1,000 below what you subtract?", "stability"),
]  # fmt: skip


def with_constant(constant, of_p=0.0, most=np.inf):
    """The gradient if a constant is added to the sum of exponentials or to p, or if exponents are clipped."""

    def p(x):
        exponentials = np.exp(np.maximum(x - x.max(axis=1, keepdims=True), -most))
        return exponentials / (exponentials.sum(axis=1, keepdims=True) + constant) + of_p

    return everywhere(len, p)


NOT_EXACT = [
    KnownMistake(code, formula, says,
         "The formula is exact on paper. Which line adds something or sets a limit, and why?",
         "precision")
    for code, says, formulas in (
        ("clips-the-probabilities", "Probabilities below a limit are set to it.",
         [everywhere(len, lambda x, c=c: np.maximum(softmax(x), c)) for c in 10.0 ** -np.arange(2, 31)]),
        ("adds-a-small-constant", "A small constant is added to the sum of exponentials that p is divided by.",
         [with_constant(c) for c in 10.0 ** -np.arange(2, 17)]),
        ("adds-to-the-probabilities", "A small constant is added to the probabilities: rows do not sum to 0.",
         [with_constant(0.0, c) for c in 10.0 ** -np.arange(2, 31)]),
        ("clips-the-exponents", "Logits far below the row's largest are clipped: their gradients are too large.",
         [with_constant(0.0, 0.0, most) for most in (10, 20, 30, 50, 80, 88, 100, 200, 300, 500, 600, 700)]),
    )
    for formula in formulas
]  # fmt: skip
QUESTION = "ln sum exp(x) - x[t], for one row: what are the derivatives of the two terms?"


def check(judge: Judge) -> None:
    function = judge.function("cross_entropy_gradient", "logits", "target")

    def case(n, c, shift=0.0, dtype=np.int64):
        """Logits and targets: some targets are equal, but not all if there are more than two rows."""
        which = judge.rng.permutation(np.arange(n) % max(min(c, n - 1), 1))
        return judge.numbers(n, c) + shift, judge.rng.permutation(c)[which].astype(dtype)

    def compare(claim, cases, known, kind, rtol=1e-11, atol=1e-14):
        runs = judge.run(function, cases)
        if kind != "stability":
            try:
                refuse_measured(judge, function, runs, right, loss)
            except Rejected as rejected:
                raise Rejected(replace(rejected.rejection, claim=claim)) from None
        judge.compare(claim, runs, right, name="the gradient", known=known, question=QUESTION, kind=kind, rtol=rtol,
                      atol=atol, dtype=True)  # fmt: skip

    square = [case(1, 3), case(3, 3), case(4, 4)]  # here a wrong axis does not raise an error
    compare("the gradient: (softmax - one-hot) / N", square, [*KNOWN, *NOT_EXACT], "chain-rule", atol=1e-15)
    others = [case(2, 3), case(5, 2, dtype=np.uint8), case(4, 6, dtype=np.int32), case(3, 1), case(9, 300)]
    others.append((judge.numbers(3, 3) * 1e-9, np.array([2, 0, 1])))
    others += [*judge.layouts(case(3, 3)), *judge.layouts(case(4, 2, dtype=np.int8))]
    compare("the gradient for all shapes and layouts: rows sum to 0", others, [*KNOWN, *NOT_EXACT], "axes", atol=1e-15)
    compare_tiny(judge, function)
    spread = judge.rng.permutation([-1000, 990, 0, 500])[:, None]
    compare("logits may be as large as 1,000", [case(1, 2, 990), case(3, 3, 900)], LARGE, "stability")
    wide = [(judge.numbers(n, c, low=400, high=1000), case(n, c)[1]) for n, c in ((4, 3), (6, 4))]
    wide.append((judge.numbers(1, 2) + np.array([[0, 990]]), np.array([0])))  # here p of the correct class is 0
    wide.append((np.array([[1000.0, -1000.0], [-1000.0, 1000.0]]), np.array([1, 1])))
    compare("logits of a row may be far apart", wide, LARGE, "stability")
    compare("rows may be far apart", [case(2, 3, np.array([[-990], [990]])), case(4, 3, spread)], LARGE, "stability")


def compare_tiny(judge, function):
    """The gradient of every wrong class is p / N, however small: nothing cancels in it."""

    def elsewhere(formula):
        return lambda x, target: np.where(onehot(x, target), 0.0, formula(x, target))

    logits = judge.rng.permuted([[0.0, -35.0, -60.0, -800.0], [-120.0, 0.0, -400.0, -650.0]], axis=1)
    cases = [(logits, logits.argmax(axis=1)), (logits[1:] + 300, logits[1:].argmax(axis=1))]
    runs = judge.run(function, cases)
    for index, run in enumerate(runs):
        if np.shape(run.value) == run.arguments[0].shape:
            runs[index] = replace(run, value=np.where(onehot(*run.arguments), 0.0, run.value))
    judge.compare(
        "a tiny gradient is exact, too",
        runs,
        elsewhere(right),
        name="the gradient of the other classes",
        known=[replace(mistake, formula=elsewhere(mistake.formula)) for mistake in NOT_EXACT],
        question=QUESTION,
        kind="precision",
        rtol=1e-10,
        atol=0,
    )


def loss(x, target):
    below = x - x.max(axis=1, keepdims=True)
    return (np.log(np.exp(below).sum(axis=1)) - below[np.arange(len(target)), target]).mean()


def bug(judge: Judge):
    """The learner's gradient instead of that of the framework's cross-entropy."""
    theirs = judge.function("cross_entropy_gradient", "logits", "target")

    def backward(grad, logits, probabilities, log_likelihoods, target, reduction):
        return (np.asarray(theirs(logits.data, target)) * grad,)

    return bug_of("cross_entropy", backward, theirs)
