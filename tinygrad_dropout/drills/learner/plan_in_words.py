"""A plan as text: day by day for a week, then week by week, and what it assumes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tinygrad_dropout.drills.layout import counted, wrap
from tinygrad_dropout.drills.learner.plan import MINUTES_OF_A_CARD, QUESTIONS, TIMES_AS_LONG, WEEK, Day, Plan
from tinygrad_dropout.drills.learner.recommendation import NEW

WIDTH = 80  # columns
MARGIN = 16  # columns before the text of a day

ASSUMES = f"""\
This plan assumes that an exercise takes {TIMES_AS_LONG} times as long as in an interview, and a card \
{MINUTES_OF_A_CARD} minute. An interview takes another {QUESTIONS[20]} or {QUESTIONS[40]} minutes for its questions, \
so it can be longer than a day's practice. The plan also assumes that you solve every exercise and answer every card \
right. The next plan starts from what you really did, so make a new one whenever you fall behind."""


def as_text(plan: Plan, width: int = WIDTH) -> str:
    """The plan as text, in lines of at most this width and at most 80 columns."""
    width = min(width, WIDTH)
    *practice, last = plan.days
    if not practice:
        return wrap(only_today(plan, last), width)
    lines = [f"Until your interview on {named(plan.until)}: {len(plan.days)} days, {plan.minutes} minutes a day.", ""]
    for day in practice[:WEEK]:
        lines += beside(named(day.day), of_day(day), width)
    weeks = [practice[at : at + WEEK] for at in range(WEEK, len(practice), WEEK)]
    if weeks:
        lines += ["", "Then, week by week, starting on the given day:"]
    for week in weeks:
        lines += beside(named(week[0].day), of_week(week), width)
    lines += ["", "The day before:"]
    lines += beside(named(last.day), [f"{cards(last.due, 0)}; nothing new, and rest" if last.due else "rest"], width)
    if plan.left:
        lines += ["", wrap(too_many(plan), width)]
    return "\n".join([*lines, "", wrap(ASSUMES, width)])


def only_today(plan: Plan, day: Day) -> str:
    """A sentence on what to do if the interview is tomorrow."""
    first = f"answer the {counted(day.due, 'card')} due today, then rest" if day.due else "rest today"
    return f"Your interview is tomorrow, {named(plan.until)}: {first}; it is too late for new cards and exercises."


def named(day: date) -> str:
    """`Fri 2027-01-15`."""
    return f"{day:%a %Y-%m-%d}"


def beside(label: str, parts: list[str], width: int) -> list[str]:
    """The lines of a label with the parts to its right, one below another."""
    lines = [line for part in parts or ["rest"] for line in wrap(part, width - MARGIN, indent=2).split("\n")]
    return [f"{label if number == 0 else '':{MARGIN}}{line}" for number, line in enumerate(lines)]


def cards(due: int, new: int) -> str:
    """`cards: 3 due, 5 new`."""
    return "cards: " + ", ".join(f"{count} {what}" for count, what in ((due, "due"), (new, "new")) if count)


def of_interview(day: Day) -> str:
    """`interview of 40 minutes, strict`."""
    return f"interview of {day.interview} minutes{', strict' if day.strict else ''}"


def of_day(day: Day) -> list[str]:
    """What to do on a day, one line for each thing."""
    parts = [of_interview(day)] if day.interview else []
    parts += [cards(day.due, day.new)] if day.due or day.new else []
    parts += [f"{day.again.number} {day.again.title}: finish it"] if day.again else []
    return parts + [f"{one.number} {one.title}{'' if why == NEW else f' ({why})'}" for one, why in day.exercises]


def of_week(week: list[Day]) -> list[str]:
    """What to do in a week."""
    parts = [f"{of_interview(day)}, on {named(day.day)}" for day in week if day.interview]
    due, new = sum(day.due for day in week), sum(day.new for day in week)
    parts += [cards(due, new)] if due or new else []
    numbers = [str(one.number) for day in week for one, _ in day.exercises]
    noun = "exercise" if len(numbers) == 1 else "exercises"
    return parts + ([f"{noun} {', '.join(numbers)}"] if numbers else [])


def too_many(plan: Plan) -> str:
    """A sentence on the exercises that do not fit."""
    count = len(plan.left)
    what = "1 exercise does" if count == 1 else f"{count} exercises do"
    numbers = ranges(sorted(one.number for one in plan.left))
    return f"{what} not fit into this time: {numbers}. More minutes a day (--minutes) make room."


def ranges(numbers: Sequence[int]) -> str:
    """`1, 2, 4 to 7` for sorted numbers."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)
