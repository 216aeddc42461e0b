"""da = grad * b, db = grad * a, dc = grad."""

import numpy as np

from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 3
KINDS = ("chain-rule", "ownership")

SHAPES = ((), (1,), (0, 2), (3,), (2, 3), (2, 3, 4), (2, 1, 2, 1, 3), (9, 11))
EXACT = {"rtol": 1e-12, "atol": 0, "dtype": True}

UPSTREAM = "By the chain rule, a gradient is upstream times local. Where is the upstream gradient?"


def check(judge: Judge) -> None:
    backward = judge.function("multiply_add_backward", "grad", "a", "b", "c")
    cases = [tuple(judge.numbers(*shape) for _ in range(4)) for shape in SHAPES]
    cases += judge.corners(tuple(judge.numbers(2, 3) for _ in range(4)))
    da, db, dc = judge.parts(judge.run(backward, cases), "da", "db", "dc")
    for name, of, other, runs in (("da", "a", "b", da), ("db", "b", "a", db)):
        judge.compare(
            f"{name}: grad * {other}",
            runs,
            gradient(other),
            name=name,
            known=known(name, of, other),
            question=f"If {of} grows by a little, by how much does a * b + c grow?",
            **EXACT,
        )
    judge.compare(
        "dc: grad",
        dc,
        lambda grad, a, b, c: grad,
        name="dc",
        known=[
            KnownMistake("sum-ignores-upstream", lambda grad, a, b, c: np.ones_like(grad),
                 "dc is 1, which is only the local slope; the upstream gradient is left out.", UPSTREAM, "chain-rule"),
            KnownMistake("sum-multiplies-by-its-term", lambda grad, a, b, c: grad * c,
                 "dc is grad * c, as if c were multiplied by itself.",
                 "If c grows by a little, by how much does a * b + c grow? Does that depend on c?", "chain-rule"),
            KnownMistake("sum-multiplies-by-the-product", lambda grad, a, b, c: grad * a * b,
                 "dc is grad * a * b, as if c were a factor too.",
                 "If c grows by a little, by how much does a * b + c grow?", "chain-rule"),
            KnownMistake("sum-gives-nothing", lambda grad, a, b, c: np.zeros_like(grad),
                 "dc is 0, as if y did not depend on c.",
                 "c is a constant if you differentiate by a. Is it one if you differentiate by c?", "chain-rule"),
        ],
        question="If c grows by a little, by how much does a * b + c grow?",
        **EXACT,
    )  # fmt: skip


def gradient(other):
    """grad times the other factor."""
    return lambda grad, a, b, c: grad * {"a": a, "b": b}[other]


def known(name, of, other):
    """The known mistakes in the gradient of one factor."""

    def formula(rule):
        return lambda grad, a, b, c: rule(grad, {"a": a, "b": b}[of], {"a": a, "b": b}[other], c)

    which = "first" if of == "a" else "second"
    return [
        KnownMistake("operands-swapped", formula(lambda grad, own, other, c: grad * own),
             f"{name} is grad * {of}: the operands are swapped.",
             f"If {of} grows by a little, by how much does a * b grow? Try a = 2 and b = 4.", "chain-rule"),
        KnownMistake(f"{which}-factor-ignores-upstream", formula(lambda grad, own, other, c: other),
             f"{name} is {other}, which is only the local slope; the upstream gradient is left out.", UPSTREAM,
             "chain-rule"),
        KnownMistake(f"{which}-factor-passes-on-grad", formula(lambda grad, own, other, c: grad),
             f"{name} is grad itself: that is the rule for a sum, but {of} is a factor.",
             f"If {of} grows by a little, does a * b grow by as much?", "chain-rule"),
        KnownMistake(f"{which}-factor-adds", formula(lambda grad, own, other, c: grad + other),
             f"{name} is grad + {other}: upstream and local are added, not multiplied.",
             "y changes twice as fast as its input, the loss three times as fast as y. How fast does the loss change?",
             "chain-rule"),
        KnownMistake(f"{which}-factor-gets-the-sum-too", formula(lambda grad, own, other, c: grad * (other + c)),
             f"{name} is grad * ({other} + c): c does not belong there, because it is added afterward.",
             f"If {of} grows by a little, does c contribute to the change of a * b + c?", "chain-rule"),
        KnownMistake(f"{which}-factor-divides", formula(lambda grad, own, other, c: grad / other),
             f"{name} is grad / {other}.", f"If {of} grows by a little, by how much does a * b grow?", "chain-rule"),
    ]  # fmt: skip


def bug(judge: Judge):
    """The learner's backward instead of that of the framework's multiplication."""
    theirs = judge.function("multiply_add_backward", "grad", "a", "b", "c")

    def backward(grad, x, y):
        return tuple(theirs(grad, x.data, y.data, np.zeros_like(grad)))[:2]

    return bug_of("multiply", backward, theirs)
