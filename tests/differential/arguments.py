"""The operands and options for each kind of operation. A function's name is the kind in `spellings.ROWS`."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.differential.keys import some_key
from tests.differential.leaves import (
    FLOATS,
    Shape,
    broadcasting_with,
    some_array,
    some_booleans,
    some_labels,
)

if TYPE_CHECKING:
    from tests.differential.state import Slot
    from tests.differential.writer import Writer

NUMBERS = (2, 0.5, -1, 3, 1.5, 0, -0.25, 1)
MAX_ELEMENTS = 40


def floating(slot: Slot) -> bool:
    return slot.ours.dtype.kind == "f"


def an_axis(w: Writer, axes: int) -> int:
    """An axis, counted from either end; sometimes one that does not exist."""
    axis = w.draw.pick(range(-axes, axes)) if axes else w.draw.pick((-1, 0))
    return axes if w.draw.rarely(24) else axis


def some_axes(w: Writer, axes: int) -> Any:
    """None, one axis or several."""
    how = w.draw.below(4)
    if how == 0 or not axes:
        return None
    if how < 3:
        return an_axis(w, axes)
    return tuple(axis - axes * w.draw.below(2) for axis in w.draw.some(range(axes), least=1))


def second(w: Writer, a: int) -> int:
    """A second operand: a value that broadcasts with the first, or a new leaf that does."""
    if w.draw.rarely(16):
        return w.value()
    shape = w.shape(a)
    fits = w.places(lambda slot: together(slot.ours.shape, shape))
    if w.draw.below(3) == 2:
        return w.leaf(broadcasting_with(w.draw, shape))
    return w.draw.recent(fits or [a])


def together(one: Shape, other: Shape) -> bool:
    """Whether two shapes broadcast to a small shape."""
    try:
        return prod(np.broadcast_shapes(one, other)) <= MAX_ELEMENTS
    except ValueError:
        return False


# The kinds ------------------------------------------------------------------------------------------------------------


def unary(w: Writer, name: str) -> None:
    w.do(name, w.value())


def binary(w: Writer, name: str) -> None:
    a = w.value()
    b = second(w, a)
    w.do(name, *((a, b) if w.draw.below(2) else (b, a)))


comparison = binary


def number(w: Writer, name: str) -> None:
    w.do(name, w.value(), number=w.draw.pick(NUMBERS))


def ndarray(w: Writer, name: str) -> None:
    a = w.value(floating)
    w.do(name, a, array=some_array(w.draw, broadcasting_with(w.draw, w.shape(a)), "float64"))


def clip(w: Writer, name: str) -> None:
    w.do(name, w.value(), min=w.draw.pick((-0.5, None, -1, 0)), max=w.draw.pick((0.5, 1, 1.25, None)))


def where(w: Writer, name: str) -> None:
    a = w.value()
    b = second(w, a)
    conditions = w.places(lambda slot: slot.ours.dtype == bool and together(slot.ours.shape, w.shape(a)))
    shape = broadcasting_with(w.draw, w.shape(a))
    c = w.draw.recent(conditions) if conditions else w.leaf(shape, False, "bool", "quarters")
    w.do(name, a, b, c)


def reduction(w: Writer, name: str, **more: Any) -> None:
    a = w.value()
    w.do(name, a, axis=some_axes(w, len(w.shape(a))), keepdims=bool(w.draw.below(2)), **more)


def variance(w: Writer, name: str) -> None:
    reduction(w, name, correction=w.draw.pick((1, 0, 2)))


def position(w: Writer, name: str) -> None:
    a = w.value()
    axes = len(w.shape(a))
    axis = an_axis(w, axes) if w.draw.below(3) else None
    w.do(name, a, axis=axis, keepdims=bool(w.draw.below(2)))


def reshape(w: Writer, name: str) -> None:
    a = w.value()
    size = prod(w.shape(a))
    lengths = [length for length in range(1, size + 1) if size % length == 0] or [0]
    first = w.draw.pick(lengths)
    rest = size // first if first else 3
    shapes = [(first, rest), (size,), (first, -1), (-1,), (1, first, rest), (rest, 1, first), w.shape(a), (-1, first)]
    w.do(name, a, shape=(size + 1,) if w.draw.rarely(24) else w.draw.pick(shapes))


def permute(w: Writer, name: str) -> None:
    a = w.value()
    axes = len(w.shape(a))
    order = w.draw.some(range(axes), least=axes)
    w.do(name, a, axes=tuple(axis - axes * w.draw.below(2) for axis in order) if w.draw.below(24) else (0, 0))


def transpose(w: Writer, name: str) -> None:
    a = w.value()
    axes = len(w.shape(a))
    w.do(name, a, axis1=an_axis(w, axes), axis2=an_axis(w, axes))


def matrix(w: Writer, name: str) -> None:
    w.do(name, w.value(lambda slot: slot.ours.ndim == 2))


def squeeze(w: Writer, name: str) -> None:
    a = w.value(lambda slot: 1 in slot.ours.shape, shape=(2, 1))
    ones = [axis for axis, length in enumerate(w.shape(a)) if length == 1]
    w.do(name, a, axis=w.draw.pick(ones) if w.draw.below(6) else an_axis(w, len(w.shape(a))))


def unsqueeze(w: Writer, name: str) -> None:
    a = w.value(lambda slot: slot.ours.ndim < 4)
    w.do(name, a, axis=an_axis(w, len(w.shape(a)) + 1))


def getitem(w: Writer, name: str) -> None:
    a = w.value()
    w.do(name, a, key=some_key(w.draw, w.shape(a)))


def lookup(w: Writer, name: str) -> None:
    """x[t], where t is a Tensor of booleans or indices."""
    a = w.value(lambda slot: slot.ours.ndim > 0)
    keys = w.places(
        lambda slot: slot.ours.dtype == np.int64 or (slot.ours.dtype == bool and slot.ours.shape == w.shape(a)[:1])
    )
    if keys and w.draw.below(2):
        w.do(name, a, w.draw.recent(keys))
    elif w.draw.below(2):
        w.do(name, a, w.leaf(w.shape(a), False, "bool", "quarters"))
    else:
        w.do(name, a, w.do("argmax", a, axis=0, keepdims=False))


def concatenate(w: Writer, name: str) -> None:
    a = w.value()
    shape = w.shape(a)
    axis = an_axis(w, len(shape))
    if shape and -len(shape) <= axis < len(shape):
        place = axis % len(shape)
        fits = w.places(
            lambda slot: (
                len(slot.ours.shape) == len(shape)
                and all(x == y or i == place for i, (x, y) in enumerate(zip(slot.ours.shape, shape, strict=True)))
            )
        )
    else:
        fits = [a]
    others = [w.value() if w.draw.rarely(30) else w.draw.recent(fits or [a]) for _ in range(w.draw.below(3))]
    w.do(name, a, *others, axis=axis)


def stack(w: Writer, name: str) -> None:
    a = w.value(lambda slot: slot.ours.ndim < 4)
    fits = w.places(lambda slot: slot.ours.shape == w.shape(a))
    others = [w.value() if w.draw.rarely(30) else w.draw.recent(fits or [a]) for _ in range(w.draw.below(3))]
    w.do(name, a, *others, axis=an_axis(w, len(w.shape(a)) + 1))


def matmul(w: Writer, name: str) -> None:
    a = w.value(lambda slot: slot.ours.ndim > 0 and slot.ours.dtype != bool)
    width = w.shape(a)[-1]
    how = w.draw.below(6)
    if how < 2:
        fits = w.places(lambda slot: slot.ours.dtype != bool and width in slot.ours.shape[-2:][:1])
        b = w.draw.recent(fits) if fits else w.leaf((width, 2), dtype=w.dtype_of(a))
    elif how == 5:
        b = w.value(lambda slot: slot.ours.dtype != bool)
    else:
        shapes = [(width, 2), (width,), (2, width, 2), (width, 0), (1, width, 3)]
        b = w.leaf(w.draw.pick(shapes), dtype=w.dtype_of(a) if w.draw.below(12) else None)
    w.do(name, a, b)


def linear(w: Writer, name: str) -> None:
    a = w.value(lambda slot: slot.ours.ndim > 0 and floating(slot))
    width = w.shape(a)[-1]
    out = w.draw.pick((2, 3, 1, 0))
    weights = w.places(lambda slot: slot.ours.ndim == 2 and slot.ours.shape[1] == width)
    dtype = w.dtype_of(a) if w.draw.below(12) else None
    if weights and w.draw.below(3) == 0:
        weight = w.draw.recent(weights)
        out = w.shape(weight)[0]
    else:
        weight = w.leaf((out, width if w.draw.below(24) else width + 1), dtype=dtype)
    bias = [w.leaf((out,), dtype=w.dtype_of(a))] if name.endswith("bias") else []
    w.do(name, a, weight, *bias)


def layer_norm(w: Writer, name: str) -> None:
    a = w.value(lambda slot: slot.ours.ndim > 0 and floating(slot))
    shape = w.shape(a)[-w.draw.pick((1, 1, 2)) :]
    affine = [w.leaf(shape, dtype=w.dtype_of(a)) for _ in range(2)]
    w.do(name, a, *affine, shape=(*shape[:-1], shape[-1] + 1) if w.draw.rarely(24) else shape)


def with_channels(slot: Slot) -> bool:
    """(N, C, ...); PyTorch fails with an internal error if C is 0."""
    return slot.ours.ndim > 1 and floating(slot) and slot.ours.shape[1] > 0


def per_channel(w: Writer, a: int, channels: int, requires_grad: bool | None = None, numbers: str | None = None) -> int:
    """A contiguous leaf (C,). PyTorch 2.13's backward reads every leaf as contiguous, which gives wrong numbers."""
    return w.leaf((channels,), requires_grad, w.dtype_of(a), numbers, layout="contiguous")


