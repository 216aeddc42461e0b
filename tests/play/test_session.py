"""The messages of a tab and their answers, and how fast its networks train."""

import json
import math

import pytest

from tinygrad_dropout.play.session import Session
from tinygrad_dropout.play.settings import Settings

SMALL = "width=3&points=20"


@pytest.fixture
def session():
    session = Session()
    session.receive({"open": SMALL})
    return session


def test_a_link_opens_with_its_settings(session):
    (answer,) = session.receive({"open": f"#{SMALL}&p=0.25&seed=7"})
    assert answer["settings"]["p"] == 0.25
    assert Settings.from_fragment(answer["fragment"]) == Settings.from_fragment(f"{SMALL}&p=0.25&seed=7")
    assert [len(answer["points"][part]) for part in ("train", "test", "flipped")] == [20, 500, 20]
    assert answer["playing"] is False


def test_a_link_that_cannot_be_read_opens_the_default_settings_and_says_why(session):
    answer, problem = session.receive({"open": "#p=7"})
    assert answer["settings"]["p"] == Settings().p
    assert problem == {"problem": "the link could not be read: p: expected a number from 0 to 1, got '7'"}


def test_the_answer_to_a_change_has_points_only_if_they_are_new(session):
    (answer,) = session.receive({"change": {"p": 0.2}})
    assert answer["settings"]["p"] == 0.2
    assert "points" not in answer
    (answer,) = session.receive({"change": {"noise": 0.5}})
    assert len(answer["points"]["train"]) == 20


def test_a_single_step_pauses_the_training(session):
    session.receive({"do": "play"})
    (answer,) = session.receive({"do": "step"})
    assert (session.training.steps, answer["playing"]) == (1, False)


def test_a_reset_starts_over_and_keeps_playing(session):
    session.receive({"do": "step"})
    session.receive({"do": "play"})
    (answer,) = session.receive({"do": "reset"})
    assert (session.training.steps, answer["playing"]) == (0, True)
    assert "points" in answer


def test_a_reset_while_paused_does_not_start_the_training(session):
    assert session.receive({"do": "reset"})[0]["playing"] is False


def test_play_and_pause(session):
    assert session.receive({"do": "play"})[0]["playing"] is True
    assert session.receive({"do": "pause"})[0]["playing"] is False


def test_the_speed_is_in_steps_per_second(session):
    session.receive({"speed": 20})
    for _ in range(50):
        session.advance(0.04)  # two seconds
    assert session.training.steps == 40


def test_a_slow_speed_waits_until_a_step_is_due(session):
    session.receive({"speed": 1})
    session.stale = False
    for _ in range(20):
        session.advance(0.04)
    assert (session.training.steps, session.stale) == (0, False)
    for _ in range(10):
        session.advance(0.04)
    assert (session.training.steps, session.stale) == (1, True)


def test_steps_missed_while_the_machine_was_suspended_are_not_made_up(session):
    session.receive({"speed": 5})
    session.advance(1000)
    assert session.training.steps <= 5


def test_at_full_speed_every_frame_makes_steps(session):
    assert session.receive({"speed": None})[0]["speed"] is None
    assert math.isinf(session.speed)
    session.advance(0.04)
    before = session.training.steps
    session.advance(0.04)
    assert 0 < before < session.training.steps


def test_the_example_is_followed_from_the_next_frame_on(session):
    session.receive({"do": "step"})
    session.frame()
    assert not session.stale
    assert session.receive({"example": 5}) == []
    assert session.stale
    assert b'"index":5' in session.frame()


def test_the_script_is_given_without_a_new_frame(session):
    session.receive({"do": "step"})
    session.frame()
    (answer,) = session.receive({"copy": True})
    assert "for step in range(1):" in answer["python"]
    assert not session.stale


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"change": {"p": 2}}, "p: expected a number from 0 to 1, got 2"),
        ({"change": {"q": 2}}, "expected settings among data, points"),
        ({"change": 3}, "change: expected settings and their values, got 3"),
        ({"do": "dance"}, "do: expected one of play, pause, step, reset, got 'dance'"),
        ({"do": ["play"]}, "do: expected one of play, pause, step, reset, got ['play']"),
        ({"speed": 0}, "speed: expected a number from 0.1 to 1000000, got 0"),
        ({"speed": "fast"}, "speed: expected a number from 0.1 to 1000000, got 'fast'"),
        ({"example": -1}, "example: expected a whole number from 0 to 1000000, got -1"),
        ({"sing": 1}, "expected open, change, do, speed, example or copy; got 'sing'"),
        ({}, "expected a message with one key, got {}"),
        ("play", "expected a message with one key, got 'play'"),
        ([1], "expected a message with one key, got [1]"),
        (None, "expected a message with one key, got None"),
    ],
)
def test_an_invalid_message_is_reported_and_the_session_continues(session, message, problem):
    (answer,) = session.receive(message)
    assert answer["problem"].startswith(problem)
    assert session.receive({"do": "step"})[0]["settings"]["p"] == Settings().p


def test_without_points_there_is_nothing_to_copy():
    session = Session()
    session.receive({"open": "data=drawn"})
    assert session.receive({"copy": True}) == [{"problem": "there is nothing to copy yet: draw at least three points"}]
    session.frame()


def test_every_answer_is_json(session):
    for message in ({"open": "data=drawn&drawn=0.0.1_100.-50.0"}, {"do": "step"}, {"copy": True}, {"change": {"p": 1}}):
        json.dumps(session.receive(message), allow_nan=False)
