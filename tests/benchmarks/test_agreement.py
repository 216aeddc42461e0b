"""The check before timing: it lets equals pass and names the one who differs."""

import numpy as np
import pytest

from benchmarks.agreement import Disagreement, check_agreement
from benchmarks.contenders import OURS, Contender, by_key
from tests.benchmarks.small import CHAIN, DROPOUT, TRAINING

each_workload = pytest.mark.parametrize("workload", [TRAINING, CHAIN, DROPOUT], ids=["training", "chain", "dropout"])


class Wrong(Contender):
    """Computes something, but not the workload."""

    def step(self, workload):
        return lambda: np.float32(0.25)


@each_workload
def test_contenders_that_compute_the_same_pass(workload):
    check_agreement([OURS, by_key("numpy_naive"), by_key("numpy_tricks"), by_key("products_alone")], workload)


@each_workload
def test_one_that_computes_something_else_is_named(workload):
    with pytest.raises(Disagreement, match=r"numpy_naive|NumPy, naive.*Wrong"):
        check_agreement([by_key("numpy_naive"), Wrong("wrong", "Wrong")], workload)


def test_one_that_computes_it_in_another_shape_is_named():
    class Summed(Contender):
        def step(self, workload):
            step = OURS.step(workload)
            return lambda: step().sum()

    with pytest.raises(Disagreement, match="Summed"):
        check_agreement([OURS, Summed("summed", "Summed")], CHAIN)


def test_an_update_left_out_shows_in_the_second_loss():
    class Lazy(Contender):
        def step(self, workload):
            first = float(OURS.step(workload)())
            return lambda: first

    with pytest.raises(Disagreement):
        check_agreement([OURS, Lazy("lazy", "Lazy")], TRAINING)
