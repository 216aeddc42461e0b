"""The Tensor: its data, its attributes, its repr, and its errors."""

import copy
import pickle
import subprocess
import sys

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.errors import ShapeError


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1.5, np.float32),
        ([1.0, 2.0], np.float32),
        ([[1, 2.5], [3, 4]], np.float32),
        ((1.0, 2.0), np.float32),
        ([], np.float32),
        (3, np.int64),
        ([1, 2], np.int64),
        (True, np.bool_),
        (np.array([1.0]), np.float64),
        (np.array([1.0], dtype=np.float16), np.float16),
        (np.array([1], dtype=np.int32), np.int32),
        (np.float64(1.5), np.float64),
        ([np.float64(1.5), np.float64(2.5)], np.float64),
        ([np.array([1.0]), np.array([2.0])], np.float64),
    ],
    ids=repr,
)
def test_python_floats_become_float32_and_arrays_keep_their_dtype(data, dtype):
    assert td.Tensor(data).dtype == dtype


def test_dtype_can_be_asked_for():
    assert td.Tensor([1, 2], dtype=np.float64).dtype == np.float64
    assert td.Tensor(np.zeros(2), dtype=np.float32).dtype == np.float32


def test_an_array_is_shared_not_copied():
    array = np.zeros(3)
    x = td.Tensor(array)
    array[0] = 7
    assert x.data is array
    assert x.data[0] == 7


def test_the_attributes_of_a_tensor():
    x = td.Tensor(np.zeros((2, 3)), requires_grad=True, name="weights")
    assert (x.shape, x.ndim, x.size, x.dtype, len(x), x.name) == ((2, 3), 2, 6, np.float64, 2, "weights")
    assert x.requires_grad
    assert x.is_leaf
    assert x.grad is None


def test_a_tensor_requires_no_gradient_by_default():
    x = td.Tensor([1.0])
    assert not x.requires_grad
    assert not (x * 2).requires_grad


def test_a_computed_tensor_is_not_a_leaf():
    x = td.Tensor([1.0], requires_grad=True)
    assert not (x * 2).is_leaf
    assert (x * 2).detach().is_leaf


def test_item_gives_a_python_number():
    assert type(td.Tensor(1.5).item()) is float
    assert type(td.Tensor([[3]]).item()) is int


def test_numpy_gives_a_read_only_view():
    x = td.Tensor([1.0, 2.0])
    view = x.numpy()
    assert np.shares_memory(view, x.data)
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 5
    x.data[0] = 5  # the Tensor's own data stays writable
    assert view[0] == 5


def test_detach_shares_the_data_and_stops_the_gradient():
    x = td.Tensor([2.0], requires_grad=True)
    detached = x.detach()
    assert np.shares_memory(detached.data, x.data)
    assert not detached.requires_grad
    (x * detached).backward()
    np.testing.assert_array_equal(x.grad, [2.0])


def test_repr_shows_the_values_and_requires_grad():
    text = repr(td.Tensor([1.5, 2.0], requires_grad=True))
    assert text.startswith("Tensor(")
    assert "1.5" in text
    assert "requires_grad=True" in text
    assert "grad" not in repr(td.Tensor([1.5]))


@pytest.mark.parametrize("value", [True, False])
def test_requires_grad_of_a_leaf_can_be_switched(value):
    x = td.Tensor([1.0], requires_grad=not value)
    x.requires_grad = value
    assert (x * 2).requires_grad is value


def test_zero_grad_sets_the_gradient_to_none():
    x = td.Tensor([1.0], requires_grad=True)
    (x * 2).backward()
    x.zero_grad()
    assert x.grad is None


def test_assigned_data_takes_effect():
    x = td.Tensor([1.0], requires_grad=True)
    x.data = np.array([3.0], dtype=np.float32)
    out = x * x
    out.backward()
    assert out.item() == 9
    np.testing.assert_array_equal(x.grad, [6])


def test_assigning_an_item_says_what_to_do_instead():
    """Seen in HIPS autograd (#58, #177): it failed with a cryptic message."""
    x = td.Tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match=r"in place.*functional\.where"):
        x[0] = 5.0


