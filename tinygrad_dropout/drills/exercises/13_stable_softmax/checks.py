"""exp(x - the row's maximum), divided by the row's sum: exact, for logits up to 10,000."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 6
KINDS = ("stability", "axes", "precision", "ownership")


def right(x):
    below = x - x.max(axis=1, keepdims=True)
    return np.exp(below) / np.exp(below).sum(axis=1, keepdims=True)


def softmax_less(shift):
    """The softmax after something is subtracted from the logits."""

    def formula(x):
        exponentials = np.exp(x - shift(x))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    return formula


def along(axis):
    """The softmax along another axis, or over all of the batch."""
    return lambda x: np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


def shifted_by_rows_over(axis, constant=0.0):
    """The row's maximum is subtracted, but the sum is over other axes, or a constant is added to it."""

    def formula(x):
        exponentials = np.exp(x - x.max(axis=1, keepdims=True))
        return exponentials / (exponentials.sum(axis=axis, keepdims=True) + constant)

    return formula


def lost_axes():
    """Formulas in which the maximum, the sum, or both are not a column."""
    row, column = (lambda x: x.max(axis=1)), (lambda x: x.max(axis=1, keepdims=True))
    for shift in (row, column, np.max, lambda x: 0):
        yield lambda x, shift=shift: np.exp(x - shift(x)) / np.exp(x - shift(x)).sum(axis=1)
        yield softmax_less(shift)


PLAIN = [
    KnownMistake("not-normalized", np.exp,
         "The exponentials are not divided by anything: rows do not sum to 1.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("not-normalized", lambda x: np.exp(x - x.max(axis=1, keepdims=True)),
         "The exponentials are not divided by anything: rows do not sum to 1.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("sums-over-the-whole-batch", along(None),
         "The exponentials are divided by the sum over the whole batch: all rows together sum to 1.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("shifts-rows-and-sums-the-batch", shifted_by_rows_over(None),
         "Each row's own maximum is subtracted, but the exponentials are divided by the sum over the whole batch.",
         "What must the probabilities of one example sum to? Which axes does e.sum() sum over?", "axes"),
    *[KnownMistake("adds-a-small-constant", shifted_by_rows_over(1, constant),
           "A small constant is added to the sum: rows do not sum to 1.",
           "What was the constant for? Can the sum be 0 at all, once the largest exponent is 0?", "precision")
      for constant in (1e-2, 1e-3, 1e-4, 1e-5)],
    KnownMistake("sums-over-the-batch-axis", along(0),
         "The softmax runs down the columns: each class sums to 1 over the examples.",
         "Which axis counts the examples, and which one counts the classes?", "axes"),
    KnownMistake("exponential-forgotten", lambda x: x / x.sum(axis=1, keepdims=True),
         "The logits themselves are divided by their sum; the exponential is missing.",
         "A logit may be negative. Can a probability be?", "stability"),
    KnownMistake("logarithm-of-softmax", lambda x: np.log(right(x)),
         "The result is the logarithm of the softmax.", "Can a probability be negative?", "stability"),
    KnownMistake("maximum-of-the-columns", softmax_less(lambda x: x.max(axis=0, keepdims=True)),
         "The largest logit of each column is subtracted: within a row, that changes the probabilities.",
         "What can you subtract without changing the result: the same number from all logits of a row, or of a "
         "column?", "axes"),
    *[KnownMistake("axis-not-kept", formula,
           "A maximum or a sum over axis 1 has lost that axis, and broadcasting used it as a row.",
           "What is the shape of x.sum(axis=1), and along which axis of x does it broadcast?", "axes")
      for formula in lost_axes()],
]  # fmt: skip
OVERFLOW = "Which intermediate number is infinite, and what can you subtract from all logits of a row?"
LARGE = [
    KnownMistake("maximum-of-the-whole-batch", softmax_less(np.max),
         "The largest logit of the whole batch is subtracted: a row far below it becomes 0 / 0.",
         "What are the exponentials of a row whose logits are all 1,000 below the maximum that you subtract?",
         "stability"),
    KnownMistake("shifted-by-the-mean", softmax_less(lambda x: x.mean(axis=1, keepdims=True)),
         "The row's mean is subtracted, and logits far above it still overflow.",
         "Which shift leaves no exponent above 0?", "stability"),
    KnownMistake("shifted-by-the-minimum", softmax_less(lambda x: x.min(axis=1, keepdims=True)),
         "The row's minimum is subtracted, and logits far above it overflow.",
         "Which shift leaves no exponent above 0?", "stability"),
    KnownMistake("overflows", softmax_less(lambda x: 0),
         "exp overflows: infinite divided by infinite is NaN.", OVERFLOW, "stability"),
]  # fmt: skip
#: the limit at which an answer clips cannot be known; these are the usual ones
CLIPPED = [
    KnownMistake("clips-the-logits", lambda x, most=most: right(np.clip(x, -most, most)),
         "The logits are clipped: all logits beyond a limit count as equal.",
         "Take two logits, 5,000 and 6,000: which class is certain, and is it still so after clipping?", "stability")
    for most in (10, 20, 30, 50, 80, 88, 100, 200, 300, 500, 600, 700, 709, 1000)
]  # fmt: skip


