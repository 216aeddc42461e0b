"""LayerNorm and BatchNorm1d: PyTorch's outputs, gradients, running statistics and state_dicts."""

import copy
import importlib

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

RTOL = {np.float64: 1e-12, np.float32: 1e-5}
each_dtype = pytest.mark.parametrize("dtype", RTOL, ids=lambda dtype: dtype.__name__)


def some(*shape: int, dtype: type = np.float64, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(1, 2, size=shape).astype(dtype)


def twins(torch, name: str, *arguments, dtype: type = np.float64, **options):
    """Our layer and PyTorch's, with the same random parameters instead of the initial ones."""
    ours = getattr(nn, name)(*arguments, **options, dtype=dtype)
    theirs = getattr(torch.nn, name)(*arguments, **options).to(getattr(torch, np.dtype(dtype).name))
    for seed, parameter in enumerate(ours.parameters()):
        parameter.data[...] = some(*parameter.shape, seed=seed + 5)
    theirs.load_state_dict({key: torch.from_numpy(array) for key, array in ours.state_dict().items()})
    return ours, theirs


def step(torch, ours, theirs, x: np.ndarray) -> None:
    """Compare a forward and a backward."""
    rtol = RTOL[x.dtype.type]
    our_x, their_x = td.Tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    our_out, their_out = ours(our_x), theirs(their_x)
    assert our_out.dtype == x.dtype
    np.testing.assert_allclose(our_out.data, their_out.detach().numpy(), rtol=rtol, atol=rtol)
    upstream = some(*our_out.shape, dtype=x.dtype, seed=9)
    our_out.backward(upstream)
    their_out.backward(torch.tensor(upstream))
    np.testing.assert_allclose(our_x.grad, their_x.grad.numpy(), rtol=rtol, atol=20 * rtol)
    for our, their in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert our.grad.dtype == x.dtype
        np.testing.assert_allclose(our.grad, their.grad.numpy(), rtol=rtol, atol=20 * rtol)


def same_state(ours, theirs, rtol: float) -> None:
    our_state, their_state = ours.state_dict(), theirs.state_dict()
    assert list(our_state) == list(their_state)
    for key, array in our_state.items():
        assert (array.shape, array.dtype) == (tuple(their_state[key].shape), their_state[key].numpy().dtype)
        np.testing.assert_allclose(array, their_state[key].numpy(), rtol=rtol)


@each_dtype
@pytest.mark.parametrize("shape", [3, (3,), (4, 3)], ids=str)
@pytest.mark.parametrize("options", [{}, {"elementwise_affine": False}, {"bias": False}, {"eps": 0.5}], ids=str)
def test_layer_norm_is_pytorchs(torch, shape, options, dtype):
    ours, theirs = twins(torch, "LayerNorm", shape, dtype=dtype, **options)
    step(torch, ours, theirs, some(5, 4, 3, dtype=dtype))
    same_state(ours, theirs, rtol=0)


@each_dtype
@pytest.mark.parametrize("shape", [(6, 3), (4, 3, 5)], ids=str)
@pytest.mark.parametrize(
    "options",
    [{}, {"momentum": 0.3}, {"momentum": None}, {"momentum": 0.0}, {"affine": False}, {"track_running_stats": False},
     {"track_running_stats": False, "momentum": None}, {"eps": 0.5}],
    ids=str,
)  # fmt: skip
def test_batch_norm_is_pytorchs_in_training_and_afterwards(torch, shape, options, dtype):
    ours, theirs = twins(torch, "BatchNorm1d", 3, dtype=dtype, **options)
    for seed in range(3):
        for model in (ours, theirs):
            model.zero_grad()
        step(torch, ours, theirs, some(*shape, dtype=dtype, seed=seed))
        same_state(ours, theirs, RTOL[dtype])
    for model in (ours, theirs):
        model.zero_grad()
        model.eval()
    step(torch, ours, theirs, some(*shape, dtype=dtype, seed=7))
    same_state(ours, theirs, RTOL[dtype])


@pytest.mark.parametrize("layer", [nn.LayerNorm(3, dtype=np.float64), nn.BatchNorm1d(3, dtype=np.float64)])
@pytest.mark.parametrize("training", [True, False])
def test_the_gradients_are_right(layer, training):
    layer.train(training)
    x = td.Tensor(some(5, 3), requires_grad=True)
    assert td.gradcheck(lambda x, *_: layer(x), [x, *layer.parameters()])


def test_the_output_has_mean_0_and_deviation_1_over_its_axes():
    x = some(50, 40, dtype=np.float32)
    for layer, axis in ((nn.LayerNorm(40), 1), (nn.BatchNorm1d(40), 0)):
        out = layer(x).data
        np.testing.assert_allclose(out.mean(axis), 0, atol=1e-6)
        np.testing.assert_allclose(out.std(axis), 1, rtol=1e-4)


def test_the_running_mean_with_momentum_none_is_the_mean_of_the_batches():
    layer = nn.BatchNorm1d(2, momentum=None, dtype=np.float64)
    batches = [some(4, 2, seed=seed) for seed in range(5)]
    for one in batches:
        layer(one)
    np.testing.assert_allclose(layer.running_mean.data, np.mean([one.mean(0) for one in batches], axis=0))
    np.testing.assert_allclose(layer.running_var.data, np.mean([one.var(0, ddof=1) for one in batches], axis=0))
    assert layer.num_batches_tracked.item() == 5


def test_evaluation_and_refused_inputs_do_not_change_the_statistics():
    layer = nn.BatchNorm1d(3)
    before = layer.state_dict()
    layer.eval()(td.ones(2, 3))
    for wrong in (td.ones(1, 3), td.ones(2, 4), td.ones(3), td.ones(2, 3, dtype=np.float64)):
        with pytest.raises((ValueError, TypeError)):
            layer.train()(wrong)
    layer(td.ones(0, 3))
    np.testing.assert_equal({**layer.state_dict(), "num_batches_tracked": 0}, before)


def test_one_sequence_is_enough_for_a_batch_but_one_value_is_not():
    layer = nn.BatchNorm1d(2)
    assert layer(td.ones(1, 2, 3)).shape == (1, 2, 3)
    with pytest.raises(td.ShapeError, match=r"^BatchNorm1d\(2, .*more than one value.*\(1, 2, 1\)"):
        layer(td.ones(1, 2, 1))
    assert layer.eval()(td.ones(1, 2)).shape == (1, 2)


def test_running_statistics_get_no_gradient_and_are_not_parameters():
    layer = nn.BatchNorm1d(3)
    out = layer(td.Tensor(some(4, 3, dtype=np.float32), requires_grad=True))
    out.sum().backward()
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    assert [name for name, _ in layer.named_buffers()] == ["running_mean", "running_var", "num_batches_tracked"]
    assert all(buffer.grad is None and not buffer.requires_grad for buffer in layer.buffers())


def test_another_forward_before_backward_does_not_change_a_gradient():
    """It moves the running statistics, which the first graph does not need."""
    gradients = []
    for disturb in (False, True):
        layer = nn.BatchNorm1d(3, dtype=np.float64).eval()
        x = td.Tensor(some(4, 3), requires_grad=True)
        out = layer(x)
        if disturb:
            layer.train()(some(4, 3, seed=3))
        (out * out).sum().backward()
        gradients.append(x.grad)
    np.testing.assert_array_equal(*gradients)


def test_the_function_changes_the_running_tensors_but_not_the_input():
    x, mean, var = some(4, 3), td.zeros(3, dtype=np.float64), td.ones(3, dtype=np.float64)
    before = x.copy()
    F.batch_norm(x, mean, var, training=True, momentum=1.0)
    np.testing.assert_allclose(mean.data, x.mean(0))
    np.testing.assert_allclose(var.data, x.var(0, ddof=1))
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("wrong", ["weight", "bias", "running_var"])
def test_the_function_changes_nothing_if_any_argument_does_not_fit(wrong):
    """Each is checked before the first running statistic moves."""
    mean, var = td.zeros(3, dtype=np.float64), td.ones(3, dtype=np.float64)
    arguments = {"running_mean": mean, "running_var": var, wrong: td.ones(2, dtype=np.float64)}
    with pytest.raises(td.ShapeError, match=f"{wrong} to have shape"):
        F.batch_norm(some(4, 3), **arguments, training=True)
    np.testing.assert_array_equal([mean.data, var.data], [[0, 0, 0], [1, 1, 1]])


def test_a_running_statistic_can_be_an_array_and_changes_in_place_too():
    x, mean, var = some(4, 3), np.zeros(3), np.ones(3)
    F.batch_norm(x, mean, var, training=True, momentum=1)
    np.testing.assert_allclose([mean, var], [x.mean(0), x.var(0, ddof=1)])


def test_running_statistics_keep_their_digits_if_the_batch_varies_little():
    """1 + 1.0 * (1e-10 - 1) would be 0 in float32."""
    layer = nn.BatchNorm1d(1, momentum=None)
    x = some(100, 1, dtype=np.float32) * np.float32(1e-5)
    layer(x)
    np.testing.assert_allclose(layer.running_var.data, x.astype(np.float64).var(0, ddof=1), rtol=1e-5)


def test_backward_notices_when_running_statistics_it_needs_have_moved():
    layer = nn.BatchNorm1d(3, affine=False)
    x = td.Tensor(some(4, 3, dtype=np.float32), requires_grad=True)
    product = x * layer.running_mean
    layer(x)
    with pytest.raises(RuntimeError, match="changed since"):
        product.sum().backward()


def test_mean_and_variance_of_a_batch_are_computed_once(monkeypatch):
    module, calls = importlib.import_module("tinygrad_dropout.functional._normalization"), []
    compute = module.mean_and_variance
    monkeypatch.setattr(module, "mean_and_variance", lambda *given: calls.append(given) or compute(*given))
    nn.BatchNorm1d(3)(some(4, 3, dtype=np.float32))
    assert len(calls) == 1


@pytest.mark.parametrize("eps", [np.float64(1e-5), np.float32(1e-5), 1])
def test_a_numpy_number_as_eps_does_not_widen_the_result(eps):
    x = some(4, 3, dtype=np.float32)
    mean, var = td.zeros(3), td.ones(3)
    for out in (
        F.layer_norm(x, 3, eps=eps),
        F.batch_norm(x, None, None, training=True, eps=eps),
        F.batch_norm(x, mean, var, training=True, momentum=np.float64(0.5), eps=eps),
        F.batch_norm(x, mean, var, eps=eps),
    ):
        assert out.dtype == np.float32


def test_the_default_eps_of_functions_and_layers_is_one_hundred_thousandth():
    x, running = np.array([[0.0, 0.0], [0.01, 0.02]]), (td.zeros(2, dtype=np.float64), td.ones(2, dtype=np.float64))
    standardized = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5)
    for out in (F.batch_norm(x, None, None, training=True), nn.BatchNorm1d(2, dtype=np.float64)(x)):
        np.testing.assert_allclose(out.data, standardized)
    for out in (F.layer_norm(x.T, 2), nn.LayerNorm(2, dtype=np.float64)(x.T)):
        np.testing.assert_allclose(out.data, standardized.T)
    np.testing.assert_allclose(F.batch_norm(x, *running).data, x / np.sqrt(1 + 1e-5))


