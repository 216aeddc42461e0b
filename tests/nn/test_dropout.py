"""Dropout as a layer: its mask, its two modes, its replay, and the containers that must reach it."""

import copy
import pickle

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

ONES = np.ones((20, 30))


def leaf(array: np.ndarray = ONES) -> td.Tensor:
    return td.Tensor(array.copy(), requires_grad=True)


def forward(layer: nn.Module, array: np.ndarray = ONES) -> np.ndarray:
    return layer(td.Tensor(array)).data


# The mask -------------------------------------------------------------------------------------------------------------


def test_there_is_no_mask_before_the_first_forward():
    assert nn.Dropout(0.5).mask is None


@pytest.mark.parametrize("p", [0, 0.2, 0.5, 1])
@pytest.mark.parametrize("scaling", ["train", "test"])
def test_the_mask_shows_which_units_were_kept(p, scaling):
    layer = nn.Dropout(p, scaling=scaling)
    out = forward(layer)
    assert (layer.mask.dtype, layer.mask.shape) == (np.bool_, ONES.shape)
    np.testing.assert_array_equal(out != 0, layer.mask)


def test_the_mask_is_all_true_at_p_of_zero_and_all_false_at_p_of_one():
    for p, kept in [(0, True), (1, False)]:
        layer = nn.Dropout(p)
        forward(layer)
        np.testing.assert_array_equal(layer.mask, np.full(ONES.shape, kept))


def test_the_mask_distinguishes_a_kept_zero_from_a_dropped_one():
    """Seen in Kaldi #3890 and candle PR #82: y != 0 was used as the mask."""
    layer = nn.Dropout(0.5)
    x = leaf(0 * ONES)
    layer(x).backward(ONES)
    assert 0 < layer.mask.sum() < layer.mask.size
    np.testing.assert_array_equal(x.grad, 2.0 * layer.mask)


def test_the_backward_zeroes_the_units_in_the_mask():
    """Seen in numpy-ml #94: dropout's backward omitted the mask."""
    layer = nn.Dropout(0.2)
    x = leaf()
    layer(x).backward(ONES)
    np.testing.assert_allclose(x.grad, layer.mask / 0.8, rtol=1e-15)


def test_two_forwards_before_any_backward_each_keep_their_own_mask():
    layer = nn.Dropout(0.5)
    one, two = leaf(), leaf()
    out_one = layer(one)
    mask_one = layer.mask
    out_two = layer(two)
    mask_two = layer.mask
    assert not np.array_equal(mask_one, mask_two)
    (out_one + out_two).backward(ONES)
    np.testing.assert_array_equal(one.grad, 2.0 * mask_one)
    np.testing.assert_array_equal(two.grad, 2.0 * mask_two)


def test_each_forward_draws_a_new_mask():
    """Seen in nanograd: the mask was sampled once and frozen for ever."""
    layer = nn.Dropout(0.5)
    assert not np.array_equal(forward(layer), forward(layer))


def test_no_two_rows_share_a_mask():
    layer = nn.Dropout(0.5)
    forward(layer)
    assert len(np.unique(layer.mask, axis=0)) == len(ONES)


def test_a_layers_own_generator_gives_the_same_masks_again():
    one, other = (nn.Dropout(0.5, rng=np.random.default_rng(3)) for _ in range(2))
    for _ in range(3):
        np.testing.assert_array_equal(forward(one), forward(other))


def test_the_frameworks_seed_gives_the_same_masks_again():
    layer = nn.Dropout(0.5)
    td.manual_seed(3)
    first = forward(layer)
    td.manual_seed(3)
    np.testing.assert_array_equal(forward(layer), first)


# The two modes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scaling", "factor"), [("train", 1.0), ("test", 0.75)])
def test_in_eval_mode_nothing_is_dropped_and_there_is_no_mask(scaling, factor):
    """Seen in nanoGPT PR #240: dropout was left on at evaluation."""
    layer = nn.Dropout(0.25, scaling=scaling)
    forward(layer)
    layer.eval()
    np.testing.assert_array_equal(forward(layer), factor * ONES)
    assert layer.mask is None


