"""Every operation of the table: its forward, its gradients, its dtypes, and PyTorch's result of the same call."""

from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_dropout as td
from tests.functional.calls import Call
from tests.functional.table import OPERATIONS, Operation
from tests.numerical import numerical_gradient

ALWAYS = [pytest.param(row, call, id=f"{row}: {call}") for row in OPERATIONS for call in row.calls.always]


def draw_inputs(operation: Operation, call: Call) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [operation.domain(rng, shape) for shape in call.shapes]


def draw_upstream(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(2).uniform(-2, 2, shape)


def leaves(arrays: list[np.ndarray], dtype: type = np.float64) -> list[td.Tensor]:
    return [td.Tensor(array.astype(dtype), requires_grad=True) for array in arrays]


def forward_is_the_reference(operation: Operation, call: Call) -> None:
    arrays = draw_inputs(operation, call)
    out = operation.ours(*leaves(arrays), **call.options)
    expected = np.asarray(operation.numpy(*arrays, **call.options))
    assert type(out.data) is np.ndarray
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(out.data, expected, rtol=1e-12, atol=1e-12)


def gradients_are_the_finite_differences(operation: Operation, call: Call) -> None:
    arrays = draw_inputs(operation, call)
    tensors = leaves(arrays)
    out = operation.ours(*tensors, **call.options)
    upstream = draw_upstream(out.shape)
    given_upstream = upstream.copy()
    out.backward(given_upstream)
    for index, (array, tensor) in enumerate(zip(arrays, tensors, strict=True)):
        expected = numerical_gradient(lambda *xs: operation.numpy(*xs, **call.options), arrays, index, upstream)
        assert type(tensor.grad) is np.ndarray
        assert (tensor.grad.shape, tensor.grad.dtype) == (array.shape, array.dtype)
        np.testing.assert_allclose(tensor.grad, expected, rtol=1e-6, atol=1e-6)
        np.testing.assert_array_equal(tensor.data, array, err_msg="backward changed its input")
    np.testing.assert_array_equal(given_upstream, upstream, err_msg="backward changed its seed gradient")


def an_input_gets_the_same_gradient_if_only_it_requires_one(operation: Operation, call: Call) -> None:
    arrays = draw_inputs(operation, call)
    together = leaves(arrays)
    out = operation.ours(*together, **call.options)
    out.backward(draw_upstream(out.shape))
    for index, companion in enumerate(together):
        tensors = [td.Tensor(array, requires_grad=position == index) for position, array in enumerate(arrays)]
        out = operation.ours(*tensors, **call.options)
        out.backward(draw_upstream(out.shape))
        np.testing.assert_array_equal(tensors[index].grad, companion.grad)
        assert [t.grad is None for t in tensors] == [position != index for position in range(len(tensors))]


def float32_stays_float32(operation: Operation, call: Call) -> None:
    tensors = leaves(draw_inputs(operation, call), np.float32)
    out = operation.ours(*tensors, **call.options)
    out.backward(draw_upstream(out.shape))
    assert [out.dtype, *(tensor.grad.dtype for tensor in tensors)] == [np.float32] * (1 + len(tensors))


CHECKS = [
    forward_is_the_reference,
    gradients_are_the_finite_differences,
    an_input_gets_the_same_gradient_if_only_it_requires_one,
    float32_stays_float32,
]
each_check = pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


@each_check
@pytest.mark.parametrize(("operation", "call"), ALWAYS)
def test_on_the_shapes_always_tried(operation, call, check):
    check(operation, call)


@each_check
@each_operation
@given(data=st.data())
def test_on_generated_shapes(operation, check, data):
    check(operation, data.draw(operation.calls.invented))


# PyTorch's result -----------------------------------------------------------------------------------------------------

TOLERANCE = {np.float64: {"rtol": 1e-10, "atol": 1e-12}, np.float32: {"rtol": 1e-5, "atol": 2e-6}}
each_precision = pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: dtype.__name__)


def as_torch(torch, operation: Operation, inputs: list, options: dict):
    """The same call, spelled for PyTorch."""
    options = {name: to_torch(torch, value, inputs[0].dtype) for name, value in options.items()}
    if operation.torch is None:
        return operation.ours(*inputs, **options)
    if isinstance(operation.torch, str):
        return attrgetter(operation.torch)(torch)(*inputs, **options)
    return operation.torch(torch, *inputs, **options)


def to_torch(torch, value: object, dtype: object):
    """Turn an array into a tensor; floats take the dtype of the inputs, as they do next to our Tensors."""
    if not isinstance(value, np.ndarray):
        return value
    return torch.as_tensor(value, dtype=dtype if value.dtype == np.float64 else None)


def agrees_with_torch(torch, operation: Operation, call: Call, dtype: type) -> None:
    ours = leaves(draw_inputs(operation, call), dtype)
    theirs = [torch.tensor(tensor.data, requires_grad=True) for tensor in ours]
    our_out = operation.ours(*ours, **call.options)
    their_out = as_torch(torch, operation, theirs, call.options)
    np.testing.assert_allclose(our_out.data, their_out.detach().numpy(), **TOLERANCE[dtype])
    upstream = draw_upstream(our_out.shape).astype(dtype)
    our_out.backward(upstream)
    their_out.backward(torch.tensor(upstream))
    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.grad, their.grad.numpy(), **TOLERANCE[dtype])


@each_precision
@pytest.mark.filterwarnings(
    "ignore:(var|std).*degrees of freedom:UserWarning"
)  # PyTorch's, on the variance of an empty axis
@pytest.mark.parametrize(("operation", "call"), ALWAYS)
def test_agrees_with_torch_on_the_shapes_always_tried(torch, operation, call, dtype):
    agrees_with_torch(torch, operation, call, dtype)


@each_precision
@each_operation
@given(data=st.data())
def test_agrees_with_torch_on_generated_shapes(torch, operation, dtype, data):
    agrees_with_torch(torch, operation, data.draw(operation.calls.invented), dtype)


# Nothing is left out --------------------------------------------------------------------------------------------------


def test_every_public_function_has_a_row():
    with_a_row = {row.name.split()[0] for row in OPERATIONS}
    without_a_gradient = {"argmax", "argmin"}
    assert set(td.functional.__all__) - without_a_gradient <= with_a_row
