"""NaN, infinities, both zeros and denormals: the right value and gradient, or PyTorch's if there is a choice."""

import itertools

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

NAN, INF, TINY = np.nan, np.inf, 1e-310
SPECIAL = [NAN, INF, -INF, -0.0, 0.0, TINY, -TINY, 3.0, -3.0]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's warnings, for example for a division by 0


def value_and_gradients(operation, *columns: list[float]):
    tensors = [td.Tensor(np.array(column), requires_grad=True) for column in columns]
    out = operation(*tensors)
    out.backward(np.ones(out.shape))
    return [out.data, *(tensor.grad for tensor in tensors)]


def pytorchs(torch, operation, *columns: list[float]):
    tensors = [torch.tensor(column, dtype=torch.float64, requires_grad=True) for column in columns]
    out = operation(*tensors)
    out.backward(torch.ones_like(out))
    return [out.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


def same(ours, theirs, atol: float = 0) -> None:
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=atol)


ONE = {
    "negative": (lambda x: -x, lambda torch, x: -x),
    "exp": (F.exp, lambda torch, x: x.exp()),
    "log": (F.log, lambda torch, x: x.log()),
    "sqrt": (F.sqrt, lambda torch, x: x.sqrt()),
    "abs": (F.abs, lambda torch, x: x.abs()),
    "relu": (F.relu, lambda torch, x: x.relu()),
    "leaky_relu": (F.leaky_relu, lambda torch, x: torch.nn.functional.leaky_relu(x)),
    "gelu": (F.gelu, lambda torch, x: torch.nn.functional.gelu(x)),
    "gelu by tanh": (lambda x: F.gelu(x, "tanh"), lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh")),
    "sigmoid": (F.sigmoid, lambda torch, x: x.sigmoid()),
    "tanh": (F.tanh, lambda torch, x: x.tanh()),
    "clip": (lambda x: F.clip(x, -1, 1), lambda torch, x: x.clip(-1, 1)),
    "clip from below": (lambda x: F.clip(x, min=-1), lambda torch, x: x.clip(min=-1)),
    "clip from above": (lambda x: F.clip(x, max=0), lambda torch, x: x.clip(max=0)),
    "square": (lambda x: x**2, lambda torch, x: x**2),
    "reciprocal": (lambda x: 1 / x, lambda torch, x: 1 / x),
    "cube": (lambda x: x**3, lambda torch, x: x**3),
    "power of 2": (lambda x: 2**x, lambda torch, x: 2**x),
    "where": (lambda x: F.where(x.data > 0, x, 0), lambda torch, x: torch.where(x > 0, x, 0)),
    "clone": (F.clone, lambda torch, x: x.clone()),
    "flatten": (F.flatten, lambda torch, x: x.flatten()),
    "getitem": (lambda x: x[::-1], lambda torch, x: x.flip(0)),
}

TWO = {
    "add": lambda torch, x, y: x + y,
    "subtract": lambda torch, x, y: x - y,
    "multiply": lambda torch, x, y: x * y,
    "divide": lambda torch, x, y: x / y,
    "power": lambda torch, x, y: x**y,
    "maximum": lambda torch, x, y: torch.maximum(x, y),
    "minimum": lambda torch, x, y: torch.minimum(x, y),
    "mse_loss": lambda torch, x, y: torch.nn.functional.mse_loss(x, y, reduction="sum"),
    "l1_loss": lambda torch, x, y: torch.nn.functional.l1_loss(x, y, reduction="sum"),
}


@pytest.mark.parametrize("name", ONE)
def test_functions_of_one_number_are_pytorchs(torch, name):
    ours, theirs = ONE[name]
    same(value_and_gradients(ours, SPECIAL), pytorchs(torch, lambda x: theirs(torch, x), SPECIAL))


@pytest.mark.parametrize("name", TWO)
def test_functions_of_two_numbers_are_pytorchs(torch, name):
    for x, y in itertools.product(SPECIAL, SPECIAL):
        options = {"reduction": "sum"} if name.endswith("_loss") else {}
        ours = value_and_gradients(lambda x, y: getattr(F, name)(x, y, **options), [x], [y])  # noqa: B023
        same(ours, pytorchs(torch, lambda x, y: TWO[name](torch, x, y), [x], [y]))


ROWS = [[NAN, 1, 2], [INF, 1, 2], [-INF, 1, 2], [INF, INF, 0], [-INF, -INF, 0], [INF, -INF, 0], [0.0, -0.0, 0.0],
        [TINY, TINY, 0], [3.0, 3.0, 3.0], [1e300, 1e300, 1e300], [-INF, -INF, -INF]]  # fmt: skip
ALONG = {
    "sum": lambda torch, x: x.sum(0),
    "mean": lambda torch, x: x.mean(0),
    "var": lambda torch, x: x.var(0),
    "std": lambda torch, x: x.std(0),
    "max": lambda torch, x: x.amax(0),
    "min": lambda torch, x: x.amin(0),
    "softmax": lambda torch, x: x.softmax(0),
    "log_softmax": lambda torch, x: x.log_softmax(0),
}


def with_a_limit(name: str, row: list[float]) -> bool:
    """For one infinite score, we return the limit (see below), and PyTorch returns NaN."""
    return name in ("softmax", "log_softmax", "cross_entropy") and row.count(INF) == 1


def names_and_rows(names) -> list:
    pairs = [(name, row) for name in names for row in ROWS if not with_a_limit(name, row)]
    return [pytest.param(name, row, id=f"{name}-{row}") for name, row in pairs]


@pytest.mark.parametrize(("name", "row"), names_and_rows(ALONG))
def test_functions_along_an_axis_are_pytorchs(torch, name, row):
    ours = value_and_gradients(lambda x: getattr(F, name)(x, axis=0), row)
    same(ours, pytorchs(torch, lambda x: ALONG[name](torch, x), row), atol=1e-16)


@pytest.mark.parametrize(("name", "row"), names_and_rows(["cross_entropy", "nll_loss"]))
def test_losses_of_labels_are_pytorchs(torch, name, row):
    for label in range(3):
        ours = value_and_gradients(lambda x: getattr(F, name)(F.reshape(x, 1, 3), [label]), row)  # noqa: B023
        theirs = getattr(torch.nn.functional, name)
        same(ours, pytorchs(torch, lambda x: theirs(x[None], torch.tensor([label])), row), atol=1e-16)  # noqa: B023


# The values themselves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "x", "value", "gradient"),
    [
        (F.relu, NAN, NAN, 1),
        (F.relu, INF, INF, 1),
        (F.relu, -INF, 0, 0),
        (F.relu, TINY, TINY, 1),
        (F.relu, -TINY, 0, 0),
        (F.relu, -0.0, 0, 0),
        (F.abs, NAN, NAN, 0),
        (F.abs, -INF, INF, -1),
        (F.abs, -0.0, 0, 0),
        (F.abs, -TINY, TINY, -1),
        (F.sigmoid, INF, 1, 0),
        (F.sigmoid, -INF, 0, 0),
        (F.tanh, -INF, -1, 0),
        (F.exp, -INF, 0, 0),
        (F.log, 0.0, -INF, INF),
        (F.sqrt, 0.0, 0, INF),
        (lambda x: F.clip(x, -1, 1), NAN, NAN, 0),
        (lambda x: F.maximum(x, 1.0), NAN, NAN, 1),
        (lambda x: F.maximum(x, NAN), 1.0, NAN, 1),
        (lambda x: F.minimum(x, NAN), 1.0, NAN, 1),
        (lambda x: F.maximum(x, -INF), -INF, -INF, 0.5),
        (lambda x: x**2, -INF, INF, -INF),
        (lambda x: x**0, NAN, 1, 0),
        (lambda x: F.where(np.array(False), x, 1.0), NAN, 1, 0),
        (lambda x: F.dropout(x, 1.0), NAN, 0, 0),
        (lambda x: F.dropout(x, 1.0), INF, 0, 0),
        (lambda x: F.dropout(x, 0.5, mask=np.array(True)), INF, INF, 2),
    ],
)
def test_values_and_gradients_of_one_number(operation, x, value, gradient):
    same(value_and_gradients(operation, x), [value, gradient])


