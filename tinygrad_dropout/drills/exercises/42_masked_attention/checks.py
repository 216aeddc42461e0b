"""Weights from a softmax over the keys that a query may attend to; a query with none gets zeros."""

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 15
KINDS = ("axes", "stability", "edges", "shapes", "chain-rule")

#: leading axes, queries, keys, features, outputs; including squares, for which a wrong axis does not raise an error
SIZES = (((), 2, 3, 4, 2), ((), 3, 3, 3, 3), ((), 1, 4, 2, 3), ((), 4, 1, 3, 1))
LEADING = (((2,), 3, 3, 3, 3), ((2, 3), 2, 4, 3, 2), ((1,), 3, 2, 2, 3))


def exact(query, key, value, mask, *, scale=None, axis=-1, shift="allowed", masked=None, after=False, empty=0.0):
    """The attention in float64; each option is a possible mistake."""
    query, key, value = (one.astype(np.float64) for one in (query, key, value))
    scores = query @ np.swapaxes(key, -1, -2) / (np.sqrt(query.shape[-1]) if scale is None else scale)
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    hidden = scores if after else np.where(allowed, scores, -np.inf if masked is None else masked(scores))
    largest = {"allowed": hidden, "all": scores, "none": np.zeros(scores.shape)}[shift].max(axis=axis, keepdims=True)
    exponentials = np.exp(hidden - np.where(np.isfinite(largest), largest, 0))
    total = exponentials.sum(axis=axis, keepdims=True)
    weights = exponentials / (np.where(total == 0, 1, total) if empty is not None else total)
    if after:
        weights = weights * allowed
    return weights @ value


def wrongly(**options):
    return lambda *arguments: exact(*arguments, **options)


def sized(scale):
    """A wrong divisor of the scores."""
    return lambda query, key, value, mask: exact(query, key, value, mask, scale=scale(query, key, value))


