"""What the trials show: mean scores, differences from weight scaling, and whether the bands contain enough values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_dropout.lab.comparison.measures import POINTS, RMSE, Measure
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.evidence.uncertainty.predictions import (
    CONFIDENCE,
    METHODS,
    MONTE_CARLO,
    ONE_MASK,
    WEIGHT_SCALING,
    mean_scores,
)
from tinygrad_dropout.lab.evidence.uncertainty.problems import DISTANCES, GAP, MOONS, PLACES, TABLE, TEST_ROWS
from tinygrad_dropout.lab.trials import Figures, Record

OTHERS = (ONE_MASK, MONTE_CARLO)  # compared with weight scaling
LOG_LIKELIHOOD = Measure("log_likelihood", "log-likelihood", "nats", True)
CALIBRATION_ERROR = Measure("calibration_error", "calibration error", "", False)
COVERAGE = Measure("coverage", "new values in the band", POINTS, True, scale=100, counts_rows=True)
CONFIDENT = Measure("confidence", "confidence", POINTS, False, scale=100)
COMPARED = {True: (RMSE, LOG_LIKELIHOOD), False: (LOG_LIKELIHOOD, CALIBRATION_ERROR)}
"""By whether it is a regression: the scores whose differences from weight scaling are examined."""

REGRESSIONS = {**{place: (GAP, place) for place in PLACES}, TABLE: (TABLE, TEST_ROWS)}
"""By its name in the figures: the problem and the place of each regression."""

LOOKS = len(OTHERS) * (len(REGRESSIONS) * len(COMPARED[True]) + len(COMPARED[False])) + len(REGRESSIONS) + 1
"""The differences, the coverage of Monte Carlo's bands, and its confidence at the greatest distance."""

NOT_SHOWN = "not shown to differ"
WORDS = {"helps": "better", "hurts": "worse"}


def analyze(records: Sequence[Record]) -> Figures | None:
    """What the records show; None until there is one of each problem.

    Returns:
        looks: how many intervals there are; regressions: by the names of `REGRESSIONS`, and classification: each what
        `scored` returns. A regression has coverage, the `interval` of Monte Carlo in percent, and noise (means, by the
        method). The classification has bins (sums over the seeds), confidence (means at each of its distances) and
        farthest, the `interval` of Monte Carlo minus weight scaling at the greatest one, in points.
    """
    by_problem = {name: [one for one in records if one["configuration"] == name] for name in (GAP, MOONS, TABLE)}
    if not all(by_problem.values()):
        return None
    regressions = {}
    for name, (problem, place) in REGRESSIONS.items():
        own = by_problem[problem]
        held = [one["scores"][place][MONTE_CARLO]["coverage"] for one in own]
        regressions[name] = scored(own, place, COMPARED[True]) | {
            "coverage": interval(COVERAGE, held, np.zeros(len(own)), least_rows(own, place)),
            "noise": mean_scores([one["noise"] for one in own]),
        }
    own = by_problem[MOONS]
    at_end = {method: [one["confidence"][method][-1] for one in own] for method in METHODS}
    classification = scored(own, TEST_ROWS, COMPARED[False]) | {
        "bins": {method: summed([one["bins"][method] for one in own]) for method in METHODS},
        "confidence": {
            method: np.mean([one["confidence"][method] for one in own], axis=0).tolist() for method in METHODS
        },
        "distances": list(DISTANCES),
        "farthest": interval(CONFIDENT, at_end[MONTE_CARLO], at_end[WEIGHT_SCALING], least_rows(own, TEST_ROWS)),
    }
    return {"looks": LOOKS, "regressions": regressions, "classification": classification}


def scored(records: Sequence[Record], place: str, compared: Sequence[Measure]) -> Figures:
    """The scores in one place.

    Returns:
        seeds; train, the training rows of the first record; test, the fewest test rows; scores (means) and spread
        (standard deviations over the seeds), by the method and the score; differences from weight scaling (each an
        `interval`), by the method and the score.
    """
    found = {method: [one["scores"][place][method] for one in records] for method in METHODS}
    test = least_rows(records, place)

    def difference(measure: Measure, method: str) -> Figures:
        own, scaled = ([one[measure.name] for one in found[which]] for which in (method, WEIGHT_SCALING))
        return interval(measure, own, scaled, test)

    return {
        "seeds": len(records),
        "train": records[0]["rows"]["train"],
        "test": test,
        "scores": {method: mean_scores(scores) for method, scores in found.items()},
        "spread": {
            method: {name: float(np.std([one[name] for one in scores])) for name in scores[0]}
            for method, scores in found.items()
        },
        "differences": {method: {one.name: difference(one, method) for one in compared} for method in OTHERS},
    }


def least_rows(records: Sequence[Record], place: str) -> int:
    """The fewest rows that a record was tested on in a place."""
    return min(int(record["rows"][place]) for record in records)


def interval(measure: Measure, values: Any, others: Any, test_rows: int) -> Figures:
    """The mean of values minus others over the seeds, with the ends of its interval, corrected for all `LOOKS`."""
    found = paired_difference(others, values, measure=measure, test_rows=test_rows, looks=LOOKS)
    return {"mean": found.mean, "low": found.low, "high": found.high}


def as_difference(measure: Measure, found: Figures, part: Figures) -> Difference:
    """An interval of one part of the figures as a `Difference`, which has a verdict and can be written."""
    return Difference(**found, pairs=part["seeds"], test_rows=part["test"], measure=measure, looks=LOOKS)


def compared_with_scaling(measure: Measure, part: Figures, method: str) -> str:
    """`better` or `worse` than weight scaling, or `not shown to differ`."""
    verdict = as_difference(measure, part["differences"][method][measure.name], part).verdict
    return WORDS.get(verdict, NOT_SHOWN)


def verdict_on_coverage(found: Figures) -> str:
    """`too narrow` or `too wide` if the bands hold fewer or more new values than they should; else ""."""
    if found["low"] is None or found["low"] <= 100 * CONFIDENCE <= found["high"]:
        return ""
    return "too narrow" if found["high"] < 100 * CONFIDENCE else "too wide"


def summed(bins: list[dict[str, list[float]]]) -> dict[str, list[float]]:
    """The bins of several records together."""
    return {name: np.sum([one[name] for one in bins], axis=0).tolist() for name in bins[0]}
