"""The two pictures of a comparison, drawn from its records."""

from __future__ import annotations

from typing import BinaryIO

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.analysis import headline_of, measures_of, pairs_of
from tinygrad_dropout.lab.arms import arms_of
from tinygrad_dropout.lab.plots import Panel
from tinygrad_dropout.lab.trials import Outcome

PANELS = {
    "test_accuracy": (plots.ACCURACY, plots.CROSS_ENTROPY),
    "test_rmse": (Panel("rmse", "RMSE (units of the target)", from_zero=True),),
}
"""By the measure of the verdict."""


def draw_learning_curves(outcome: Outcome, file: BinaryIO) -> None:
    """How the networks of each arm learnt, epoch by epoch."""
    pairs = pairs_of(outcome.options, outcome.records)
    arms = [arm.name for two in arms_of(outcome.options) for arm in two]
    curves = {arm: [pair[arm]["curve"] for pair in pairs] for arm in arms}
    panels = PANELS[headline_of(outcome.options)]
    plots.draw_learning_curves(file, curves, panels, title=outcome.notes[0], caption=outcome.description)


def draw_comparison(outcome: Outcome, file: BinaryIO) -> None:
    """What each pair says in the measure of the verdict, and the difference between the first two arms."""
    assert outcome.figures is not None, "a pair is finished"
    pairs, key = pairs_of(outcome.options, outcome.records), headline_of(outcome.options)
    measure, (without, with_dropout) = measures_of(outcome.options)[key], arms_of(outcome.options)[0]
    arms = [arm.name for two in arms_of(outcome.options) for arm in two]
    values = {arm: [measure.scale * pair[arm]["final"][key] for pair in pairs] for arm in arms}
    differences = [
        after - before for before, after in zip(values[without.name], values[with_dropout.name], strict=True)
    ]
    found = outcome.figures["comparisons"][0]["differences"][key]
    unit = "percentage points" if measure.scale == 100 else "units of the target"
    plots.draw_comparison(
        file,
        values,
        differences,
        None if found["low"] is None else (found["low"], found["high"]),
        label=f"{measure.label} ({'%' if measure.scale == 100 else unit})",
        difference_label=f"with minus without ({unit})",
        title=outcome.notes[0],
        caption=outcome.description,
    )
