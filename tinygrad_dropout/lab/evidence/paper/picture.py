"""The errors of the networks on MNIST over the epochs."""

from __future__ import annotations

from typing import BinaryIO

from tinygrad_dropout.lab import plots
from tinygrad_dropout.lab.evidence.paper.networks import RECIPES
from tinygrad_dropout.lab.evidence.paper.published import PUBLISHED, TEST_EXAMPLES
from tinygrad_dropout.lab.trials import Outcome

LOOKS = ((plots.GRAY, "o"), (plots.SKY_BLUE, "s"), (plots.ORANGE, "D"), (plots.BLUE, "^"))


def draw(outcome: Outcome, file: BinaryIO) -> None:
    """The test errors over the epochs, a line for each network, and the published numbers."""
    from matplotlib.ticker import MaxNLocator

    assert outcome.figures is not None, "one seed of each network is trained"
    figure = plots.new_figure(width=10, height=6)
    axes = figure.subplots()
    end = outcome.options["epochs"]
    highest, lowest = 0, TEST_EXAMPLES
    for recipe, (color, marker) in zip(RECIPES, LOOKS, strict=True):
        curves = [record["curve"] for record in outcome.records if record["arm"] == recipe.name]
        for number, curve in enumerate(curves):
            epochs, errors = zip(*((point["epoch"], point["errors"]) for point in curve), strict=True)
            label = "" if number else recipe.name
            axes.plot(epochs, errors, color=color, lw=1.2, marker=marker, ms=3.5, label=label)
            highest, lowest = max(highest, errors[-1]), min(lowest, *errors)
        for one in PUBLISHED[recipe.name]:
            axes.plot([1.04 * end], [one.errors], marker=marker, ms=9, mfc="none", mew=2, color=color)
            lowest = min(lowest, one.errors)
    axes.set(xlabel="epoch", ylabel=f"errors on {TEST_EXAMPLES:,} test examples")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlim(0, 1.07 * end)
    axes.set_ylim(0.9 * lowest, 1.8 * highest)
    caption = (
        f"{outcome.description}\nA line for each network; early epochs with more errors are cut off. Hollow markers "
        "at the right: the published numbers."
    )
    plots.save(figure, file, outcome.notes[0], caption, axes, columns=4)