@pytest.mark.parametrize("scaling", ["train", "test"])
def test_the_next_layer_sees_the_same_expected_input_in_both_modes(scaling):
    layer = nn.Dropout(0.3, scaling=scaling)
    many = np.ones(400_000)
    in_training = forward(layer, many)
    in_eval = forward(layer.eval(), many)
    deviation = in_training.std() / np.sqrt(many.size)
    assert abs(in_training.mean() - in_eval.mean()) <= 6 * deviation


def test_train_after_eval_drops_again():
    layer = nn.Dropout(0.5)
    layer.eval()
    forward(layer)
    layer.train()
    assert (forward(layer) == 0).any()


class InAttributes(nn.Module):
    """Dropout in every place that can hold a layer."""

    def __init__(self):
        self.attribute = nn.Dropout(0.5)
        self.listed = [nn.Dropout(0.5)]
        self.tupled = (nn.Dropout(0.5),)
        self.keyed = {"a": nn.Dropout(0.5), "b": [nn.Dropout(0.5)]}
        self.container = nn.Sequential(nn.Sequential(nn.Dropout(0.5)))
        self.module_list = nn.ModuleList([nn.Dropout(0.5)])

    def layers(self):
        deep = [self.keyed["b"][0], self.container[0][0], self.module_list[0]]
        return [self.attribute, self.listed[0], self.tupled[0], self.keyed["a"], *deep]


def test_train_and_eval_reach_dropout_in_every_place():
    """Seen in smolgrad and PyDyNet: eval() never reached children, or missed layers in a plain list."""
    model = InAttributes()
    for switch, drops in [(model.eval, False), (model.train, True)]:
        switch()
        assert [bool((forward(layer) == 0).any()) for layer in model.layers()] == [drops] * 7


def test_a_network_in_eval_mode_gives_the_same_output_every_time():
    model = nn.Sequential(nn.Linear(30, 50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 3)).double()
    assert not np.array_equal(forward(model), forward(model))
    model.eval()
    np.testing.assert_array_equal(forward(model), forward(model))


# Replay ---------------------------------------------------------------------------------------------------------------


def test_replay_uses_the_last_mask_for_every_forward():
    layer = nn.Dropout(0.5)
    first = forward(layer)
    with layer.replay():
        for _ in range(3):
            np.testing.assert_array_equal(forward(layer), first)
            np.testing.assert_array_equal(layer.mask, first != 0)
    assert not np.array_equal(forward(layer), first)


def test_replay_uses_the_given_mask():
    layer = nn.Dropout(0.75)
    mask = np.random.default_rng(0).random(ONES.shape) < 0.5
    given = mask.copy()
    with layer.replay(mask):
        x = leaf()
        out = layer(x)
        out.backward(ONES)
    np.testing.assert_array_equal(out.data, 4.0 * mask)
    np.testing.assert_array_equal(x.grad, 4.0 * mask)
    np.testing.assert_array_equal(mask, given)


def test_replays_nest():
    layer = nn.Dropout(0.5)
    with layer.replay(np.ones(ONES.shape, dtype=bool)):
        with layer.replay(np.zeros(ONES.shape, dtype=bool)):
            assert not forward(layer).any()
        assert forward(layer).all()


def test_an_exception_ends_a_replay():
    layer = nn.Dropout(0.5)
    with pytest.raises(KeyError), layer.replay(np.ones(ONES.shape, dtype=bool)):
        raise KeyError
    assert (forward(layer) == 0).any()


def test_in_eval_mode_a_replay_changes_nothing():
    layer = nn.Dropout(0.5)
    layer.eval()
    with layer.replay(np.zeros(ONES.shape, dtype=bool)):
        np.testing.assert_array_equal(forward(layer), ONES)
        assert layer.mask is None


