"""GaussianDropout as a layer: its noise, its two modes, its replay."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

ONES = np.ones((20, 30))


def leaf() -> td.Tensor:
    return td.Tensor(ONES.copy(), requires_grad=True)


def forward(layer: nn.Module, array: np.ndarray = ONES) -> np.ndarray:
    return layer(td.Tensor(array)).data


def test_there_is_no_noise_before_the_first_forward():
    assert nn.GaussianDropout().noise is None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_noise_is_the_factor_of_each_element(dtype):
    layer = nn.GaussianDropout(0.5)
    out = forward(layer, 3 * ONES.astype(dtype))
    assert (layer.noise.dtype, layer.noise.shape, out.dtype) == (dtype, ONES.shape, dtype)
    np.testing.assert_array_equal(out, 3 * layer.noise)
    assert not layer.noise.flags.writeable


def test_each_forward_draws_new_noise():
    layer = nn.GaussianDropout(0.5)
    assert not np.array_equal(forward(layer), forward(layer))


def test_two_forwards_before_any_backward_each_keep_their_own_noise():
    layer = nn.GaussianDropout(0.5)
    one, two = leaf(), leaf()
    out_one = layer(one)
    noise_one = layer.noise
    out_two = layer(two)
    assert not np.array_equal(noise_one, layer.noise)
    (out_one + out_two).backward(ONES)
    np.testing.assert_array_equal(one.grad, noise_one)
    np.testing.assert_array_equal(two.grad, layer.noise)


def test_a_layers_own_generator_gives_the_same_noise_again():
    one, other = (nn.GaussianDropout(0.5, rng=np.random.default_rng(3)) for _ in range(2))
    for _ in range(3):
        np.testing.assert_array_equal(forward(one), forward(other))


def test_p_sets_the_variance():
    layer = nn.GaussianDropout(0.2)
    forward(layer, np.ones(400_000))
    assert abs(layer.noise.var() - 0.25) <= 6 * 0.25 * np.sqrt(2 / 400_000)
    layer.p = 0.5
    forward(layer, np.ones(400_000))
    assert abs(layer.noise.var() - 1) <= 6 * np.sqrt(2 / 400_000)


def test_the_next_layer_sees_the_same_expected_input_in_both_modes():
    layer = nn.GaussianDropout(0.3)
    in_training = forward(layer, np.ones(400_000))
    in_eval = forward(layer.eval(), np.ones(400_000))
    assert abs(in_training.mean() - in_eval.mean()) <= 6 * np.sqrt(0.3 / 0.7 / 400_000)


def test_in_eval_mode_nothing_is_multiplied_and_there_is_no_noise():
    layer = nn.GaussianDropout(0.5)
    forward(layer)
    layer.eval()
    np.testing.assert_array_equal(forward(layer), ONES)
    assert layer.noise is None
    layer.train()
    assert not np.array_equal(forward(layer), ONES)


def test_replay_uses_the_last_noise_or_the_given_one():
    layer = nn.GaussianDropout(0.5)
    first = forward(layer)
    with layer.replay():
        np.testing.assert_array_equal(forward(layer), first)
        np.testing.assert_array_equal(layer.noise, first)
    with layer.replay(noise=2 * ONES):
        np.testing.assert_array_equal(forward(layer), 2 * ONES)
    assert not np.array_equal(forward(layer), first)


def test_in_eval_mode_a_replay_changes_nothing():
    layer = nn.GaussianDropout(0.5).eval()
    with layer.replay(2 * ONES):
        np.testing.assert_array_equal(forward(layer), ONES)
        assert layer.noise is None


def test_noise_of_another_shape_names_the_layer():
    layer = nn.GaussianDropout(0.5)
    with (
        layer.replay(np.ones((2, 3))),
        pytest.raises(td.ShapeError, match=r"^GaussianDropout\(p=0.5\): .*\(20, 30\).*\(2, 3\)"),
    ):
        forward(layer)


def test_a_replayed_network_is_a_fixed_function_that_gradcheck_can_check():
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.GaussianDropout(0.5), nn.Linear(6, 2)).double()
    x = td.Tensor(np.random.default_rng(0).normal(size=(3, 4)), requires_grad=True)
    model(x)
    with model[2].replay():
        assert td.gradcheck(lambda x, *parameters: model(x), [x, *model.parameters()])


@pytest.mark.parametrize("p", [1, 2, -0.1])
def test_p_is_checked_when_it_is_changed(p):
    layer = nn.GaussianDropout(0.5)
    with pytest.raises(ValueError, match=r"^GaussianDropout: expected p"):
        layer.p = p
    assert layer.p == 0.5


@pytest.mark.parametrize("training", [True, False])
def test_an_integer_input_is_refused(training):
    with pytest.raises(TypeError, match="floating"):
        nn.GaussianDropout(0.5).train(training)(td.Tensor([1, 2]))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_has_the_same_noise_and_generator_state(copied):
    layer = nn.GaussianDropout(0.3, rng=np.random.default_rng(0))
    forward(layer)
    other = copied(layer)
    np.testing.assert_array_equal(other.noise, layer.noise)
    np.testing.assert_array_equal(forward(other), forward(layer))


def test_it_has_no_state_and_shows_its_p():
    layer = nn.GaussianDropout(0.25)
    forward(layer)
    assert layer.state_dict() == {}
    assert repr(layer) == "GaussianDropout(p=0.25)"
