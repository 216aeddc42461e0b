"""DropConnect: a Linear whose weights are dropped, one mask for the batch or one for each example."""

import copy
import pickle
from itertools import product

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

X = np.random.default_rng(0).normal(size=(6, 4))
each_way = pytest.mark.parametrize("per_example", [False, True])
with_and_without_bias = pytest.mark.parametrize("bias", [True, False])


def layer_of(p: float = 0.5, dtype: type = np.float64, **options) -> nn.DropConnect:
    return nn.DropConnect(4, 3, p=p, dtype=dtype, **options)


def forward(layer: nn.Module, array: np.ndarray = X) -> np.ndarray:
    return layer(td.Tensor(array)).data


def by_hand(layer: nn.DropConnect, x: np.ndarray) -> np.ndarray:
    """y = x @ (M * W).T / (1 - p) + b, row by row."""
    masks = np.broadcast_to(layer.mask, (*x.shape[:-1], *layer.weight.shape))
    out = np.einsum("...i,...oi->...o", x, masks * layer.weight.data) / (1 - layer.p)
    return out if layer.bias is None else out + layer.bias.data


# Training -------------------------------------------------------------------------------------------------------------


@each_way
@with_and_without_bias
@pytest.mark.parametrize("shape", [(6, 4), (2, 5, 4), (4,), (0, 4)])
def test_forward_is_x_times_the_transposed_masked_weight_plus_the_bias(shape, bias, per_example):
    layer = layer_of(0.3, bias=bias, per_example=per_example)
    x = np.random.default_rng(1).normal(size=shape)
    out = forward(layer, x)
    assert layer.mask.shape == ((*shape[:-1], 3, 4) if per_example else (3, 4))
    assert layer.mask.dtype == np.bool_
    np.testing.assert_allclose(out, by_hand(layer, x), rtol=1e-12)


@each_way
def test_a_dropped_weight_contributes_nothing_and_gets_no_gradient(per_example):
    layer = layer_of(0.5, per_example=per_example)
    layer(td.Tensor(X)).sum().backward()
    masks = np.broadcast_to(layer.mask, (6, 3, 4))
    np.testing.assert_allclose(layer.weight.grad, 2 * (masks * X[:, None, :]).sum(axis=0), rtol=1e-12)
    if not per_example:
        np.testing.assert_array_equal(layer.weight.grad == 0, ~layer.mask)


def test_one_mask_serves_the_whole_batch_and_each_forward_draws_a_new_one():
    layer = layer_of()
    out = forward(layer, np.ones((50, 4)))
    assert len(np.unique(out, axis=0)) == 1
    assert not np.array_equal(forward(layer, np.ones((50, 4))), out)


def test_per_example_each_row_has_its_own_mask():
    layer = nn.DropConnect(20, 30, per_example=True)
    forward(layer, np.ones((50, 20), dtype=np.float32))
    assert len(np.unique(layer.mask.reshape(50, -1), axis=0)) == 50


@each_way
def test_weights_are_dropped_with_probability_p(per_example):
    layer = nn.DropConnect(200, 300, p=0.3, per_example=per_example)
    forward(layer, np.ones((5, 200), dtype=np.float32))
    assert abs(layer.mask.mean() - 0.7) <= 6 * np.sqrt(0.21 / layer.mask.size)


@with_and_without_bias
@pytest.mark.parametrize("p", [0.2, 0.5])
def test_the_expected_output_in_training_is_the_output_in_eval_mode(p, bias):
    """Exactly: over all 2^6 masks of a 2 -> 3 layer, each weighted by its probability."""
    layer = nn.DropConnect(2, 3, bias, p=p, dtype=np.float64)
    expected = 0
    for kept in product([True, False], repeat=6):
        mask = np.array(kept).reshape(3, 2)
        with layer.replay(mask):
            expected = expected + np.prod(np.where(mask, 1 - p, p)) * forward(layer, X[:, :2])
    np.testing.assert_allclose(expected, forward(layer.eval(), X[:, :2]), rtol=1e-12)


def test_per_example_the_expected_output_is_the_same():
    layer = nn.DropConnect(4, 1, per_example=True, dtype=np.float64)
    n = 100_000
    out = forward(layer, np.broadcast_to(X[0], (n, 4)))
    deviation = np.sqrt(((layer.weight.data * X[0]) ** 2).sum() / n)  # p / (1 - p) is 1
    assert abs(out.mean() - forward(layer.eval(), X[0]).item()) <= 6 * deviation


def test_two_forwards_before_any_backward_each_keep_their_own_mask():
    layer = layer_of()
    one, two = (td.Tensor(X.copy(), requires_grad=True) for _ in range(2))
    out_one = layer(one)
    weights_one = 2 * layer.mask * layer.weight.data
    out_two = layer(two)
    weights_two = 2 * layer.mask * layer.weight.data
    (out_one + out_two).backward(np.ones((6, 3)))
    np.testing.assert_allclose(one.grad, np.ones((6, 3)) @ weights_one, rtol=1e-12)
    np.testing.assert_allclose(two.grad, np.ones((6, 3)) @ weights_two, rtol=1e-12)


@each_way
@with_and_without_bias
def test_gradcheck_works_through_replay(bias, per_example):
    layer = layer_of(bias=bias, per_example=per_example)
    x = td.Tensor(X, requires_grad=True)
    layer(x)
    with layer.replay():
        assert td.gradcheck(lambda x, *parameters: layer(x.tanh()), [x, *layer.parameters()])