def batch_norm(w: Writer, name: str) -> None:
    a = w.value(with_channels)
    channels = w.shape(a)[1] + w.draw.rarely(24)
    w.do(name, a, *(per_channel(w, a, channels) for _ in range(2)))


def running_norm(w: Writer, name: str) -> None:
    a = w.value(with_channels)
    channels = w.shape(a)[1] + w.draw.rarely(24)
    w.do(name, a, *(per_channel(w, a, channels, False, numbers) for numbers in ("any", "positive")))


def rows(w: Writer, name: str) -> None:
    """Rows of a table, by a Tensor of indices, of which one is sometimes too large."""
    a = w.value(lambda slot: slot.ours.ndim == 2 and floating(slot) and slot.ours.shape[0] > 0)
    count = w.shape(a)[0]
    shape = w.draw.pick(((3,), (2, 2), (), (0,), (4,)))
    indices = some_labels(w.draw, prod(shape), count).reshape(shape)
    b = w.do("leaf", array=indices, layout="contiguous", requires_grad=False)
    w.do(name, a, b, padding_idx=w.draw.pick((None, None, 0, -1, count)))


def softmax(w: Writer, name: str) -> None:
    a = w.value()
    w.do(name, a, axis=an_axis(w, len(w.shape(a))))


def scores(w: Writer) -> int:
    """The scores (N, C) for a classifier's loss."""
    if not w.draw.rarely(20):
        return w.value(lambda slot: slot.ours.ndim == 2 and floating(slot) and slot.ours.shape[1] > 0)
    return w.value(lambda slot: floating(slot) and slot.ours.ndim != 2)


