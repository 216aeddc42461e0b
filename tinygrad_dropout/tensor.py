"""A Tensor: an ndarray that can remember how it was made. Start reading here.

What it remembers is written by `recording.py` and walked back by `engine.py`; `functional/` holds the operations;
`methods.py` puts them on the Tensor as `+`, `.sum()` and the like.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.errors import ShapeError

Array: TypeAlias = npt.NDArray[Any]
Axis: TypeAlias = int | tuple[int, ...] | None
#: backward(grad, *parents, *saved) -> one gradient, or None, for each parent.
Backward: TypeAlias = Callable[..., tuple[Any, ...]]

next_number = count().__next__  # one counter for the whole process: a result is younger than its parents, in any thread


class Tensor:
    """An array, and the memory of the operation that made it.

    Args:
        data: an ndarray, which is shared and not copied, or numbers in nested lists. Python floats become float32;
            an array keeps its dtype; integers stay integers.
        requires_grad: True if `backward()` is to leave the gradient in `.grad`; needs a floating dtype.
        dtype: the dtype to convert to, if not the one above.
        name: what messages and pictures call this tensor.

    Attributes:
        data: the ndarray.
        grad: ndarray of the shape and dtype of `data`, or None before a backward pass has reached this tensor.
        requires_grad: whether gradients flow to (and through) this tensor.
        name: str or None.

    Raises:
        TypeError: data that is not numbers, or `requires_grad` for a dtype that is not floating.

    `<`, `<=`, `>` and `>=` compare elements; `==` asks whether it is the same Tensor, so that Tensors can be keys.
    """

    __slots__ = (
        "data", "requires_grad", "name",
        "_number", "_parents", "_backward", "_saved", "_retains_grad", "_grad", "_grad_was_read", "__weakref__",
    )  # fmt: skip

    data: Array
    requires_grad: bool
    name: str | None
    _number: int  # of creation: parents have smaller numbers than their results
    _parents: tuple[Tensor, ...]
    _backward: Backward | None  # None on a leaf
    _saved: tuple[Any, ...]
    _retains_grad: bool
    _grad: Array | None
    _grad_was_read: bool  # whether somebody else may hold the array in _grad; says nothing while that is None

    def __init__(
        self, data: Any, requires_grad: bool = False, *, dtype: npt.DTypeLike | None = None, name: str | None = None
    ) -> None:
        self.data = as_array(data, dtype)
        if requires_grad and self.data.dtype.kind != "f":
            raise TypeError(
                f"Tensor(requires_grad=True): expected a floating dtype, got {self.data.dtype}; "
                "only real numbers have gradients (write 1.0 for 1, or pass dtype=np.float32)"
            )
        self._grad = None
        self.requires_grad = requires_grad
        self.name = name
        self._number = next_number()
        self._parents = ()
        self._backward = None
        self._saved = ()
        self._retains_grad = False

    @property
    def grad(self) -> Array | None:
        """The gradient that backward passes have left here, ndarray of the shape and dtype of `data`; or None.

        An array that was read from here is never written to again: `zero_grad()` and the next backward leave it as it
        is. An array assigned is not changed either; it must have the shape of `data` (else a ShapeError), and one of
        another dtype is converted.
        """
        self._grad_was_read = True
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
        self._grad_was_read = True

    @property
    def is_leaf(self) -> bool:
        """True unless an operation on tensors that require gradients made this one."""
        return self._backward is None

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """How many elements there are."""
        return self.data.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """The NumPy dtype of the elements."""
        return self.data.dtype

    def item(self) -> Any:
        """The only element, as a Python number; ValueError if there is not exactly one."""
        if self.data.size != 1:
            raise ValueError(f"item: expected a Tensor of one element, got shape {self.shape}")
        return self.data.item()

    def numpy(self) -> Array:
        """The data as a read-only view: to change the numbers on purpose, use `.data`."""
        view = self.data.view()
        view.flags.writeable = False
        return view

    def detach(self) -> Tensor:
        """A new leaf over the same array, through which no gradient flows."""
        return Tensor(self.data, name=self.name)

    def zero_grad(self) -> None:
        """Set `.grad` to None. An array read from `.grad` earlier keeps its values."""
        self._grad = None

    def retain_grad(self) -> None:
        """Ask the next backward passes to leave this tensor's gradient in `.grad` though it is not a leaf."""
        if not self.requires_grad:
            raise RuntimeError("retain_grad: expected a Tensor that requires grad, and this one does not")
        self._retains_grad = True

    def __len__(self) -> int:
        if self.data.ndim == 0:
            raise TypeError("len: expected a Tensor with at least one axis, got a 0-d Tensor")
        return len(self.data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[index] for index in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix=f"{type(self).__name__}(", threshold=100)
        notes = [body]
        if self.data.dtype not in (np.float32, np.int64, np.bool_):
            notes.append(f"dtype={self.data.dtype}")
        if self._backward is not None:
            notes.append(f"from={operation_name(self._backward)}")
        elif self.requires_grad:
            notes.append("requires_grad=True")
        if self.name is not None:
            notes.append(f"name={self.name!r}")
        return f"{type(self).__name__}({', '.join(notes)})"

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise TypeError(
            "Tensor[...] = value: a Tensor cannot be changed in place, since the graph remembers its values; "
            "build a new one with td.functional.where, or change .data before it is used"
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise TypeError("NumPy was given a Tensor where it expected an array: pass tensor.data (or tensor.numpy())")

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle a leaf without its place in the order of creation, which means nothing elsewhere."""
        if self._backward is not None:
            made_by = operation_name(self._backward)
            raise TypeError(f"copy or pickle: expected a leaf, got the result of {made_by}; detach() it first")
        return rebuilt, (type(self), self.data, self.requires_grad, self.name, self.grad)

    if TYPE_CHECKING:  # signatures alone, for type checkers and editors; methods.py puts the functions here

        def backward(self, grad: Any = None, *, retain_graph: bool = False) -> None: ...
        def __add__(self, other: Any) -> Tensor: ...

        __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__
        __pow__ = __rpow__ = __matmul__ = __rmatmul__ = __add__

        def __neg__(self) -> Tensor: ...

        __abs__ = exp = log = sqrt = tanh = sigmoid = relu = abs = flatten = __neg__

        def __lt__(self, other: Any) -> npt.NDArray[np.bool_]: ...

        __le__ = __gt__ = __ge__ = __lt__

        def __getitem__(self, index: Any) -> Tensor: ...
        def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor: ...

        mean = var = max = min = sum

        def reshape(self, *shape: int | tuple[int, ...]) -> Tensor: ...
        def permute(self, *axes: int | tuple[int, ...]) -> Tensor: ...
        def transpose(self, axis1: int, axis2: int) -> Tensor: ...
        def squeeze(self, axis: Axis = None) -> Tensor: ...
        def unsqueeze(self, axis: int) -> Tensor: ...
        def clip(self, min: Any = None, max: Any = None) -> Tensor: ...
        def softmax(self, axis: int = -1) -> Tensor: ...

        log_softmax = softmax

        @property
        def T(self) -> Tensor: ...


def rebuilt(cls: type[Tensor], data: Array, requires_grad: bool, name: str | None, grad: Array | None) -> Tensor:
    """A leaf, from what `Tensor.__reduce__` kept of it."""
    tensor = cls(data, requires_grad, name=name)
    tensor.grad = grad
    return tensor


def operation_name(backward: Backward | None) -> str:
    """The operation that a backward function belongs to: `relu_backward` is relu's."""
    return getattr(backward, "__name__", "leaf").removesuffix("_backward")


def as_array(data: Any, dtype: npt.DTypeLike | None = None) -> Array:
    """`data` as an ndarray of numbers or booleans; see `Tensor` for which dtype it gets."""
    if isinstance(data, Tensor):
        data = data.data
    try:
        array = np.asarray(data)
    except ValueError as error:  # a ragged list
        raise ValueError(f"Tensor: expected lists of equal length at each depth, got {data!r:.60} ({error})") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"Tensor: expected real numbers, got {type(data).__name__} of dtype {array.dtype}")
    if dtype is None and array.dtype == np.float64 and not holds_numpy_values(data):
        dtype = np.float32
    if dtype is None:
        return array
    if np.dtype(dtype).kind not in "fiub":
        raise TypeError(f"Tensor: expected a dtype of real numbers, got {np.dtype(dtype)}")
    return array.astype(dtype, copy=False)


def holds_numpy_values(data: Any) -> bool:
    """True for an ndarray or NumPy scalar, or a (nested) list whose first value is one: these bring their own dtype."""
    while isinstance(data, list | tuple) and data:
        data = data[0]
    return isinstance(data, np.ndarray | np.generic)
