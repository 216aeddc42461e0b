"""Aligned at the last axis; equal, or one of them 1; 1 and 0 give 0; else ValueError."""

from itertools import zip_longest

from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "backprop", 5
KINDS = ("shapes",)
REFUSED = {
    **dict.fromkeys(
        ("broadcast_shapes", "broadcast", "broadcast_arrays", "broadcast_to"), "it knows the rules already"
    ),
    **dict.fromkeys(("zeros", "ones", "empty", "full"), "an array knows the rules already"),
}

#: as many axes in both
EQUAL = (((3,), (3,)), ((1,), (4,)), ((4,), (1,)), ((2, 1), (1, 3)), ((1, 5), (4, 1)), ((2, 1, 4), (2, 3, 1)))
#: none of which is an error if it is read from the left
OTHER = (((), (3,)), ((2, 3), ()), ((3,), (1, 3)), ((3, 1), (3,)), ((3,), (3, 1)), ((1, 2), (2, 1, 1)))
ZEROS = (((0,), (1,)), ((1,), (0,)), ((0,), (0,)), ((2, 1), (0,)), ((), (3, 0)))
BAD = (((2,), (3,)), ((2, 3), (2,)), ((4, 2), (4, 3)), ((3, 1, 2), (4, 1, 2)), ((0,), (3,)), ((2, 0), (3,)))


def pairs(a, b):
    """The lengths that meet, the last axis first."""
    return list(zip_longest(reversed(a), reversed(b), fillvalue=1))


def right(a, b):
    return tuple(other if one == 1 else one for one, other in pairs(a, b))[::-1]


def from_the_left(a, b):
    return tuple(other if one == 1 else one for one, other in zip_longest(a, b, fillvalue=1))


def check(judge: Judge) -> None:
    function = judge.function("broadcast_shape", "a", "b")
    refuses = {
        ValueError: KnownMistake(
            "refuses-shapes-that-broadcast",
            None,
            "broadcast_shape(a, b) raised an error for shapes that do broadcast.",
            "Go through the rules: which of them says that these two do not fit?",
            "shapes",
        )
    }
    compare(
        judge,
        "each axis has the common length, or the one that is not 1",
        judge.run(function, EQUAL, known=refuses),
        right,
        known=[
            KnownMistake(
                "result-reversed",
                lambda a, b: right(a, b)[::-1],
                "The result has its axes in the reverse order.",
                "From which end did you collect the lengths, and in which order is a shape written?",
                "shapes",
            ),
            KnownMistake(
                "smaller-of-the-two",
                lambda a, b: tuple(min(pair) for pair in zip(a, b, strict=True)),
                "Each axis has the smaller of its two lengths: what is 1 was not stretched.",
                "Which of the two arrays is repeated: the one of length 1, or the other one?",
                "shapes",
            ),
            KnownMistake(
                "larger-shape-wins",
                lambda a, b: max(a, b, key=lambda shape: [sum(shape), *shape]),
                "The result is one of the two shapes; (2, 1) and (1, 3) give a shape that neither of them is.",
                "Can both arrays be stretched, each along another axis?",
                "shapes",
            ),
        ],
        question="Which of the rules decides this axis?",
        kind="shapes",
    )
    compare(
        judge,
        "the shapes are aligned at the last axis, and a missing axis counts as 1",
        judge.run(function, OTHER, known=refuses),
        right,
        known=[
            KnownMistake(
                "aligned-at-the-left",
                from_the_left,
                "The shapes are aligned at the first axis: (3,) is read as (3, 1).",
                "x of shape (batch, 3) plus a bias of shape (3,): which axis of x is the bias's?",
                "shapes",
            ),
            KnownMistake(
                "leading-axes-dropped",
                lambda a, b: right(a, b)[max(len(a), len(b)) - min(len(a), len(b)) :],
                "The result has as many axes as the shorter shape; the axes that only one has are gone.",
                "Where does zip() stop? And what is the shape of (2, 3) plus (3,)?",
                "shapes",
            ),
        ],
        question="Write them one below the other, aligned at the right. What stands in the gap?",
        kind="shapes",
    )
    compare(
        judge,
        "that holds for random shapes of up to four axes",
        judge.run(function, sorted((random_pair(judge) for _ in range(20)), key=lambda pair: len(sum(pair, ())))),
        right,
        question="Write them one below the other, aligned at the right, and decide each axis alone.",
        kind="shapes",
    )
    compare(
        judge,
        "1 and 0 give 0",
        judge.run(function, ZEROS, known=refuses),
        right,
        known=[
            KnownMistake(
                "larger-of-the-two",
                lambda a, b: tuple(max(pair) for pair in pairs(a, b))[::-1],
                "Each axis has the larger of its two lengths; of 1 and 0 that is 1, and the rule gives 0.",
                "An axis of length 1 is repeated as often as the other one asks for. What if that is never?",
                "shapes",
            )
        ],
        question="One of the two lengths is 1. Which of the rules decides?",
        kind="shapes",
    )
    with judge.claim("shapes that do not broadcast raise ValueError"):
        accepted = [(a, b) for a, b in BAD for a, b in ((a, b), (b, a)) if not raises(judge, function, a, b)]
        refuse_accepted(judge, function, accepted)
        if not raises(judge, function, (2,), (4,)) or not raises(judge, function, (6,), (3,)):
            judge.reject(
                "accepts-a-multiple",
                "Lengths of which one is a multiple of the other are accepted: (2,) and (4,) do not broadcast.",
                "Only one length can be repeated. Which?",
                kind="shapes",
            )


