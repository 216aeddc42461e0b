"""The figures of a comparison, computed from its finished pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from tinygrad_dropout.lab.comparison.arms import Arm, all_arms, arms_of
from tinygrad_dropout.lab.comparison.budget import Curves, past_its_best, still_improving
from tinygrad_dropout.lab.comparison.measures import Measure
from tinygrad_dropout.lab.comparison.tasks import TEST_MEASURES
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.trials import Figures, Options, Record
from tinygrad_dropout.lab.trials.seeds import arms_of_whole_seeds

# the smallest changes worth mentioning:
SMALLEST_SHARE = 0.005  # half a point of accuracy, or this share of the baseline's RMSE
SMALLEST_LOSS = 0.01  # a share of the baseline's log-loss
DIVERGED = 2  # multiple of the loss of an untrained network, or of the baseline if that is higher


def analyze(options: Options, records: Sequence[Record]) -> Figures | None:
    """Compute the figures of a comparison from its finished pairs; None if there are none.

    Returns:
        pairs: the number of finished pairs; rows: the number of examples in each part (the fewest over the pairs);
        arms: for each arm, the means of its final measures; baseline: the same for a prediction that ignores the
        inputs; comparisons: for each two arms, their differences with 95% intervals, the verdict, and remarks about
        the number of epochs; diverged: for each arm, the number of pairs in which its train loss is far above that of
        an untrained network; highest_loss: its highest train loss; learned_nothing: the number of other pairs in which
        its train loss is no lower than the baseline's; equal_targets: the number of pairs in which there is nothing to
        learn.
    """
    pairs = pairs_of(options, records)
    if not pairs:
        return None
    arms = all_arms(options)
    baselines = [pair[arms[0].name]["baseline"] for pair in pairs]
    parts = {part: min(pair[arms[-1].name]["rows"][part] for pair in pairs) for part in ("train", "validation", "test")}
    return {
        "pairs": len(pairs),
        "rows": parts,
        "arms": {arm.name: means([final_of(pair[arm.name]) for pair in pairs]) for arm in arms},
        "baseline": means(baselines),
        "comparisons": [compared(options, pairs, *two) for two in arms_of(options)],
        "diverged": {arm.name: sum(has_diverged(options, pair[arm.name]) for pair in pairs) for arm in arms},
        "highest_loss": {arm.name: max(pair[arm.name]["final"]["train_loss"] for pair in pairs) for arm in arms},
        "learned_nothing": {arm.name: sum(learned_nothing(options, pair[arm.name]) for pair in pairs) for arm in arms},
        "equal_targets": sum(has_equal_targets(pair[arms[-1].name]) for pair in pairs),
    }


def measures_of(options: Options) -> Mapping[str, Measure]:
    """The measures on the test rows, that of the verdict first."""
    return TEST_MEASURES[options["classes"] is None]


def headline_of(options: Options) -> str:
    """The key of the measure that the verdict is about."""
    return next(iter(measures_of(options)))


def pairs_of(options: Options, records: Sequence[Record]) -> list[dict[str, Record]]:
    """For each seed whose arms are all finished, the records by arm."""
    return arms_of_whole_seeds(records, 2 * len(arms_of(options)))


def differences_of(
    options: Options, pairs: Sequence[dict[str, Record]], without: Arm, with_dropout: Arm
) -> dict[str, Difference]:
    """With dropout minus without, for each measure on the test rows."""
    test_rows = min((pair[without.name]["rows"]["test"] for pair in pairs), default=0)
    found = {}
    for key, measure in measures_of(options).items():
        values = ([pair[arm.name]["final"][key] for pair in pairs] for arm in (without, with_dropout))
        found[key] = paired_difference(*values, measure=measure, test_rows=test_rows)
    return found


def final_of(record: Record) -> dict[str, float]:
    """The final measurements, and the number of epochs."""
    return {**record["final"], "epochs": record["epochs"]}


def means(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure."""
    return {name: fmean(each[name] for each in measured) for name in measured[0]}


