"""Every contender computes what the others do, and really drops."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.agreement import computed
from benchmarks.contenders import CONTENDERS, OURS, Contender, by_key
from tests.benchmarks.small import CHAIN, DROPOUT, MANY_PARAMETERS, RETAINED_CHAIN, TRAINING

COMPUTING = [contender for contender in CONTENDERS if contender.computes]
each_contender = pytest.mark.parametrize("contender", COMPUTING, ids=lambda contender: contender.key)
ours_and_pytorch = pytest.mark.parametrize(
    "contender", [OURS, by_key("torch_eager")], ids=lambda contender: contender.key
)


@pytest.fixture(autouse=True)
def numpy_global_random_state():
    """Instead of the check in tests/conftest.py: JAX does draw from NumPy's global generator when it compiles."""


@pytest.fixture(autouse=True)
def only_what_is_installed(contender):
    if not contender.installed:
        pytest.skip(f"{contender.needs} is not installed: pip install {contender.needs}")


@each_contender
@pytest.mark.parametrize("workload", [TRAINING, CHAIN, DROPOUT], ids=["training", "chain", "dropout"])
def test_it_computes_what_plain_numpy_does(contender, workload):
    figures = computed(contender, workload)
    if figures is not None:
        np.testing.assert_allclose(figures, computed(by_key("numpy_naive"), workload), rtol=1e-4, atol=1e-6)


@each_contender
def test_its_dropout_drops_with_probability_p_and_scales_what_it_keeps(contender):
    step = contender.step(DROPOUT)
    if step is None:
        pytest.skip("it takes no part in this workload")
    upstream = DROPOUT.data()[1]
    dropped = 0
    for _ in range(20):
        factors = np.asarray(step()) / upstream
        kept = factors != 0
        np.testing.assert_allclose(factors[kept], 1 / 0.7, rtol=1e-5)
        dropped += np.count_nonzero(~kept)
    count = 20 * upstream.size
    assert abs(dropped / count - 0.3) <= 6 * np.sqrt(0.3 * 0.7 / count)  # every trick may round p to 1/256


@each_contender
def test_its_masks_differ_from_step_to_step(contender):
    losses = {float(step()) for step in [contender.step(TRAINING)] for _ in range(6)}
    assert len(losses) == 6


@ours_and_pytorch
def test_many_parameters_are_summed_and_all_updated(contender):
    """Every gradient is 1, so a number moves by lr, then by lr (1 + momentum)."""
    start = sum(array.sum() for array in MANY_PARAMETERS.parameters())
    moves = 4 * 3 * 0.01 * np.array([0, 1, 1 + 1.9])
    np.testing.assert_allclose(computed(contender, MANY_PARAMETERS), start - moves, rtol=1e-5)


@ours_and_pytorch
def test_gradients_of_a_retained_graph_add_up(contender):
    gradient = 3 * RETAINED_CHAIN.data()[1] ** 4
    np.testing.assert_allclose(computed(contender, RETAINED_CHAIN), [gradient] * 3, rtol=1e-5)


@ours_and_pytorch
def test_batches_drawn_from_a_dataset_differ_from_step_to_step(contender):
    step = contender.step(replace(TRAINING, drop_input=0.0, drop_hidden=0.0, dataset=100))
    assert len({float(step()) for _ in range(6)}) == 6


@pytest.mark.parametrize("contender", [by_key("products_alone")], ids=["products_alone"])
def test_the_floor_takes_part_in_training_alone(contender):
    assert contender.step(TRAINING) is not None
    assert contender.step(CHAIN) is None
    assert contender.step(DROPOUT) is None


@pytest.mark.parametrize("contender", [OURS], ids=["ours"])
def test_a_package_that_is_not_there_is_not_installed(contender):
    assert not Contender("ours", "unknown", needs="no_such_package").installed
