"""How numbers and arrays become Tensors, and which dtype the result of an operation has."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.autograd.tensor import Array, Tensor

RANK = {"b": 0, "u": 1, "i": 1, "f": 2}  # by kind of dtype: floats outrank integers, integers outrank booleans


def as_tensor(value: Any, like: Tensor | None = None) -> Tensor:
    """Return `value` if it is a Tensor, else a new leaf in the dtype of `like`, the other operand.

    Next to an integer Tensor, 2.5 is not truncated. An integer too large for `like`'s dtype raises an OverflowError.
    """
    if isinstance(value, Tensor):
        return value
    if like is None:
        return Tensor(value)
    if like.data.dtype.kind == "f":
        return Tensor(value, dtype=like.data.dtype)
    tensor = Tensor(value)
    if RANK[tensor.dtype.kind] > RANK[like.dtype.kind]:
        return tensor
    try:
        return Tensor(np.asarray(value, dtype=like.dtype))
    except OverflowError as error:
        raise OverflowError(f"expected an integer that fits the Tensor's dtype, got {value!r:.60} ({error})") from None


def as_floating(value: Any) -> Tensor:
    """Return `value` as a Tensor of a floating dtype: integers and booleans of every width become float32."""
    tensor = as_tensor(value)
    return tensor if tensor.data.dtype.kind == "f" else cast(tensor, np.float32)


def widen_float16(x: Tensor) -> Tensor:
    """Return a float16 Tensor as float32, for operations in which half precision would lose digits or overflow."""
    return cast(x, np.float32) if x.data.dtype == np.float16 else x


def match_dtypes(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """Return both operands of a binary operation as Tensors of one dtype.

    An array or a number takes the dtype of the Tensor next to it. Two Tensors are cast to their `common_dtype`.
    """
    x, y = as_tensors(x, y)
    if x.data.dtype != y.data.dtype:
        dtype = common_dtype(x, y)
        x, y = cast(x, dtype), cast(y, dtype)
    return x, y


def as_tensors(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    """Return both operands as Tensors; an array or a number takes the dtype of the Tensor next to it."""
    if not isinstance(x, Tensor):
        y = as_tensor(y)
        return as_tensor(x, like=y), y
    return x, as_tensor(y, like=x)


def common_dtype(*tensors: Tensor) -> np.dtype[Any]:
    """Return the dtype of a result computed from these Tensors, by PyTorch's rules (`torch.result_type`).

    Floats outrank integers and integers outrank booleans, at any width: float32 with int64 is float32. Within
    a rank, Tensors with axes outrank 0-d ones. Among equals, the widest dtype wins.
    """
    ranks = [(RANK[tensor.dtype.kind], tensor.ndim > 0) for tensor in tensors]
    widest = np.result_type(*(tensor.dtype for tensor, rank in zip(tensors, ranks, strict=True) if rank == max(ranks)))
    floats_from_integers = RANK[widest.kind] > max(ranks)[0]  # NumPy makes them of int64 with uint64
    return np.dtype(np.float32) if floats_from_integers else widest


def cast(x: Tensor, dtype: npt.DTypeLike) -> Tensor:
    """Return x converted to `dtype`, or x itself if it has that dtype already."""
    return x if x.data.dtype == dtype else record(x.data.astype(dtype), (x,), cast_backward, saved=(dtype,))


def cast_backward(grad: Array, x: Tensor, dtype: npt.DTypeLike) -> tuple[Any, ...]:
    """dL/dx = grad (the engine converts it to x's dtype)."""
    return (grad,)
