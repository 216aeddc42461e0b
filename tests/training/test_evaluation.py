"""predict and evaluate: always in evaluation mode, and the same numbers for every batch size."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.training import Batches, evaluate, predict

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(23, 4)).astype(np.float32), RNG.integers(0, 3, 23)


def network():
    td.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 3))


@pytest.mark.parametrize("batch_size", [1, 7, 23, 100])
def test_predictions_are_in_evaluation_mode_and_do_not_depend_on_the_batch_size(batch_size):
    model = network()
    found = predict(model, X, batch_size=batch_size)
    np.testing.assert_allclose(found, model.eval()(X).data, rtol=1e-6, atol=1e-7)
    assert found.dtype == np.float32


@pytest.mark.parametrize("batch_size", [1, 7, 23])
def test_the_loss_is_the_mean_over_rows_for_every_batch_size(batch_size):
    model = network()
    found = evaluate(model, Batches(X, Y, batch_size=batch_size), F.cross_entropy)
    assert found == pytest.approx(F.cross_entropy(model.eval()(X), Y).item(), rel=1e-6)


def test_all_arrays_of_a_batch_except_the_first_go_to_the_loss():
    weights = RNG.uniform(size=23).astype(np.float32)

    def weighted(logits, labels, weights):
        return (F.cross_entropy(logits, labels, reduction="none") * weights).mean()

    model = network()
    expected = weighted(model.eval()(X), Y, weights).item()
    assert evaluate(model, Batches(X, Y, weights, batch_size=5), weighted) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("use", [lambda m, x: predict(m, x), lambda m, x: evaluate(m, [(x, Y)], F.cross_entropy)])
def test_every_module_is_back_in_its_mode_afterwards(use, fails):
    model = network()
    model[1].eval()
    modes = [module.training for module in model.modules()]
    if fails:
        with pytest.raises(td.ShapeError):
            use(model, X[:, :3])
    else:
        use(model, X)
    assert [module.training for module in model.modules()] == modes


def test_no_graph_is_made_and_no_running_statistic_moves():
    model, seen = network(), []
    before = model.state_dict()
    evaluate(model, [(X, Y)], lambda out, y: seen.append(out) or F.cross_entropy(out, y))
    assert not seen[0].requires_grad
    np.testing.assert_equal(model.state_dict(), before)
