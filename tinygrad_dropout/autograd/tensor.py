"""A Tensor: an array that can remember how it was made. Start reading here.

`recording.py` writes that memory and `engine.py` walks it back. `functional/` holds the operations; the operators and
methods below only call them by their usual names.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import count
from operator import attrgetter
from typing import Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.errors import ShapeError

Array: TypeAlias = npt.NDArray[Any]
Axis: TypeAlias = int | tuple[int, ...] | None
#: backward(grad, *parents, *saved) -> one gradient, or None, for each parent.
Backward: TypeAlias = Callable[..., tuple[Any, ...]]

FREED: tuple[Any, ...] = ("freed",)
next_number = count().__next__  # one counter for the whole process: in any thread, a result is newer than its parents


class Tensor:
    """An array that remembers the operation that made it.

    Args:
        data: an ndarray, which is shared and not copied, or numbers in nested lists. Python floats become float32,
            an array keeps its dtype, and integers stay integers.
        requires_grad: True if `backward()` should leave the gradient in `.grad`. This needs a floating dtype.
        dtype: the dtype to convert to, if you want another.
        name: the name of this tensor in messages and pictures.

    Attributes:
        data: the ndarray. Backward does not notice what you write into it yourself (`x.data[0] = 9`,
            `x.data = array`), as in PyTorch. It does notice changes by `+=`, an optimizer or `load_state_dict` (see
            `in_place.py`).
        grad: ndarray of the shape and dtype of `data`, or None before a backward pass has reached this tensor.
        requires_grad: whether gradients flow to (and through) this tensor.
        name: str or None.

    Raises:
        TypeError: `data` is not numeric, or `requires_grad` is True for a dtype that is not floating.

    Comparisons are elementwise and return plain boolean arrays. `hash()` uses identity, so a Tensor can be a dict key.
    """

    __slots__ = (
        "data", "name", "_requires_grad", "_grad", "_retains_grad", "_number", "_parents", "_backward", "_saved",
        "__weakref__",
    )  # fmt: skip

    data: Array
    name: str | None
    _requires_grad: bool
    _grad: Array | None
    _retains_grad: bool
    _number: int  # of creation: parents have smaller numbers than their results
    _parents: tuple[Tensor, ...]
    _backward: Backward | None  # None on a leaf
    _saved: tuple[Any, ...]  # FREED once backward has freed the graph

    def __init__(
        self, data: Any, requires_grad: bool = False, *, dtype: npt.DTypeLike | None = None, name: str | None = None
    ) -> None:
        self.data = as_array(data, dtype)
        self.name = name
        self._grad = None
        self._retains_grad = False
        self._number = next_number()
        self._parents = ()
        self._backward = None
        self._saved = ()
        self.requires_grad = requires_grad

    @property
    def is_leaf(self) -> bool:
        """True unless this tensor is the result of an operation on tensors that require gradients."""
        return self._backward is None

    def _set_requires_grad(self, requires_grad: bool) -> None:
        if requires_grad and self.data.dtype.kind != "f":
            raise TypeError(
                f"Tensor(requires_grad=True): expected a floating dtype, got {self.data.dtype}; "
                "only real numbers have gradients (write 1.0 instead of 1, or pass dtype=np.float32)"
            )
        if self._backward is not None and not requires_grad:
            raise RuntimeError(
                f"Tensor.requires_grad = False: expected a leaf, got the result of {operation_name(self._backward)}, "
                "through which gradients would silently stop; use detach()"
            )
        self._requires_grad = bool(requires_grad)

    # attrgetter runs in C. A long chain of operations reads this so often that a getter in Python would cost 4%.
    requires_grad = property(attrgetter("_requires_grad"), _set_requires_grad, doc="Whether gradients flow here.")

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set `requires_grad`, and return this tensor."""
        self.requires_grad = requires_grad
        return self

    @property
    def grad(self) -> Array | None:
        """The sum of the gradients that backward passes left here: ndarray of the shape and dtype of `data`, or None.

        Neither `zero_grad()` nor a later backward pass writes to an array that you have read or assigned here. An array
        that you assign must have the shape of `data`, or you get a ShapeError; it is converted to the dtype of `data`.
        Reading the gradient of a result that does not keep it gives a warning.
        """
        if self._grad is None and self._backward is not None and not self._retains_grad:
            warnings.warn(
                f"reading .grad of the result of {operation_name(self._backward)}: only leaves keep their gradient. "
                "Call retain_grad() on the result before backward(). If you meant to update a weight, do it in place: "
                "with td.no_grad(): w -= lr * w.grad",
                stacklevel=2,
            )
        return self._grad

    @grad.setter
    def grad(self, grad: Array | None) -> None:
        if isinstance(grad, np.generic):  # 0-d arithmetic gives these
            grad = np.asarray(grad)
        if grad is not None and not isinstance(grad, np.ndarray):
            raise TypeError(f"Tensor.grad = ...: expected an ndarray or None, got {type(grad).__name__}")
        if grad is not None and grad.shape != self.data.shape:
            raise ShapeError("Tensor.grad = ...", f"expected an array of shape {self.data.shape}, got {grad.shape}")
        self._grad = grad if grad is None else grad.astype(self.data.dtype, copy=False)

    def zero_grad(self) -> None:
        """Set `.grad` to None. An array read from `.grad` earlier keeps its values."""
        self._grad = None

    def retain_grad(self) -> None:
        """Make later backward passes leave this tensor's gradient in `.grad`, even if it is not a leaf."""
        if not self._requires_grad:
            raise RuntimeError("retain_grad: expected a Tensor that requires gradients, got one that does not")
        self._retains_grad = True

    def backward(self, grad: Any = None, *, retain_graph: bool = False) -> None:
        """Add dL/d(leaf) to the `.grad` of every leaf that this tensor, L, was made from. See `engine.backward`."""
        engine.backward(self, grad, retain_graph=retain_graph)

    def detach(self) -> Tensor:
        """Return a new leaf that shares this array. No gradient flows through it."""
        return Tensor(self.data, name=self.name)

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype of the elements."""
        return self.data.dtype

    def item(self) -> Any:
        """Return the only element as a Python number, or raise a ValueError if there is not exactly one."""
        if self.data.size != 1:
            raise ValueError(f"item: expected a Tensor of one element, got shape {self.shape}")
        return self.data.item()

    def numpy(self) -> Array:
        """Return the data as a read-only view. To change the numbers on purpose, use `.data`."""
        view = self.data.view()
        view.flags.writeable = False
        return view

    # The operators and methods. Each is implemented in functional/, under the name that is called here.
    # fmt: off
    def __add__(self, other: Any) -> Tensor: return F.add(self, other)
    def __radd__(self, other: Any) -> Tensor: return F.add(other, self)
    def __sub__(self, other: Any) -> Tensor: return F.subtract(self, other)
    def __rsub__(self, other: Any) -> Tensor: return F.subtract(other, self)
    def __mul__(self, other: Any) -> Tensor: return F.multiply(self, other)
    def __rmul__(self, other: Any) -> Tensor: return F.multiply(other, self)
    def __truediv__(self, other: Any) -> Tensor: return F.divide(self, other)
    def __rtruediv__(self, other: Any) -> Tensor: return F.divide(other, self)
    def __pow__(self, other: Any) -> Tensor: return F.power(self, other)
    def __rpow__(self, other: Any) -> Tensor: return F.power(other, self)
    def __matmul__(self, other: Any) -> Tensor: return F.matmul(self, other)
    def __rmatmul__(self, other: Any) -> Tensor: return F.matmul(other, self)
    def __neg__(self) -> Tensor: return F.negative(self)
    def __abs__(self) -> Tensor: return F.abs(self)
    def __getitem__(self, index: Any) -> Tensor: return F.getitem(self, index)

    def __iadd__(self, other: Any) -> Tensor: return update_in_place(self, np.add, F.add, other)
    def __isub__(self, other: Any) -> Tensor: return update_in_place(self, np.subtract, F.subtract, other)
    def __imul__(self, other: Any) -> Tensor: return update_in_place(self, np.multiply, F.multiply, other)
    def __itruediv__(self, other: Any) -> Tensor: return update_in_place(self, np.divide, F.divide, other)
    def __ipow__(self, other: Any) -> Tensor: return update_in_place(self, np.power, F.power, other)

    def __eq__(self, other: Any) -> Any: return compare(np.equal, self, other)
    def __ne__(self, other: Any) -> Any: return compare(np.not_equal, self, other)
    def __lt__(self, other: Any) -> Any: return compare(np.less, self, other)
    def __le__(self, other: Any) -> Any: return compare(np.less_equal, self, other)
    def __gt__(self, other: Any) -> Any: return compare(np.greater, self, other)
    def __ge__(self, other: Any) -> Any: return compare(np.greater_equal, self, other)
    __hash__ = object.__hash__

    def sum(self, axis: Axis = None, keepdims: bool = False, **names: Any) -> Tensor:
        return F.sum(self, axis, keepdims, **names)
    def mean(self, axis: Axis = None, keepdims: bool = False, **names: Any) -> Tensor:
        return F.mean(self, axis, keepdims, **names)
    def var(self, axis: Axis = None, keepdims: bool = False, *, correction: float = 1, **names: Any) -> Tensor:
        return F.var(self, axis, keepdims, correction=correction, **names)
    def std(self, axis: Axis = None, keepdims: bool = False, *, correction: float = 1, **names: Any) -> Tensor:
        return F.std(self, axis, keepdims, correction=correction, **names)
    def max(self, axis: Axis = None, keepdims: bool = False, **names: Any) -> Tensor:
        return F.max(self, axis, keepdims, **names)
    def min(self, axis: Axis = None, keepdims: bool = False, **names: Any) -> Tensor:
        return F.min(self, axis, keepdims, **names)
    def argmax(self, axis: int | None = None, keepdims: bool = False, **names: Any) -> Tensor:
        return F.argmax(self, axis, keepdims, **names)
    def argmin(self, axis: int | None = None, keepdims: bool = False, **names: Any) -> Tensor:
        return F.argmin(self, axis, keepdims, **names)
    def softmax(self, axis: int = -1, **names: Any) -> Tensor: return F.softmax(self, axis, **names)
    def log_softmax(self, axis: int = -1, **names: Any) -> Tensor: return F.log_softmax(self, axis, **names)

    def reshape(self, *shape: int | tuple[int, ...]) -> Tensor: return F.reshape(self, *shape)
    def permute(self, *axes: int | tuple[int, ...]) -> Tensor: return F.permute(self, *axes)
    def transpose(self, axis1: int, axis2: int) -> Tensor: return F.transpose(self, axis1, axis2)
    def squeeze(self, axis: Axis = None, **names: Any) -> Tensor: return F.squeeze(self, axis, **names)
    def unsqueeze(self, *axis: int, **names: Any) -> Tensor: return F.unsqueeze(self, *axis, **names)
    def flatten(self) -> Tensor: return F.flatten(self)
    def clone(self) -> Tensor: return F.clone(self)
    @property
    def T(self) -> Tensor: return matrix_transpose(self)

    def exp(self) -> Tensor: return F.exp(self)
    def log(self) -> Tensor: return F.log(self)
    def sqrt(self) -> Tensor: return F.sqrt(self)
    def abs(self) -> Tensor: return F.abs(self)
    def relu(self) -> Tensor: return F.relu(self)
    def sigmoid(self) -> Tensor: return F.sigmoid(self)
    def tanh(self) -> Tensor: return F.tanh(self)
    def clip(self, min: Any = None, max: Any = None) -> Tensor: return F.clip(self, min, max)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        return array_ufunc(ufunc, method, inputs, options)
    def __array_function__(self, function: Callable[..., Any], *_: Any) -> NoReturn: refuse(function.__name__)
    # fmt: on

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError("NumPy was given a Tensor where it expected an array: pass tensor.data (or tensor.numpy())")

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(value, Tensor) and same_memory(part_of(self.data, plain_index(index)), value.data):
            return  # Python ends `x[index] += 1` with this assignment, after the entries have changed
        raise TypeError(
            "Tensor[...] = value: a Tensor's entries cannot be changed in place, because the graph may need them; "
            "build a new one with td.functional.where, or change .data before it is used"
        )

    def __len__(self) -> int:
        if self.data.ndim == 0:
            raise TypeError("len: expected a Tensor with at least one axis, got a 0-d Tensor")
        return len(self.data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(len(self)))

    def __bool__(self) -> bool:
        if self.data.size != 1:
            problem = f"expected a Tensor of one element, got shape {self.shape}; use (x == y).all() to compare arrays"
            raise ValueError(f"bool: {problem}")
        return bool(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __contains__(self, number: Any) -> bool:
        return bool(np.any(self == number))

    def __format__(self, spec: str) -> str:
        if spec and self.data.size != 1:
            raise TypeError(f"format: expected a Tensor of one element for {spec!r}, got shape {self.shape}")
        return format(self.item(), spec) if spec else str(self)

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix=f"{type(self).__name__}(", threshold=100)
        notes = [body]
        if self.data.dtype not in (np.float32, np.int64, np.bool_):
            notes.append(f"dtype={self.data.dtype}")
        if self._backward is not None:
            notes.append(f"from={operation_name(self._backward)}")
        elif self._requires_grad:
            notes.append("requires_grad=True")
        if self.name is not None:
            notes.append(f"name={self.name!r}")
        return f"{type(self).__name__}({', '.join(notes)})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy or pickle a leaf without its creation number, which means nothing in another process."""
        if self._backward is not None:
            made_by = operation_name(self._backward)
            raise TypeError(f"copy or pickle: expected a leaf, got the result of {made_by}; detach() it first")
        return rebuilt, (type(self), self.data, self._requires_grad, self.name, self._grad)