PLAIN = [
    KnownMistake("scores-not-scaled", wrongly(scale=1.0), "The scores are not divided by sqrt(features).",
                 "What is the variance of a sum of D products of independent numbers?", "chain-rule"),
    KnownMistake("scaled-by-the-features", sized(lambda q, k, v: q.shape[-1]),
                 "The scores are divided by the number of features; expected its square root.",
                 "What is the variance of a sum of D products of independent numbers?", "chain-rule"),
    KnownMistake("scaled-by-the-keys", sized(lambda q, k, v: np.sqrt(k.shape[-2])),
                 "The scores are divided by the root of the number of keys; expected the root of the number of "
                 "features.",
                 "Which axis is summed over in query @ key.T?", "axes"),
    KnownMistake("scaled-by-the-outputs", sized(lambda q, k, v: np.sqrt(v.shape[-1])),
                 "The scores are divided by the root of the number of outputs; expected the root of the number of "
                 "features.",
                 "Which axis is summed over in query @ key.T?", "axes"),
    KnownMistake("multiplied-by-the-root", sized(lambda q, k, v: 1 / np.sqrt(q.shape[-1])),
                 "The scores are multiplied by sqrt(features); expected a division by it.",
                 "Should the softmax get sharper with more features?", "chain-rule"),
    KnownMistake("softmax-over-the-queries", wrongly(axis=-2), "The softmax runs over the queries.",
                 "For one query, what must its weights sum to? Along which axis of the scores is that?", "axes"),
    KnownMistake("softmax-over-everything", wrongly(axis=(-2, -1)), "The softmax runs over all scores at once.",
                 "For one query, what must its weights sum to?", "axes"),
    KnownMistake("softmax-forgotten",
                 lambda q, k, v, m: q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]) @ v,
                 "The scores themselves weight the values; there is no softmax.",
                 "Can a weight be negative?", "chain-rule"),
    KnownMistake("values-not-used",
                 lambda q, k, v, m: exact(q, k, np.broadcast_to(np.eye(k.shape[-2]), (*k.shape[:-1], k.shape[-2])), m),
                 "The output is the weights themselves.", "What is summed with these weights?", "shapes"),
    KnownMistake("keys-used-as-values", lambda q, k, v, m: exact(q, k, k, m),
                 "The weights are applied to the keys; expected the values.",
                 "What are the values for?", "chain-rule"),
]  # fmt: skip
MASKED = [
    KnownMistake("mask-ignored", lambda q, k, v, m: exact(q, k, v, None), "The mask has no effect.",
                 "Where does your code use the mask?", "edges"),
    KnownMistake("mask-inverted", lambda q, k, v, m: exact(q, k, v, ~np.asarray(m)),
                 "The keys that a query may attend to are masked, and the others are not.",
                 "What does True mean in the task?", "edges"),
    KnownMistake("masked-after-the-softmax", wrongly(after=True),
                 "The mask is applied to the weights, after the softmax, so the remaining weights do not sum to 1.",
                 "Which keys should be in the sum that the softmax divides by?", "edges"),
    KnownMistake("masked-scores-are-zero", wrongly(masked=np.zeros_like),
                 "Masked keys get the score 0, whose exponential is 1.",
                 "Which score has an exponential of 0?", "edges"),
    KnownMistake("masked-scores-are-zero", lambda q, k, v, m: exact(q, np.where(np.asarray(m).any(), k, 0), v, m,
                 masked=np.zeros_like), "Masked keys get the score 0, whose exponential is 1.",
                 "Which score has an exponential of 0?", "edges"),
]  # fmt: skip
HUGE = [
    KnownMistake("overflows", wrongly(shift="none"), "exp overflows: infinity divided by infinity is NaN.",
                 "Which number can you subtract from all scores of a query?", "stability"),
    *[KnownMistake("maximum-of-masked-keys", wrongly(shift="all", empty=empty),
                   "The maximum is taken over all keys, so a masked key with a huge score makes all the allowed "
                   "exponentials 0.",
                   "Which keys should the maximum be taken over?", "stability")
      for empty in (0.0, None)],
    *[KnownMistake("finite-instead-of-minus-infinity", wrongly(masked=lambda s, low=low: np.full_like(s, low)),
                   "Masked keys get a finite score, which can be larger than the allowed ones.",
                   "Which number is below every score?", "stability")
      for low in (-1e9, -1e4, -1e5, -1e6, -100.0)],
    *[KnownMistake("finite-instead-of-minus-infinity", wrongly(masked=lambda s, low=low: s + low),
                   "A finite number is added to the scores of masked keys, which can still be larger than the others.",
                   "Which number is below every score?", "stability")
      for low in (-1e9, -1e4, -1e5, -1e6, -100.0)],
]  # fmt: skip
EMPTY = [
    KnownMistake("nan-for-no-key", wrongly(empty=None), "A query without any key gets NaN: 0 divided by 0.",
                 "What is the sum of its exponentials?", "edges"),
    KnownMistake("mean-of-all-values-for-no-key", wrongly(masked=lambda s: np.full_like(s, -1e9)),
                 "A query without any key gets the mean of all values: its masked scores are equal, and finite.",
                 "What does a softmax return for equal scores?", "edges"),
    KnownMistake("mean-of-all-values-for-no-key", wrongly(masked=lambda s: s - 1e9),
                 "A query without any key attends to all of them: its masked scores are finite.",
                 "What does a softmax do if the same number is added to all scores?", "edges"),
]  # fmt: skip