@pytest.mark.parametrize(
    ("z", "target", "loss", "gradient"),
    [
        (INF, 0.0, INF, 1),
        (INF, 1.0, 0, 0),
        (INF, 0.5, INF, 0.5),
        (-INF, 0.0, 0, 0),
        (-INF, 1.0, INF, -1),
        (-INF, 0.5, INF, -0.5),
        (NAN, 0.0, NAN, NAN),
        (NAN, 1.0, NAN, NAN),
        (1e4, 0.0, 1e4, 1),
        (-1e4, 1.0, 1e4, -1),
        (1e4, 1.0, 0, 0),
        (TINY, 1.0, np.log(2), -0.5),
    ],
)
def test_the_binary_cross_entropy_of_an_infinite_logit_is_its_limit(z, target, loss, gradient):
    """PyTorch gives NaN for four of these."""
    same(value_and_gradients(lambda z: F.binary_cross_entropy_with_logits(z, target), z), [loss, gradient])


def test_one_infinite_score_gets_all_of_the_probability():
    """This is the limit, as for sigmoid(inf) = 1. Two infinite scores have no limit: NaN, as in PyTorch."""
    row = [INF, 1.0, -INF]
    same(value_and_gradients(F.softmax, row), [[1, 0, 0], [0, 0, 0]])
    same(value_and_gradients(F.log_softmax, row), [[0, -INF, -INF], [-2, 1, 1]])
    for label, loss, gradient in ((0, 0, [0, 0, 0]), (1, INF, [1, -1, 0]), (2, INF, [1, 0, -1])):
        ours = value_and_gradients(lambda x: F.cross_entropy(F.reshape(x, 1, 3), [label]), row)  # noqa: B023
        same(ours, [loss, gradient])
    assert np.isnan(F.softmax(np.array([INF, INF, 1.0])).data[:2]).all()
    rows = np.array([[INF, 1.0, 2.0], [0.0, 0.0, -INF]])
    np.testing.assert_array_equal(F.softmax(rows).data, [[1, 0, 0], [0.5, 0.5, 0]])
    np.testing.assert_array_equal(F.softmax(rows.T, axis=0).data, [[1, 0.5], [0, 0.5], [0, 0]])