@pytest.mark.parametrize(
    ("function", "ours"),
    [(np.exp, "exp"), (np.tanh, "tanh"), (np.abs, "abs"), (np.maximum, "maximum"), (np.concatenate, "concatenate")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_numpy_function_names_ours(function, ours):
    x = td.Tensor([1.0], requires_grad=True)
    arguments = {np.maximum: (x, x), np.concatenate: ([x, x],)}.get(function, (x,))
    with pytest.raises(TypeError, match=rf"functional\.{ours}\b"):
        function(*arguments)


def test_an_array_never_swallows_a_tensor():
    x = td.Tensor([1.0], requires_grad=True)
    with pytest.raises(TypeError, match=r"\.data"):
        np.asarray(x)
    array = np.array([1.0])
    with pytest.raises(TypeError):
        array += x


def test_a_tensor_in_a_set_is_compared_by_identity():
    a, b = td.Tensor([1.0, 2.0]), td.Tensor([1.0, 2.0])
    assert len({a, b, a}) == 2
    assert {a: "a", b: "b"}[b] == "b"


def test_a_model_loaded_in_another_process_still_gets_its_gradients(tmp_path):
    """A creation number means nothing in another process: the parameter would look newer than its results."""
    for _ in range(1000):
        td.Tensor(1.0)
    path = tmp_path / "model.pickle"
    path.write_bytes(pickle.dumps(td.nn.Linear(2, 1)))
    script = f"""
import pickle
import tinygrad_dropout as td
model = pickle.load(open({str(path)!r}, "rb"))
model(td.Tensor([[1.0, 2.0]])).sum().backward()
assert model.weight.grad.tolist() == [[1, 2]], model.weight.grad
"""
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr


def test_a_copy_is_a_separate_leaf():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True, name="x")
    x.grad = np.array([3.0, 4.0])
    copied = copy.deepcopy(x)
    copied.data[0] = 9
    np.testing.assert_array_equal(x.data, [1, 2])
    assert (copied.requires_grad, copied.name, copied.grad.tolist()) == (True, "x", [3, 4])


def test_the_result_of_an_operation_is_not_copied_with_its_graph():
    with pytest.raises(TypeError, match="expected a leaf, got the result of multiply"):
        copy.deepcopy(td.Tensor([1.0], requires_grad=True) * 2)


@pytest.mark.parametrize("compute", [lambda x: x / 2, lambda x: x.exp(), lambda x: x.mean(), lambda x: x.softmax()])
def test_floats_computed_from_integers_are_float32(compute):
    assert compute(td.Tensor([1, 2])).dtype == np.float32


# .grad ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "given"), [((2,), (3,)), ((2,), (2, 1)), ((2, 3), (3, 2)), ((2, 3), ()), ((), (1,)), ((1,), ())], ids=str
)
def test_a_gradient_of_another_shape_is_refused(shape, given):
    """The optimizer would broadcast it, or fail without saying where it came from."""
    x = td.Tensor(np.zeros(shape), requires_grad=True)
    x.grad = before = np.ones(shape)
    with pytest.raises(ShapeError) as caught:
        x.grad = np.ones(given)
    assert f"expected an array of shape {shape}, got {given}" in str(caught.value)
    assert x.grad is before


@pytest.mark.parametrize("grad", [[1.0, 2.0], (1.0, 2.0), 1.0, td.Tensor([1.0, 2.0])], ids=lambda g: type(g).__name__)
def test_a_gradient_that_is_not_an_array_is_refused(grad):
    x = td.Tensor(np.zeros(2), requires_grad=True)
    with pytest.raises(TypeError, match=f"expected an ndarray or None, got {type(grad).__name__}"):
        x.grad = grad
    assert x.grad is None


def test_a_numpy_scalar_is_the_gradient_of_a_tensor_without_axes():
    x = td.Tensor(np.array(2.0), requires_grad=True)
    x.grad = np.float64(5) * 2
    assert type(x.grad) is np.ndarray
    assert (x.grad.shape, x.grad.item()) == ((), 10)
    (x * 3).backward()
    assert x.grad == 13


def test_a_numpy_scalar_is_not_the_gradient_of_a_tensor_with_axes():
    with pytest.raises(ShapeError, match=r"\(1,\), got \(\)"):
        td.Tensor([2.0], requires_grad=True).grad = np.float32(1)