def check(judge: Judge) -> None:
    attention = judge.function("attention", "query", "key", "value", "mask")

    def case(size, masked=True, dtype=np.float64):
        leading, queries, keys, features, outputs = size
        shapes = (*leading, queries, features), (*leading, keys, features), (*leading, keys, outputs)
        return (*(judge.numbers(*shape).astype(dtype) for shape in shapes), mask(queries, keys) if masked else None)

    def mask(queries, keys):
        allowed = judge.rng.random((queries, keys)) < 0.6
        allowed[np.arange(queries), judge.rng.integers(0, keys, queries)] = True
        if keys > 1:
            allowed[0, judge.rng.permutation(keys)[:2]] = True, False
        return allowed

    def compare(claim, cases, known, question, kind="axes", rtol=1e-11):
        judge.compare(claim, judge.run(attention, cases), lambda *given: exact(*given).astype(given[0].dtype),
                      name="output", known=known, question=question, kind=kind, rtol=rtol, atol=rtol / 10,
                      dtype=True)  # fmt: skip

    question = "For one query and one key, follow the numbers from the score to the output."
    plain = [case(size, masked=False) for size in SIZES]
    compare("without a mask: a softmax over the keys weights the values", plain, PLAIN, question)
    compare("with leading axes: each batch and head is independent",
            [case(size, masked=False) for size in LEADING], PLAIN, question)  # fmt: skip
    compare("in other layouts, with huge and with tiny values",
            [(q, k, v, None) for q, k, v in [*judge.layouts(plain[0][:3])]]
            + [(*plain[0][:2], plain[0][2] * size, None) for size in (1e9, 1e-9)], PLAIN, question)  # fmt: skip
    weights_question = "What is the weight of a masked key, and what do the other weights of its row sum to?"
    compare("with a mask: weight 0 for masked keys, and the others sum to 1", [case(size) for size in SIZES],
            [*MASKED, *PLAIN], weights_question, "edges")  # fmt: skip
    own = [
        (*case(size)[:3], np.stack([mask(*size[1:3]) for _ in range(2)])) for size in (LEADING[0], ((2,), 3, 4, 2, 2))
    ]
    compare("a separate mask for each batch", own, [*MASKED, *PLAIN], weights_question, "shapes")
    compare("a mask that is broadcast", [broadcast(case(size)) for size in LEADING] + [row(case(SIZES[1]))],
            [*MASKED, *PLAIN], weights_question, "shapes")  # fmt: skip
    compare("scores of 10,000 and more", [huge(case(size, masked=False)) for size in SIZES[:3]], [*HUGE, *PLAIN],
            "Which number can you subtract from all scores of a query?", "stability", 1e-8)  # fmt: skip
    compare("a masked key may have the largest score", [far(judge, case(size)) for size in SIZES[:2]],
            [*HUGE, *MASKED], "Which keys should the maximum be taken over?", "stability", 1e-8)  # fmt: skip
    empty = [blinded(case(size)) for size in (*SIZES, *LEADING)]
    compare("a query without any key gets zeros", empty, [*EMPTY, *MASKED], "What does 0 / 0 give?", "edges")
    single = [case(SIZES[0], dtype=np.float32), blinded(case(SIZES[1], dtype=np.float32))]
    compare("float32 stays float32", single, [*EMPTY, *MASKED], "Which of your factors is float64?", "edges", 1e-4)


def broadcast(case):
    """A mask of one row, for all queries, batches and heads."""
    *arrays, mask = case
    return (*arrays, mask[:1])


def row(case):
    """A mask of one axis, over the keys."""
    *arrays, mask = case
    return (*arrays, mask[0])


def huge(case):
    query, key, value, mask = case
    return query * 300, key * 300, value, mask


def far(judge, case):
    """A masked key whose score is thousands above all others for some queries, and below them for others."""
    query, key, value, mask = case
    masked = np.zeros(key.shape[-2], dtype=bool)
    masked[0] = True
    key = key.copy()
    key[0] = 20_000 * query[0] / (query[0] @ query[0])
    return query, key, value, np.broadcast_to(~masked, mask.shape).copy()


def blinded(case):
    """A mask that hides all keys from the last query."""
    *arrays, mask = case
    mask = mask.copy()
    mask[-1] = False
    return (*arrays, mask)
