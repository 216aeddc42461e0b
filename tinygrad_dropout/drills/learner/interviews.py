"""A table of the saved interviews, which shows whether you are getting better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST = 5  # interviews in the table
HEADS = ("date", "minutes", "solved", "own tests", "points", "time")


def trend(interviews: Sequence[Mapping[str, Any]]) -> str:
    """A table of the last interviews, the latest last; "-" for values that an earlier version did not save.

    Args:
        interviews: as in `Progress`.
    """
    rows = [HEADS, *(row(one) for one in interviews[-MOST:])]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADS))]
    lines = ["  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)) for cells in rows]
    return "\n".join(f"  {line}".rstrip() for line in lines)


def row(interview: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of an interview."""
    attempts, answered = interview["attempts"], interview["answered"]
    minutes = f"{interview['minutes']}{' strict' if interview.get('strict') else ''}"
    solved = f"{sum(attempt['solved'] for attempt in attempts)} of {len(attempts)}"
    return interview["when"][:10], minutes, solved, of_tests(attempts), of_points(answered), of_time(attempts)


def of_tests(attempts: Sequence[Mapping[str, Any]]) -> str:
    """How many of the known mistakes the candidate's own tests caught; "none" if there were no valid tests."""
    scores = [attempt["tests"] for attempt in attempts if attempt.get("tests")]
    known = sum(score["known"] for score in scores)
    if not known:
        return "none" if scores else "-"
    return f"{sum(score['caught'] for score in scores)} of {known}"


def of_points(answered: Sequence[Mapping[str, Any]]) -> str:
    """How many points were made, of the questions that were asked."""
    asked = [one for one in answered if one.get("asked")]
    return f"{sum(len(one['made']) for one in asked)} of {sum(one['points'] for one in asked)}" if asked else "-"


def of_time(attempts: Sequence[Mapping[str, Any]]) -> str:
    """How long the exercises took."""
    seconds = sum(attempt.get("seconds", 0) for attempt in attempts)
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
