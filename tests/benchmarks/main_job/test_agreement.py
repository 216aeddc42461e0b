"""The check before timing: the same work, and results that differ only by chance."""

import pytest

from benchmarks.agreement import Disagreement
from benchmarks.main_job.agreement import ARMS, MEASURES, check_same_job
from tests.benchmarks.main_job.pairs import made_up


@pytest.mark.parametrize("seed", range(1, 30))
def test_results_that_differ_by_chance_pass(seed):
    check_same_job(made_up(0), made_up(seed), "PyTorch")


def test_equal_results_pass():
    check_same_job(made_up(0, count=2), made_up(0, count=2), "PyTorch")


def change_split(pairs):
    pairs[3]["shared"]["split"] = "another"


def leave_out_an_update(pairs):
    pairs[3]["shared"]["updates"] -= 1


def leave_out_a_measurement(pairs):
    del pairs[3]["with"][0]


def leave_out_a_pair(pairs):
    del pairs[9]


def take_another_seed(pairs):
    pairs[9]["seed"] = 10


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (change_split, "PyTorch, pair 3: expected the split and labels digest 3, got another"),
        (leave_out_an_update, "PyTorch, pair 3: expected the number of updates 24, got 23"),
        (leave_out_a_measurement, r"PyTorch, pair 3: expected the measured epochs with dropout \[1, 3\], got \[3\]"),
        (leave_out_a_pair, "PyTorch: expected 10 pairs, got 9"),
        (take_another_seed, "PyTorch, pair 9: expected the seed 9, got 10"),
    ],
)
def test_other_work_is_named(fault, sentence):
    pairs = made_up(1)
    fault(pairs)
    with pytest.raises(Disagreement, match=sentence):
        check_same_job(made_up(0), pairs, "PyTorch")


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("shift", [-0.1, 0.1])
def test_another_result_is_named(arm, measure, shift):
    pairs = made_up(1)
    for pair in pairs:
        pair[arm][-1][measure] += shift
    with pytest.raises(Disagreement, match=f"networks {arm} dropout: expected a mean {measure} near 0"):
        check_same_job(made_up(0), pairs, "PyTorch")


def test_only_the_last_epoch_counts():
    pairs = made_up(1)
    for pair in pairs:
        pair["with"][0]["test_accuracy"] = 0.1
    check_same_job(made_up(0), pairs, "PyTorch")
