"""The figures of the records: intervals against SciPy, and none before they are complete."""

import numpy as np
import pytest
from scipy.stats import t

from tests.lab.evidence.uncertainty.small import METHODS, made_up_outcome, small_outcome
from tinygrad_dropout.lab.evidence.uncertainty.analysis import LOOKS


def test_each_interval_is_students_corrected_for_all_looks():
    figures = made_up_outcome(coverage=0.9).figures
    intervals = []
    for part in (*figures["regressions"].values(), figures["classification"]):
        intervals += [one for scores in part["differences"].values() for one in scores.values()]
        intervals += [part[name] for name in ("coverage", "farthest") if name in part]
    assert figures["looks"] == len(intervals) == LOOKS
    values = 90 + 0.1 * (np.arange(5) - 2)
    low, high = t.interval(1 - 0.05 / len(intervals), 4, values.mean(), values.std(ddof=1) / np.sqrt(5))
    found = figures["regressions"]["in the gap"]["coverage"]
    assert (found["low"], found["high"]) == (pytest.approx(low), pytest.approx(high))


def test_the_figures_are_the_means_and_differences_of_the_records():
    outcome = small_outcome()
    for name, problem, place in (("in the gap", "gap", "in the gap"), ("table", "table", "test rows")):
        own = [record for record in outcome.records if record["configuration"] == problem]
        part = outcome.figures["regressions"][name]
        for method in METHODS:
            for score in ("rmse", "log_likelihood", "coverage", "width"):
                values = np.array([record["scores"][place][method][score] for record in own])
                assert part["scores"][method][score] == pytest.approx(values.mean())
                assert part["spread"][method][score] == pytest.approx(values.std())
        scaled, carlo = (
            np.array([record["scores"][place][method]["rmse"] for record in own])
            for method in ("weight scaling", "Monte Carlo")
        )
        found = part["differences"]["Monte Carlo"]["rmse"]
        assert found["mean"] == pytest.approx((carlo - scaled).mean())
        wanted = t.interval(1 - 0.05 / LOOKS, 2, found["mean"], (carlo - scaled).std(ddof=1) / np.sqrt(3))
        assert (found["low"], found["high"]) == pytest.approx(wanted)


def test_there_are_no_figures_until_each_problem_has_a_record():
    outcome = made_up_outcome(seeds=1)
    assert outcome.figures is not None
    for missing in range(3):
        records = [one for place, one in enumerate(outcome.records) if place != missing]
        assert outcome.experiment.analyze(outcome.options, records) is None


def test_the_bins_of_all_seeds_are_added_up():
    assert made_up_outcome(seeds=4).figures["classification"]["bins"]["one mask"]["rows"][-1] == 40
