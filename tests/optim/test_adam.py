"""What Adam and AdamW alone have: defaults for every option."""

import numpy as np
import pytest

from tinygrad_dropout import nn, optim


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_the_defaults_are_pytorchs(torch, name):
    ours, theirs = nn.Parameter(np.ones(3)), torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    our_optimizer, their_optimizer = getattr(optim, name)([ours]), getattr(torch.optim, name)([theirs])
    for _ in range(20):
        ours.grad, theirs.grad = np.array([1.0, -2.0, 0.1]), torch.tensor([1.0, -2.0, 0.1], dtype=torch.float64)
        our_optimizer.step()
        their_optimizer.step()
    np.testing.assert_allclose(ours.data, theirs.detach().numpy(), rtol=1e-12)
