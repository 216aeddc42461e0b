"""Timing: every contender has a turn in each round, and ratios are taken within a round. No test asserts a time."""

import gc

import pytest

from benchmarks import timing
from benchmarks.timing import Spread, ratios, time_in_turn, turns


def test_each_contender_is_timed_in_every_round():
    calls = []
    steps = {name: lambda name=name: calls.append(name) for name in "abc"}
    times = time_in_turn(steps, rounds=4, seconds=1e-5)
    assert {name: len(rounds) for name, rounds in times.items()} == {"a": 4, "b": 4, "c": 4}
    assert all(seconds > 0 for rounds in times.values() for seconds in rounds)


def test_another_contender_begins_each_round():
    assert "".join(turns("abc", rounds=4)) == "abc" + "bca" + "cab" + "abc"


def test_contenders_are_timed_in_these_turns(monkeypatch):
    timed = []
    monkeypatch.setattr(timing, "calibrated", lambda step, seconds: 1)
    monkeypatch.setattr(timing, "timed", lambda step, repeats: timed.append(step()) or 1.0)
    time_in_turn({"a": lambda: "a", "b": lambda: "b"}, rounds=2, seconds=1)
    assert timed == list(turns("ab", rounds=2))


def test_a_ratio_is_taken_within_its_round():
    assert ratios({"a": [2.0, 30.0], "b": [1.0, 10.0]}, of="a", to="b") == [2.0, 3.0]


@pytest.mark.parametrize(
    ("figures", "expected"), [([3.0], (3, 3, 3)), ([1.0, 2.0, 3.0, 4.0, 5.0], (2, 3, 4)), ([5.0, 1.0, 3.0], (2, 3, 4))]
)
def test_a_spread_is_the_median_and_its_quarter_points(figures, expected):
    spread = Spread.of(figures)
    assert (spread.low, spread.median, spread.high) == expected


def test_the_garbage_collector_stays_on():
    time_in_turn({"a": lambda: None}, rounds=1, seconds=1e-5)
    assert gc.isenabled()
    gc.unfreeze()
