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

SMALLEST_SHARE = 0.005  # of what there is to gain: half a point of accuracy, or that part of the baseline's RMSE
SMALLEST_LOSS = 0.01  # of the baseline's log-loss
DIVERGED = 2  # times the loss of an untrained network, or of the baseline if that is higher


def analyze(options: Options, records: Sequence[Record]) -> Figures | None:
    """What the finished pairs show; None while there is none.

    Returns:
        pairs: how many are finished; rows: how many examples each part has (the fewest over the pairs); arms: for each
        the means of its measures at the end, over the pairs; baseline: the same of a prediction that knows no inputs;
        comparisons: for each two arms that are compared, the differences with their 95 % intervals, the verdict, and
        what the test curves say about the number of epochs; diverged: for each arm, in how many pairs its
        train loss is far above an untrained network's; highest_loss: that loss at its highest; learned_nothing: in how
        many of the other pairs it is no lower than the baseline's; equal_targets: in how many pairs there is nothing to
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
    """What is measured on the test rows, the measure of the verdict first."""
    return TEST_MEASURES[options["classes"] is None]


def headline_of(options: Options) -> str:
    """The key of the measure that the verdict is on."""
    return next(iter(measures_of(options)))


def pairs_of(options: Options, records: Sequence[Record]) -> list[dict[str, Record]]:
    """For each seed whose arms are all there: each arm's record, by its name."""
    return arms_of_whole_seeds(records, 2 * len(arms_of(options)))


def differences_of(
    options: Options, pairs: Sequence[dict[str, Record]], without: Arm, with_dropout: Arm
) -> dict[str, Difference]:
    """With dropout minus without, in each measure on the test rows."""
    test_rows = min((pair[without.name]["rows"]["test"] for pair in pairs), default=0)
    found = {}
    for key, measure in measures_of(options).items():
        values = ([pair[arm.name]["final"][key] for pair in pairs] for arm in (without, with_dropout))
        found[key] = paired_difference(*values, measure=measure, test_rows=test_rows)
    return found


def final_of(record: Record) -> dict[str, float]:
    """What was measured at the end, and the number of epochs."""
    return {**record["final"], "epochs": record["epochs"]}


def means(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure."""
    return {name: fmean(each[name] for each in measured) for name in measured[0]}


def compared(options: Options, pairs: Sequence[dict[str, Record]], without: Arm, with_dropout: Arm) -> Figures:
    """Two arms' differences, the verdict, and what the number of epochs has to do with it."""
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
    """What an arm's test curves say about the number of epochs; None if nothing."""
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
    """The test curves in one measure, as far as all records have them."""
    epochs = [measured["epoch"] for measured in min((record["curve"] for record in records), key=len)]
    values = [[measured[key] for measured in record["curve"][: len(epochs)]] for record in records]
    return Curves(arm, measures_of(options)[key], epochs, np.array(values), smallest)


def is_still_improving(options: Options, records: Sequence[Record]) -> bool:
    """Whether some networks were clearly still improving at the end, in the measure of the verdict.

    Args:
        options: with classes.
        records: of networks that differ in their seeds only, each with a curve that has the epochs of `last_part`.
    """
    key = headline_of(options)
    whole = 1.0 if options["classes"] is not None else baseline_of(records, key)
    return still_improving(curves_of(options, records, "", key, SMALLEST_SHARE * whole)) is not None


def baseline_of(records: Sequence[Record], key: str) -> float:
    """The mean of a measure of the baseline."""
    return fmean(record["baseline"][key] for record in records)


def has_diverged(options: Options, record: Record) -> bool:
    """Whether the train loss is so high that the training made it so, and not too little of it.

    Before any training, the loss is about that of equally likely classes, or that of the mean of a standardized target.
    The baseline's is no measure for that: with one row in a hundred in a rare class, it is a tenth of it.
    """
    untrained = 1.0 if options["classes"] is None else math.log(options["classes"])
    return bool(record["final"]["train_loss"] >= DIVERGED * max(untrained, record["baseline"]["train_loss"]))


def learned_nothing(options: Options, record: Record) -> bool:
    """Whether the train loss is no lower than the baseline's, though the training has not diverged."""
    above = record["final"]["train_loss"] >= record["baseline"]["train_loss"]
    return above and not has_equal_targets(record) and not has_diverged(options, record)


def has_equal_targets(record: Record) -> bool:
    """Whether all numbers to predict are equal in the training part, so that the baseline makes no error there."""
    return bool(record["baseline"]["train_loss"] == 0)
