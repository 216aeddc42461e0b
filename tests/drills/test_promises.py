"""Every sentence of every task is enforced by a check, and every check rejects at least one wrong answer."""

import pytest

from tests.drills.alone import Alone
from tests.drills.derived import derived
from tests.drills.general import NO_ARRAY, general
from tests.drills.graded import graded
from tests.drills.promises import NOTHING, TITLE, broken_claims, kept_claims, names_claim, promises, sentences
from tinygrad_dropout.drills.exercise import exercises
from tinygrad_dropout.drills.stage import stages

ALL = [*exercises(), *(Alone(one.folder) for one in stages())]
every_exercise = pytest.mark.parametrize("exercise", ALL, ids=[one.slug for one in ALL])


def promised(exercise):
    """The pairs of its promises.md."""
    return promises(exercise.read("promises.md"))


def names(exercise):
    """Everything that is named as a check."""
    return [name for _, checks in promised(exercise) for name in checks if name != NOTHING]


@every_exercise
def test_the_promises_are_the_sentences_of_the_task_in_their_order(exercise):
    assert exercise.read("promises.md").startswith(f"{TITLE}\n\n- ")
    assert [sentence for sentence, _ in promised(exercise)] == sentences(exercise.task)


@every_exercise
def test_each_sentence_names_its_checks_or_asks_nothing(exercise):
    assert [sentence for sentence, checks in promised(exercise) if not checks] == []
    assert [sentence for sentence, checks in promised(exercise) if NOTHING in checks and len(checks) > 1] == []


@every_exercise
def test_a_claim_that_is_named_is_one_that_the_solution_keeps(exercise):
    claims = kept_claims(exercise)
    named = [name for name in names(exercise) if not name.startswith("`")]
    assert [name for name in named if not any(names_claim(name, claim) for claim in claims)] == []


@every_exercise
def test_a_code_that_is_named_is_that_of_a_wrong_answer(exercise):
    codes = {name.strip("`") for name in names(exercise) if name.startswith("`")}
    for code in codes - {sample.name for sample in exercise.wrong} - {one.code for one in derived(exercise)}:
        answers = general(exercise, code)
        assert answers, f"no wrong answer is rejected as {code}"
        found = {changed: graded(exercise, source).rejection for changed, source in answers}
        assert [changed for changed, rejection in found.items() if rejection is None] == []
        named = {changed: rejection.code for changed, rejection in found.items() if NO_ARRAY not in rejection.message}
        assert set(named.values()) == {code}, named


@every_exercise
def test_every_claim_rejects_a_wrong_answer(exercise):
    assert kept_claims(exercise) - set(broken_claims(exercise)) == set()


@every_exercise
def test_no_claim_asks_for_what_the_task_does_not_say(exercise):
    named = names(exercise)
    assert [claim for claim in kept_claims(exercise) if not any(names_claim(name, claim) for name in named)] == []


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("# A title\n\nOne sentence. Another\none? (A third.) `x.y. Z` is **bold.** The end.",
         ["One sentence.", "Another one?", "(A third.)", "`x.y. Z` is **bold.**", "The end."]),
        ("- An item\n  of two lines.\n- Another. With two.", ["An item of two lines.", "Another.", "With two."]),
        ("```\nf(x)  -> y\n\ng(y)\n```\n\nThis:\n\n```python\n>>> 1\n```", ["f(x) -> y", "g(y)", "This:"]),
        ("| | shape |\n|---|---|\n| `x` | (n,) |\n| `y` | |", ["`x` | (n,)", "`y`"]),
        ("## Example\n\nLike so:\n\n```\nnot a promise.\n```\n\n## Allowed\n\n```\nf\n```", ["Like so:", "f"]),
        ("It is 0.5, i.e. half of 1.0 or e.g. so.", ["It is 0.5, i.e. half of 1.0 or e.g. so."]),
    ],
)  # fmt: skip
def test_a_task_is_read_sentence_by_sentence(task, expected):
    assert sentences(task) == expected