def test_a_probability_of_zero_costs_nothing_even_if_the_network_excludes_the_class():
    """0 ln 0 is 0: a logit of -inf masks a class out. (PyTorch gives NaN.)"""
    loss, gradient = value_and_gradients(
        lambda x: F.cross_entropy(F.reshape(x, 1, 3), np.array([[0.0, 0.5, 0.5]])), [-INF, 1.0, 1.0]
    )
    np.testing.assert_allclose(loss, np.log(2), rtol=1e-12)
    np.testing.assert_array_equal(gradient, [0, 0, 0])


def test_the_gradient_of_where_does_not_leak_a_nan_from_the_branch_not_taken():
    x, y = (td.Tensor(np.array([1.0, 2.0]), requires_grad=True) for _ in range(2))
    F.where(np.array([True, False]), x, y).backward(np.array([INF, NAN]))
    same([x.grad, y.grad], [[INF, 0], [0, NAN]])


def test_a_standard_deviation_of_zero_has_a_gradient_of_zero():
    same(value_and_gradients(F.std, [2.0, 2.0, 2.0]), [0, [0, 0, 0]])


@pytest.mark.parametrize("name", ["argmax", "argmin"])
def test_argmax_and_argmin_find_nan_first(torch, name):
    for row in ROWS:
        theirs = getattr(torch.tensor(row), name)(0).item()
        assert getattr(td.Tensor(row), name)(0).item() == theirs


def test_the_variance_of_nan_or_of_too_few_elements_has_no_finite_gradient():
    same(value_and_gradients(F.std, [NAN, 1.0, 2.0]), [NAN, [NAN, NAN, NAN]])
    _, gradient = value_and_gradients(lambda x: F.var(x, correction=3), [1.0, 3.0])
    np.testing.assert_array_equal(gradient, [-INF, INF])


def test_the_exponent_of_a_negative_base_has_no_gradient():
    same(value_and_gradients(F.power, [-2.0], [2.0]), [[4], [-4], [NAN]])


def test_the_exact_gelu_keeps_its_digits_far_below_zero():
    """x (1 + erf(x / √2)) / 2, as PyTorch computes it, is 0 from -8.3 on."""
    x = td.Tensor(np.array([-10.0, -20.0, -37.0]), requires_grad=True)
    out = F.gelu(x)
    out.sum().backward()
    density = np.exp(-(x.data**2) / 2) / np.sqrt(2 * np.pi)
    mills = (
        1 - x.data**-2.0 + 3 * x.data**-4.0 - 15 * x.data**-6.0 + 105 * x.data**-8.0
    )  # -x Φ(x) / φ(x), asymptotically
    np.testing.assert_allclose(out.data, -density * mills, rtol=1e-5)
    np.testing.assert_allclose(x.grad, density * (x.data + mills / -x.data), rtol=1e-5)


def test_weighted_losses_of_infinite_scores_are_their_limits():
    target = np.array([[0.5, 0.5, 0.0]])
    weight = np.array([1.0, 0.0, 2.0])
    same(
        value_and_gradients(lambda x: F.cross_entropy(x, target, weight=weight), [[0.0, -INF, 0.0]]),
        [0.5 * np.log(2), [[-0.25, 0, 0.25]]],
    )
    same(
        value_and_gradients(lambda z: F.binary_cross_entropy_with_logits(z, [1.0, 0.0], pos_weight=3.0), [INF, -INF]),
        [0, [0, 0]],
    )
    same(
        value_and_gradients(lambda z: F.binary_cross_entropy_with_logits(z, [1.0], pos_weight=3.0), [-1e4]),
        [3e4, [-3]],
    )
