"""Which dtype a result has: Tensors promote as in PyTorch, never by accident, and integers become float32."""

import itertools
import operator

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8]
FLOATS = [np.float16, np.float32, np.float64]
KINDS = [np.bool_, *INTEGERS, *FLOATS]
BINARY = [operator.add, operator.mul, operator.truediv, F.maximum, lambda x, y: F.where(np.array(True), x, y)]


def tensor_of(dtype: type, shape: tuple[int, ...]) -> td.Tensor:
    return td.Tensor(np.ones(shape, dtype=dtype))


@pytest.mark.parametrize("shapes", [((2,), (2,)), ((2,), ()), ((), (2,)), ((), ()), ((2, 1), (3,))], ids=str)
@pytest.mark.parametrize(("left", "right"), list(itertools.product(KINDS, KINDS)), ids=lambda kind: kind.__name__)
def test_two_tensors_promote_as_in_pytorch(torch, left, right, shapes):
    ours = [tensor_of(kind, shape) for kind, shape in zip((left, right), shapes, strict=True)]
    theirs = [torch.from_numpy(np.array(tensor.data)) for tensor in ours]
    expected = torch.empty(0, dtype=torch.result_type(*theirs)).numpy().dtype
    assert (ours[0] * ours[1]).dtype == expected
    assert F.where(np.array([[True]]), *ours).dtype == expected
    if shapes[0] == shapes[1]:
        assert F.stack(ours).dtype == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (tensor_of(np.float32, (2,)), tensor_of(np.int64, (2,)), np.float32),
        (tensor_of(np.float32, (2,)), tensor_of(np.float64, ()), np.float32),
        (tensor_of(np.float32, (2,)), tensor_of(np.float64, (2,)), np.float64),
        (tensor_of(np.uint8, (2,)), tensor_of(np.int8, (2,)), np.int16),
        (tensor_of(np.int32, (2,)), tensor_of(np.float64, ()), np.float64),
        (tensor_of(np.bool_, (2,)), tensor_of(np.int8, ()), np.int8),
        (tensor_of(np.int64, (2,)), tensor_of(np.uint64, (2,)), np.float32),
    ],
    ids=str,
)
def test_the_rules_in_examples(left, right, expected):
    assert (left * right).dtype == (right * left).dtype == expected


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    "other", [2, 2.5, True, np.float64(2.5), np.full(3, 2.5), np.arange(1, 4), [1.0, 2.0, 3.0]], ids=repr
)
def test_an_array_or_a_number_takes_the_dtype_of_the_tensor_next_to_it(dtype, other):
    x = tensor_of(dtype, (3,))
    for apply in BINARY:
        assert apply(x, other).dtype == apply(other, x).dtype == dtype
    assert F.concatenate([x, np.full(2, 2.5)]).dtype == dtype


def test_next_to_an_integer_tensor_a_half_is_not_truncated():
    np.testing.assert_array_equal((td.Tensor([1, 2]) * 2.5).data, np.array([2.5, 5.0], dtype=np.float32))


FLOAT_OPERATIONS = [
    F.exp, F.log, F.sqrt, F.sigmoid, F.tanh, F.mean, F.var, F.std, F.softmax, F.log_softmax,
    lambda x: F.clip(x, 0.5), lambda x: x / x, lambda x: 1 / x, lambda x: x / 2, lambda x: x**0.5, lambda x: x * 0.5,
    lambda x: F.cross_entropy(F.reshape(x, 1, -1), [1]), lambda x: F.nll_loss(F.reshape(x, 1, -1), [1]),
    lambda x: F.mse_loss(x, x), lambda x: F.binary_cross_entropy_with_logits(x, np.ones(3)),
]  # fmt: skip