EXPONENTS = [
    KnownMistake("clips-the-exponents", lambda x, most=most: shifted_by_rows_over(1)(
             np.maximum(x, x.max(axis=1, keepdims=True) - most)),
         "Logits far below the row's largest are clipped: their probabilities are too large.",
         "exp(-50) is a small number, but not 0 and not exp(-30). Which of your lines limits it?", "precision")
    for most in (10, 20, 30, 50, 80, 88, 100, 200, 300, 500, 600, 700)
]  # fmt: skip
CONSTANTS = [
    KnownMistake("adds-to-the-probabilities", lambda x, constant=constant: right(x) + constant,
         "A small constant is added to the probabilities: rows do not sum to 1, and no probability can be smaller.",
         "What was the constant for? Could the code that needed it handle a probability of 0 itself?", "precision")
    for constant in 10.0 ** -np.arange(2, 31)
] + [
    KnownMistake("clips-the-probabilities", lambda x, least=least: np.maximum(right(x), least),
         "Probabilities below a limit are set to it.",
         "What was the limit for? Could the code that needed it handle a probability of 0 itself?", "precision")
    for least in 10.0 ** -np.arange(2, 31)
]  # fmt: skip


def check(judge: Judge) -> None:
    function = judge.function("softmax", "logits")
    rng = judge.rng
    square = [judge.numbers(n, n) for n in (2, 3)]  # here a wrong axis does not raise an error
    small = [judge.numbers(*shape) for shape in ((1, 2), (2, 3), (4, 3), (3, 5))]
    for claim, inputs in (
        ("each row: exp(x) divided by its sum", square),
        ("each row, with more or fewer rows than columns", small),
    ):
        judge.compare(
            claim,
            judge.run(function, [(x,) for x in inputs]),
            right,
            name="softmax(logits)",
            known=PLAIN,
            question="Write the formula out for one row. Which numbers are summed?",
            kind="axes",
            rtol=1e-5,  # results that are nearly right are checked below
        )
    certain = np.array([[350.0, -450.0, -550.0], [-550.0, 350.0, -450.0]])  # the sum of the exponentials is 1
    equal = np.array([[3.0, 3.0, 3.0], [0.0, 0.0, 0.0]])
    cases = [
        (x,) for x in (*small, judge.numbers(3, 1), equal, judge.numbers(2, 3) * 1e-9, judge.numbers(9, 300), certain)
    ]
    with judge.claim("rows sum to 1, to rounding"):
        runs = judge.run(function, cases + judge.layouts(cases[1]) + judge.layouts(cases[3]))
        refuse_added_constants(judge, runs)
        refuse_float32(judge, runs)
    judge.compare(
        "each probability is exact, to rounding",
        runs,
        right,
        name="softmax(logits)",
        known=[*CLIPPED, *EXPONENTS, *CONSTANTS],
        question="The formula is exact on paper. Which number did you add to, clip, or keep in float32?",
        kind="precision",
        rtol=1e-11,
        atol=1e-15,
        dtype=True,
    )
    below = np.sort(rng.uniform(0, 1, (4, 5)), axis=1) * [0, 60, 30, 200, 70] - [0, 100, 200, 650, 900] + 350
    judge.compare(
        "a tiny probability is exact, too",
        judge.run(
            function, [(rng.permuted(below, axis=1),), (np.array([[40.0, 5.0]]),), (np.array([[-440.0, 250.0]]),)]
        ),
        right,
        name="softmax(logits)",
        known=[*CLIPPED, *EXPONENTS, *CONSTANTS],
        question="The formula is exact on paper. Which number did you add to, or clip?",
        kind="precision",
        rtol=1e-10,
        atol=0,
    )
    shifts = [rng.choice([-1, 1]) * rng.uniform(5000, 9000) for _ in small]
    compare_large(judge, function, "a shift of all logits, by thousands, changes nothing",
                  [x + shift for x, shift in zip(small, shifts, strict=True)])  # fmt: skip
    rows = [(3, 2), (2, 3), (4, 5)]
    spread = [judge.numbers(*shape) + rng.permutation([-8000, 7000, 0, 3000])[: shape[0], None] for shape in rows]
    compare_large(judge, function, "rows may be far apart", spread)
    wide = [judge.numbers(*shape, low=0.5, high=9000) for shape in ((1, 2), (2, 3), (4, 5))]
    wide.append(judge.numbers(2, 2) + np.array([[0, 1000], [1000, 0]]))
    wide.append(np.array([[10000.0, -10000.0], [-10000.0, -9999.0]]))
    compare_large(judge, function, "logits of a row may be far apart, up to 10,000", wide)