def test_an_assigned_gradient_is_kept_as_it_is_and_none_removes_it():
    x, grad = td.Tensor(np.zeros(2), requires_grad=True), np.array([1.0, 2.0])
    x.grad = grad
    assert x.grad is grad
    x.grad = None
    assert x.grad is None


@pytest.mark.parametrize("given", [np.float64, np.float16, np.int64, bool], ids=lambda dtype: dtype.__name__)
def test_a_gradient_of_another_dtype_is_converted(given):
    x, grad = td.Tensor([1.0, 2.0], requires_grad=True), np.array([1, 0], dtype=given)
    x.grad = grad
    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad, grad)


@pytest.mark.parametrize("shape", [(2,), ()], ids=str)
def test_adding_to_a_gradient_does_not_change_an_array_read_earlier(shape):
    x = td.Tensor(np.ones(shape), requires_grad=True)
    held = []
    for passes in (1, 2, 3):
        for _ in range(passes):  # an array that was not read in between is added to in place
            (x * 3).sum().backward()
        held.append(x.grad)
    np.testing.assert_array_equal(held, [np.full(shape, 3), np.full(shape, 9), np.full(shape, 18)])


def test_a_retained_gradient_does_not_change_later_in_the_backward_pass():
    x = td.Tensor(np.array([1.0, -1.0]), requires_grad=True)
    hidden = x * 2
    hidden.retain_grad()
    hidden.relu().backward(np.array([5.0, 5.0]), retain_graph=True)
    held = hidden.grad
    np.testing.assert_array_equal(held, [5, 0])
    hidden.relu().backward(np.array([7.0, 7.0]))
    np.testing.assert_array_equal(held, [5, 0])
    np.testing.assert_array_equal(hidden.grad, [12, 0])
    np.testing.assert_array_equal(x.grad, [24, 0])


# What Python itself asks of a Tensor ----------------------------------------------------------------------------------


def test_a_single_number_can_be_formatted_and_converted():
    loss = td.Tensor(2.75)
    assert f"{loss:.1f}" == "2.8"
    assert f"{loss}" == str(loss) == "Tensor(2.75)"
    assert f"{td.Tensor([1.0, 2.0])}" == "Tensor([1., 2.])"
    assert (int(loss), float(loss), bool(loss)) == (2, 2.75, True)
    assert float(td.Tensor([[1.5]])) == 1.5


@pytest.mark.parametrize("convert", [int, float, bool, lambda x: f"{x:.1f}"], ids=["int", "float", "bool", "format"])
def test_several_numbers_cannot(convert):
    with pytest.raises((TypeError, ValueError)):
        convert(td.Tensor([1.0, 2.0]))


def test_a_number_is_in_a_tensor_if_an_element_equals_it():
    assert 2 in td.Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert 5 not in td.Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert "a" not in td.Tensor([1.0])


def test_a_part_can_be_changed_in_place_if_it_is_a_view():
    x = td.Tensor([1.0, 2.0, 3.0])
    x[0:2] += 9
    x[2] *= 2
    np.testing.assert_array_equal(x.data, [10, 11, 6])
    for index in ([0, 1], np.array([True, False, False])):  # a copy: nothing would change
        with pytest.raises(TypeError, match="cannot be changed in place"):
            x[index] += 1
    with pytest.raises(TypeError, match="cannot be changed in place"):
        x[0:2] = x[1:3]
    np.testing.assert_array_equal(x.data, [10, 11, 6])


def test_requires_grad_underscore_switches_it_and_returns_the_tensor():
    x = td.Tensor([1.0])
    assert x.requires_grad_() is x
    assert x.requires_grad is True
    assert x.requires_grad_(False) is x
    assert x.requires_grad is False


def test_none_where_numbers_are_expected_suggests_a_forgotten_return():
    with pytest.raises(TypeError, match=r"got NoneType.*return missing in a function or a forward\?$"):
        td.Tensor(None)
    with pytest.raises(TypeError, match=r"got str of dtype <U1$"):
        td.Tensor("a")


def test_an_array_is_shared_even_if_its_own_dtype_is_passed():
    array = np.ones(2, np.float32)
    assert td.Tensor(array, dtype=np.float32).data is array
    assert td.Tensor(array, dtype=np.float64).data is not array