def half_precision_calls() -> dict:
    """Calls with their inputs. The numbers are large, many or close together, so float16 would not be enough."""
    close = (100 + 0.1 * np.random.default_rng(3).integers(-20, 20, (300, 3))).astype(np.float16)
    large = (400 * np.random.default_rng(3).normal(size=(300, 3))).astype(np.float16)
    last_axis = {"normalized_shape": (3,)}
    running = {"running_mean": some(3, dtype=np.float16), "running_var": np.full(3, 2, np.float16)}
    training = {**running, "training": True, "momentum": 0.3}
    return {
        "layer_norm of close numbers": (F.layer_norm, close, last_axis),
        "layer_norm of large numbers": (F.layer_norm, large, last_axis),
        "layer_norm of equal numbers": (F.layer_norm, np.ones_like(close), {**last_axis, "eps": 2e-8}),
        "batch_norm of close numbers": (F.batch_norm, close, training),
        "batch_norm of large numbers": (F.batch_norm, large, training),
        "batch_norm in evaluation": (F.batch_norm, close, running),
    }


@pytest.mark.parametrize("name", half_precision_calls())
def test_half_precision_is_rounded_once(name):
    """Outputs, gradients and running statistics are float64's, rounded, as in PyTorch."""
    function, x, options = half_precision_calls()[name]
    inputs, upstream = (
        [x, *(some(3, dtype=np.float16, seed=seed) for seed in (1, 2))],
        some(300, 3, dtype=np.float16) / 8,
    )
    results = []
    for dtype in (np.float16, np.float64):
        x, weight, bias = (td.Tensor(array.astype(dtype), requires_grad=True) for array in inputs)
        running = {key: options[key].astype(dtype) for key in options if key.startswith("running")}
        out = function(x, weight=weight, bias=bias, **{**options, **running})
        out.backward(upstream.astype(dtype))
        results.append([out.data, x.grad, weight.grad, bias.grad, *running.values()])
        assert {array.dtype for array in results[-1]} == {np.dtype(dtype)}
    for half, exact in zip(*results, strict=True):
        np.testing.assert_allclose(half, exact.astype(np.float16), rtol=2e-3, atol=2e-3 * np.abs(exact).max())


