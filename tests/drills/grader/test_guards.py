"""The same mistake with several constants."""

from tinygrad_dropout.drills.grader.guards import LIMITS, LOWEST, SMALL, many


def test_a_mistake_has_one_entry_for_each_formula():
    mistakes = many("adds", (lambda x, c=c: x + c for c in (1, 2)), "A constant is added.", "What for?", "precision")
    assert [one.formula(10) for one in mistakes] == [11, 12]
    assert {(one.code, one.description, one.question, one.kind) for one in mistakes} == {
        ("adds", "A constant is added.", "What for?", "precision")
    }


def test_constants_are_sorted_and_unique():
    assert all(sorted(set(some)) == list(some) for some in (SMALL, LIMITS, LOWEST[::-1]))
