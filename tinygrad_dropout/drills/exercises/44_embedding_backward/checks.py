"""Each position's gradient is added to its row; the padding row gets none; invalid indices are refused."""

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 6
KINDS = ("accumulation", "averaging", "edges", "precision")

LEFT_OVER = 7.25e77


def right(grad, indices, num_embeddings, padding_idx):
    dweight = np.zeros((num_embeddings, grad.shape[-1]))
    np.add.at(dweight, indices, grad.astype(np.float64))
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight.astype(grad.dtype)


def last_position(grad, indices, num_embeddings, padding_idx):
    dweight = np.zeros((num_embeddings, grad.shape[-1]), grad.dtype)
    dweight[indices] = grad
    if padding_idx is not None:
        dweight[padding_idx] = 0
    return dweight


def looked_up(indices, num_embeddings):
    """How often each row was looked up, as a column; 1 for rows that never were."""
    return np.maximum(np.bincount(indices.ravel(), minlength=num_embeddings), 1)[:, None]


def without_position(grad, indices, num_embeddings, padding_idx):
    rows = grad.reshape(-1, grad.shape[-1]).copy()
    if padding_idx is not None and padding_idx < len(rows):
        rows[padding_idx] = 0
    return right(rows, indices.ravel(), num_embeddings, None)


def masked(grad, indices, num_embeddings, padding_idx):
    return right(grad * (indices != padding_idx)[..., None], indices, num_embeddings, None)


KNOWN = [
    KnownMistake("repeated-indices-overwritten", last_position,
         "If a row was looked up several times, only the last position counts.",
         "What is a after `a[[0, 0]] += 1`? In which order does NumPy read, add and write?", "accumulation"),
    KnownMistake("repeated-indices-averaged", lambda grad, indices, rows, padding: right(grad, indices, rows, padding)
         / looked_up(indices, rows),
         "A row gets the mean of the gradients at its positions; expected their sum.",
         "y = a + a. If a grows by 0.1, by how much does y grow?", "averaging"),
    KnownMistake("divided-by-the-positions", lambda grad, indices, rows, padding: right(grad, indices, rows, padding)
         / max(1, indices.size),
         "The gradient is divided by the number of positions.",
         "If the loss is a mean, is the 1/N not already in grad?", "averaging"),
    KnownMistake("upstream-ignored", lambda grad, indices, rows, padding:
         right(np.ones_like(grad), indices, rows, padding),
         "dweight counts how often each row was looked up; grad is left out.",
         "By the chain rule, a gradient is upstream times local. Where is the upstream gradient?", "accumulation"),
    KnownMistake("padding-0-treated-as-none", lambda grad, indices, rows, padding:
         right(grad, indices, rows, padding or None),
         "padding_idx = 0 is treated as no padding at all.", "What is `bool(0)`, and what is `bool(None)`?", "edges"),
    KnownMistake("none-treated-as-padding-0", lambda grad, indices, rows, padding:
         right(grad, indices, rows, padding or 0),
         "Row 0 gets no gradient, although padding_idx is None.", "What is padded if padding_idx is None?", "edges"),
    KnownMistake("padding-gets-a-gradient", lambda grad, indices, rows, padding: right(grad, indices, rows, None),
         "The row padding_idx gets a gradient; expected 0.",
         "The padding row stands for no word. Should a step change it?", "accumulation"),
    KnownMistake("padding-treated-as-a-position", without_position,
         "grad is set to 0 at the position padding_idx; expected the row padding_idx of the table to be 0.",
         "Does padding_idx count positions in the sentence, or rows of the table?", "accumulation"),
    KnownMistake("padding-multiplied-by-0", masked,
         "grad is multiplied by 0 at the positions of the padding, so a NaN stays NaN.",
         "What is 0 times NaN? And what is left of a NaN if you overwrite it with 0?", "edges"),
    KnownMistake("used-rows-only", lambda grad, indices, rows, padding:
         right(grad, indices, rows, padding)[np.unique(indices)],
         "dweight has only the rows that were looked up; expected all rows of the table.",
         "A gradient has exactly the shape of what it belongs to.", "shapes"),
    KnownMistake("table-transposed", lambda grad, indices, rows, padding: right(grad, indices, rows, padding).T,
         "dweight is the transpose of what it should be.", "Which axis of the table counts its rows?", "shapes"),
]  # fmt: skip


