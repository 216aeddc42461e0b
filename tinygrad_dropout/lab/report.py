"""A comparison in words: the table of both arms, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab.measures import Measure
from tinygrad_dropout.lab.text import new_table
from tinygrad_dropout.lab.verdict import Difference, signed

if TYPE_CHECKING:
    from rich.table import Table

Figures = dict[str, Any]
Measures = Mapping[str, Measure]

UNBALANCED = 0.8  # the share of the most common class from which on accuracy says little
TRAIN_ROWS = {
    "train_loss_dropout_on": "train loss, dropout on",
    "train_loss": "train loss, dropout off",
    "train_accuracy": "train accuracy",
    "train_rmse": "train RMSE",
}
NOISY_AND_TRUE = (
    "Train figures are against the labels as trained on, random ones included; test figures against the true."
)
WHY_TWO_TRAIN_LOSSES = (
    "Compare test loss with the train loss with dropout off; with it on, training is harder than testing."
)


def describe(options: Figures, figures: Figures) -> str:
    """What was compared, in one line."""
    noise = f", {100 * options['label_noise']:g} % of their labels random" if options["label_noise"] else ""
    validation = figures["rows"]["validation"]
    held_back = f" ({validation:,} of them held back for early stopping)" if validation else ""
    return (
        f"{options['csv'] or options['dataset']}: {figures['rows']['train'] + validation:,} training examples"
        f"{held_back}{noise}, {figures['rows']['test']:,} test examples; "
        f"hidden layers {', '.join(map(str, options['hidden']))}; p = {options['p']:g}, inputs {options['input_p']:g}; "
        f"{options['epochs']} epoch{'s' if options['epochs'] > 1 else ''} of {options['optimizer']}"
    )


def comparison_table(figures: Figures, compared: Figures, measures: Measures) -> Table:
    """Two arms at the end of training, means over the pairs; with minus without; the baseline."""
    without, with_dropout = (figures["arms"][compared[side]] for side in ("without", "with"))
    baseline = figures["baseline"]
    table = new_table(
        f"mean of {figures['pairs']} pairs",
        "without\ndropout",
        "with\ndropout",
        "difference\n(95 % interval)",
        "baseline",
    )
    if compared["without"].endswith("stopped early"):
        table.title = "Both stopped early"
        kept = without["epoch"], with_dropout["epoch"]
        table.add_row("epoch kept", *(f"{epoch:.1f}" for epoch in kept), f"{kept[1] - kept[0]:+.1f}", "")
    for key, name in TRAIN_ROWS.items():
        if key in without:
            scale, digits = (100, 1) if key == "train_accuracy" else (1, 3)
            change = signed(scale * (with_dropout[key] - without[key]), digits)
            cells = (number(arm.get(key), scale) for arm in (without, with_dropout))
            table.add_row(name, *cells, change, number(baseline.get(key), scale))
    for key, measure in measures.items():
        cells = (number(arm[key], measure.scale) for arm in (without, with_dropout))
        found = difference_of(figures, compared, key, measure)
        table.add_row(measure.label, *cells, found.brief, number(baseline[key], measure.scale))
    return table


def number(value: float | None, scale: float) -> str:
    """A figure as the table shows it: 93.9 %, 0.412, 1,234; nothing where there is none."""
    if value is None:
        return ""
    if scale == 100:
        return f"{100 * value:.1f} %"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.4g}" if abs(value) < 1e6 else f"{value:.2e}"


def difference_of(figures: Figures, compared: Figures, key: str, measure: Measure) -> Difference:
    """The difference between two arms in one measure."""
    return Difference(
        **compared["differences"][key], pairs=figures["pairs"], test_rows=figures["rows"]["test"], measure=measure
    )


def notes(options: Figures, figures: Figures, measures: Measures) -> list[str]:
    """The verdict, then what to know before it is believed."""
    key, measure = next(iter(measures.items()))
    if any(compared["verdict"] == "diverged" for compared in figures["comparisons"]):
        return [diverged(options, figures)]
    first, *others = verdicts = [difference_of(figures, compared, key, measure) for compared in figures["comparisons"]]
    return [
        " ".join([str(first), *figures["budget"]]),
        *(f"Both stopped early: {verdict}" for verdict in others),
        *dict.fromkeys(verdict.caution for verdict in verdicts if verdict.caution),
        *learnt_nothing(figures),
        *against_baseline(figures, key, measure),
        NOISY_AND_TRUE if options["label_noise"] else WHY_TWO_TRAIN_LOSSES,
    ]


def diverged(options: Figures, figures: Figures) -> str:
    """Whose training diverged, so that there is no verdict."""
    found = " and ".join(
        f"{arm} in {times} of {figures['pairs']} pairs (train loss {number(figures['arms'][arm]['train_loss'], 1)})"
        for arm, times in figures["diverged"].items()
        if times
    )
    return (
        f"No verdict, because the training diverged: {found}, where a constant prediction has "
        f"{number(figures['baseline']['train_loss'], 1)}. Try a learning rate below {options['learning_rate']:g}."
    )


def learnt_nothing(figures: Figures) -> list[str]:
    """Which arms are no better on their training rows than a constant prediction, though they have not diverged."""
    return [
        f"The network {arm} has learnt nothing in {times} of {figures['pairs']} pairs: its train loss is no lower than "
        "that of a constant prediction."
        for arm, total in figures["learnt_nothing"].items()
        if (times := total - figures["diverged"][arm])
    ]


def against_baseline(figures: Figures, key: str, measure: Measure) -> list[str]:
    """That no arm is better than the baseline on the test rows, or that accuracy says little here."""
    baseline, arms = figures["baseline"][key], [arm[key] for arm in figures["arms"].values()]
    sign = 1 if measure.higher_is_better else -1
    constant = f"always predicting {'the most common class' if key == 'test_accuracy' else 'the mean'}"
    shown = f"{measure.label} {number(baseline, measure.scale)}"
    if max(sign * arm for arm in arms) <= sign * baseline:
        return [f"No network is better than {constant} ({shown})."]
    if key == "test_accuracy" and baseline >= UNBALANCED:
        return [f"The classes are unbalanced: {constant} gives {shown}. Look at balanced accuracy and log-loss too."]
    return []
