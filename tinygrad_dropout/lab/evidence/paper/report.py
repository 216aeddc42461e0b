"""The networks on MNIST in words: their errors beside the published ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.measures import Measure
from tinygrad_dropout.lab.comparison.verdict import FEWEST_PAIRS, Difference
from tinygrad_dropout.lab.evidence.paper.networks import BATCH_SIZE, MOMENTUM, RECIPES, STANDARD, Settings
from tinygrad_dropout.lab.evidence.paper.published import HINTON, PUBLISHED, SRIVASTAVA, TEST_EXAMPLES, UPDATES
from tinygrad_dropout.lab.text import listed, new_table
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

ERRORS = Measure("errors", "test errors", "", False, TEST_EXAMPLES, True)  # of a fraction of the test examples
SOURCES = (HINTON, SRIVASTAVA)
LOOKS = len(RECIPES) - 1  # each other network against the standard one


def describe(options: Options, figures: Figures) -> str:
    """What was done, in one line."""
    epochs = listed([f"{number:,}" for number in options["epochs"]])
    return (
        f"MNIST: {options['train_size']:,} training and {TEST_EXAMPLES:,} test examples; 784-"
        f"{'-'.join(map(str, options['hidden']))}-10 with ReLU; {epochs} epochs of SGD with momentum {MOMENTUM}, "
        f"batches of {BATCH_SIZE}, the learning rate falling to a hundredth; {figures['seeds']} networks of each kind"
    )


def tables(options: Options, figures: Figures) -> Sequence[Table]:
    """The networks compared with the standard one, and beside the published ones."""
    ours = new_table("network", "settings", "errors", "mean", "minus standard\n(corrected)")
    both = new_table("network", "mean", *(f"{source}\n(published)" for source in SOURCES), "updates", "of 2014's")
    for arm, found in figures["networks"].items():
        settings = str(Settings(**options["settings"][arm]))
        errors = ", ".join(f"{one:,}" for one in sorted(found["errors"]))
        change = difference_of(found["difference"], figures["seeds"]).brief if found["difference"] else ""
        ours.add_row(arm, settings, errors, f"{found['mean']:,.0f}", change)
        published = ({one.source: str(one) for one in PUBLISHED[arm]}.get(source, "") for source in SOURCES)
        share = f"{100 * found['updates'] / UPDATES:.2g} %"
        both.add_row(arm, f"{found['mean']:,.0f}", *published, f"{found['updates']:,}", share)
    return [ours, both]


def notes(options: Options, figures: Figures) -> Sequence[str]:
    """Whether the published order comes out, which differences are shown, and how the published networks differ."""
    return [
        order(figures),
        *shown(figures),
        "The settings were chosen by the errors on training examples that were held back; the test set had no say.",
        f"{SRIVASTAVA} trained each network for {UPDATES:,} updates.",
        *(f"{one.source}, {one}: {one.differs}." for published in PUBLISHED.values() for one in published),
    ]


def order(figures: Figures) -> str:
    """One sentence: the errors of all networks, and whether their order is the published one."""
    means = {arm: found["mean"] for arm, found in figures["networks"].items()}
    errors = listed([f"{mean:,.0f} ({arm})" for arm, mean in means.items()])
    if all(before > after for before, after in zip(list(means.values()), list(means.values())[1:], strict=False)):
        return f"The order of the papers comes out: {errors} test errors, means of {figures['seeds']}."
    return f"The order of the papers does not come out: {errors} test errors, means of {figures['seeds']}."


def shown(figures: Figures) -> list[str]:
    """One sentence: which networks are shown to make fewer errors than the standard one, or more, and which are not."""
    if figures["seeds"] < FEWEST_PAIRS:
        return [f"Too few seeds for an interval: {figures['seeds']}; at least {FEWEST_PAIRS} are needed."]
    verdicts = {
        arm: difference_of(found["difference"], figures["seeds"]).verdict
        for arm, found in figures["networks"].items()
        if arm != STANDARD.name
    }
    words = {"helps": "fewer errors than the standard network", "hurts": "more errors than the standard network",
             "no effect shown": "no difference from the standard network"}  # fmt: skip
    parts = []
    for verdict, said in words.items():
        if arms := [arm for arm, found in verdicts.items() if found == verdict]:
            parts.append(f"{said} for {listed(arms)}")
    return [f"Shown with {figures['seeds']} seeds, all intervals together in 95 % of cases: {'; '.join(parts)}."]


def difference_of(found: Figures, seeds: int) -> Difference:
    """The difference from the standard network."""
    return Difference(**found, pairs=seeds, test_rows=TEST_EXAMPLES, measure=ERRORS, looks=LOOKS)