def check(judge: Judge) -> None:
    function = judge.function("embedding_backward", "grad", "indices", "num_embeddings", "padding_idx")
    rng = judge.rng

    def case(shape, rows, columns, padding=None, *, least=0, most=None, dtype=np.int64):
        """A case with at least one repeated index, if there are two or more."""
        indices = rng.integers(least, most or rows, size=shape).astype(dtype)
        if indices.size > 1:
            indices.flat[-1] = indices.flat[0]
        return judge.numbers(*shape, columns), indices, rows, padding

    def compare(claim, cases, rtol=1e-10, atol=1e-13):
        judge.compare(claim, judge.run(function, cases), right, name="dweight", known=KNOWN, rtol=rtol, atol=atol,
                      question="Which positions was row i copied to, and how do the gradients of copies combine?",
                      kind="accumulation", dtype=True)  # fmt: skip

    few, others = case((4,), 5, 3), [case((3,), 3, 3), case((6,), 2, 4), case((2, 3), 7, 1), case((3, 3), 3, 3)]
    compare("dweight: the sum of grad over the positions of each row", [few, *others])
    shapes = [case((), 3, 2), case((1,), 1, 1), case((0,), 3, 2), case((2, 0), 2, 3), case((2, 1, 3), 4, 2)]
    compare("dweight for indices of any shape, even empty, and in any memory layout", shapes + judge.layouts(few)
            + judge.layouts(others[2]))  # fmt: skip
    padded = [case((6,), 3, 2, 0), case((2, 4), 4, 3, 3), case((5,), 4, 2, 1), case((0,), 3, 2, 2), case((), 1, 2, 0)]
    compare("dweight is 0 in the row padding_idx", padded)
    compare("dweight is 0 in the row padding_idx, even if grad is NaN there", [with_nan(*one) for one in padded[:3]])
    types = [case((5, 2), 300, 3, 255, least=250, most=256, dtype=np.uint8), case((40,), 20, 2, 0, dtype=np.int32)]
    types += [case((3,), 300, 2, None, least=255, most=256, dtype=np.uint8), case((7,), 300, 2, 299, least=255)]
    types += [(grad.astype(np.float32), *rest) for grad, *rest in (*types, few)]
    compare("dweight has grad's dtype, whatever the integers of indices", types, rtol=1e-5, atol=1e-6)
    with judge.claim("rows that were never looked up are exactly 0"):
        refuse_left_overs(judge, function, *case((2, 3), 12, 10, 4, most=6))
    with judge.claim("an index that the table does not have raises an IndexError"):
        for bad in (-1, -5, 5, 1000):
            for padding in (None, 4):
                grad, indices, *rest = case((2, 3), 5, 2, padding)
                indices[0, 1] = bad
                refuse_accepted(judge, function, (grad, indices, *rest), bad)


def with_nan(grad, indices, rows, padding):
    """The same with NaN and infinity at the positions of the padding, of which there is at least one."""
    grad, indices = grad.copy(), indices.copy()
    indices.flat[0] = padding
    grad[indices == padding] = np.resize([np.nan, np.inf], grad.shape[-1])
    return grad, indices, rows, padding


def refuse_left_overs(judge, function, *arguments):
    """Reject a result that holds numbers left over in memory."""
    wanted = right(*arguments)
    for _ in range(3):
        left_over = [np.full(wanted.shape, LEFT_OVER) for _ in range(7)]
        del left_over  # NumPy reuses this memory, so np.empty has these numbers in it
        got = np.asarray(function(*arguments))
        looked_up = np.setdiff1d(arguments[1], arguments[3])
        unused = np.delete(np.arange(len(wanted)), looked_up)  # including the padding row
        if got.shape != wanted.shape or got[unused].any():
            judge.reject(
                "unused-rows-not-set",
                "Rows that were never looked up hold numbers that happen to be in memory; expected 0.",
                "What does np.empty put into an array?",
                kind="accumulation",
                shown={"indices": arguments[1], "yours": got},
            )


def refuse_accepted(judge, function, arguments, bad):
    """Reject an answer that accepts an index outside the table, or raises another exception."""
    code, found = "accepts-a-bad-index", "is accepted"
    try:
        function(*arguments)
    except Rejected as rejected:
        if isinstance(rejected.__cause__, IndexError):
            return
        if rejected.rejection.code != "raises":
            raise
        code, found = "wrong-exception", f"raises {type(rejected.__cause__).__name__}"
    rows = arguments[2]
    if bad < 0 and code == "accepts-a-bad-index":
        code = "negative-index-wraps"
    judge.reject(code, f"The index {bad} {found} for a table of {rows} rows; expected an IndexError.",
                 "Which row does NumPy use for -1, and what does it do for an index above the last?", kind="edges",
                 shown={"indices": arguments[1], "num_embeddings": rows})  # fmt: skip


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's embedding."""
    theirs = judge.function("embedding_backward", "grad", "indices", "num_embeddings", "padding_idx")

    def backward(grad, weight, indices, padding_idx):
        return (np.asarray(theirs(grad, indices, len(weight.data), padding_idx)),)

    return bug_of("embedding", backward, theirs)
