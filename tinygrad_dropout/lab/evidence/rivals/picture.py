"""The picture of dropout and its rivals."""

from __future__ import annotations

from typing import BinaryIO

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of
from tinygrad_dropout.lab.evidence.interval_picture import draw_intervals, label_verdicts
from tinygrad_dropout.lab.evidence.rivals.report import by_score
from tinygrad_dropout.lab.evidence.rivals.tries import DROPOUT, PLAIN_NETWORK
from tinygrad_dropout.lab.trials import Figures, Outcome

WORDS = {
    "helps": "better",
    "hurts": "worse",
    "no effect shown": "no difference shown",
    "too few pairs": "too few seeds",
}


def draw_rivals(outcome: Outcome, file: BinaryIO) -> None:
    """Each method against the plain network, and dropout against each rival, with intervals."""
    options, figures = outcome.options, outcome.figures
    assert figures is not None, "a seed is finished"
    names = by_score(options, figures)
    from_plain = {name: judged(figures["methods"][name]["difference"]) for name in names}
    against = {name: None if name == DROPOUT else judged(figures["against"][name]) for name in names}
    measure = measures_of(options)[headline_of(options)]
    unit = "percentage points" if measure.scale == 100 else "units of the target (lower is better)"
    figure = plots.new_figure(width=10, height=2.9 + 0.42 * len(names))
    left, right = figure.subplots(1, 2, sharey=True)
    draw_intervals(right, against)
    draw_intervals(left, from_plain)
    label_verdicts(left, WORDS, from_plain | {f"{DROPOUT} minus {name}": found for name, found in against.items()})
    left.set(xlabel=f"{measure.label}, {unit}", title=f"method minus {PLAIN_NETWORK}")
    right.set(xlabel=f"{measure.label}, {unit}", title="dropout minus method")
    right.tick_params(axis="y", length=0)
    caption = f"{outcome.description}\n95% intervals, corrected for {figures['looks']} looks"
    plots.save(figure, file, outcome.notes[0], caption, left, columns=3)


def judged(difference: Figures) -> Figures | None:
    """A difference as it can be drawn; None if the training diverged."""
    return None if difference["verdict"] == "diverged" else difference
