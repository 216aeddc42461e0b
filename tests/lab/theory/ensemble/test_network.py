"""The small networks: built and trained with dropout."""

import numpy as np

from tinygrad_dropout import nn
from tinygrad_dropout.lab.theory.ensemble.network import fit, network


def test_training_draws_its_own_masks_and_learns_with_them():
    weights, masks, order = (np.random.default_rng(seed) for seed in range(3))
    model = network(2, (8,), 2, 0.5, weights, masks)
    assert [layer.p for layer in model if isinstance(layer, nn.Dropout)] == [0.5]
    before, untouched = model.state_dict(), masks.bit_generator.state
    x = np.concatenate([np.full((20, 2), -1.0), np.full((20, 2), 1.0)])
    model.eval()
    fit(model, x, np.repeat([0, 1], 20), order)
    assert masks.bit_generator.state != untouched
    assert any(not np.array_equal(before[key], value) for key, value in model.state_dict().items())