def rebuilt(cls: type[Tensor], data: Array, requires_grad: bool, name: str | None, grad: Array | None) -> Tensor:
    """Make a copied or pickled leaf again from what `Tensor.__reduce__` kept."""
    tensor = cls(data, requires_grad, name=name)
    tensor.grad = grad
    return tensor


def same_memory(x: Array, y: Array) -> bool:
    """Whether two arrays are the same part of memory, in the same order."""
    return x.__array_interface__ == y.__array_interface__


def operation_name(backward: Backward | None) -> str:
    """Return the name of the operation that a backward function belongs to: `relu_backward` gives "relu"."""
    return getattr(backward, "__name__", "leaf").removesuffix("_backward")


def as_array(data: Any, dtype: npt.DTypeLike | None = None) -> Array:
    """Return `data` as an ndarray of numbers or booleans. `Tensor` says which dtype it gets."""
    if isinstance(data, Tensor):
        data = data.data
    try:
        array = np.asarray(data)
    except ValueError as error:  # a ragged list
        raise ValueError(f"Tensor: expected lists of equal length at each depth, got {data!r:.60} ({error})") from None
    if array.dtype.kind not in "fiub":
        hint = "; is a return missing in a function or a forward?" if data is None else ""
        raise TypeError(f"Tensor: expected real numbers, got {type(data).__name__} of dtype {array.dtype}{hint}")
    if dtype is None and array.dtype == np.float64 and not holds_numpy_values(data):
        dtype = np.float32
    if dtype is None:
        return array
    if np.dtype(dtype).kind not in "fiub":
        raise TypeError(f"Tensor: expected a dtype of real numbers, got {np.dtype(dtype)}")
    return array.astype(dtype, copy=False)


def holds_numpy_values(data: Any) -> bool:
    """True for an ndarray, a NumPy scalar, or a (nested) list whose first value is one: these have their own dtype."""
    while isinstance(data, list | tuple) and data:
        data = data[0]
    return isinstance(data, np.ndarray | np.generic)


# These imports are at the end because they need the class above. Elsewhere in the core, imports only point down.
# Without this one exception, the operators could not be methods of Tensor, where you would look for them.
from tinygrad_dropout import functional as F  # noqa: E402
from tinygrad_dropout.autograd import engine  # noqa: E402
from tinygrad_dropout.autograd.in_place import update_in_place  # noqa: E402
from tinygrad_dropout.functional._comparisons import compare  # noqa: E402
from tinygrad_dropout.functional._numpy_protocol import array_ufunc, refuse  # noqa: E402
from tinygrad_dropout.functional._shapes import matrix_transpose, part_of, plain_index  # noqa: E402