@pytest.mark.parametrize("operation", FLOAT_OPERATIONS)
@pytest.mark.parametrize(
    "dtype", [np.bool_, *INTEGERS, np.uint16, np.uint32, np.uint64], ids=lambda kind: kind.__name__
)
def test_integers_of_every_width_become_float32(operation, dtype):
    values = np.array([12, 3, 50]).astype(dtype)
    out = operation(td.Tensor(values))
    expected = operation(td.Tensor(values.astype(np.float32)))
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out.data, expected.data)


def test_the_exponential_of_a_small_integer_does_not_overflow():
    np.testing.assert_allclose(td.Tensor(np.uint8([12])).exp().data, np.exp(np.float32([12])), rtol=1e-6)


def test_a_fractional_bound_is_kept():
    out = td.Tensor([0, 3]).clip(min=0.5)
    np.testing.assert_array_equal(out.data, np.array([0.5, 3], dtype=np.float32))
    assert td.Tensor([0, 3]).clip(min=1).dtype == np.int64


@pytest.mark.parametrize("dtype", [np.bool_, *INTEGERS], ids=lambda kind: kind.__name__)
def test_integers_and_booleans_add_up_to_int64(torch, dtype):
    total = tensor_of(dtype, (300,)).sum()
    assert (total.dtype, total.item()) == (
        np.int64,
        torch.ones(300, dtype=torch.from_numpy(np.ones(1, dtype)).dtype).sum(),
    )


# Products -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [np.float64, np.float16, np.int64, np.bool_], ids=lambda kind: kind.__name__)
def test_a_product_of_two_dtypes_is_an_error_that_names_both(other):
    name = np.dtype(other).name
    x, layer = tensor_of(other, (2, 3)), nn.Linear(3, 4)
    weight = td.Tensor(np.ones((3, 4), np.float32))
    with pytest.raises(td.DtypeError, match=rf"^matmul: expected Tensors of one dtype, got {name} and float32"):
        x @ weight
    with pytest.raises(
        td.DtypeError,
        match=rf'^Linear\(3 -> 4\) at "1": expected .* got {name} \(input\) and float32 \(weight\).*np\.float32',
    ):
        nn.Sequential(nn.Flatten(), layer)(x)
    with pytest.raises(td.DtypeError, match=r"float32 \(weight\) and float64 \(bias\)"):
        F.linear(weight.T @ weight, td.Tensor(np.ones((2, 4), np.float32)), td.Tensor(np.ones(2)))
    assert issubclass(td.DtypeError, TypeError)


@pytest.mark.parametrize("dtype", FLOATS)
def test_an_array_takes_the_dtype_of_the_layer_that_it_is_given_to(dtype):
    layer = nn.Linear(3, 4, dtype=dtype)
    for array in (np.ones((2, 3)), np.ones((2, 3), np.int64), np.ones((2, 3)).tolist()):
        assert layer(array).dtype == dtype
        assert F.matmul(array, layer.weight.T).dtype == dtype


def test_a_gradient_has_the_dtype_of_its_own_tensor():
    x = td.Tensor(np.ones(3, np.float32), requires_grad=True)
    y = td.Tensor(np.ones(3), requires_grad=True)
    z = td.Tensor(np.float16(2), requires_grad=True)
    ((x * y + z) ** 2).sum().backward()
    assert (x.grad.dtype, y.grad.dtype, z.grad.dtype) == (np.float32, np.float64, np.float16)
    np.testing.assert_array_equal(x.grad, [6, 6, 6])
    np.testing.assert_array_equal(y.grad, [6, 6, 6])
    np.testing.assert_array_equal(z.grad, 18)


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("other", [1, np.int64(1), np.array(1), True], ids=repr)
def test_an_integer_takes_the_integer_dtype_of_the_tensor(shape, other):
    x = tensor_of(np.uint8, shape)
    assert (x + other).dtype == (other + x).dtype == np.uint8
    x += other
    assert (x.dtype, x.data.max()) == (np.uint8, 2)


def test_an_integer_that_does_not_fit_is_an_error():
    with pytest.raises(OverflowError, match="300"):
        tensor_of(np.uint8, (2,)) + 300
