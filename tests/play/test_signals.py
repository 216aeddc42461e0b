"""One example, forward and backward: no signal and no gradient passes a dropped unit."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.play.last_step import linear_layers
from tinygrad_dropout.play.settings import Settings
from tinygrad_dropout.play.signals import MAX_CONNECTIONS, signals_of, strongest
from tinygrad_dropout.play.training import Training


@pytest.fixture(scope="module")
def step():
    training = Training(Settings(width=12, points=21, batch_size=7, input_p=0.4, seed=2))
    training.train(30)
    return training.last["with"]


@pytest.mark.parametrize("example", range(7))
def test_a_dropped_unit_passes_no_signal_and_gets_no_gradient(step, example):
    signals = signals_of(step, example)
    for values, grads, kept, mask in zip(signals.values, signals.grads, signals.kept, step.masks, strict=False):
        np.testing.assert_array_equal(kept, mask[example])
        assert not values[~kept].any()
        assert not grads[~kept].any()
    dropped = [set(np.flatnonzero(~kept)) for kept in signals.kept]
    assert any(dropped)
    for lines in (signals.forward, signals.backward):
        for layer, between in enumerate(lines):
            assert not dropped[layer] & set(between.sources)
            assert not dropped[layer + 1] & set(between.targets)


def test_kept_units_pass_the_values_that_the_framework_computes(step):
    model = step.network()
    with step.masks_in(model):
        hidden = model[2](model[1](model[0](td.Tensor(step.x))))
        passed_on = model[3](hidden)
    signals = signals_of(step, 3)
    np.testing.assert_array_equal(signals.values[1], passed_on.data[3])
    kept = signals.kept[1]
    np.testing.assert_allclose(passed_on.data[3][kept], hidden.data[3][kept] / 0.5, rtol=1e-6)


def test_the_weight_gradients_of_all_examples_add_up_to_the_actual_ones(step):
    model = step.network()
    with step.masks_in(model):
        td.functional.cross_entropy(model(td.Tensor(step.x)), step.y).backward()
    last = linear_layers(model)[-1]
    total = np.zeros(last.weight.shape)
    for example in range(len(step.y)):
        signals = signals_of(step, example)
        total += np.outer(signals.grads[-1], signals.values[-2])
    np.testing.assert_allclose(total, last.weight.grad, rtol=1e-4, atol=1e-6)


def test_the_widest_line_is_the_largest_gradient_of_that_example(step):
    signals = signals_of(step, 1)
    gradients = np.outer(signals.grads[-1], signals.values[-2])
    between = signals.backward[-1]
    largest = np.abs(gradients).max()
    assert np.abs(gradients[between.targets[-1], between.sources[-1]]) == largest > 0
    np.testing.assert_array_equal(
        between.strengths, (127 * gradients[between.targets, between.sources] / largest).astype(np.int8)
    )
    assert (between.strengths < 0).any()
    assert (between.strengths > 0).any()


def test_the_strongest_connections_are_kept_and_ordered_from_the_weakest():
    strengths = np.random.default_rng(0).permutation(400).reshape(20, 20).astype(np.float32)
    strengths[::2] *= -1
    lines = strongest(strengths)
    found = strengths[lines.targets, lines.sources]
    np.testing.assert_array_equal(np.abs(found), np.arange(400 - MAX_CONNECTIONS, 400))
    np.testing.assert_array_equal(lines.strengths, (127 * found / 399).astype(np.int8))


@pytest.mark.parametrize("strengths", [np.zeros((3, 2)), np.array([[0.0, -2.0], [0.0, 0.0]])])
def test_a_connection_of_strength_0_is_not_drawn(strengths):
    assert len(strongest(strengths).strengths) == np.count_nonzero(strengths)
