"""A trial has a name, and its record carries it."""

import pytest
from threadpoolctl import threadpool_info

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab.trials import Trial
from tinygrad_dropout.lab.trials.job import Job


@pytest.mark.parametrize(
    ("trial", "name"),
    [
        (Trial("", "with dropout", 3), "with dropout, seed 3"),
        (Trial("p = 0.5", "with dropout", 0), "p = 0.5, with dropout, seed 0"),
        (Trial("", "", 7), "seed 7"),
    ],
)
def test_the_name_of_a_trial_contains_its_configuration_arm_and_seed(trial, name):
    assert str(trial) == name


def test_a_record_names_its_trial():
    trial = Trial("p = 0.5", "odd", 3)
    record = Job(Counting(), Numbers(), "the data").run(trial, lambda: None)
    assert record == {"configuration": "p = 0.5", "arm": "odd", "seed": 3, "value": pytest.approx(0.3)}
    assert Trial.of(record) == trial


def test_a_trial_runs_on_one_thread():
    class Looking(Counting):
        def run_trial(self, *_):
            return {"threads": {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}}

    assert Job(Looking(), None, None).run(Trial("", "", 0), lambda: None)["threads"] == {1}