def test_a_replay_without_any_mask_is_an_error():
    with pytest.raises((RuntimeError, ValueError), match=r"replay.*mask"), nn.Dropout(0.5).replay():
        pytest.fail("the context was entered")


def test_the_error_for_a_replayed_mask_of_another_shape_names_both_shapes():
    layer = nn.Dropout(0.5)
    with layer.replay(np.ones((2, 3), dtype=bool)), pytest.raises(ValueError, match=r"\(20, 30\).*\(2, 3\)"):
        forward(layer)


def test_a_replayed_network_is_a_fixed_function_that_gradcheck_can_check():
    model = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Dropout(0.5), nn.Linear(6, 2)).double()
    x = td.Tensor(np.random.default_rng(0).normal(size=(3, 4)), requires_grad=True)
    model(x)
    with model[2].replay():
        assert td.gradcheck(lambda x, *parameters: model(x), [x, *model.parameters()])


# A mask shared along axes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "axes", "one"),
    [
        pytest.param((8, 9, 4, 5), (2, 3), np.s_[:, :, :1, :1], id="whole channels"),
        pytest.param((8, 6, 9), 1, np.s_[:, :1], id="one mask across time"),
    ],
)
def test_a_shared_mask_has_the_inputs_shape_and_is_the_same_along_the_shared_axes(shape, axes, one):
    layer = nn.Dropout(0.5, shared_axes=axes)
    out = forward(layer, np.ones(shape))
    assert layer.mask.shape == shape
    np.testing.assert_array_equal(layer.mask, np.broadcast_to(layer.mask[one], shape))
    np.testing.assert_array_equal(out, 2.0 * layer.mask)
    assert 0 < layer.mask.sum() < layer.mask.size
    assert not layer.mask.flags.writeable


def test_a_shared_mask_takes_only_the_memory_of_its_draws():
    layer = nn.Dropout(0.5, shared_axes=(2, 3))
    y = layer(leaf(np.ones((8, 9, 40, 50))))
    (saved,) = (value for value in y._saved if isinstance(value, np.ndarray))
    for mask in (layer.mask, saved):
        assert np.lib.array_utils.byte_bounds(mask)[1] - np.lib.array_utils.byte_bounds(mask)[0] == 8 * 9


def test_whole_channels_are_dropped_as_pytorchs_dropout2d_does(torch):
    theirs = torch.nn.Dropout2d(0.3)
    torch.manual_seed(0)
    mask = theirs(torch.ones(6, 7, 4, 5)).numpy() != 0
    assert 0 < mask.sum() < mask.size
    layer = nn.Dropout(0.3, shared_axes=(2, 3))
    array, upstream = (np.random.default_rng(seed).normal(size=mask.shape).astype(np.float32) for seed in (1, 2))
    x, their_x = td.Tensor(array, requires_grad=True), torch.tensor(array, requires_grad=True)
    torch.manual_seed(0)
    their_out = theirs(their_x)
    with layer.replay(mask):
        out = layer(x)
    np.testing.assert_allclose(out.data, their_out.detach().numpy(), rtol=1e-6)
    out.backward(upstream)
    their_out.backward(torch.tensor(upstream))
    np.testing.assert_allclose(x.grad, their_x.grad.numpy(), rtol=1e-6)


def test_gradcheck_works_through_a_shared_mask():
    layer = nn.Dropout(0.5, shared_axes=1)
    x = td.Tensor(np.random.default_rng(0).normal(size=(2, 3, 4)), requires_grad=True)
    layer(x)
    with layer.replay():
        assert td.gradcheck(lambda x: layer(x.tanh()), x)


def test_in_eval_mode_shared_axes_change_nothing():
    layer = nn.Dropout(0.5, shared_axes=1).eval()
    np.testing.assert_array_equal(forward(layer), ONES)
    assert layer.mask is None


