"""The loss layers are the functions of td.functional, with their options set once."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

X = td.Tensor(np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("layer", "function", "target"),
    [
        (nn.CrossEntropyLoss, F.cross_entropy, np.array([2, 0])),
        (nn.NLLLoss, F.nll_loss, np.array([2, 0])),
        (nn.L1Loss, F.l1_loss, np.ones((2, 3))),
        (nn.MSELoss, F.mse_loss, np.ones((2, 3))),
        (nn.BCEWithLogitsLoss, F.binary_cross_entropy_with_logits, np.full((2, 3), 0.25)),
    ],
)
def test_a_loss_layer_is_the_function(layer, function, target, reduction):
    expected = function(X, target, reduction=reduction)
    np.testing.assert_array_equal(layer(reduction=reduction)(X, target).data, expected.data)


@pytest.mark.parametrize("layer", [nn.CrossEntropyLoss, nn.MSELoss, nn.BCEWithLogitsLoss])
def test_the_mean_is_the_default(layer):
    target = np.array([2, 0]) if layer is nn.CrossEntropyLoss else np.full((2, 3), 0.25)
    assert layer()(X, target).item() == layer(reduction="mean")(X, target).item()


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (nn.MSELoss(), "MSELoss()"),
        (nn.MSELoss(reduction="mean"), "MSELoss()"),
        (nn.CrossEntropyLoss(reduction="sum"), "CrossEntropyLoss(reduction='sum')"),
        (nn.CrossEntropyLoss(label_smoothing=0.1), "CrossEntropyLoss(label_smoothing=0.1)"),
        (
            nn.CrossEntropyLoss(label_smoothing=0.1, reduction="none"),
            "CrossEntropyLoss(reduction='none', label_smoothing=0.1)",
        ),
    ],
)
def test_repr_shows_a_reduction_that_is_not_the_mean(loss, text):
    assert repr(loss) == text


WEIGHT = [0.5, 1.0, 3.0]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(
    ("layer", "function", "target", "options"),
    [
        (nn.CrossEntropyLoss, F.cross_entropy, np.array([2, 0]), {"weight": WEIGHT, "label_smoothing": 0.1}),
        (nn.NLLLoss, F.nll_loss, np.array([2, 0]), {"weight": WEIGHT}),
        (nn.BCEWithLogitsLoss, F.binary_cross_entropy_with_logits, np.full((2, 3), 0.25), {"pos_weight": WEIGHT}),
    ],
)
def test_a_loss_layer_passes_its_options_to_the_function(layer, function, target, options, reduction):
    expected = function(X, target, reduction=reduction, **options)
    assert not np.array_equal(expected.data, function(X, target, reduction=reduction).data)
    np.testing.assert_array_equal(layer(reduction=reduction, **options)(X, target).data, expected.data)


def test_weights_are_buffers_under_pytorchs_keys(torch):
    for name, option in (("CrossEntropyLoss", "weight"), ("NLLLoss", "weight"), ("BCEWithLogitsLoss", "pos_weight")):
        ours = getattr(nn, name)(**{option: np.array(WEIGHT)})
        theirs = getattr(torch.nn, name)(**{option: torch.tensor(WEIGHT)})
        assert list(ours.state_dict()) == list(theirs.state_dict()) == [option]
        assert list(ours.parameters()) == []
        assert [buffer.dtype for buffer in ours.float().buffers()] == [np.float32]
        assert getattr(nn, name)().state_dict() == {}


@pytest.mark.parametrize(
    ("layer", "option"), [(nn.CrossEntropyLoss, "weight"), (nn.NLLLoss, "weight"), (nn.BCEWithLogitsLoss, "pos_weight")]
)
def test_integer_weights_become_floats_so_that_fractions_can_be_loaded(layer, option):
    given = np.array([1, 2, 3])
    loss = layer(**{option: given})
    loss.load_state_dict({option: np.array(WEIGHT)})
    np.testing.assert_array_equal(getattr(loss, option).data, np.float32(WEIGHT))
    assert given.tolist() == [1, 2, 3]


def test_a_loss_keeps_its_own_copy_of_the_weights():
    weight = np.array(WEIGHT)
    loss = nn.CrossEntropyLoss(weight=weight)
    weight[:] = 0
    np.testing.assert_array_equal(loss.weight.data, WEIGHT)
