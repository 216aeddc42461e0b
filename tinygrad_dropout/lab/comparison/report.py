"""A comparison in words: the table of both arms, and what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.budget import capitalized
from tinygrad_dropout.lab.comparison.measures import MOST_DIGITS, Measure, rounded
from tinygrad_dropout.lab.comparison.verdict import FEWEST_PAIRS, Difference
from tinygrad_dropout.lab.text import counted, table_with_intervals
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

Measures = Mapping[str, Measure]

UNBALANCED = 0.8  # the share of the most common class from which on accuracy says little
TRAIN_ROWS = {
    "train_loss_dropout_on": "train loss, dropout on",
    "train_loss": "train loss, dropout off",
    "train_accuracy": "train accuracy",
    "train_rmse": "train RMSE",
}
NOISY_AND_TRUE = (
    "Train figures count the labels as trained on, random ones included; test figures count the true labels."
)
COMPARE_WITH = {
    "test_accuracy": (
        "Compare the test log-loss with the train loss with dropout off: dropout makes training harder than testing."
    ),
    "test_rmse": "The train RMSE is measured with dropout off, like the test RMSE, so you can compare the two.",
}
WITH_TEST_ROWS = ("mnist", "mnist1d")  # data sets that come with a test part
GENERATED = ("moons",)  # data sets of which every seed draws new examples
OTHER_SPLITS = "The intervals are about other random splits of the same rows, not about other data."
SMALL = 0.01  # an RMSE of the baseline below that, and those in its row are written with an exponent


def describe(options: Options, figures: Figures) -> str:
    """What was compared, in one line."""
    return (
        f"{data_in_words(options, figures['rows'], 'for early stopping')}; {layers_in_words(options['hidden'])}; "
        f"p = {options['p']:g}, inputs {options['input_p']:g}; {epochs_in_words(options)}"
    )


def data_in_words(options: Options, rows: Mapping[str, int], purpose: str) -> str:
    """The data and the sizes of their parts.

    Args:
        options: with csv or dataset, and label_noise.
        rows: how many examples each part has.
        purpose: what the validation part was held back for.
    """
    validation = rows["validation"]
    held_back = f" ({validation:,} of them held back {purpose})" if validation else ""
    return (
        f"{options['csv'] or options['dataset']}: {counted(rows['train'] + validation, 'training example')}"
        f"{held_back}{noise_in_words(options['label_noise'])}, {counted(rows['test'], 'test example')}"
    )


def noise_in_words(label_noise: float) -> str:
    """How many of the training labels are random, as a part of a list that it does not begin; "" for none."""
    return f", {100 * label_noise:g} % of their labels random" if label_noise else ""


def layers_in_words(hidden: Sequence[int]) -> str:
    """The hidden layers."""
    widths = ", ".join(f"{width:,}" for width in hidden)
    return f"hidden layer{f's {widths}' if len(hidden) > 1 else f' of {widths} unit' + 's' * (widths != '1')}"


def epochs_in_words(options: Options) -> str:
    """How long the training lasts, and with which optimizer."""
    return f"{counted(options['epochs'], 'epoch')} of {options['optimizer']}"


def comparison_table(figures: Figures, compared: Figures, measures: Measures) -> Table:
    """Two arms at the end of training, means over the pairs; with minus without; the baseline."""
    without, with_dropout = (figures["arms"][compared[side]] for side in ("without", "with"))
    baseline = figures["baseline"]
    headings = (
        f"mean of {counted(figures['pairs'], 'pair')}",
        "without\ndropout",
        "with\ndropout",
        "difference\n(95 % interval)",
        "baseline",
    )
    rows: list[tuple[str, str, str, str, str]] = []
    if stops_early := compared["without"].endswith("stopped early"):
        kept = without["epoch"], with_dropout["epoch"]
        rows.append(("epoch kept", f"{kept[0]:.1f}", f"{kept[1]:.1f}", f"{kept[1] - kept[0]:+.1f}", ""))
    for key, name in {**TRAIN_ROWS, **{key: measure.label for key, measure in measures.items()}}.items():
        if key not in without:
            continue
        scale, tiny = 100 if key.endswith("accuracy") else 1, is_tiny(key, baseline)
        first, second, of = (number(each.get(key), scale, tiny=tiny) for each in (without, with_dropout, baseline))
        if key in measures:
            change = difference_of(figures, compared, key, measures[key]).brief
        else:
            change = number(with_dropout[key] - without[key], scale, tiny=tiny, sign="+").removesuffix(" %")
        rows.append((name, first, second, change, of))
    return table_with_intervals(headings, rows, intervals=3, title="Both stopped early" if stops_early else None)


def number(value: float | None, scale: float, *, tiny: bool = False, sign: str = "") -> str:
    """A figure as the table shows it: 93.9 %, 0.412, 1,234; nothing where there is none.

    Args:
        value: the figure, or None.
        scale: 100 for a fraction, which is shown in percent.
        tiny: show three digits, with an exponent.
        sign: "+" to show the sign of positive numbers too.
    """
    if value is None:
        return ""
    if scale == 100:
        return f"{rounded(100 * value, 1, sign=sign)} %"
    size = abs(value)
    if tiny or size >= 10**MOST_DIGITS:
        return f"{value:{sign}.2e}"
    return rounded(value, 3 if size < 100 else 1 if size < 1000 else 0, sign=sign)


def is_tiny(key: str, baseline: Mapping[str, float]) -> bool:
    """Whether a measure has so small a unit here that three decimals would not show much of it."""
    return key.endswith("rmse") and 0 < baseline[key] < SMALL


def difference_of(figures: Figures, compared: Figures, key: str, measure: Measure) -> Difference:
    """The difference between two arms in one measure."""
    return Difference(
        **compared["differences"][key], pairs=figures["pairs"], test_rows=figures["rows"]["test"], measure=measure
    )


def notes(options: Options, figures: Figures, measures: Measures) -> list[str]:
    """The verdict, then what to know before it is believed."""
    key, measure = next(iter(measures.items()))
    if any(compared["verdict"] == "diverged" for compared in figures["comparisons"]):
        return [diverged(options, figures)]
    budgets = [compared["budget"] for compared in figures["comparisons"]]
    first, *others = [difference_of(figures, compared, key, measure) for compared in figures["comparisons"]]
    return [
        " ".join([str(first), *budgets[0]]),
        *(
            " ".join([with_early_stopping(str(verdict)), *budget])
            for verdict, budget in zip(others, budgets[1:], strict=True)
        ),
        *filter(None, [first.caution]),
        *(with_early_stopping(verdict.caution) for verdict in others if verdict.caution not in ("", first.caution)),
        *same_test_rows(options, figures),
        *learned_nothing(figures),
        *against_baseline(figures, key, measure),
        NOISY_AND_TRUE if options["label_noise"] else COMPARE_WITH[key],
    ]


def with_early_stopping(sentence: str) -> str:
    """The sentence, said of the networks that stop early."""
    return f"With early stopping, {sentence[:1].lower()}{sentence[1:]}"


def diverged(options: Options, figures: Figures) -> str:
    """Whose training diverged, so that there is no verdict."""
    found = " and ".join(
        f"{arm} in {times} of {figures['pairs']} pairs (train loss up to {number(figures['highest_loss'][arm], 1)})"
        for arm, times in figures["diverged"].items()
        if times
    )
    return (
        f"No verdict, because the training diverged: {found}, where a constant prediction has "
        f"{number(figures['baseline']['train_loss'], 1)}. Try a learning rate below {options['learning_rate']:g}."
    )


def own_test_rows(options: Options) -> str | None:
    """The file or the data set whose own test rows every split has; None if the splits draw theirs.

    Args:
        options: with dataset and test_csv.
    """
    return options["test_csv"] or (options["dataset"] if options["dataset"] in WITH_TEST_ROWS else None)


def same_test_rows(options: Options, figures: Figures) -> list[str]:
    """What the interval of a comparison leaves out if all pairs have the same test rows."""
    own = own_test_rows(options)
    if own is None or figures["pairs"] < FEWEST_PAIRS:
        return []
    rows = f"{figures['rows']['test']:,} rows of {own}"
    return [f"All pairs are tested on the same {rows}: the interval does not cover other test rows."]


def scope(options: Options, figures: Figures) -> list[str]:
    """A sentence about what the intervals over seeds leave out; none where every seed draws new examples.

    Args:
        options: with dataset and test_csv.
        figures: with rows.
    """
    if (own := own_test_rows(options)) is not None:
        rows = f"{figures['rows']['test']:,} rows of {own}"
        return [f"All seeds are tested on the same {rows}: the intervals do not cover other test rows."]
    return [] if options["dataset"] in GENERATED else [OTHER_SPLITS]


def learned_nothing(figures: Figures) -> list[str]:
    """Which arms are no better on their training rows than a constant prediction, and where none could be."""
    pairs = figures["pairs"]
    equal = f"In {figures['equal_targets']} of {pairs} pairs all training targets are equal: there is nothing to learn."
    return [
        *([equal] if figures["equal_targets"] else []),
        *(
            f"{capitalized(arm)}, the network learned nothing from the inputs in {times} of {pairs} pairs: "
            "its train loss is no lower than that of a constant prediction."
            for arm, times in figures["learned_nothing"].items()
            if times
        ),
    ]


def against_baseline(figures: Figures, key: str, measure: Measure) -> list[str]:
    """That no arm beats the baseline on the test rows; that accuracy says little where the classes are unbalanced."""
    baseline, arms = figures["baseline"], [arm[key] for arm in figures["arms"].values()]
    found = none_beats_baseline(baseline, arms, key, measure)
    if key == "test_accuracy" and baseline[key] >= UNBALANCED:
        found.append(
            f"The classes are unbalanced: {constant_prediction(baseline, key, measure, ' gives ')}. "
            "Look at balanced accuracy and log-loss too."
        )
    return found


def none_beats_baseline(
    baseline: Mapping[str, float], networks: Iterable[float], key: str, measure: Measure
) -> list[str]:
    """A sentence if no network does better in a measure than a constant prediction.

    Args:
        baseline: the measures of the constant prediction.
        networks: what the networks reach, as means.
        key, measure: which measure.
    """
    sign = 1 if measure.higher_is_better else -1
    if max(sign * network for network in networks) > sign * baseline[key]:
        return []
    return [f"By {measure.label}, no network beats {constant_prediction(baseline, key, measure, ' (')})."]


def constant_prediction(baseline: Mapping[str, float], key: str, measure: Measure, between: str) -> str:
    """What the baseline predicts, and what it reaches."""
    constant = f"always predicting {'the most common class' if key == 'test_accuracy' else 'the mean'}"
    return f"{constant}{between}{measure.label} {number(baseline[key], measure.scale, tiny=is_tiny(key, baseline))}"