@pytest.mark.parametrize("mode", [True, False])
def test_the_error_for_wrong_shared_axes_names_the_layer_and_its_key(mode):
    model = nn.Sequential(nn.ReLU(), nn.Dropout(0.5, shared_axes=(2, 3))).train(mode)
    message = r'^Dropout\(p=0.5, shared_axes=\(2, 3\)\) at "1": expected shared_axes .* \(20, 30\)$'
    with pytest.raises(td.ShapeError, match=message):
        forward(model)


# As a layer -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.Dropout(0.25), "Dropout(p=0.25)"),
        (nn.Dropout(0.25, scaling="test"), "Dropout(p=0.25, scaling='test')"),
        (nn.Dropout(0.25, shared_axes=1), "Dropout(p=0.25, shared_axes=(1,))"),
        (nn.Dropout(0.25, shared_axes=(2, 3)), "Dropout(p=0.25, shared_axes=(2, 3))"),
    ],
)
def test_repr_shows_what_is_not_the_default(layer, text):
    assert repr(layer) == text


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_has_the_same_mask_and_generator_state(copied):
    layer = nn.Dropout(0.3, shared_axes=1, rng=np.random.default_rng(0))
    forward(layer)
    other = copied(layer)
    np.testing.assert_array_equal(other.mask, layer.mask)
    with other.replay():
        np.testing.assert_array_equal(forward(other) != 0, layer.mask)
    np.testing.assert_array_equal(forward(other), forward(layer))


def test_it_has_no_state():
    layer = nn.Dropout(0.3)
    forward(layer)
    assert layer.state_dict() == {}


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_p_that_is_not_a_probability_is_refused_when_the_layer_is_made(p):
    with pytest.raises(ValueError, match=rf"Dropout.*between 0 and 1.*{p}"):
        nn.Dropout(p)


def test_an_unknown_scaling_is_refused_when_the_layer_is_made():
    with pytest.raises(ValueError, match=r'"train" or "test".*never'):
        nn.Dropout(0.5, scaling="never")


@pytest.mark.parametrize("make", [lambda: nn.Dropout(0.3), lambda: nn.DropConnect(3, 2, p=0.3)])
@pytest.mark.parametrize(
    ("setting", "value", "error", "says"),
    [
        ("p", 1.5, ValueError, "expected p.* got 1.5"),
        ("p", np.nan, ValueError, "expected p.* got nan"),
        ("p", True, ValueError, "expected p.* got True"),
        ("p", None, ValueError, "expected p.* got None"),
        ("shared_axes", 1.0, TypeError, "expected shared_axes.* got 1.0"),
        ("shared_axes", [0], TypeError, r"expected shared_axes.* got \[0\]"),
        ("scaling", "never", ValueError, "expected scaling.* got 'never'"),
        ("rng", 7, TypeError, "expected rng.* got 7"),
    ],
)
def test_a_setting_is_checked_when_it_is_changed(make, setting, value, error, says):
    """So a forward does not have to check it again. After an error, the old value stays."""
    layer = make()
    before = getattr(layer, setting)
    with pytest.raises(error, match=f"^{type(layer).__name__}: {says}"):
        setattr(layer, setting, value)
    assert getattr(layer, setting) == before


def test_a_changed_setting_takes_effect_from_the_next_forward_on():
    layer = nn.Dropout(0.5)
    layer.p = np.float64(1)
    assert type(layer.p) is float
    assert not forward(layer).any()
    layer.p, layer.shared_axes, layer.scaling = 0.5, 0, "test"
    out = forward(layer)
    np.testing.assert_array_equal(out, np.broadcast_to(out[:1], out.shape))
    np.testing.assert_array_equal(out, layer.mask)


def test_an_error_in_a_subclass_names_the_subclass():
    class Mine(nn.Dropout):
        pass

    with pytest.raises(ValueError, match=r"^Mine: expected p"):
        Mine(2)
