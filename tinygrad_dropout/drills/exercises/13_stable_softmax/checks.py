"""exp(x - the row's maximum), divided by the row's sum; for logits up to 10,000, and exact."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 6
KINDS = ("stability", "axes", "precision", "ownership")


def right(x):
    below = x - x.max(axis=1, keepdims=True)
    return np.exp(below) / np.exp(below).sum(axis=1, keepdims=True)


def softmax_less(shift):
    """The softmax after something was taken from the logits."""

    def formula(x):
        exponentials = np.exp(x - shift(x))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    return formula


def along(axis):
    """The softmax along another axis, or over all of the batch."""
    return lambda x: np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


def shifted_by_rows_over(axis, constant=0.0):
    """The row's maximum taken away, and the sum over something else, or with something added."""

    def formula(x):
        exponentials = np.exp(x - x.max(axis=1, keepdims=True))
        return exponentials / (exponentials.sum(axis=axis, keepdims=True) + constant)

    return formula


def lost_axes():
    """Formulas in which the maximum, the sum, or both are not laid down as a column."""
    row, column = (lambda x: x.max(axis=1)), (lambda x: x.max(axis=1, keepdims=True))
    for shift in (row, column, np.max, lambda x: 0):
        yield lambda x, shift=shift: np.exp(x - shift(x)) / np.exp(x - shift(x)).sum(axis=1)
        yield softmax_less(shift)


PLAIN = [
    KnownMistake("not-normalised", np.exp,
         "The exponentials are not divided by anything: rows do not sum to 1.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("not-normalised", lambda x: np.exp(x - x.max(axis=1, keepdims=True)),
         "The exponentials are not divided by anything: rows do not sum to 1.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("sums-over-the-whole-batch", along(None),
         "The exponentials are divided by the sum over the whole batch: all rows together sum to 1.",
         "What must the probabilities of one example sum to?", "axes"),
    KnownMistake("shifts-rows-and-sums-the-batch", shifted_by_rows_over(None),
         "Each row's own maximum is taken away, and then the exponentials are divided by the sum over the whole batch.",
         "What must the probabilities of one example sum to? Over which axis does e.sum() go?", "axes"),
    *[KnownMistake("adds-a-small-constant", shifted_by_rows_over(1, constant),
           "A small constant was added to the sum: rows do not sum to 1.",
           "What was the constant for? Can the sum be 0 at all, once the largest exponent is 0?", "precision")
      for constant in (1e-2, 1e-3, 1e-4, 1e-5)],
    KnownMistake("sums-over-the-batch-axis", along(0),
         "The softmax runs down the columns: each class sums to 1 over the examples.",
         "Which axis counts the examples, and which one the classes?", "axes"),
    KnownMistake("exponential-forgotten", lambda x: x / x.sum(axis=1, keepdims=True),
         "The logits themselves are divided by their sum; the exponential is missing.",
         "A logit may be negative. And a probability?", "stability"),
    KnownMistake("logarithm-of-softmax", lambda x: np.log(right(x)),
         "That is the logarithm of the softmax.", "May a probability be negative?", "stability"),
    KnownMistake("maximum-of-the-columns", softmax_less(lambda x: x.max(axis=0, keepdims=True)),
         "The largest logit of each column is taken away: within a row, that changes the probabilities.",
         "What may be taken away without changing the result? The same number from all logits of a ...?", "axes"),
    *[KnownMistake("axis-not-kept", formula,
           "A maximum or a sum over axis 1 has lost that axis, and broadcasting laid it down as a row.",
           "What shape has x.sum(axis=1), and along which axis of x does it broadcast?", "axes")
      for formula in lost_axes()],
]  # fmt: skip
OVERFLOW = "Which number in between is infinite, and which number may be taken from all logits of a row?"
LARGE = [
    KnownMistake("maximum-of-the-whole-batch", softmax_less(np.max),
         "The largest logit of the whole batch is taken away: a row that lies far below it becomes 0 / 0.",
         "What are the exponentials of a row whose logits all lie 1,000 below the maximum that you subtract?",
         "stability"),
    KnownMistake("shifted-by-the-mean", softmax_less(lambda x: x.mean(axis=1, keepdims=True)),
         "The row's mean is taken away, and what lies far above it still overflows.",
         "Which shift leaves no exponent above 0?", "stability"),
    KnownMistake("shifted-by-the-minimum", softmax_less(lambda x: x.min(axis=1, keepdims=True)),
         "The row's minimum is taken away, and what lies far above it overflows.",
         "Which shift leaves no exponent above 0?", "stability"),
    KnownMistake("overflows", softmax_less(lambda x: 0),
         "exp overflows: infinite divided by infinite is NaN.", OVERFLOW, "stability"),
]  # fmt: skip
#: at which number they are clipped is anybody's guess; so these are the usual ones
CLIPPED = [
    KnownMistake("clips-the-logits", lambda x, most=most: right(np.clip(x, -most, most)),
         "The logits are clipped: all that lie beyond a limit count as equal.",
         "Two logits of 5,000 and 6,000: which class is certain, and what does clipping make of it?", "stability")
    for most in (10, 20, 30, 50, 80, 88, 100, 200, 300, 500, 600, 700, 709, 1000)
]  # fmt: skip