def compare_large(judge, function, claim, inputs):
    """Compare logits for which it matters what is subtracted before exp."""
    judge.compare(
        claim,
        judge.run(function, [(x,) for x in inputs]),
        right,
        name="softmax(logits)",
        known=[*LARGE, *CLIPPED],
        question=OVERFLOW,
        kind="stability",
        rtol=1e-10,
        atol=1e-300,
    )


def refuse_added_constants(judge, runs):
    """Reject a small constant that was added to every row's sum."""
    pairs = [(run.arguments[0], np.asarray(run.value)) for run in runs]
    if any(got.shape != x.shape or got.dtype != x.dtype for x, got in pairs):
        return
    if not all(np.allclose(got / got.sum(axis=1, keepdims=True), right(x), rtol=1e-13, atol=0) for x, got in pairs):
        return
    lacks = np.concatenate([1 / got.sum(axis=1) - 1 for _, got in pairs])
    for shift in (1, 0):  # the sum of exp(x - the row's maximum), or of exp(x)
        sums = [np.exp(x - shift * x.max(axis=1, keepdims=True)).sum(axis=1) for x, _ in pairs]
        constants = lacks * np.concatenate(sums)
        constant = np.median(constants[np.concatenate([right(x).max(axis=1) == 1 for x, _ in pairs])])  # not rounded
        off = np.abs(constants - constant) - 5e-15 * np.concatenate(sums)
        if constant > 4e-16 and off.max() < 0.01 * constant + 5e-15:
            judge.reject(
                "adds-a-small-constant",
                f"Rows do not sum to 1, but to s / (s + c) with c = {constant:.1e} if the exponentials sum to s: "
                "a small constant was added.",
                "What was the constant for? Can the sum be 0 at all, once the largest exponent is 0?",
                kind="precision",
                shown={"logits": pairs[0][0], "yours": pairs[0][1]},
            )


def refuse_float32(judge, runs):
    """Reject a result that is right to half of its digits only."""
    for run in runs:
        got, wanted = np.asarray(run.value), right(*run.arguments)
        if got.shape != wanted.shape:
            continue
        error = np.abs(got - wanted) / np.maximum(wanted, 1e-30)
        if 1e-10 < error.max() < 1e-5:
            index = np.unravel_index(int(error.argmax()), error.shape)
            judge.reject(
                "computed-in-float32",
                f"softmax(logits){[int(i) for i in index]} is {got[index]:.12g}; expected {wanted[index]:.12g}: it is "
                "right to only 7 digits. Computed in float32?",
                "The logits are float64. What is the dtype of each of your arrays?",
                kind="precision",
                shown={"logits": run.arguments[0], "yours": got, "expected": wanted},
            )
