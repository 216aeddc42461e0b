"""mc_forward: the mean and the spread over masks in one pass, and every mode is restored."""

import gc
import tracemalloc
from itertools import product

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn
from tinygrad_dropout.nn.monte_carlo import MonteCarlo

X = np.random.default_rng(0).normal(size=(5, 4))


class Modes(nn.Module):
    """Records the mode in which it is called."""

    def __init__(self):
        self.seen = []

    def forward(self, x):
        self.seen.append(self.training)
        return x


class Jitter(nn.RandomLayer):
    """A user-defined random layer."""

    def forward(self, x):
        return x + self.draw_or_replay(lambda: np.random.default_rng().normal(size=x.shape)) if self.training else x


def network(*, seed: int | None = None) -> nn.Sequential:
    rng = None if seed is None else np.random.default_rng(seed)
    layers = [nn.Linear(4, 6, rng=rng), nn.ReLU(), nn.Dropout(0.5, rng=rng), nn.Linear(6, 3, rng=rng)]
    return nn.Sequential(*layers).double()


def outputs(model: nn.Module, samples: int) -> np.ndarray:
    """Return the outputs that mc_forward should get, one after the other."""
    return np.array([model(td.Tensor(X)).data for _ in range(samples)])


# Mean and spread ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [2, 3, 50])
def test_mean_and_spread_are_those_of_the_outputs(samples):
    expected = outputs(network(seed=3), samples)
    result = td.mc_forward(network(seed=3), X, samples)
    np.testing.assert_allclose(result.mean, expected.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(result.spread, expected.std(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(result.standard_error, expected.std(axis=0, ddof=1) / np.sqrt(samples), rtol=1e-12)
    assert result.samples == samples


def test_the_mean_converges_to_the_mean_over_all_masks():
    """All 2^4 masks of one hidden layer, for an input of one row; the logits are averaged arithmetically."""
    hidden = np.array([1.0, -2.0, 0.5, 3.0])
    head = nn.Linear(4, 3, dtype=np.float64)
    model = nn.Sequential(nn.Dropout(0.3), head, nn.Tanh())
    every = []
    for kept in product([True, False], repeat=4):
        with model[0].replay(np.array(kept)):
            every.append((np.prod(np.where(kept, 0.7, 0.3)), model(td.Tensor(hidden)).data))
    mean = sum(chance * out for chance, out in every)
    spread = np.sqrt(sum(chance * (out - mean) ** 2 for chance, out in every))
    result = td.mc_forward(model, hidden, 5000)
    assert (abs(result.mean - mean) <= 6 * result.standard_error).all()
    np.testing.assert_allclose(result.spread, spread, rtol=0.1)
    assert (abs(model.eval()(td.Tensor(hidden)).data - mean) > 12 * result.standard_error).any()  # weights averaged


def test_one_sample_has_a_mean_but_no_spread():
    result = td.mc_forward(network(seed=3), X, 1)
    np.testing.assert_array_equal(result.mean, outputs(network(seed=3), 1)[0])
    assert np.isnan(result.spread).all()
    assert np.isnan(result.standard_error).all()


def test_outputs_that_do_not_vary_have_no_spread_at_all():
    result = td.mc_forward(nn.Sequential(nn.Dropout(0.0)), 0.1 * X, 10)
    np.testing.assert_array_equal(result.mean, 0.1 * X)
    np.testing.assert_array_equal(result.spread, 0 * X)


def test_large_numbers_do_not_cancel():
    """Seen in one-pass variances: the mean of squares minus the square of the mean."""
    model = nn.Sequential(nn.Dropout(0.5, rng=np.random.default_rng(1)))
    expected = 1e9 + outputs(nn.Dropout(0.5, rng=np.random.default_rng(1)), 20)
    result = td.mc_forward(model, X, 20, apply=lambda out: out + 1e9)
    np.testing.assert_allclose(result.spread, expected.std(axis=0, ddof=1), rtol=1e-6)


def test_apply_works_on_each_output_before_the_mean():
    logits = outputs(network(seed=3), 20)
    probabilities = td.Tensor(logits).softmax().data
    for apply in (td.functional.softmax, lambda out: out.softmax().data):
        result = td.mc_forward(network(seed=3), X, 20, apply=apply)
        np.testing.assert_allclose(result.mean, probabilities.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(result.spread, probabilities.std(axis=0, ddof=1), rtol=1e-12)


def test_apply_can_count_predictions():
    votes = td.mc_forward(network(seed=3), X, 20, apply=lambda out: out.data.argmax(axis=-1) == 0)
    np.testing.assert_allclose(votes.mean, (outputs(network(seed=3), 20).argmax(axis=-1) == 0).mean(axis=0), rtol=1e-12)
    assert votes.mean.dtype == np.float64


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_results_have_the_outputs_shape_and_dtype(dtype):
    model = network().float() if dtype == np.float32 else network()
    for x in (X.astype(dtype), td.Tensor(X.astype(dtype)), X[0].astype(dtype)):
        result = td.mc_forward(model, x, 3)
        for array in (result.mean, result.spread, result.standard_error):
            assert (array.shape, array.dtype) == ((*x.shape[:-1], 3), dtype)
    total = td.mc_forward(model, X.astype(dtype), 3, apply=lambda out: out.sum())
    assert (total.mean.shape, total.spread.shape, total.mean.dtype) == ((), (), dtype)


def test_float32_outputs_are_summed_in_float64():
    outputs = iter(np.random.default_rng(0).normal(size=(500, 20)).astype(np.float32))
    result = td.mc_forward(nn.Dropout(0.5), np.ones(1), 500, apply=lambda _: next(outputs))
    every = np.random.default_rng(0).normal(size=(500, 20)).astype(np.float32).astype(np.float64)
    np.testing.assert_array_equal(result.mean, every.mean(axis=0).astype(np.float32))
    np.testing.assert_array_equal(result.spread, every.std(axis=0, ddof=1).astype(np.float32))


def test_a_model_can_reuse_its_output_array():
    """A model can return the same array every time."""
    buffer, model = np.zeros(3), nn.Sequential(nn.Dropout(0.5, rng=np.random.default_rng(1)))

    def refill(out):
        buffer[:] = out.data
        return buffer

    expected = np.array(
        [nn.Dropout(0.5, rng=rng)(np.ones(3)).data for rng in [np.random.default_rng(1)] for _ in "123"]
    )
    result = td.mc_forward(model, np.ones(3), 3, apply=refill)
    np.testing.assert_allclose(result.mean, expected.mean(axis=0), rtol=1e-12)


def test_each_sample_has_its_own_masks_except_in_a_replay():
    model = network()
    assert (td.mc_forward(model, X, 20).spread > 0).any()
    model(td.Tensor(X))
    with model[2].replay():
        assert not td.mc_forward(model, X, 20).spread.any()


# Modes ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "layer",
    [
        nn.Dropout(0.5),
        nn.Dropout(0.5, shared_axes=0),
        nn.GaussianDropout(0.5),
        nn.DropConnect(4, 4, dtype=np.float64),
        nn.DropConnect(4, 4, per_example=True, dtype=np.float64),
        Jitter(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("training", [True, False])
def test_every_random_layer_is_in_training_mode_and_the_rest_in_eval_mode(layer, training):
    inside = Modes()
    model = nn.Sequential(nn.Sequential(inside), {"below": layer}["below"]).train(training)
    assert (td.mc_forward(model, X, 10).spread > 0).any()
    assert inside.seen == [False] * 10


def test_the_model_can_be_a_single_random_layer():
    assert (td.mc_forward(nn.Dropout(0.5), X, 10).spread > 0).any()


def test_nothing_is_recorded_and_recording_continues_afterwards():
    kept = []
    model = network()
    x = td.Tensor(X, requires_grad=True)
    td.mc_forward(model, x, 3, apply=lambda out: kept.append(out) or out)
    assert [out.requires_grad for out in kept] == [False] * 3
    assert td.is_grad_enabled()
    assert model(x).requires_grad


def mixed() -> tuple[nn.Module, list[bool]]:
    """Return a model whose modules are in different modes, and these modes."""
    model = nn.Sequential(network(), Modes(), Jitter(), nn.Sequential(nn.Dropout(0.5)), nn.Dropout(0.5)).train()
    model[0].eval()
    model[3][0].eval()
    model[1].training = False
    return model, [module.training for module in model.modules()]


def test_every_modules_mode_is_restored_exactly():
    model, before = mixed()
    assert len(set(before)) == 2
    td.mc_forward(model, X, 3)
    assert [module.training for module in model.modules()] == before


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
@pytest.mark.parametrize("at", [1, 3])
def test_every_modules_mode_is_restored_when_a_forward_is_interrupted(error, at):
    model, before = mixed()

    class Interrupted(nn.Module):
        calls = 0

        def forward(self, x):
            self.calls += 1
            if self.calls == at:
                raise error
            return x

    model.append(Interrupted())
    with pytest.raises(error):
        td.mc_forward(model, X, 5)
    assert [module.training for module in model.modules()] == [*before, True]
    assert td.is_grad_enabled()


def test_the_modes_are_restored_when_apply_fails():
    model, before = mixed()
    with pytest.raises(ZeroDivisionError):
        td.mc_forward(model, X, 5, apply=lambda out: 1 / 0)
    assert [module.training for module in model.modules()] == before


def test_if_a_mode_cannot_be_set_the_others_are_restored():
    class Stubborn(nn.Module):
        allowed = True

        def __setattr__(self, name, value):
            if name == "training" and not value and self.allowed:
                self.__dict__["allowed"] = False
                raise KeyboardInterrupt
            super().__setattr__(name, value)

    model = nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5).eval(), Stubborn())
    with pytest.raises(KeyboardInterrupt):
        td.mc_forward(model, X, 5)
    assert [module.training for module in model.modules()] == [True, True, False, True]


# Memory ---------------------------------------------------------------------------------------------------------------


def test_the_memory_does_not_grow_with_the_samples():
    model, x = nn.Sequential(nn.Dropout(0.5)), np.ones((100, 1000))

    def peak(samples: int) -> int:
        gc.collect()
        tracemalloc.start()
        try:
            td.mc_forward(model, x, samples)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # warm up
    assert peak(40) <= peak(4) + x.nbytes // 10


def test_the_result_can_be_made_by_hand():
    result = MonteCarlo(mean=np.zeros(2), spread=np.array([2.0, 4.0]), samples=4)
    np.testing.assert_array_equal(result.standard_error, [1, 2])


def test_an_array_takes_the_dtype_of_the_model():
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(3, 2))
    assert td.mc_forward(model, np.ones((4, 3)), 5).mean.dtype == np.float32


def test_a_result_cannot_be_changed_by_mistake():
    result = td.mc_forward(nn.Dropout(0.5), np.ones(3), 2)
    with pytest.raises(AttributeError):
        result.samples = 3
