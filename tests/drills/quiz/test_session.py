"""A quiz with scripted input: what it shows, what it yields and when, and every way in which it can end."""

import pytest

from tinygrad_dropout.drills.quiz.cards import Card, load
from tinygrad_dropout.drills.quiz.session import HELP_TO_ANSWER, HELP_TO_RATE, TO_ANSWER, TO_RATE, ask, wrapped

FIRST = Card("first-card", "some_topic", "What is first?", "One.", "Because 1.\n\n    1 < 2\n\nSo.", ">>> 1\n1")
SECOND = Card("second-card", "other", "What is second?", "Two.", "Because 2.", "")
CARDS = [FIRST, SECOND]


class Person:
    """Types the given lines and records what is shown. An exception among the lines is raised; then the input ends."""

    def __init__(self, *typed):
        self.typed = list(typed)
        self.seen = []

    def read(self, prompt):
        self.seen.append(prompt)
        if not self.typed:
            raise EOFError
        line = self.typed.pop(0)
        if not isinstance(line, str):
            raise line
        return line

    def takes(self, cards, **options):
        return list(ask(cards, read=self.read, write=self.seen.append, **options))

    @property
    def screen(self):
        return "\n".join(self.seen)


def test_a_quiz_shows_the_question_then_the_answer_then_asks_for_the_rating():
    person = Person("", "r", "my own words", "w")
    assert person.takes(CARDS) == [(FIRST, "right"), (SECOND, "wrong")]
    assert person.seen == [
        "\n1 of 2   some topic\n\nWhat is first?\n",
        TO_ANSWER,
        "\nOne.\n",
        TO_RATE,
        "\n2 of 2   other\n\nWhat is second?\n",
        TO_ANSWER,
        "\nTwo.\n",
        TO_RATE,
        "\n2 of 2 cards rated: 1 right, 1 wrong.",
    ]


def test_a_rating_is_yielded_before_the_next_question():
    person = Person("", "p", "", "r")
    quiz = ask(CARDS, read=person.read, write=person.seen.append)
    assert person.seen == []
    assert next(quiz) == (FIRST, "partly")
    assert "What is second?" not in person.screen
    assert next(quiz) == (SECOND, "right")


def test_more_shows_the_explanation_and_the_snippet_and_asks_again():
    person = Person("", "m", "m", "p")
    assert person.takes([FIRST]) == [(FIRST, "partly")]
    more = "\nBecause 1.\n\n    1 < 2\n\nSo.\n\n>>> 1\n1\n"
    assert person.seen[3:8] == [TO_RATE, more, TO_RATE, more, TO_RATE]
    assert "Because" not in "\n".join(person.seen[:4])
    assert person.seen[-1] == "\n1 of 1 card rated: 1 partly."


def test_more_on_a_card_without_a_snippet_shows_the_explanation():
    person = Person("", "m", "r")
    person.takes([SECOND])
    assert person.seen[4] == "\nBecause 2.\n"


@pytest.mark.parametrize(
    ("typed", "rating"), [("R", "right"), (" right ", "right"), ("Partly", "partly"), ("w", "wrong")]
)
def test_a_key_can_be_a_word_or_in_capitals(typed, rating):
    assert Person("", typed).takes([FIRST]) == [(FIRST, rating)]


@pytest.mark.parametrize("typed", ["x", "", "5", "rigth", "rr"])
def test_an_unknown_key_is_explained(typed):
    person = Person("", typed, "r")
    assert person.takes([FIRST]) == [(FIRST, "right")]
    assert person.seen[3:6] == [TO_RATE, f'Expected one of r p w m q ?, got "{typed}".', TO_RATE]


def test_a_question_mark_shows_the_help_and_asks_again():
    person = Person("?", "help", "", "?", "r")
    assert person.takes([FIRST]) == [(FIRST, "right")]
    assert person.seen[1:6] == [TO_ANSWER, HELP_TO_ANSWER, TO_ANSWER, HELP_TO_ANSWER, TO_ANSWER]
    assert person.seen[7:10] == [TO_RATE, HELP_TO_RATE, TO_RATE]


def test_an_answer_with_a_question_mark_is_an_answer():
    assert Person("is it 1/(1-p)?", "r").takes([FIRST]) == [(FIRST, "right")]


def test_the_help_names_every_key_and_fits_a_narrow_screen():
    assert [line.split()[0] for line in HELP_TO_RATE.split("\n") if line] == ["r", "p", "w", "m", "q"]
    lines = [*HELP_TO_ANSWER.splitlines(), *HELP_TO_RATE.splitlines(), TO_ANSWER, TO_RATE]
    assert max(map(len, lines)) <= 58


@pytest.mark.parametrize("end", [(), (KeyboardInterrupt(),), (EOFError(),)], ids=["end of input", "Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("first", [("", "r"), ("", "r", ""), ("", "r", "", "m"), ("", "r", "", "?")])
def test_an_early_end_loses_no_rating(first, end):
    person = Person(*first, *end)
    assert person.takes(CARDS) == [(FIRST, "right")]
    assert person.seen[-2:] == ["", "\n1 of 2 cards rated: 1 right."]


@pytest.mark.parametrize("typed", [("q",), ("Quit",), ("", "q"), ("", "m", "q")])
def test_q_stops(typed):
    person = Person(*typed, "r", "", "r")
    assert person.takes(CARDS) == []
    assert person.typed == ["r", "", "r"]
    assert person.seen[-1] == "\n0 of 2 cards rated."
    assert "What is second?" not in person.screen


def test_an_answer_that_begins_with_q_is_an_answer():
    assert Person("quite simple", "r").takes([FIRST]) == [(FIRST, "right")]


def test_a_quiz_without_cards_ends_immediately():
    person = Person()
    assert person.takes([]) == []
    assert person.seen == ["\n0 of 0 cards rated."]


def test_lines_are_wrapped_and_formulas_are_not():
    words = "some words and a hyphen-ated one " * 20
    formula = "    " + "x + " * 30 + "y"
    long = Card("long-card", "topic", words.strip() + "?", words, f"{words}\n\n{formula}\n\n{words}", ">>> 1\n1")
    person = Person("", "m", "r")
    person.takes([long], width=40)
    lines = "\n".join(text for text in person.seen if text not in (TO_ANSWER, TO_RATE)).splitlines()
    assert [line for line in lines if len(line) > 40] == [formula]
    assert not any(line.endswith("hyphen-") for line in lines)


@pytest.mark.parametrize("width", [60, 80])
def test_no_card_breaks_a_word_or_code_or_leaves_the_screen(width):
    for card in load():
        for text in (card.question, card.short, card.why):
            shown = wrapped(text, width)
            assert max(map(len, shown.splitlines())) <= width, card.id
            assert shown.split() == text.split()
            assert all(line.count("`") % 2 == 0 for line in shown.splitlines()), card.id


def test_a_word_longer_than_the_screen_is_not_broken():
    assert wrapped("see `a = b + c`, or verylongword", 8) == "see\n`a = b + c`,\nor\nverylongword"
