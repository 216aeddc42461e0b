"""EarlyStopping: when it stops, what counts as an improvement, and which weights it restores."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.training import EarlyStopping

NAN = float("nan")


def epochs_until_stopped(stopping, measures):
    model = nn.Linear(1, 1)
    return next((epoch for epoch, measure in enumerate(measures, 1) if stopping.update(measure, model)), None)


@pytest.mark.parametrize(
    ("options", "measures", "stops_after", "best_epoch"),
    [
        ({"patience": 2}, [3, 2, 1, 0], None, 4),
        ({"patience": 2}, [3, 2, 2, 2], 4, 2),
        ({"patience": 2}, [3, 4, 2, 4, 4], 5, 3),
        ({"patience": 1}, [3, 2, 2], 3, 2),
        ({"patience": 2, "mode": "max"}, [1, 2, 3, 3, 3], 5, 3),
        ({"patience": 2, "min_delta": 0.5}, [3, 2.9, 2.8, 2.7], 3, 3),
        ({"patience": 2, "min_delta": 0.5}, [3, 2.4, 1.8, 1.2], None, 4),
        ({"patience": 2, "min_delta": 0.5, "mode": "max"}, [3, 3.2, 3.4], 3, 3),
        ({"patience": 2}, [NAN, NAN, 1], 2, 0),
        ({"patience": 2}, [1, NAN, NAN], 3, 1),
    ],
)
def test_it_stops_after_patience_epochs_without_an_improvement(options, measures, stops_after, best_epoch):
    stopping = EarlyStopping(**options)
    assert epochs_until_stopped(stopping, measures) == stops_after
    assert stopping.stopped == (stops_after is not None)
    assert stopping.best_epoch == best_epoch


@pytest.mark.parametrize("restore_best", [True, False])
def test_it_restores_the_weights_of_the_best_epoch(restore_best):
    model, stopping = nn.BatchNorm1d(1), EarlyStopping(restore_best=restore_best)
    for value, measure in ((1, 0.5), (2, 0.2), (3, 0.3)):
        for tensor in (model.weight, model.running_mean):
            tensor.data[...] = value
        stopping.update(measure, model)
    stopping.restore(model)
    assert model.weight.item() == model.running_mean.item() == (2 if restore_best else 3)


def test_restoring_before_any_measure_does_not_change_the_weights():
    model = nn.Linear(2, 2)
    before = model.state_dict()
    EarlyStopping().restore(model)
    np.testing.assert_equal(model.state_dict(), before)


@pytest.mark.parametrize("already", [0, 1, 3])
def test_it_continues_from_a_file(tmp_path, already):
    measures = [3, 1, 2, 2, 0.5, 0.7, 0.7, 0.7]
    model, whole = nn.Linear(1, 1), EarlyStopping(3)
    first, second = EarlyStopping(3), EarlyStopping(7, mode="max")
    for measure in measures[:already]:
        first.update(measure, model)
    td.save(first.state_dict(), tmp_path / "stopping.npz")
    second.load_state_dict(td.load(tmp_path / "stopping.npz"))
    assert epochs_until_stopped(whole, measures) == already + epochs_until_stopped(second, measures[already:]) == 8
    assert (second.best, second.best_epoch) == (whole.best, whole.best_epoch) == (0.5, 5)
    assert (second.weights is None) == (whole.weights is None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"patience": 0}, "patience to be a whole number of at least 1, got 0"),
        ({"patience": 1.5}, "whole number of at least 1, got 1.5"),
        ({"min_delta": -1}, "min_delta to be at least 0, got -1"),
        ({"min_delta": NAN}, "min_delta to be at least 0, got nan"),
        ({"mode": "auto"}, 'mode to be "min" or "max", got \'auto\''),
    ],
)
def test_settings_that_make_no_sense_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        EarlyStopping(**options)


def test_a_state_of_something_else_is_refused():
    with pytest.raises(KeyError, match=r"expected exactly the keys of this EarlyStopping; missing \['bad_epochs'"):
        EarlyStopping().load_state_dict({"best": 1})