def test_it_agrees_with_torch(torch):
    layer = layer_of(0.3, dtype=np.float32)
    array, upstream = X.astype(np.float32), np.random.default_rng(2).normal(size=(6, 3)).astype(np.float32)
    x = td.Tensor(array, requires_grad=True)
    out = layer(x)
    out.backward(upstream)
    theirs = [torch.tensor(data, requires_grad=True) for data in (array, layer.weight.data, layer.bias.data)]
    thinned = theirs[1] * torch.tensor(layer.mask.copy()) / 0.7
    their_out = torch.nn.functional.linear(theirs[0], thinned, theirs[2])
    their_out.backward(torch.tensor(upstream))
    np.testing.assert_allclose(out.data, their_out.detach().numpy(), rtol=1e-5, atol=1e-6)
    for ours, their in zip((x, layer.weight, layer.bias), theirs, strict=True):
        np.testing.assert_allclose(ours.grad, their.grad.numpy(), rtol=1e-5, atol=1e-6)


# Eval mode and replay -------------------------------------------------------------------------------------------------


@each_way
def test_in_eval_mode_it_is_the_linear_layer_of_its_weights_and_has_no_mask(per_example):
    layer = layer_of(per_example=per_example)
    linear = nn.Linear(4, 3, dtype=np.float64)
    linear.load_state_dict(layer.state_dict())
    forward(layer)
    np.testing.assert_array_equal(forward(layer.eval()), forward(linear))
    assert layer.mask is None
    layer.train()
    assert not np.array_equal(forward(layer), forward(linear))


@each_way
def test_p_of_zero_is_linear_and_p_of_one_leaves_the_bias(per_example):
    layer = layer_of(0, per_example=per_example)
    np.testing.assert_allclose(forward(layer), X @ layer.weight.data.T + layer.bias.data, rtol=1e-12)
    layer.p = 1
    np.testing.assert_array_equal(forward(layer), np.broadcast_to(layer.bias.data, (6, 3)))


@each_way
def test_replay_uses_the_last_mask_or_the_given_one(per_example):
    layer = layer_of(per_example=per_example)
    first = forward(layer)
    with layer.replay():
        np.testing.assert_array_equal(forward(layer), first)
    with layer.replay(mask=np.ones_like(layer.mask)):
        np.testing.assert_allclose(forward(layer) - layer.bias.data, 2 * X @ layer.weight.data.T, rtol=1e-12)


def test_a_mask_of_another_shape_names_the_layer():
    layer = layer_of()
    message = r"^DropConnect\(4 -> 3, p=0.5\): .*\(3, 4\).*\(4, 3\)"
    with layer.replay(np.ones((4, 3), dtype=bool)), pytest.raises(td.ShapeError, match=message):
        forward(layer)


# Like Linear ----------------------------------------------------------------------------------------------------------


def test_its_state_dict_is_that_of_linear():
    assert {key: array.shape for key, array in layer_of().state_dict().items()} == {"weight": (3, 4), "bias": (3,)}
    assert list(layer_of(bias=False).state_dict()) == ["weight"]


def test_the_same_generator_draws_the_same_weights_as_for_linear():
    ours, linear = (kind(4, 3, rng=np.random.default_rng(5)) for kind in (nn.DropConnect, nn.Linear))
    np.testing.assert_array_equal(ours.weight.data, linear.weight.data)
    np.testing.assert_array_equal(ours.bias.data, linear.bias.data)


def test_the_same_generator_gives_the_same_masks():
    one, other = (layer_of(rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(forward(one), forward(other))


@each_way
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype, per_example):
    layer = layer_of(0.3, dtype=dtype, per_example=per_example)
    x = td.Tensor(X.astype(dtype), requires_grad=True)
    out = layer(x)
    out.backward(np.ones((6, 3)))
    assert {out.dtype, x.grad.dtype, layer.weight.grad.dtype, layer.bias.grad.dtype} == {np.dtype(dtype)}


@each_way
def test_integers_as_inputs_take_the_weights_dtype_as_in_linear(per_example):
    layer = layer_of(dtype=np.float32, per_example=per_example)
    assert layer(np.arange(8).reshape(2, 4)).dtype == np.float32


@each_way
def test_a_frozen_weight_gets_no_gradient(per_example):
    layer = layer_of(per_example=per_example)
    layer.weight.requires_grad = False
    x = td.Tensor(X, requires_grad=True)
    layer(x).sum().backward()
    assert layer.weight.grad is None
    assert x.grad is not None


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_has_the_same_weights_mask_and_generator_state(copied):
    layer = layer_of(rng=np.random.default_rng(0))
    forward(layer)
    other = copied(layer)
    np.testing.assert_array_equal(other.mask, layer.mask)
    np.testing.assert_array_equal(forward(other), forward(layer))


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.DropConnect(4, 3), "DropConnect(4 -> 3, p=0.5)"),
        (nn.DropConnect(4, 3, bias=False, p=0.25), "DropConnect(4 -> 3, bias=False, p=0.25)"),
        (nn.DropConnect(4, 3, per_example=True), "DropConnect(4 -> 3, p=0.5, per_example=True)"),
    ],
)
def test_repr_shows_its_settings(layer, text):
    assert repr(layer) == text
