"""The ensemble experiment: the averages of a trained network, and what Monte Carlo converges to."""

import dataclasses

import numpy as np
import pytest

from tinygrad_dropout.lab.theory.ensemble.figures import (
    REPETITIONS,
    mean_and_sd,
    measure,
    numbers_of_samples,
    scores,
    total_variation,
    weighted_mean_and_sd,
)
from tinygrad_dropout.lab.theory.ensemble.options import Options

SMALL = Options(p=0.3, units=6, samples=200)


@pytest.fixture(scope="module")
def networks():
    return measure(SMALL)["networks"]


def test_there_is_a_network_for_each_number_of_layers_with_equally_many_subnetworks(networks):
    assert [network["hidden"] for network in networks] == [[6], [3, 3]]
    assert {network["subnetworks"] for network in networks} == {2**6}


def test_with_one_hidden_layer_weight_scaling_is_the_geometric_mean(networks):
    assert networks[0]["averages"]["geometric mean"]["most_from_scaling"] < 1e-12


def test_with_two_hidden_layers_there_is_a_gap(networks):
    assert networks[1]["averages"]["geometric mean"]["most_from_scaling"] > 0.01
    assert networks[1]["averages"]["geometric mean"]["from_scaling"] > 1e-3


def test_the_arithmetic_mean_differs_from_weight_scaling(networks):
    for network in networks:
        assert network["averages"]["arithmetic mean"]["from_scaling"] > 0.01
        assert network["averages"]["arithmetic mean"]["from_arithmetic"] == 0
        assert network["averages"]["weight scaling"]["from_scaling"] == 0


def test_monte_carlo_converges_to_the_arithmetic_mean_and_not_to_weight_scaling(networks):
    for network in networks:
        first, last = network["monte_carlo"][0], network["monte_carlo"][-1]
        assert (first["k"], last["k"]) == (1, 200)
        assert last["from_arithmetic"]["mean"] < 0.25 * first["from_arithmetic"]["mean"]
        apart = network["averages"]["arithmetic mean"]["from_scaling"]
        assert last["from_scaling"]["mean"] == pytest.approx(apart, rel=0.2)
        loss = network["averages"]["arithmetic mean"]["loss"]
        assert abs(last["loss"]["mean"] - loss) < 3 * last["loss"]["sd"]


def test_the_distance_of_monte_carlo_falls_as_one_over_the_root_of_k(networks):
    for network in networks:
        k, mean = zip(
            *((found["k"], found["from_arithmetic"]["mean"]) for found in network["monte_carlo"]), strict=True
        )
        slope = np.polyfit(np.log(k), np.log(mean), 1)[0]
        assert -0.65 < slope < -0.35


def test_one_drawn_subnetwork_is_as_good_as_the_average_single_one(networks):
    for network in networks:
        drawn, one = network["monte_carlo"][0]["error"], network["one_subnetwork"]["error"]
        assert abs(drawn["mean"] - one["mean"]) < 4 * one["sd"] / np.sqrt(REPETITIONS)
        assert one["mean"] > network["averages"]["arithmetic mean"]["error"]


def test_the_networks_have_learned_something(networks):
    assert networks[0]["averages"]["weight scaling"]["error"] < 40  # of ten classes


def test_a_run_with_one_number_of_layers_gives_the_same_network(networks):
    (alone,) = measure(dataclasses.replace(SMALL, layers=(2,)))["networks"]
    assert alone == networks[1]


def test_another_seed_gives_another_network(networks):
    assert measure(dataclasses.replace(SMALL, layers=(1,), seed=1))["networks"][0] != networks[0]


def test_the_subnetworks_of_a_wide_layer_are_counted():
    wide = measure(Options(units=1, layers=(1,), samples=1))["wide_layer"]
    assert wide == {"units": 4096, "subnetworks": "2^4096 = 1.04 x 10^1233"}


@pytest.mark.parametrize(
    ("most", "numbers"),
    [(1, [1]), (4, [1, 2, 3, 4]), (10, [1, 2, 3, 5, 7, 10]), (25, [1, 2, 3, 5, 7, 10, 20, 25])],
)
def test_k_grows_in_even_steps_of_its_logarithm(most, numbers):
    assert numbers_of_samples(most) == numbers


PREDICTED = np.array([[0.7, 0.3], [0.4, 0.6], [0.9, 0.1], [0.2, 0.8]])
LABELS = np.array([0, 1, 1, 1])


def test_scores_are_what_their_names_say():
    scaled, arithmetic = PREDICTED + np.array([0.1, -0.1]), PREDICTED + np.array([-0.05, 0.05])
    found = scores(PREDICTED, LABELS, scaled, arithmetic)
    assert found["error"] == 25
    assert found["loss"] == pytest.approx(-np.log([0.7, 0.6, 0.1, 0.8]).mean())
    assert found["from_scaling"] == pytest.approx(0.1)
    assert found["from_arithmetic"] == pytest.approx(0.05)
    assert found["most_from_scaling"] == pytest.approx(0.1)


def test_total_variation_is_the_probability_that_moved():
    one, other = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]), np.array([[0.0, 1.0, 0.0], [0.5, 0.25, 0.25]])
    assert total_variation(one, other) == pytest.approx((1 + 0.25) / 2)


def test_a_weighted_mean_and_its_spread():
    values, weights = np.array([0.0, 1.0]), np.array([0.25, 0.75])
    assert weighted_mean_and_sd(values, weights) == pytest.approx((0.75, np.sqrt(0.75 * 0.25)))


def test_an_error_bar_is_the_standard_deviation_of_the_repetitions():
    assert mean_and_sd([1.0, 3.0]) == {"mean": 2.0, "sd": pytest.approx(np.sqrt(2))}
