"""The record of a classifier's trial, compared with NumPy, and the units that are removed."""

import numpy as np
import pytest

from tests.lab.evidence.small import forward, small_outcome, trained, weights_of
from tinygrad_dropout.lab.comparison.arms import WITH, WITHOUT
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.evidence.coadaptation.claims import LAYERS, NETWORK
from tinygrad_dropout.lab.evidence.coadaptation.classifier import FRACTIONS, ROWS, Removal
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION, SUBJECTS
from tinygrad_dropout.lab.evidence.coadaptation.options import CLEAN, NOISY, CoadaptationOptions

OPTIONS = CoadaptationOptions(p=0.4, hidden=12, train_size=80, epochs=6, orders=3, pairs=20)


def loss_of(outputs, labels):
    shifted = outputs - outputs.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels]))


@pytest.mark.parametrize("arm", [WITHOUT, WITH], ids=lambda arm: arm.name)
def test_a_trial_saves_the_same_values_that_numpy_finds(arm):
    network = trained(COADAPTATION, OPTIONS, NOISY, arm, seed=3)
    state, x, labels = weights_of(network.model), network.split.x_test, network.split.y_test
    kept = SUBJECTS[NOISY].examine(OPTIONS, network)
    right = (forward(state, x).argmax(axis=1) == labels).mean()
    assert kept["measured"][NETWORK] == {"quality": pytest.approx(right, abs=1e-12)}

    rng = np.random.default_rng(Streams.from_seed(3).measurement)
    for number, (layer, name) in enumerate(zip(LAYERS, ["4.weight", "7.weight"], strict=True), 1):
        removal, found = Removal.draw(rng, 12, 3, 20), kept["measured"][layer]

        def outputs(removed, name=name):
            return forward(state | {name: np.where(np.isin(np.arange(12), removed), 0, state[name])}, x[:ROWS])

        def effect(*removed, outputs=outputs):
            return loss_of(outputs(list(removed)), labels[:ROWS]) - loss_of(outputs([]), labels[:ROWS])

        effects = np.array([effect(unit) for unit in range(12)])
        sizes = np.sort(np.abs(effects))
        assert found["mean_effect"] == pytest.approx(sizes.mean())
        assert found["largest_effect"] == pytest.approx(effects.max() / sizes.mean())
        assert found["effect_share"] == pytest.approx(sizes[-1] / sizes.sum())
        assert found["effect_gini"] == pytest.approx(np.abs(sizes[:, None] - sizes).mean() / (2 * sizes.mean()))
        interactions = np.array([effect(i, j) - effects[i] - effects[j] for i, j in removal.pairs])
        assert found["interaction_size"] == pytest.approx(np.abs(interactions).mean() / sizes.mean())
        assert found["interaction"] == pytest.approx(interactions.mean() / sizes.mean())

        curve = [
            np.mean([
                (outputs(order[: round(12 * fraction)]).argmax(axis=1) == labels[:ROWS]).mean()
                for order in removal.orders
            ])
            for fraction in FRACTIONS
        ]  # fmt: skip
        np.testing.assert_allclose(kept["curves"][layer], curve, atol=6e-5)
        places = np.linspace(0, 1, 20_001)
        heights = np.interp(places, FRACTIONS, curve) / curve[0]
        assert found["kept_within"] == pytest.approx(heights[places <= 0.4].mean(), rel=1e-3)
        assert found["kept_beyond"] == pytest.approx(heights[places >= 0.4].mean(), rel=1e-3)

        activations = forward(state, x, through=number)
        assert found["activation"] == pytest.approx(activations.mean())
        assert found["near_zero"] == pytest.approx((activations <= activations.mean() / 100).mean())
        changing = activations[:, activations.std(axis=0) > 0]
        r = np.abs(np.corrcoef(changing.T))[np.triu_indices(changing.shape[1], 1)]
        assert found["correlation"] == pytest.approx(r.mean())
        assert 0.05 < found["probe"] < 0.6


def test_all_of_the_units_that_are_on_can_be_removed():
    """Only the biases are left then, and they give the same answer for every digit."""
    network = trained(COADAPTATION, OPTIONS, CLEAN, WITHOUT, seed=0)
    labels = network.split.y_test[:ROWS]
    shares = np.bincount(labels, minlength=10) / len(labels)
    for curve in SUBJECTS[CLEAN].examine(OPTIONS, network)["curves"].values():
        assert np.abs(shares - curve[-1]).min() < 1e-4


def test_both_networks_of_a_pair_lose_the_same_units_and_each_seed_loses_others():
    drawn = [Removal.draw(np.random.default_rng(seed), 12, 3, 500) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(drawn[0].orders, drawn[1].orders)
    assert (drawn[0].orders != drawn[2].orders).any()
    for removal in drawn:
        assert (np.sort(removal.orders, axis=1) == np.arange(12)).all()
        assert (removal.pairs[:, 0] != removal.pairs[:, 1]).all()
        assert set(removal.pairs.ravel()) == set(range(12))


def test_labels_are_noisy_in_one_setting_only():
    noisy, clean = (trained(COADAPTATION, OPTIONS, setting, WITHOUT, seed=0).split for setting in (NOISY, CLEAN))
    np.testing.assert_array_equal(noisy.x_train, clean.x_train)
    assert 8 <= (noisy.y_train != clean.y_train).sum() <= 16  # 16 of the 80 labels are redrawn


def test_a_record_with_part_of_a_curve_is_incomplete():
    outcome = small_outcome(COADAPTATION)
    record = outcome.records[0]
    for curves in (
        {LAYERS[0]: record["curves"][LAYERS[0]]},
        record["curves"] | {LAYERS[1]: record["curves"][LAYERS[1]][:-1]},
    ):
        assert not COADAPTATION.is_complete(outcome.options, record | {"curves": curves})
