"""One question: the answer is saved with its time, and rated by the points that it makes."""

import pytest

from tinygrad_dropout.drills.interview.asking import Conversation, content, shares_content, ticked
from tinygrad_dropout.drills.interview.outcome import Answered
from tinygrad_dropout.drills.interview.questions import Question

WHY = Question(
    "your code: a mask is drawn",
    "Why are kept units multiplied by 1/(1-p)?",
    "Dividing by 1-p keeps the expectation: a unit is kept with that probability.",
    ("the expectation stays the same", "a unit is kept with probability 1-p", "so eval mode needs no factor"),
)


def asked(*typed, spoken=True):
    """(record, whether to go on, output); each line takes five seconds to type."""
    left, shown, clock = list(typed), [], [0]

    def read(prompt):
        clock[0] += 5
        return left.pop(0)

    answered = Answered.to(WHY)
    talk = Conversation(read, shown.append, lambda: clock[0], 80, spoken)
    goes_on = talk.ask(WHY, answered)
    assert left == []
    return answered, goes_on, "\n".join(shown)


@pytest.mark.parametrize(
    ("typed", "rating", "made"),
    [
        ("all", "right", [1, 2, 3]),
        ("1 2 3", "right", [1, 2, 3]),
        ("3, 1,1", "partly", [1, 3]),
        ("none", "wrong", []),
        ("0", "wrong", []),
    ],
)
def test_the_rating_follows_from_the_points_made(typed, rating, made):
    answered, goes_on, _ = asked("The expectation", "does not change.", "", typed)
    assert goes_on
    assert (answered.rating, answered.made, answered.points) == (rating, made, 3)
    assert (answered.answer, answered.seconds) == ("The expectation\ndoes not change.", 15)


def test_the_answer_is_shown_above_ours_with_the_points_numbered():
    _, _, shown = asked("no change of the mean, as expected", "", "1")
    yours, _, ours = shown.partition("Ours:")
    assert "Yours:\n  no change of the mean" in yours
    assert "Dividing by 1-p keeps" in ours
    assert "  3  so eval mode needs no factor" in ours
    assert "Partly: 1 of 3 points." in ours


def test_an_answer_without_a_word_of_ours_counts_as_wrong_with_a_message():
    answered, goes_on, shown = asked("banana banana", "")
    assert goes_on
    assert (answered.rating, answered.made) == ("wrong", [])
    assert "no word in common with ours" in shown


def test_an_empty_answer_counts_as_unanswered_and_ours_is_shown():
    answered, goes_on, shown = asked("")
    assert goes_on
    assert answered.unanswered
    assert answered.rating == ""
    assert "Dividing by 1-p" in shown


def test_a_spoken_answer_is_recorded_as_spoken():
    answered, _, _ = asked("s", "all")
    assert (answered.spoken, answered.answer, answered.rating) == (True, "", "right")
    assert not answered.unanswered


def test_s_is_an_answer_if_speaking_is_not_allowed():
    answered, _, _ = asked("s", "", spoken=False)
    assert (answered.spoken, answered.answer, answered.rating) == (False, "s", "wrong")


def test_q_leaves_a_question_unasked_and_after_the_answer_unrated():
    answered, goes_on, _ = asked("q")
    assert (answered.asked, goes_on) == (False, False)
    answered, goes_on, _ = asked("the expectation", "", "q")
    assert (answered.asked, answered.rating, goes_on) == (True, "", False)


@pytest.mark.parametrize("typed", ["4", "0 1", "some", "1 x", "-1", ""])
def test_invalid_points_are_reported_and_asked_again(typed):
    answered, _, shown = asked("the expectation", "", typed, "2")
    assert answered.made == [2]
    assert f"Expected numbers from 1 to 3, all, none, q or ?; got {typed!r}." in shown


def test_a_question_mark_explains_both_prompts():
    _, _, shown = asked("?", "the expectation", "", "?", "1")
    assert "an empty line ends it" in shown
    assert "the numbers of the points" in shown


@pytest.mark.parametrize(
    ("answer", "shares"),
    [
        ("expected value", True),  # another form of the word
        ("divide by the kept share", True),
        ("Kept units are multiplied.", False),  # only the question's own words
        ("because that would be so with this", False),  # only words that all texts share
        ("1 / (1 - p)", False),  # the question's own formula
        ("it is 1-p", True),
        ("", False),
    ],
)
def test_an_answer_shares_content_if_it_has_a_word_of_ours_that_is_not_in_the_question(answer, shares):
    assert shares_content(answer, WHY) == shares


@pytest.mark.parametrize(
    ("answer", "ours"),
    [("O(n)", "It takes O(n) steps."), ("4", "4 bytes."), ("g.T @ x", "dW = g.T@x"), ("O(V+E)", "in O(V + E)")],
)
def test_a_formula_or_a_number_is_content_too(answer, ours):
    assert content(answer) & content(ours)


def test_points_are_existing_numbers():
    assert ticked("2 2,3", 3) == [2, 3]
    assert ticked("none", 3) == []
    assert ticked("", 3) is None
    assert ticked("4", 3) is None
