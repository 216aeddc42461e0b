"""Shapes are aligned at the last axis; lengths are equal, or one of them is 1; 1 and 0 give 0; else ValueError."""

import ast
from itertools import zip_longest
from numbers import Integral

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 5
KINDS = ("shapes",)

#: the same number of axes in both
EQUAL = (((3,), (3,)), ((1,), (4,)), ((4,), (1,)), ((2, 1), (1, 3)), ((1, 5), (4, 1)), ((2, 1, 4), (2, 3, 1)), ((), ()))
#: none of these raises an error if it is read from the left
OTHER = (((), (3,)), ((2, 3), ()), ((3,), (1, 3)), ((3, 1), (3,)), ((3,), (3, 1)), ((1, 2), (2, 1, 1)))
LONG = (((2, 3, 4, 5, 6, 7, 8), (4, 1, 6, 1, 8)), ((1,) * 9, (3, 1)), ((1000000, 1), (1, 65537)))
ZEROS = (((0,), (1,)), ((1,), (0,)), ((0,), (0,)), ((2, 1), (0,)), ((), (3, 0)), ((1, 1, 0), (4, 1)), ((0, 2), (1, 1)))
BAD = (((2,), (3,)), ((2, 3), (2,)), ((4, 2), (4, 3)), ((3, 1, 2), (4, 1, 2)), ((0,), (3,)), ((2, 0), (3,)))

REFUSES = KnownMistake(
    "refuses-shapes-that-broadcast",
    None,
    "broadcast_shape(a, b) raised an error for shapes that do broadcast.",
    "Go through the rules: which of them says that these two do not fit?",
    "shapes",
)


def pairs(a, b):
    """The pairs of lengths, the last axis first."""
    return list(zip_longest(reversed(a), reversed(b), fillvalue=1))


def right(a, b):
    return tuple(other if one == 1 else one for one, other in pairs(a, b))[::-1]


def from_the_left(a, b):
    return tuple(other if one == 1 else one for one, other in zip_longest(a, b, fillvalue=1))


def check(judge: Judge) -> None:
    refuse_numpy(judge)
    function = judge.function("broadcast_shape", "a", "b")
    with judge.claim("the result is a tuple of integers"):
        for run in judge.run(function, EQUAL[:1], known={ValueError: REFUSES}):
            refuse_wrong_types(judge, run)
    compare(
        judge,
        function,
        "each axis has the common length, or the one that is not 1",
        EQUAL,
        known=[
            KnownMistake(
                "result-reversed",
                lambda a, b: right(a, b)[::-1],
                "The result has its axes in reverse order.",
                "From which end did you collect the lengths, and in which order is a shape written?",
                "shapes",
            ),
            KnownMistake(
                "smaller-of-the-two",
                lambda a, b: tuple(min(pair) for pair in zip(a, b, strict=True)),
                "Each axis has the smaller of its two lengths: an axis of length 1 was not stretched.",
                "Which of the two arrays is repeated: the one of length 1, or the other one?",
                "shapes",
            ),
            KnownMistake(
                "larger-shape-wins",
                lambda a, b: max(a, b, key=lambda shape: [sum(shape), *shape]),
                "The result is one of the two shapes; (2, 1) and (1, 3) give a shape that is neither of them.",
                "Can both arrays be stretched, each along a different axis?",
                "shapes",
            ),
        ],
        question="Which of the rules decides this axis?",
    )
    compare(
        judge,
        function,
        "the shapes are aligned at the last axis, and a missing axis counts as 1",
        OTHER,
        known=[
            KnownMistake(
                "aligned-at-the-left",
                from_the_left,
                "The shapes are aligned at the first axis: (3,) is read as (3, 1).",
                "x of shape (batch, 3) plus a bias of shape (3,): which axis of x does the bias belong to?",
                "shapes",
            ),
            KnownMistake(
                "leading-axes-dropped",
                lambda a, b: right(a, b)[max(len(a), len(b)) - min(len(a), len(b)) :],
                "The result has as many axes as the shorter shape; the axes that only one shape has are gone.",
                "Where does zip() stop? And what is the shape of (2, 3) plus (3,)?",
                "shapes",
            ),
        ],
        question="Write them one below the other, aligned at the right. What fills the gap?",
    )
    lengths = [judge.rng.integers(2, 7, size=judge.rng.integers(1, 5)).tolist() for _ in range(40)]
    compare(
        judge,
        function,
        "the same is true for random shapes, with any number of axes",
        [*sorted((cut(judge, full, full) for full in lengths[:20]), key=lambda pair: len(sum(pair, ()))), *LONG],
        question="Write them one below the other, aligned at the right, and decide each axis on its own.",
    )
    compare(
        judge,
        function,
        "1 and 0 give 0",
        ZEROS,
        known=[
            KnownMistake(
                "larger-of-the-two",
                lambda a, b: tuple(max(pair) for pair in pairs(a, b))[::-1],
                "Each axis has the larger of its two lengths; for 1 and 0 that is 1, but the rule gives 0.",
                "An axis of length 1 is repeated as often as the other array needs. What if that is zero times?",
                "shapes",
            )
        ],
        question="One of the two lengths is 1. Which of the rules decides?",
    )
    with judge.claim("shapes that do not broadcast raise ValueError"):
        for a, b in [*BAD, *(broken(judge, full) for full in lengths[20:])]:
            for pair in ((a, b), (b, a)):
                if not judge.raises(function, pair, ValueError):
                    refuse_accepted(judge, function, *pair)
        for a, b in (((2,), (4,)), ((6,), (3,)), ((3, 1), (2, 6, 5))):
            if not judge.raises(function, (a, b), ValueError):
                judge.reject(
                    "accepts-a-multiple",
                    f"A length is accepted if it is a multiple of the other; but {a} and {b} do not broadcast.",
                    "Only one length can be repeated. Which?",
                    kind="shapes",
                )


