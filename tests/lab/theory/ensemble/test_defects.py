"""The report names networks that are dead, linear, constant under every mask or at chance level. They prove nothing."""

from functools import cache

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.lab.theory.small import small_outcome
from tinygrad_dropout import nn
from tinygrad_dropout.lab.theory.ensemble.defects import (
    EXACT,
    defects,
    most_common_class,
    unit_states,
    why_nothing_is_shown,
)
from tinygrad_dropout.lab.theory.ensemble.figures import measure
from tinygrad_dropout.lab.theory.ensemble.network import network
from tinygrad_dropout.lab.theory.ensemble.options import Options
from tinygrad_dropout.lab.theory.ensemble.report import notes

#: Options that lead to such networks, what they are, and whether they say anything about their depth.
DEFECTIVE = {
    "dead in the last of two layers": (
        {"units": 2, "layers": (2,)},
        "is dead (no unit of its second hidden layer is on for any test example under any mask) and predicts the "
        "same under every mask and is at chance level (at best 89.8% wrong; always predicting the most common "
        "class: 89.8%).",
        "this network is dead",
    ),
    "dead in the first of two layers, although the second responds to its mask": (
        {"p": 0.3, "units": 2, "layers": (2,), "seed": 8},
        "is dead (no unit of its first hidden layer is on for any test example under any mask) and is at chance",
        "this network is dead",
    ),
    "dead with one layer": (
        {"p": 0.3, "units": 2, "layers": (1,), "seed": 11},
        "is dead (no unit of its hidden layer is on for any test example under any mask) and predicts the same",
        "this network is dead",
    ),
    "dead for p near 1": (
        {"p": 0.99, "units": 6, "layers": (1,)},
        "is dead (no unit of its hidden layer is on",
        "this network is dead",
    ),
    "linear in the mask": (
        {"units": 3, "layers": (2,), "seed": 11},
        "is linear in the mask (no mask switches a unit of its second hidden layer on or off).",
        "this network is linear in the mask",
    ),
    "with two layers, and masks too rare to matter": (
        {"p": 1e-12, "units": 4, "layers": (2,)},
        None,
        "the masks that make a difference are too rare",
    ),
    "at chance level with one layer": (
        {"p": 0.8, "units": 4, "layers": (1,)},
        "is at chance level (at best 89.8% wrong",
        None,
    ),
    "at chance level with two layers": (
        {"p": 0.999, "units": 6, "layers": (2,), "seed": 1},
        "is at chance level (at best 89.0% wrong; always predicting the most common class: 89.8%).",
        None,
    ),
}


@cache
def figures_of(kind):
    return measure(Options(**DEFECTIVE[kind][0], samples=3))


@pytest.mark.parametrize("kind", DEFECTIVE)
def test_the_note_below_the_verdict_says_what_is_wrong_with_a_network(kind):
    figures, words = figures_of(kind), DEFECTIVE[kind][1]
    (found,) = figures["networks"]
    layers = "1 hidden layer" if len(found["hidden"]) == 1 else "2 hidden layers"
    if words is None:
        assert defects(found) == ""
    else:
        assert defects(found).startswith(f"The network with {layers} {words}")
    assert notes(figures)[1] == f"{defects(found)} Try more units, another seed, or a p closer to 0.5.".strip()


@pytest.mark.parametrize("kind", DEFECTIVE)
def test_a_network_that_cannot_differ_from_its_average_proves_nothing(kind):
    figures, reason = figures_of(kind), DEFECTIVE[kind][2]
    (found,) = figures["networks"]
    verdict = notes(figures)[0]
    if reason is None:
        assert why_nothing_is_shown(found) == ""
        assert "no conclusion" not in verdict
    else:
        assert reason in why_nothing_is_shown(found)
        assert found["averages"]["geometric mean"]["most_from_scaling"] < EXACT
        assert f"no conclusion with {len(found['hidden'])} hidden layer" in verdict
        assert " exact with" not in verdict


@pytest.mark.parametrize("kind", [kind for kind in DEFECTIVE if "dead" in kind or "rare" in kind])
def test_the_limit_of_monte_carlo_is_not_judged_if_both_means_are_the_same(kind):
    assert notes(figures_of(kind))[0].endswith(
        "The limit of Monte Carlo cannot be seen: the arithmetic mean and weight scaling are nearly the same."
    )


