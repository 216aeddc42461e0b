"""A choice uses only the validation part, whose rows are not used for training or testing."""

import numpy as np
import pytest
from scipy import stats
from scipy.special import softmax
from sklearn.metrics import accuracy_score, log_loss

from tests.lab.small import small_config
from tinygrad_dropout.lab import UnfairPairError
from tinygrad_dropout.lab.comparison.data import draw_split, load
from tinygrad_dropout.lab.comparison.methods import Method
from tinygrad_dropout.lab.comparison.training import Streams
from tinygrad_dropout.lab.errors import DivergedError
from tinygrad_dropout.lab.evidence import held_back
from tinygrad_dropout.lab.evidence.held_back import check_shared, difference_between, train_held_back

CONFIG = small_config(dataset="digits", train_size=100, label_noise=0.2, epochs=3, hidden=(16,))
METHOD = Method("with dropout", p=0.5, input_p=0.2)


def train(*, hold_back=True, monkeypatch=None):
    """The record, and the network as it was measured."""
    networks, honest = [], held_back.train_network

    def noting(*arguments):
        network, run = honest(*arguments)
        networks.append(network)
        return network, run

    if monkeypatch:
        monkeypatch.setattr(held_back, "train_network", noting)
    record = train_held_back(CONFIG, load(CONFIG), 3, METHOD, lambda: None, hold_back=hold_back)
    return record, networks


def test_the_validation_figures_are_those_of_scikit_learn(monkeypatch):
    record, [network] = train(monkeypatch=monkeypatch)
    split = draw_split(CONFIG, load(CONFIG), Streams.from_seed(3), hold_back=True)
    assert record["rows"] == {"train": 80, "validation": 20, "test": 1697}
    for part, x, y in (("validation", split.x_validation, split.y_validation), ("test", split.x_test, split.y_test)):
        outputs = x
        *hidden, last = [layer for layer in network if hasattr(layer, "weight")]
        for layer in hidden:
            outputs = np.maximum(outputs @ layer.weight.data.T + layer.bias.data, 0)
        probabilities = softmax(outputs.astype(float) @ last.weight.data.T + last.bias.data, axis=1)
        assert record["final"][f"{part}_loss"] == pytest.approx(log_loss(y, probabilities, labels=range(10)), rel=1e-5)
        assert record["final"][f"{part}_accuracy"] == pytest.approx(accuracy_score(y, probabilities.argmax(axis=1)))


def test_a_training_that_diverges_is_an_error_unless_allowed():
    config = small_config(optimizer="sgd", learning_rate=1e9)
    arguments = config, load(config), 3, METHOD, lambda: None
    with pytest.raises(DivergedError, match="with dropout, the loss was no longer a finite number in epoch"):
        train_held_back(*arguments, hold_back=True)
    record = train_held_back(*arguments, hold_back=True, may_diverge=True)
    assert record["final"] is None
    assert record["rows"] == {"train": 16, "validation": 4, "test": 2000}


def test_no_row_is_in_two_parts():
    whole, parts = (draw_split(CONFIG, load(CONFIG), Streams.from_seed(3), hold_back=held) for held in (False, True))
    rows = [{row.tobytes() for row in x} for x in (parts.x_train, parts.x_validation, parts.x_test)]
    assert [len(each) for each in rows] == [80, 20, 1697]
    assert len(set.union(*rows)) == 1797
    assert rows[0] | rows[1] == {row.tobytes() for row in whole.x_train}


def test_without_a_validation_part_there_are_no_validation_figures():
    record, _ = train(hold_back=False)
    assert record["rows"]["validation"] == 0
    assert not any(name.startswith("validation") for name in record["final"])


@pytest.mark.parametrize("name", ["split", "validation", "initial_weights", "learning_rate", "order", "updates"])
def test_networks_of_a_seed_that_differ_are_found(name):
    record, _ = train()
    other = record | {"seed": 3, "shared": record["shared"] | {name: "another"}}
    check_shared([record | {"seed": 3}] * 2)
    with pytest.raises(UnfairPairError, match=f"seed 3: expected all networks to share their {name}"):
        check_shared([record | {"seed": 3}, other])


def test_networks_can_differ_in_what_they_do_not_share():
    record, _ = train()
    other = record | {"seed": 3, "shared": record["shared"] | {"initial_weights": "another"}}
    check_shared([record | {"seed": 3}, other], but=("initial_weights",))


def made_up(accuracies, train_loss=0.1):
    return [
        {
            "final": {"test_accuracy": accuracy, "train_loss": train_loss},
            "baseline": {"train_loss": 0.7},
            "rows": {"test": 1000},
        }
        for accuracy in accuracies
    ]


def test_a_difference_agrees_with_scipy_and_a_diverged_network_has_no_verdict():
    before, after = [0.8, 0.81, 0.79], [0.9, 0.95, 0.92]
    found = difference_between({"classes": 2}, made_up(before), made_up(after), looks=4)
    interval = stats.ttest_rel(after, before).confidence_interval(1 - 0.05 / 4)
    assert (found["low"], found["high"]) == pytest.approx((100 * interval.low, 100 * interval.high))
    assert found["verdict"] == "helps"
    for records in ((made_up(before, 9.0), made_up(after)), (made_up(before), made_up(after, 9.0))):
        assert difference_between({"classes": 2}, *records, looks=4)["verdict"] == "diverged"