def refuse_numpy(judge):
    """Refuse NumPy. An unused import and print or error settings are harmless; any other use could be the answer."""
    names, settings = {"numpy"}, set()
    for node in ast.walk(ast.parse(judge.source)):  # an attribute comes before its own name
        if isinstance(node, ast.Import):
            names |= {alias.asname or "numpy" for alias in node.names if alias.name.startswith("numpy")}
        if isinstance(node, ast.Attribute) and node.attr in ("seterr", "errstate", "set_printoptions"):
            settings.add(node.value)
        used = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("numpy")
        used |= isinstance(node, ast.Name) and node.id in names and node not in settings
        used |= isinstance(node, ast.Constant) and node.value == "numpy"
        if used:
            message = (
                f"Your file uses NumPy in line {node.lineno}; only Python and the standard library are allowed here."
            )
            judge.reject("forbidden-name", message, "NumPy knows the rules of broadcasting. Do you?", kind="shapes")


def refuse_wrong_types(judge, run):
    """Refuse a result that is not a tuple of integers, such as a list with the same lengths."""
    value = run.value
    if isinstance(value, tuple) and all(isinstance(length, Integral) for length in value):
        return
    what = type(value).__name__ if not isinstance(value, tuple) else "tuple that holds something else"
    code = "list-for-a-tuple" if isinstance(value, list) else "wrong-type"
    message = f"broadcast_shape(a, b) returned a {what}: {value!r:.80}; expected a tuple of integers."
    judge.reject(code, message, "Is [4, 3] == (4, 3)?", kind="shapes", shown={"yours": f"{value!r:.80}"})


def compare(judge, function, claim, cases, *, known=(), question):
    """Like the judge's own, but shapes are printed as shapes."""
    runs = judge.run(function, cases, known={ValueError: REFUSES})
    wrong = next((run for run in runs if run.value != right(*run.arguments)), None)
    if wrong is None or any(all(run.value == guess(mistake, run) for run in runs) for mistake in known):
        judge.compare(claim, runs, right, name="the shape", known=known, question=question, kind="shapes")
        return
    with judge.claim(claim):
        refuse_wrong_types(judge, wrong)
        a, b = wrong.arguments
        shown = {"a": repr(a), "b": repr(b), "yours": f"{wrong.value!r:.80}", "expected": repr(right(a, b))}
        message = f"The result is {wrong.value!r:.80}; expected {right(a, b)}."
        judge.reject("wrong-values", message, question, kind="shapes", shown=shown)


def guess(mistake, run):
    """The result of a known mistake; None if it raises an error."""
    try:
        return mistake.formula(*run.arguments)
    except Exception:
        return None


def refuse_accepted(judge, function, a, b):
    """Reject an answer that gave a shape where it should have raised an error."""
    value = function(a, b, may_return_none=True)
    shown = {"a": repr(a), "b": repr(b), "yours": repr(value), "expected": "ValueError"}
    if value is None:
        judge.reject(
            "returns-none-for-bad-shapes",
            f"broadcast_shape({a}, {b}) returned None; expected a ValueError.",
            "The caller will use whatever you return. How does the caller learn that something is wrong?",
            kind="shapes",
            shown=shown,
        )
    judge.reject(
        "accepts-shapes-that-do-not-broadcast",
        f"broadcast_shape({a}, {b}) returned {value}; expected a ValueError, because they do not broadcast.",
        "The lengths differ, and neither of them is 1. Which of the two arrays would be repeated?",
        kind="shapes",
        shown=shown,
    )


def cut(judge, full, other):
    """Two shapes: each lacks some leading axes of its full shape, and some lengths are 1. They broadcast if both are
    equal."""
    found = []
    for lengths in (full, other):
        shape = [1 if judge.rng.random() < 0.35 else length for length in lengths]
        found.append(tuple(shape[judge.rng.integers(0, len(full) + 1) :]))
    return tuple(found)


def broken(judge, full):
    """Two shapes that would broadcast except for one axis, where the lengths are two different primes."""
    at = int(judge.rng.integers(0, len(full)))
    a, b = (tuple(1 if judge.rng.random() < 0.35 else length for length in full) for _ in range(2))
    return (*a[:at], 11, *a[at + 1 :]), (*b[:at], 7, *b[at + 1 :])[judge.rng.integers(0, at + 1) :]