def compare(judge, claim, runs, expected, *, known=(), question, kind):
    """As the judge's own, with shapes written as shapes."""
    wrong = next((run for run in runs if not same_shape(run.value, expected(*run.arguments))), None)
    if wrong is None or any(all(same_shape(run.value, guess(mistake, run)) for run in runs) for mistake in known):
        judge.compare(claim, runs, expected, name="the shape", known=known, question=question, kind=kind)
        return
    with judge.claim(claim):
        a, b = wrong.arguments
        got = tuple(wrong.value) if isinstance(wrong.value, (list, tuple)) else wrong.value
        judge.reject(
            "wrong-values",
            f"The result is {got!r:.80}; expected {expected(a, b)}.",
            question,
            kind=kind,
            shown={"a": repr(a), "b": repr(b), "yours": f"{got!r:.80}", "expected": repr(expected(a, b))},
        )


def guess(mistake, run):
    """What a known mistake gives; None where it gives nothing."""
    try:
        return mistake.formula(*run.arguments)
    except Exception:
        return None


def same_shape(one, other):
    try:
        return tuple(one) == tuple(other)
    except TypeError:
        return False


def raises(judge, function, a, b):
    """Whether a pair raises ValueError; any other exception is wrong."""
    try:
        function(a, b, may_return_none=True)
    except Rejected as rejected:
        cause = rejected.__cause__
        if cause is None:
            raise
        if not isinstance(cause, ValueError):
            judge.reject(
                "another-exception",
                f"broadcast_shape({a}, {b}) raised {type(cause).__name__}; expected ValueError.",
                "Who catches ValueError does not catch every other exception. Which one does the task ask for?",
                kind="shapes",
            )
        return True
    return False


def refuse_accepted(judge, function, accepted):
    """Pairs that gave a shape and should have given an error."""
    if not accepted:
        return
    (a, b), value = accepted[0], function(*accepted[0], may_return_none=True)
    shown = {"a": repr(a), "b": repr(b), "yours": repr(value), "expected": "ValueError"}
    if value is None:
        judge.reject(
            "returns-none-for-bad-shapes",
            f"broadcast_shape({a}, {b}) returned None; expected a ValueError.",
            "The caller will go on with what you return. How does he learn that something is wrong?",
            kind="shapes",
            shown=shown,
        )
    judge.reject(
        "accepts-shapes-that-do-not-broadcast",
        f"broadcast_shape({a}, {b}) returned {value}; expected a ValueError, since they do not broadcast.",
        "The lengths differ, and neither of them is 1. Which of the two arrays would be repeated?",
        kind="shapes",
        shown=shown,
    )


def random_pair(judge):
    """Two shapes that broadcast: cut from one shape, with some of the lengths 1."""
    full = judge.rng.integers(2, 7, size=judge.rng.integers(1, 5)).tolist()
    found = []
    for _ in range(2):
        shape = [1 if judge.rng.random() < 0.35 else length for length in full]
        found.append(tuple(shape[judge.rng.integers(0, len(full) + 1) :]))
    return tuple(found)
