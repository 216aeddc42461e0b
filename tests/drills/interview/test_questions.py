"""The choice of questions, and the reason for each."""

from random import Random

import pytest

from tinygrad_dropout.drills.interview.questions import Question, choose, reason
from tinygrad_dropout.drills.quiz.cards import Card

CARDS = [
    Card(f"card-{letter}", "dropout_theory", f"{letter}?", f"{letter}!", "", "", ("one", "two")) for letter in "abcdefg"
]
COST = Question("about every solution of Linear", "Its cost?", "n", ("n",))
TESTS = Question("about every solution of Linear", "Its tests?", "two", ("two",))


def asked(made=(), seen=(), about=(COST, TESTS), count=5, seed=0, cards=CARDS):
    return choose(made, seen, about, cards, Random(seed), count)


def kinds(questions):
    """The kind of each question: about a mistake, the code, every solution, or drawn."""
    words = ("you made this mistake", "your code", "about every solution", "drawn at random")
    return [next(word.split()[0] for word in words if one.reason.startswith(word)) for one in questions]


FACTS = ["exp", "where", "mean", "einsum"]


@pytest.mark.parametrize(
    ("made", "seen", "count", "expected"),
    [
        (["rescaling"], FACTS, 5, ["you", "your", "about", "about", "drawn"]),
        ([], FACTS, 5, ["your", "your", "about", "about", "drawn"]),
        (["rescaling", "mask"], [], 5, ["you", "about", "about", "drawn", "drawn"]),
        (["python"], [], 5, ["about", "about", "drawn", "drawn", "drawn"]),
        (["rescaling"], FACTS, 7, ["you", "your", "your", "your", "about", "about", "drawn"]),
    ],
)
def test_a_mistake_comes_first_then_the_code_then_every_solution_then_cards(made, seen, count, expected):
    assert kinds(asked(made, seen, count=count)) == expected


def test_there_are_questions_about_both_of_two_exercises():
    questions = asked(["rescaling"], FACTS, about=(COST, TESTS, COST, TESTS), count=7)
    assert kinds(questions) == ["you", "your", "about", "about", "about", "about", "drawn"]


def test_the_latest_mistake_is_asked_about():
    assert asked(["mask", "rescaling"])[0].reason == reason("made: mask")


def test_no_card_repeats_another_card_or_an_earlier_question():
    taken = asked(["rescaling"], ["exp"])[0].card
    cards = [*CARDS, Card(taken, "dropout_theory", "?", "!", "", "")]
    for seed in range(20):
        drawn = [one.card for one in asked(["rescaling"], seed=seed, cards=cards) if one.is_card]
        assert taken not in drawn
        assert len(set(drawn)) == len(drawn)


def test_cards_are_drawn_at_random_and_their_topic_is_named():
    drawn = {asked(seed=seed)[-1].question for seed in range(40)}
    assert len(drawn) > 3
    assert asked()[-1].reason == "drawn at random from the cards: dropout theory"


def test_a_card_keeps_its_points_and_its_rating_is_its_own():
    last = asked()[-1]
    assert (last.points, last.is_card) == (("one", "two"), True)
    assert not any(one.is_card for one in asked(["rescaling"], FACTS)[:-1])


def test_a_reason_describes_what_was_seen():
    assert reason("made: rescaling") == "you made this mistake: the factor 1/(1-p)"
    assert reason("exp") == "your code: exp() is used"
    assert reason("float-mask") == "your code: the mask is an array of floats"
