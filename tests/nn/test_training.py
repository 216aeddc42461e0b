"""An MLP with dropout trains to the same losses as in PyTorch, step by step."""

from itertools import pairwise

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim

STEPS, BATCH, WIDTHS, P = 200, 16, (6, 20, 12, 3), (0.5, 0.2)


def batches():
    """(x, labels, one mask for each dropout layer), the same for both sides."""
    rng = np.random.default_rng(0)
    teacher = rng.normal(size=(WIDTHS[0], WIDTHS[-1]))
    for _ in range(STEPS):
        x = rng.normal(size=(BATCH, WIDTHS[0]))
        masks = [rng.random((BATCH, width)) >= p for width, p in zip(WIDTHS[1:3], P, strict=True)]
        yield x, (x @ teacher).argmax(axis=1), masks


def our_model() -> nn.Sequential:
    one, two, three = (nn.Linear(a, b) for a, b in pairwise(WIDTHS))
    return nn.Sequential(one, nn.ReLU(), nn.Dropout(P[0]), two, nn.Tanh(), nn.Dropout(P[1]), three).double()


def our_losses(model: nn.Sequential, optimizer) -> list[float]:
    losses = []
    for x, labels, masks in batches():
        with model[2].replay(masks[0]), model[5].replay(masks[1]):
            loss = F.cross_entropy(model(td.Tensor(x)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def their_losses(torch, weights: dict[str, np.ndarray], make_optimizer) -> list[float]:
    parameters = {key: torch.tensor(array, requires_grad=True) for key, array in weights.items()}
    optimizer = make_optimizer(list(parameters.values()))
    losses = []

    def linear(x, key):
        return torch.nn.functional.linear(x, parameters[f"{key}.weight"], parameters[f"{key}.bias"])

    for x, labels, masks in batches():
        first, second = (torch.tensor(mask / (1 - p)) for mask, p in zip(masks, P, strict=True))
        hidden = linear(torch.tensor(x), 0).relu() * first
        hidden = linear(hidden, 3).tanh() * second
        loss = torch.nn.functional.cross_entropy(linear(hidden, 6), torch.tensor(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize(
    ("name", "options"),
    [("SGD", {"lr": 0.05, "momentum": 0.9}), ("Adam", {"lr": 0.01})],
    ids=["SGD with momentum", "Adam"],
)
def test_an_mlp_with_dropout_trains_to_pytorchs_losses(torch, name, options):
    model = our_model()
    weights = model.state_dict()
    ours = our_losses(model, getattr(optim, name)(model.parameters(), **options))
    theirs = their_losses(torch, weights, lambda parameters: getattr(torch.optim, name)(parameters, **options))
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    assert np.mean(ours[-20:]) < 0.8 * np.mean(ours[:20]), "the network learned nothing, so equal losses show little"


def test_the_same_seed_trains_to_the_same_bits():
    def trained() -> dict[str, np.ndarray]:
        td.manual_seed(11)
        model = our_model()
        optimizer = optim.Adam(model.parameters())
        for x, labels, _ in batches():
            optimizer.zero_grad()
            F.cross_entropy(model(td.Tensor(x)), labels).backward()
            optimizer.step()
        return model.state_dict()

    one, other = trained(), trained()
    for key, array in one.items():
        np.testing.assert_array_equal(array, other[key])
