"""A comparison in words: the table of both arms, and its verdict and remarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.budget import capitalized
from tinygrad_dropout.lab.comparison.measures import MAX_DIGITS, Measure, rounded
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, Difference
from tinygrad_dropout.lab.text import counted, table_with_intervals
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

Measures = Mapping[str, Measure]

UNBALANCED = 0.8  # if the most common class has at least this share, accuracy says little
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
GENERATED = ("moons",)  # data sets that draw new examples for every seed
OTHER_SPLITS = "The intervals are about other random splits of the same rows, not about other data."
SMALL = 0.01  # if the RMSE of the baseline is smaller, its row is written with exponents


def describe(options: Options, figures: Figures) -> str:
    """What was compared, in one line."""
    return (
        f"{data_in_words(options, figures['rows'], 'for early stopping')}; {layers_in_words(options['hidden'])}; "
        f"p = {options['p']:g}, inputs {options['input_p']:g}; {epochs_in_words(options)}"
    )


def data_in_words(options: Options, rows: Mapping[str, int], purpose: str) -> str:
    """The data set and the sizes of its parts.

    Args:
        options: with csv or dataset, and label_noise.
        rows: the number of examples in each part.
        purpose: what the validation part is for.
    """
    validation = rows["validation"]
    held_back = f" ({validation:,} of them held back {purpose})" if validation else ""
    return (
        f"{options['csv'] or options['dataset']}: {counted(rows['train'] + validation, 'training example')}"
        f"{held_back}{noise_in_words(options['label_noise'])}, {counted(rows['test'], 'test example')}"
    )


def noise_in_words(label_noise: float) -> str:
    """The share of random training labels, starting with a comma; "" for none."""
    return f", {100 * label_noise:g}% of their labels random" if label_noise else ""


def layers_in_words(hidden: Sequence[int]) -> str:
    """The hidden layers."""
    widths = ", ".join(f"{width:,}" for width in hidden)
    return f"hidden layer{f's {widths}' if len(hidden) > 1 else f' of {widths} unit' + 's' * (widths != '1')}"


def epochs_in_words(options: Options) -> str:
    """The number of epochs and the optimizer."""
    return f"{counted(options['epochs'], 'epoch')} of {options['optimizer']}"


def comparison_table(figures: Figures, compared: Figures, measures: Measures) -> Table:
    """The table of two arms at the end of training: means over the pairs, their difference, and the baseline."""
    without, with_dropout = (figures["arms"][compared[side]] for side in ("without", "with"))
    baseline = figures["baseline"]
    headings = (
        f"mean of {counted(figures['pairs'], 'pair')}",
        "without\ndropout",
        "with\ndropout",
        "difference\n(95% interval)",
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
            change = number(with_dropout[key] - without[key], scale, tiny=tiny, sign="+").removesuffix("%")
        rows.append((name, first, second, change, of))
    return table_with_intervals(headings, rows, intervals=3, title="Both stopped early" if stops_early else None)


def number(value: float | None, scale: float, *, tiny: bool = False, sign: str = "") -> str:
    """Format a figure for the table: 93.9%, 0.412, 1,234; "" for None.

    Args:
        value: the figure, or None.
        scale: 100 for a fraction, to show it in percent.
        tiny: whether to show three digits and an exponent.
        sign: "+" to show the sign of positive numbers too.
    """
    if value is None:
        return ""
    if scale == 100:
        return f"{rounded(100 * value, 1, sign=sign)}%"
    size = abs(value)
    if tiny or size >= 10**MAX_DIGITS:
        return f"{value:{sign}.2e}"
    return rounded(value, 3 if size < 100 else 1 if size < 1000 else 0, sign=sign)


def is_tiny(key: str, baseline: Mapping[str, float]) -> bool:
    """Whether a measure is so small here that three decimals would show little of it."""
    return key.endswith("rmse") and 0 < baseline[key] < SMALL


def difference_of(figures: Figures, compared: Figures, key: str, measure: Measure) -> Difference:
    """The difference between two arms in one measure."""
    return Difference(
        **compared["differences"][key], pairs=figures["pairs"], test_rows=figures["rows"]["test"], measure=measure
    )


def notes(options: Options, figures: Figures, measures: Measures) -> list[str]:
    """The verdict, then what to know before you believe it."""
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
    """The same sentence about the networks that stop early."""
    return f"With early stopping, {sentence[:1].lower()}{sentence[1:]}"


def diverged(options: Options, figures: Figures) -> str:
    """The sentence for no verdict, because the training of some networks diverged."""
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
    """The file or data set whose own test rows all splits use; None if every split draws its own.

    Args:
        options: with dataset and test_csv.
    """
    return options["test_csv"] or (options["dataset"] if options["dataset"] in WITH_TEST_ROWS else None)


def same_test_rows(options: Options, figures: Figures) -> list[str]:
    """A sentence about what the interval does not cover, if all pairs have the same test rows."""
    own = own_test_rows(options)
    if own is None or figures["pairs"] < MIN_PAIRS:
        return []
    rows = f"{figures['rows']['test']:,} rows of {own}"
    return [f"All pairs are tested on the same {rows}: the interval does not cover other test rows."]


def scope(options: Options, figures: Figures) -> list[str]:
    """A sentence about what the intervals over seeds do not cover; none if every seed draws new examples.

    Args:
        options: with dataset and test_csv.
        figures: with rows.
    """
    if (own := own_test_rows(options)) is not None:
        rows = f"{figures['rows']['test']:,} rows of {own}"
        return [f"All seeds are tested on the same {rows}: the intervals do not cover other test rows."]
    return [] if options["dataset"] in GENERATED else [OTHER_SPLITS]


def learned_nothing(figures: Figures) -> list[str]:
    """Sentences about arms no better than a constant prediction on their training rows, and about equal targets."""
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
    """Sentences to say that no arm beats the baseline on the test rows, and that the classes are unbalanced."""
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
    """A sentence if no network beats a constant prediction in a measure.

    Args:
        baseline: the measures of the constant prediction.
        networks: the means of the networks in this measure.
        key, measure: the measure.
    """
    sign = 1 if measure.higher_is_better else -1
    if max(sign * network for network in networks) > sign * baseline[key]:
        return []
    return [f"By {measure.label}, no network beats {constant_prediction(baseline, key, measure, ' (')})."]


def constant_prediction(baseline: Mapping[str, float], key: str, measure: Measure, between: str) -> str:
    """What the baseline predicts, and its figure in a measure."""
    constant = f"always predicting {'the most common class' if key == 'test_accuracy' else 'the mean'}"
    return f"{constant}{between}{measure.label} {number(baseline[key], measure.scale, tiny=is_tiny(key, baseline))}"