def check(judge: Judge) -> None:
    function = judge.function("softmax", "logits")
    rng = judge.rng
    square = [judge.numbers(n, n) for n in (2, 3)]  # where a wrong axis is no error
    small = [judge.numbers(*shape) for shape in ((1, 2), (2, 3), (4, 3), (3, 5))]
    for claim, inputs in (
        ("each row: exp(x) divided by its sum", square),
        ("each row, where there are more or fewer rows than columns", small),
    ):
        judge.compare(
            claim,
            judge.run(function, [(x,) for x in inputs]),
            right,
            name="softmax(logits)",
            known=PLAIN,
            question="Write the formula out for one row. Which numbers are summed?",
            kind="axes",
            rtol=1e-5,  # what is nearly right is looked at below
        )
    with judge.claim("rows sum to 1, to rounding"):
        runs = judge.run(function, [(x,) for x in small])
        refuse_added_constants(judge, runs)
        refuse_float32(judge, runs)
    judge.compare(
        "each probability is exact, to rounding",
        runs,
        right,
        name="softmax(logits)",
        question="Which number of a formula that is exact on paper did you add to, cut off, or keep in float32?",
        kind="precision",
        rtol=1e-11,
        atol=1e-14,
    )
    shifts = [rng.choice([-1, 1]) * rng.uniform(5000, 9000) for _ in small]
    compare_large(judge, function, "a shift of all logits, by thousands, changes nothing",
                  [x + shift for x, shift in zip(small, shifts, strict=True)])  # fmt: skip
    rows = [(3, 2), (2, 3), (4, 5)]
    spread = [judge.numbers(*shape) + rng.permutation([-8000, 7000, 0, 3000])[: shape[0], None] for shape in rows]
    compare_large(judge, function, "rows may lie far apart", spread)
    wide = [judge.numbers(*shape, low=0.5, high=9000) for shape in ((1, 2), (2, 3), (4, 5))]
    wide.append(judge.numbers(2, 2) + np.array([[0, 1000], [1000, 0]]))
    compare_large(judge, function, "logits of a row may lie far apart, up to 10,000", wide)


def compare_large(judge, function, claim, inputs):
    """Where it matters what is taken away before exp."""
    judge.compare(
        claim,
        judge.run(function, [(x,) for x in inputs]),
        right,
        name="softmax(logits)",
        known=[*LARGE, *CLIPPED],
        question=OVERFLOW,
        kind="stability",
    )


def refuse_added_constants(judge, runs):
    """The sum of a row tells of a small constant that was added to it."""
    for run in runs:
        got = np.asarray(run.value, dtype=np.float64)
        sums = got.sum(axis=1)
        scaled = np.allclose(got / sums[:, None], right(*run.arguments), rtol=1e-13, atol=0)
        if np.abs(sums - 1).max() < 4e-15 or not scaled:
            continue
        n = int(np.abs(sums - 1).argmax())
        judge.reject(
            "adds-a-small-constant",
            f"Row {n} sums to 1 {'+' if sums[n] > 1 else '-'} {abs(sums[n] - 1):.1e}: a small constant was added.",
            "What was the constant for? Can the sum be 0 at all, once the largest exponent is 0?",
            kind="precision",
            shown={"logits": run.arguments[0], "yours": got},
        )


def refuse_float32(judge, runs):
    """Half of the digits."""
    for run in runs:
        got, wanted = np.asarray(run.value), right(*run.arguments)
        error = np.abs(got / wanted - 1)
        if got.dtype.itemsize < 8 or error.max() > 1e-10:
            index = np.unravel_index(int(error.argmax()), error.shape)
            judge.reject(
                "computed-in-float32",
                f"softmax(logits){[int(i) for i in index]} is {got[index]:.12g}; expected {wanted[index]:.12g}: it is "
                "right to 7 digits only. Computed in float32?",
                "The logits are float64. Which dtype has each of your arrays?",
                kind="precision",
                shown={"logits": run.arguments[0], "yours": got, "expected": wanted},
            )
