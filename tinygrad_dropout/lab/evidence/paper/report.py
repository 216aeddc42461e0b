"""The networks on MNIST in words: their errors next to the published ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.measures import Measure
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, Difference, hold_together
from tinygrad_dropout.lab.evidence.paper.networks import BATCH_SIZE, MOMENTUM, RECIPES, Settings
from tinygrad_dropout.lab.evidence.paper.published import (
    AUTHORS_CODE,
    HINTON,
    PUBLISHED,
    SRIVASTAVA,
    TEST_EXAMPLES,
    UPDATES,
)
from tinygrad_dropout.lab.text import counted, listed, new_table
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

ERRORS = Measure("errors", "test errors", "", False, TEST_EXAMPLES, True)  # of a fraction of the test examples
SOURCES = (HINTON, SRIVASTAVA)
DIFFERENCES = ("minus_standard", "minus_previous")
LOOKS = 2 * (len(RECIPES) - 1) - 1  # each network against the standard one and the one before, one of which coincides


def describe(options: Options, figures: Figures) -> str:
    """What was done, in one line."""
    layers = "-".join(map(str, options["hidden"]))
    return (
        f"MNIST: {options['train_size']:,} training and {TEST_EXAMPLES:,} test examples; 784-{layers}-10 with ReLU; "
        f"{counted(options['epochs'], 'epoch')} of SGD with momentum {MOMENTUM}, batches of {BATCH_SIZE}, the learning "
        f"rate falling to a hundredth; {counted(figures['seeds'], 'network')} of each kind"
    )


def tables(options: Options, figures: Figures) -> Sequence[Table]:
    """The networks compared with the standard one, and next to the published ones."""
    ours = new_table("network", "errors", "minus standard\n(corrected)", "minus the one above\n(corrected)")
    both = new_table("network", "mean", *(f"{source}\n(published)" for source in SOURCES), "updates", "of 2014's")
    for arm, found in figures["networks"].items():
        errors = ", ".join(f"{one:,}" for one in sorted(found["errors"]))
        changes = [found[of] and difference_of(found[of], figures["seeds"]).brief for of in DIFFERENCES]
        ours.add_row(arm, errors, *(change or "" for change in changes))
        published = ({one.source: str(one) for one in PUBLISHED[arm]}.get(source, "") for source in SOURCES)
        share = f"{100 * found['updates'] / UPDATES:.2g}%"
        both.add_row(arm, f"{found['mean']:,.0f}", *published, f"{found['updates']:,}", share)
    return [ours, both]


def notes(options: Options, figures: Figures) -> Sequence[str]:
    """Whether the errors fall in the order of the published numbers, and how the published networks differ."""
    if diverged := [arm for arm, found in figures["networks"].items() if found["diverged"]]:
        return [f"No verdict, because the training diverged with {listed(diverged)}."]
    settings = "; ".join(f"{arm}: {Settings(**chosen)}" for arm, chosen in options["settings"].items())
    return [
        order(figures),
        *shown(figures),
        f"All networks are tested on the same {TEST_EXAMPLES:,} examples: the intervals cover other initial "
        "weights, orders and masks, but not other test examples.",
        f"Settings, chosen by the errors on held-back training examples (not on the test set): {settings}.",
        f"{SRIVASTAVA} trained each network for {UPDATES:,} updates.",
        *(f"{one.source}, {one}: {one.differs}." for published in PUBLISHED.values() for one in published),
        AUTHORS_CODE,
    ]


def order(figures: Figures) -> str:
    """One sentence: the mean errors of all networks, and whether they fall as the published numbers do."""
    networks = figures["networks"]
    means = [found["mean"] for found in networks.values()]
    errors = listed([f"{found['mean']:,.1f} ({arm})" for arm, found in networks.items()])
    if not all(before > after for before, after in pairwise(means)):
        return f"The means don't fall in the order of the published numbers: {errors} test errors."
    if figures["seeds"] < MIN_PAIRS:
        return f"The means fall in the order of the published numbers: {errors} test errors."
    steps = {arm: difference_of(found["minus_previous"], figures["seeds"]).verdict
             for arm, found in networks.items() if found["minus_previous"]}  # fmt: skip
    doubtful = [arm for arm, verdict in steps.items() if verdict != "helps"]
    if not doubtful:
        return f"The order of the published numbers is shown here: {errors} test errors."
    chance = f"{len(doubtful)} of the {len(steps)} steps ({listed(doubtful)}) may be chance"
    return f"The means fall in the order of the published numbers, but {chance}: {errors} test errors."


def shown(figures: Figures) -> list[str]:
    """Which networks are shown to make fewer errors than the standard one, or more, and how to read the intervals."""
    if figures["seeds"] < MIN_PAIRS:
        return [f"Too few seeds for an interval: {figures['seeds']}; at least {MIN_PAIRS} are needed."]
    verdicts = {
        arm: difference_of(found["minus_standard"], figures["seeds"]).verdict
        for arm, found in figures["networks"].items()
        if found["minus_standard"]
    }
    parts = []
    for verdict, change in (("helps", "fewer"), ("hurts", "more")):
        if arms := [arm for arm, found in verdicts.items() if found == verdict]:
            parts.append(f"{listed(arms)} {'are' if len(arms) > 1 else 'is'} shown to make {change} errors")
    if arms := [arm for arm, found in verdicts.items() if found == "no effect shown"]:
        parts.append(f"no difference is shown for {listed(arms)}")
    return [f"Compared with the standard network, {'; '.join(parts)}.", hold_together(LOOKS)]


def difference_of(found: Figures, seeds: int) -> Difference:
    """A difference between two networks, from its figures."""
    return Difference(**found, pairs=seeds, test_rows=TEST_EXAMPLES, measure=ERRORS, looks=LOOKS)