def test_a_healthy_network_has_no_defect_and_gets_no_advice():
    figures = small_outcome("ensemble").figures
    for found in figures["networks"]:
        assert defects(found) == ""
        assert why_nothing_is_shown(found) == ""
    assert not any("Try " in note for note in notes(figures))
    assert "not exact with 2 hidden layers" in notes(figures)[0]


def test_a_defective_network_does_not_affect_the_verdict_on_the_other():
    figures = measure(Options(units=3, samples=3))  # hidden units 3 and 2-1
    verdict = notes(figures)[0]
    assert "geometric mean: exact with 1 hidden layer (off by" in verdict
    assert "no conclusion with 2 hidden layers (this network is dead). Monte Carlo" in verdict
    assert "cannot be seen" not in verdict
    assert notes(figures)[1].startswith("The network with 2 hidden layers is dead")


def test_a_merely_linear_network_is_named(figures):
    one, two = figures("ensemble")["networks"]
    one["hidden_units"] = [{"units": 4, "ever_on": 3, "always_on": 3, "switching": 0}]
    two["hidden_units"] = [{"units": 2, "ever_on": 2, "always_on": 2, "switching": 0}] * 2
    words = "is merely linear (each hidden unit is on for all test examples or for none, under every mask)."
    assert defects(one) == f"The network with 1 hidden layer {words}"
    assert defects(two) == f"The network with 2 hidden layers {words}"
    assert why_nothing_is_shown(one) == ""  # with one hidden layer, weight scaling is exact for every network
    assert why_nothing_is_shown(two) == "this network is linear in the mask"


def test_predictions_that_no_mask_changes_are_noticed_even_if_units_are_on(figures):
    """As if all weights of the last layer were 0."""
    (found, _) = figures("ensemble")["networks"]
    found["largest_change"] = 1e-16
    assert defects(found) == "The network with 1 hidden layer predicts the same under every mask."
    assert why_nothing_is_shown(found) == "this network predicts the same under every mask"


@pytest.mark.parametrize(("error", "at_chance"), [(90.0, True), (88.0, True), (86.5, False), (40.0, False)])
def test_chance_level_is_within_two_standard_errors_of_the_most_common_class(figures, error, at_chance):
    (found, _) = figures("ensemble")["networks"]
    found["most_common_class"] = 89.75  # 400 examples: the standard error is 1.5
    for score in found["averages"].values():
        score["error"] = 95.0
    found["averages"]["arithmetic mean"]["error"] = error  # one average that is better is enough
    assert ("is at chance level" in defects(found)) == at_chance


def test_the_most_common_class_is_wrong_for_all_others():
    assert most_common_class(np.array([2, 2, 2, 0, 1])) == pytest.approx(40)


def two_layers():
    """Two inputs, two units, three units: x1 and x2 pass if positive; then x1 - x2, x1 + x2 + 1, -1."""
    rng = np.random.default_rng(0)
    model = network(2, (2, 3), 2, 0.5, rng, rng)
    first, second, _ = (layer for layer in model if isinstance(layer, nn.Linear))
    first.weight.data[:], first.bias.data[:] = np.eye(2), 0
    second.weight.data[:] = [[1, -1], [1, 1], [0, 0]]
    second.bias.data[:] = [0, 1, -1]
    return model


def test_unit_states_are_counted_over_examples_and_masks():
    """x1 - x2 is on under the mask that keeps only x1, and off if both are dropped."""
    first, second = unit_states(two_layers(), np.array([[1.0, 2.0], [3.0, -1.0]]))
    assert first == {"units": 2, "ever_on": 2, "always_on": 1, "switching": 0}
    assert second == {"units": 3, "ever_on": 2, "always_on": 1, "switching": 1}


def test_unit_states_are_those_of_the_scaled_activations():
    """At p = 0.5 a kept input of 1 counts as 2, and 2 - 1.5 is above 0, but 1 - 1.5 is not."""
    model = two_layers()
    list(model)[3].weight.data[0], list(model)[3].bias.data[0] = [1, 0], -1.5
    assert unit_states(model, np.array([[1.0, 0.0]]))[1]["switching"] == 1


def test_counting_records_no_graph_and_draws_no_mask():
    model = two_layers()
    unit_states(model, np.ones((1, 2)))
    assert all(parameter.grad is None for parameter in model.parameters())
    assert all(layer.mask is None for layer in model if isinstance(layer, nn.Dropout))
    assert td.is_grad_enabled()
