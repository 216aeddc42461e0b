"""The four networks: where their dropout is, what they share, and training compared with pure NumPy."""

import numpy as np
import pytest

from tests.lab.evidence.paper.small import small_options
from tinygrad_dropout import nn
from tinygrad_dropout.lab.evidence.paper import networks
from tinygrad_dropout.lab.evidence.paper.networks import (
    BATCH_SIZE,
    CANDIDATES,
    LAST_RATE,
    MOMENTUM,
    RECIPES,
    Settings,
    build,
    train,
)
from tinygrad_dropout.training import Batches

HIDDEN = (12, 8)


@pytest.fixture
def split(mnist):
    options = small_options(mnist)
    return options.load().split(240, np.random.default_rng(0))


@pytest.fixture
def trained(monkeypatch):
    """The networks that `train` builds."""
    built = []

    def keep(*arguments):
        built.append(build(*arguments))
        return built[-1]

    monkeypatch.setattr(networks, "build", keep)
    return built


def built(recipe):
    return build((64, *HIDDEN, 10), recipe, np.random.default_rng(1), np.random.default_rng(2))


DROPOUT = {"standard": [], "hidden dropout": [0.5, 0.5], "+ input dropout": [0.2, 0.5, 0.5],
           "+ max-norm": [0.2, 0.5, 0.5]}  # fmt: skip


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_dropout_is_where_the_name_says_and_follows_each_relu(recipe):
    layers = list(built(recipe))
    assert [layer.p for layer in layers if isinstance(layer, nn.Dropout)] == DROPOUT[recipe.name]
    kinds = [type(layer).__name__ for layer in layers]
    dropout = ["Dropout"] if recipe.p else []
    assert kinds == ["Dropout"] * bool(recipe.input_p) + ["Linear", "ReLU", *dropout] * 2 + ["Linear"]


def test_all_networks_of_a_seed_begin_with_the_same_weights():
    first, *others = (list(built(recipe).parameters()) for recipe in RECIPES)
    for other in others:
        assert [p.data.tobytes() for p in other] == [p.data.tobytes() for p in first]


def test_every_network_has_equally_many_candidates_and_only_one_has_a_limit():
    assert {len(candidates) for candidates in CANDIDATES.values()} == {4}
    limited = {name for name, candidates in CANDIDATES.items() if any(one.c is not None for one in candidates)}
    assert limited == {recipe.name for recipe in RECIPES if recipe.max_norm} == {"+ max-norm"}


def test_the_standard_network_agrees_with_a_pure_numpy_version(split):
    epochs, lr, seed = 4, 0.1, 3
    record = train(RECIPES[0], Settings(lr), HIDDEN, split, epochs, seed, lambda: None)
    weights_rng, order_rng, _ = map(np.random.default_rng, np.random.SeedSequence(seed).spawn(3))
    layers = [nn.Linear(before, after, rng=weights_rng) for before, after in ((64, 12), (12, 8), (8, 10))]
    parameters = [p.data.astype(float) for layer in layers for p in (layer.weight, layer.bias)]
    velocity, curve = [0.0] * 6, []

    def activations(x):
        first = np.maximum(x @ parameters[0].T + parameters[1], 0)
        second = np.maximum(first @ parameters[2].T + parameters[3], 0)
        return first, second, second @ parameters[4].T + parameters[5]

    batches = Batches(split.x_train, split.y_train, batch_size=BATCH_SIZE, rng=order_rng)
    for epoch in range(epochs):
        for x, y in batches:
            first, second, logits = activations(x)
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            at_logits = (odds / odds.sum(axis=1, keepdims=True) - np.eye(10)[y]) / len(y)
            at_second = at_logits @ parameters[4] * (second > 0)
            at_first = at_second @ parameters[2] * (first > 0)
            pairs = ((at_first, x), (at_second, first), (at_logits, second))
            gradients = [grad for at, inputs in pairs for grad in (at.T @ inputs, at.sum(axis=0))]
            velocity = [MOMENTUM * v + grad for v, grad in zip(velocity, gradients, strict=True)]
            rate = lr * LAST_RATE ** (epoch / epochs)
            parameters = [p - rate * v for p, v in zip(parameters, velocity, strict=True)]
        curve.append(int((activations(split.x_test)[2].argmax(axis=1) != split.y_test).sum()))

    assert [point["errors"] for point in record["curve"]] == curve
    assert record["errors"] == curve[-1] < 108  # of 120; always giving the same answer gets about 108 wrong
    assert record["updates"] == 4 * 3  # 240 examples in batches of 100


def test_with_max_norm_no_unit_has_longer_incoming_weights(split, trained):
    for settings in (Settings(0.1), Settings(0.1, 0.5)):
        train(RECIPES[3], settings, HIDDEN, split, 2, 0, lambda: None)
    free, limited = (
        max(np.linalg.norm(p.data, axis=1).max() for p in model.parameters() if p.ndim == 2) for model in trained
    )
    assert limited <= 0.5 * (1 + 1e-6)
    assert free > 0.55


def test_if_training_diverges_every_answer_counts_as_wrong(split):
    record = train(RECIPES[1], Settings(1e30), HIDDEN, split, 30, 0, lambda: None)
    assert (record["errors"], record["updates"]) == (120, 0)
    assert record["curve"][-1] == {"epoch": 30, "errors": 120}