def test_a_copy_has_its_own_statistics_and_double_converts_them():
    layer = nn.BatchNorm1d(3)
    other = copy.deepcopy(layer).double()
    other(some(4, 3))
    assert layer.num_batches_tracked.item() == 0
    assert [tensor.dtype for tensor in other.buffers()] == [np.float64, np.float64, np.int64]
    assert (layer.running_mean.data == 0).all()


@pytest.mark.parametrize("values", [[2.0, 2.0, 2.0], [1e-30, 2e-30, 4e-30], [1e4, 1e4 + 1, 1e4 + 2], [0.0, -0.0, 0.0]])
@pytest.mark.parametrize("name", ["layer_norm", "batch_norm"])
def test_nearly_constant_rows_are_pytorchs(torch, name, values):
    def ours(x):
        return F.layer_norm(x, 3) if name == "layer_norm" else F.batch_norm(x.T, None, None, training=True)

    def theirs(x):
        functions = torch.nn.functional
        return (
            functions.layer_norm(x, (3,))
            if name == "layer_norm"
            else functions.batch_norm(x.T, None, None, training=True)
        )

    our_x = td.Tensor(np.array([values]), requires_grad=True)
    their_x = torch.tensor([values], dtype=torch.float64, requires_grad=True)
    our_out, their_out = ours(our_x), theirs(their_x)
    upstream = np.array([1.0, 3.0, -2.0]).reshape(our_out.shape)
    our_out.backward(upstream)
    their_out.backward(torch.tensor(upstream))
    np.testing.assert_allclose(our_out.data, their_out.detach().numpy(), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(our_x.grad, their_x.grad.numpy(), rtol=1e-6, atol=1e-6)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nan_stays_in_its_example_or_its_channel():
    x = some(4, 3)
    x[1, 2] = np.nan
    assert np.isnan(F.layer_norm(x, 3).data).any(axis=1).tolist() == [False, True, False, False]
    assert np.isnan(F.batch_norm(x, None, None, training=True).data).any(axis=0).tolist() == [False, False, True]


def test_dropout_before_batch_norm_makes_outputs_too_small_in_evaluation():
    """Li et al. 2018: the running variance was measured with dropout on, so it is 1 / (1 - p) times too large."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 4)).astype(np.float32)
    after_dropout = nn.Sequential(nn.Dropout(0.5, rng=rng), nn.BatchNorm1d(4, momentum=None, affine=False))
    for _ in range(20):
        after_dropout(x)
    np.testing.assert_allclose(after_dropout(x).data.var(axis=0), 1, rtol=0.01)
    np.testing.assert_allclose(after_dropout.eval()(x).data.var(axis=0), 0.5, rtol=0.05)


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (nn.LayerNorm(3), "LayerNorm((3,), eps=1e-05)"),
        (nn.LayerNorm((2, 3), bias=False), "LayerNorm((2, 3), eps=1e-05, bias=False)"),
        (nn.LayerNorm(3, elementwise_affine=False), "LayerNorm((3,), eps=1e-05, elementwise_affine=False)"),
        (nn.BatchNorm1d(3), "BatchNorm1d(3, eps=1e-05, momentum=0.1)"),
        (
            nn.BatchNorm1d(3, momentum=None, affine=False, track_running_stats=False),
            "BatchNorm1d(3, eps=1e-05, momentum=None, affine=False, track_running_stats=False)",
        ),
    ],
)
def test_repr_shows_the_settings(layer, text):
    assert repr(layer) == text