def reduced(w: Writer) -> str:
    return w.draw.pick(("mean", "sum", "none"))


def labels_of(w: Writer, a: int) -> int:
    """Labels for these scores."""
    rows, classes = (*w.shape(a), 1, 1)[:2]
    target = some_labels(w.draw, rows + w.draw.rarely(24), max(classes, 1))
    return w.do("leaf", array=target, layout="contiguous", requires_grad=False)


def labels(w: Writer, name: str) -> None:
    a = scores(w)
    w.do(name, a, labels_of(w, a), reduction=reduced(w))


def weighted_labels(w: Writer, name: str) -> None:
    a = scores(w)
    classes = w.shape(a)[-1:] if w.draw.below(24) else (7,)
    weight = w.leaf(classes, False, w.dtype_of(a), w.draw.pick(("positive", "halves")))
    w.do(name, a, labels_of(w, a), weight, reduction=reduced(w), smoothing=w.draw.pick((0.0, 0.25, 1.0)))


def probabilities(w: Writer, name: str) -> None:
    a = scores(w)
    b = w.leaf(w.shape(a), w.draw.rarely(16), w.dtype_of(a), "positive")
    w.do(name, a, b, reduction=reduced(w))


def alike(w: Writer, name: str) -> None:
    a = w.value()
    fits = w.places(lambda slot: slot.ours.shape == w.shape(a) and slot.ours.dtype == w.dtype_of(a))
    b = w.value() if w.draw.rarely(20) else w.draw.recent(fits or [a]) if w.draw.below(3) else w.leaf(w.shape(a))
    w.do(name, a, b, reduction=reduced(w))


def fractions(w: Writer, name: str) -> None:
    a = w.value(floating)
    shape = (*w.shape(a), 1) if w.draw.rarely(24) else w.shape(a)
    dtype = w.dtype_of(a) if w.draw.below(8) else w.draw.pick(FLOATS)
    w.do(name, a, w.leaf(shape, w.draw.rarely(16), dtype, w.draw.pick(("positive", "any"))), reduction=reduced(w))


def weighted_fractions(w: Writer, name: str) -> None:
    a = w.value(floating)
    shape, dtype = w.shape(a), w.dtype_of(a)
    weight = w.leaf(w.draw.pick((shape, shape[1:], shape[-1:], ())), False, dtype, "positive")
    w.do(name, a, w.leaf(shape, False, dtype, "positive"), weight, reduction=reduced(w))


def dropout(w: Writer, name: str) -> None:
    a = w.value(floating)
    p = w.draw.pick((0.5, 0.0, 0.2, 0.75, 0.9))
    w.do(name, a, p=p, mask=some_booleans(w.draw, w.shape(a)))