def compared(options: Options, pairs: Sequence[dict[str, Record]], without: Arm, with_dropout: Arm) -> Figures:
    """The differences of two arms, the verdict, and remarks about the number of epochs."""
    differences = differences_of(options, pairs, without, with_dropout)
    diverged = any(has_diverged(options, pair[arm.name]) for pair in pairs for arm in (without, with_dropout))
    return {
        "without": without.name,
        "with": with_dropout.name,
        "differences": {key: found.interval for key, found in differences.items()},
        "verdict": "diverged" if diverged else differences[headline_of(options)].verdict,
        "budget": list(
            dict.fromkeys(filter(None, (budget_of(options, pairs, arm) for arm in (without, with_dropout))))
        ),
    }


def budget_of(options: Options, pairs: Sequence[dict[str, Record]], arm: Arm) -> str | None:
    """A remark about the number of epochs, from an arm's test curves; None if there is nothing to say."""
    records, key = [pair[arm.name] for pair in pairs], headline_of(options)
    if arm.stops_early:
        unstopped = sum(record["epochs"] == options["epochs"] for record in records)
        words = (
            f"{'With' if arm.dropout else 'Without'} dropout, {unstopped} of {len(records)} runs did not stop before "
        )
        return f"{words}the last epoch: try more epochs." if unstopped else None
    if options["epochs"] == 1:
        return "A single epoch cannot show whether the networks were still improving: try more epochs."
    advice = "try early stopping" if options["early_stopping"] is None else "compare the networks that stopped early"
    if options["classes"] is None:
        error = curves_of(options, records, arm.name, key, SMALLEST_SHARE * baseline_of(records, key))
        return past_its_best(error, advice) or still_improving(error)
    accuracy = curves_of(options, records, arm.name, key, SMALLEST_SHARE)
    loss = curves_of(options, records, arm.name, "test_loss", SMALLEST_LOSS * baseline_of(records, "test_loss"))
    return past_its_best(accuracy, advice) or still_improving(accuracy) or still_improving(loss)


def curves_of(options: Options, records: Sequence[Record], arm: str, key: str, smallest: float) -> Curves:
    """The test curves in one measure, up to the last epoch that all records have."""
    epochs = [measured["epoch"] for measured in min((record["curve"] for record in records), key=len)]
    values = [[measured[key] for measured in record["curve"][: len(epochs)]] for record in records]
    return Curves(arm, measures_of(options)[key], epochs, np.array(values), smallest)


def is_still_improving(options: Options, records: Sequence[Record]) -> bool:
    """Whether the networks were clearly still improving at the end, in the measure of the verdict.

    Args:
        options: with classes.
        records: of networks that differ only in their seeds; their curves contain the epochs of `last_part`.
    """
    key = headline_of(options)
    whole = 1.0 if options["classes"] is not None else baseline_of(records, key)
    return still_improving(curves_of(options, records, "", key, SMALLEST_SHARE * whole)) is not None


def baseline_of(records: Sequence[Record], key: str) -> float:
    """The mean of one measure of the baseline."""
    return fmean(record["baseline"][key] for record in records)


def has_diverged(options: Options, record: Record) -> bool:
    """Whether the train loss is so high that training must have raised it.

    Before training, the loss is about that of equally likely classes, or that of predicting the mean of a standardized
    target. The baseline's loss can be much lower: a tenth of it if one row in a hundred belongs to the rare class.
    """
    untrained = 1.0 if options["classes"] is None else math.log(options["classes"])
    return bool(record["final"]["train_loss"] >= DIVERGED * max(untrained, record["baseline"]["train_loss"]))


def learned_nothing(options: Options, record: Record) -> bool:
    """Whether the train loss is no lower than the baseline's although training did not diverge."""
    above = record["final"]["train_loss"] >= record["baseline"]["train_loss"]
    return above and not has_equal_targets(record) and not has_diverged(options, record)


def has_equal_targets(record: Record) -> bool:
    """Whether all training targets are equal, so that the baseline makes no error on them."""
    return bool(record["baseline"]["train_loss"] == 0)
