"""The trend over interviews, including those of earlier versions."""

from tinygrad_dropout.drills.learner.interviews import MOST, trend

OLD = {
    "when": "2026-11-24T10:00:00", "minutes": 40, "exercises": ["a", "b"],
    "attempts": [{"solved": True, "seconds": 61.5}, {"solved": False}], "answered": [{"rating": "right"}],
}  # fmt: skip
NEW = {
    "when": "2026-11-25T10:00:00", "minutes": 20, "exercises": ["a"], "strict": True,
    "attempts": [{"solved": True, "seconds": 600.0, "tests": {"count": 2, "caught": 3, "known": 9}}],
    "answered": [
        {"rating": "partly", "asked": True, "made": [1, 2], "points": 4},
        {"rating": "", "asked": True, "made": [], "points": 3},
        {"rating": "", "asked": False, "made": [], "points": 3},
    ],
}  # fmt: skip


def test_the_last_interviews_are_listed_one_below_another():
    assert trend([OLD, NEW]).splitlines() == [
        "  date        minutes    solved  own tests  points  time",
        "  2026-11-24  40         1 of 2  -          -       1:01",
        "  2026-11-25  20 strict  1 of 1  3 of 9     2 of 7  10:00",
    ]


def test_without_valid_tests_the_table_says_none():
    none = {**NEW, "attempts": [{"solved": False, "seconds": 1.0, "tests": {"count": 0, "caught": 0, "known": 0}}]}
    assert "0 of 1  none " in trend([none])


def test_only_the_latest_are_shown():
    shown = trend([OLD] + [NEW] * MOST)
    assert shown.count("2026-11-25") == MOST
    assert "2026-11-24" not in shown
