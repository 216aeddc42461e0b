"""What is measured in a network, and that measuring does not affect training."""

import numpy as np
import pytest

from tests.lab.comparison.test_training import DROPOUT, train_small
from tests.lab.small import small_config
from tinygrad_dropout import nn
from tinygrad_dropout.lab.comparison import measurement
from tinygrad_dropout.lab.comparison.data import load
from tinygrad_dropout.lab.comparison.measurement import measure, with_masks_from
from tinygrad_dropout.lab.comparison.tasks import Classification
from tinygrad_dropout.lab.comparison.training import Streams, mlp


def test_measuring_draws_no_mask_from_the_training_stream(monkeypatch):
    """Smaller chunks draw the measurement's masks otherwise; the training must not notice."""
    whole = train_small(True, train_size=50)
    monkeypatch.setattr(measurement, "ROWS_AT_ONCE", 7)
    chunked = train_small(True, train_size=50)
    for before, after in zip(whole.curve, chunked.curve, strict=True):
        assert before["train_loss_dropout_on"] != after["train_loss_dropout_on"]
        assert before["test_loss"] == pytest.approx(after["test_loss"], rel=1e-6)
        assert before["test_accuracy"] == after["test_accuracy"]


def test_the_measured_network_is_the_network_itself_with_other_dropout_layers():
    network, rng = mlp(4, (8, 6), 3, DROPOUT, Streams.from_seed(0)), np.random.default_rng(0)
    measured = with_masks_from(rng, network)
    for layer, itself in zip(measured, network, strict=True):
        if isinstance(itself, nn.Dropout):
            assert (layer.p, layer.rng) == (itself.p, rng)
            assert itself.rng is not rng
        else:
            assert layer is itself


def test_measuring_leaves_every_layer_in_training_mode():
    split = load(small_config()).split(20, np.random.default_rng(0))
    network = mlp(2, (8,), 2, DROPOUT, Streams.from_seed(0))
    measure(network, split, Classification(2), np.random.SeedSequence(0))
    assert all(layer.training for layer in network.modules())
