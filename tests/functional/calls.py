"""Ways to call an operation: for each kind, calls that are always tried and a strategy that generates more.

Among those always tried are 0-d inputs, empty axes, axes of size 1, and shapes that are not square.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, integer_array_indices, mutually_broadcastable_shapes

Shape = tuple[int, ...]


@dataclass(frozen=True, repr=False)
class Call:
    """The shapes of the inputs that get a gradient, and the other arguments."""

    shapes: tuple[Shape, ...]
    options: dict[str, Any]

    def __repr__(self) -> str:
        options = [f"{name}={getattr(value, 'shape', value)}" for name, value in self.options.items()]
        return ", ".join([*map(str, self.shapes), *options])


@dataclass(frozen=True)
class Calls:
    """The calls that are always tried, and the strategy that generates more."""

    always: Sequence[Call]
    invented: st.SearchStrategy[Call]


def call(*shapes: Shape, **options: Any) -> Call:
    return Call(shapes, options)


def shapes(min_dims: int = 0, max_dims: int = 3, min_side: int = 0) -> st.SearchStrategy[Shape]:
    return array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=4)


def broadcasting(count: int) -> st.SearchStrategy[tuple[Shape, ...]]:
    together = mutually_broadcastable_shapes(num_shapes=count, max_dims=3, min_side=0, max_side=4)
    return together.map(lambda drawn: drawn.input_shapes)


def an_axis(shape: Shape) -> st.SearchStrategy[int]:
    return st.integers(-len(shape), len(shape) - 1)


def some_axes(shape: Shape) -> st.SearchStrategy[int | Shape | None]:
    if not shape:
        return st.none()
    several = st.lists(an_axis(shape), min_size=1, max_size=len(shape), unique_by=lambda axis: axis % len(shape))
    return st.none() | an_axis(shape) | several.map(tuple)


def booleans(shape: Shape) -> np.ndarray:
    return np.asarray(np.random.default_rng(5).random(shape) < 0.5)


# Elementwise ----------------------------------------------------------------------------------------------------------

ONE_INPUT = Calls(list(map(call, [(), (1,), (0,), (2, 3), (2, 0, 3), (1, 4, 1)])), shapes().map(call))

TWO_INPUTS = Calls(
    [
        call((), ()),
        call((2, 3), ()),
        call((3,), (2, 3)),
        call((1, 3), (4, 5, 3)),  # crashed PyDyNet's backward
        call((2, 1), (1, 4)),
        call((0, 3), (1, 3)),
        call((1, 1), (2, 0)),
    ],
    broadcasting(2).map(lambda pair: call(*pair)),
)

WITH_CONDITION = Calls(
    [
        call((), (), condition=booleans(())),
        call((3,), (), condition=booleans((2, 3))),
        call((2, 1), (2, 3), condition=booleans((3,))),
        call((0, 1, 1), (1, 3), condition=booleans((2, 3))),
    ],
    broadcasting(3).map(lambda drawn: call(*drawn[:2], condition=booleans(drawn[2]))),
)


def masked(shape: Shape, p: float) -> Call:
    return call(shape, p=p, mask=booleans(shape))


WITH_MASK = Calls(
    [masked(shape, p) for shape in [(), (0, 2), (5, 3)] for p in [0.0, 0.2, 0.5]],
    st.builds(masked, shapes(), st.floats(0, 0.9)),
)


def noisy(shape: Shape, p: float) -> Call:
    return call(shape, p=p, noise=np.random.default_rng(9).normal(1, 1, size=shape))


WITH_NOISE = Calls([noisy(shape, 0.3) for shape in [(), (0, 2), (5, 3)]], st.builds(noisy, shapes(), st.floats(0, 0.9)))

# Along axes -----------------------------------------------------------------------------------------------------------

REDUCTION = Calls(
    [
        call(shape, axis=axis, keepdims=keepdims)
        for shape, axis in [
            ((), None),
            ((2, 3), None),
            ((3, 3), 0),
            ((3, 3), 1),  # a square hid TinyTorch's wrong sum(axis=1)
            ((2, 1, 3), (0, 2)),
            ((2, 3, 4), (-1, 0)),
            ((1, 1), (0, 1)),
            ((0, 3), 1),
        ]
        for keepdims in [False, True]
    ],
    shapes(min_side=1).flatmap(
        lambda shape: st.builds(call, st.just(shape), axis=some_axes(shape), keepdims=st.booleans())
    ),
)
REDUCTION_OR_EMPTY = Calls(
    [*REDUCTION.always, *(call((0, 3), axis=axis, keepdims=False) for axis in (None, 0, (0, 1)))], REDUCTION.invented
)

REDUCTION_OF_SEVERAL = Calls(  # a sample variance needs at least two elements for each result
    [one for one in REDUCTION.always if one.shapes[0] not in {(), (1, 1)}],
    shapes(min_dims=1, min_side=2).flatmap(
        lambda shape: st.builds(call, st.just(shape), axis=some_axes(shape), keepdims=st.booleans())
    ),
)

ALONG_AXIS = Calls(
    [call((3,), axis=0), call((3, 3), axis=0), call((2, 1), axis=-1), call((0, 3), axis=1), call((2, 3, 4), axis=1)],
    shapes(min_dims=1, min_side=1).flatmap(lambda shape: st.builds(call, st.just(shape), axis=an_axis(shape))),
)

# Rearranging elements -------------------------------------------------------------------------------------------------

RESHAPE = Calls(
    [
        call((), shape=(1, 1)),
        call((1,), shape=()),
        call((2, 3), shape=(3, 2)),
        call((2, 3, 4), shape=(-1, 6)),
        call((0, 3), shape=(3, 0, 2)),
    ],
    shapes().flatmap(lambda shape: st.builds(call, st.just(shape), shape=st.permutations(shape).map(tuple))),
)

PERMUTATION = Calls(
    [
        call((2,), axes=(0,)),
        call((2, 3), axes=(1, 0)),
        call((2, 3, 4), axes=(2, 0, 1)),
        call((0, 1, 3), axes=(1, 2, 0)),
        call((2, 3, 4), axes=(-1, 0, 1)),
    ],
    shapes().flatmap(lambda shape: st.builds(call, st.just(shape), axes=st.permutations(range(len(shape))).map(tuple))),
)

TRANSPOSE = Calls(
    [call((2, 3, 4), axis1=0, axis2=2), call((2, 3, 4), axis1=-1, axis2=-2), call((0, 3), axis1=1, axis2=0)],
    shapes(min_dims=1).flatmap(
        lambda shape: st.builds(call, st.just(shape), axis1=an_axis(shape), axis2=an_axis(shape))
    ),
)

MATRIX = Calls(list(map(call, [(2, 3), (1, 4), (0, 3)])), shapes(min_dims=2, max_dims=2).map(call))

SQUEEZE = Calls(
    [call((1,), axis=0), call((1, 0), axis=0), call((1, 3, 1), axis=-1), call((1, 3, 1), axis=(0, 2))],
    shapes(max_dims=2).map(lambda shape: call((*shape, 1), axis=-1)),
)

UNSQUEEZE = Calls(
    [call((), axis=0), call((0,), axis=0), call((3,), axis=1), call((2, 3), axis=-1), call((2, 3), axis=-3)],
    shapes().flatmap(lambda shape: st.builds(call, st.just(shape), axis=an_axis((*shape, 1)))),
)

INDEXING = Calls(
    [
        call((4, 3), key=1),
        call((4, 3), key=-1),
        call((4, 3), key=(1, 2)),
        call((4, 3), key=slice(1, 3)),
        call((4, 3), key=(slice(None), slice(0, 3, 2))),
        call((4, 3), key=slice(0, 0)),
        call((4, 3), key=(None, slice(None), None)),
        call((4, 3), key=(..., 0)),
        call((), key=...),
        call((), key=None),
        call((0, 3), key=slice(None)),
        call((4, 3), key=[0, 0, 2]),
        call((4, 3), key=np.array([[3, 3], [3, 0]])),
        call((4, 3), key=(np.array([0, 1, 0]), np.array([2, 2, 2]))),
        call((4, 3), key=(slice(1, 4), np.array([2, 2]))),
        call((4, 3), key=np.array([], dtype=int)),
        call((4, 3), key=booleans((4,))),
        call((4, 3), key=booleans((4, 3))),
    ],
    shapes(min_dims=1, min_side=1).flatmap(
        lambda shape: st.builds(call, st.just(shape), key=integer_array_indices(shape))
    ),
)


@st.composite
def alike_but_for_one_axis(draw: st.DrawFn) -> Call:
    shape = draw(shapes(min_dims=1))
    axis = draw(an_axis(shape))
    before, after = shape[: axis % len(shape)], shape[axis % len(shape) + 1 :]
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    return call(*((*before, size, *after) for size in sizes), axis=axis)


CONCATENATE = Calls(
    [
        call((3,), axis=0),
        call((2, 3), (1, 3), axis=0),
        call((2, 1), (2, 0), (2, 4), axis=-1),
        call((2, 1, 3), (2, 2, 3), axis=1),
    ],
    alike_but_for_one_axis(),
)

STACK = Calls(
    [call((), (), axis=0), call((0,), axis=0), call((2, 3), (2, 3), axis=-1), call((2, 3), (2, 3), (2, 3), axis=1)],
    shapes().flatmap(
        lambda shape: st.integers(1, 3).flatmap(
            lambda count: st.builds(call, *[st.just(shape)] * count, axis=an_axis((*shape, 1)))
        )
    ),
)

# Products -------------------------------------------------------------------------------------------------------------

MATMUL = Calls(
    [
        call((3,), (3,)),
        call((2, 3), (3,)),
        call((3,), (3, 2)),
        call((2, 3), (3, 4)),
        call((3, 3), (3, 3)),
        call((1, 1), (1, 1)),
        call((0, 3), (3, 2)),
        call((2, 0), (0, 3)),
        call((5, 2, 3), (3, 4)),
        call((2, 3), (5, 3, 4)),
        call((2, 4, 3), (3,)),
        call((3,), (2, 3, 4)),
        call((5, 1, 2, 3), (4, 3, 2)),
    ],
    mutually_broadcastable_shapes(signature="(m?,n),(n,p?)->(m?,p?)", max_dims=2, max_side=3).map(
        lambda drawn: call(*drawn.input_shapes)
    ),
)


def layer(batch: Shape, inputs: int, outputs: int, bias: bool) -> Call:
    return call((*batch, inputs), (outputs, inputs), *[(outputs,)] * bias)


LINEAR = Calls(
    [
        layer((2,), 3, 4, bias=True),
        layer((2,), 3, 4, bias=False),
        layer((), 3, 4, bias=True),
        layer((), 3, 1, bias=False),
        layer((0,), 3, 4, bias=True),
        layer((2, 5), 3, 4, bias=True),
        layer((1,), 1, 1, bias=True),
    ],
    st.builds(layer, shapes(max_dims=2), st.integers(1, 4), st.integers(1, 4), st.booleans()),
)

# Losses ---------------------------------------------------------------------------------------------------------------


def losses(
    make_call: Callable[[Shape, str], Call], filled: list[Shape], empty: Shape, dims: int | None = None
) -> Calls:
    """Every reduction on shapes with elements; the mean of nothing is not tried."""
    return Calls(
        [make_call(shape, reduction) for shape in filled for reduction in ("mean", "sum", "none")]
        + [make_call(empty, reduction) for reduction in ("sum", "none")],
        st.builds(make_call, shapes(dims or 0, dims or 3, min_side=1), st.sampled_from(["mean", "sum", "none"])),
    )


def against_labels(shape: Shape, reduction: str) -> Call:
    return call(shape, target=np.random.default_rng(6).integers(shape[1], size=shape[0]), reduction=reduction)


def against_probabilities(shape: Shape, reduction: str) -> Call:
    target = np.random.default_rng(7).dirichlet(np.ones(shape[1]), size=shape[0])
    return call(shape, target=target, reduction=reduction)


def against_fractions(shape: Shape, reduction: str) -> Call:
    return call(shape, target=np.random.default_rng(8).random(shape), reduction=reduction)


LABELS = losses(against_labels, [(1, 1), (3, 5), (5, 3)], (0, 3), dims=2)


def some_weights(count: int) -> np.ndarray:
    return np.random.default_rng(10).uniform(0.25, 3, size=count)


def weighted(make_call: Callable[[Shape, str], Call], **more: Any) -> Callable[[Shape, str], Call]:
    """The same calls, each with a weight for every class."""

    def with_weights(shape: Shape, reduction: str) -> Call:
        return call(shape, **make_call(shape, reduction).options, weight=some_weights(shape[1]), **more)

    return with_weights


def weighted_and_smoothed(make_call: Callable[[Shape, str], Call]) -> Callable[[Shape, str], Call]:
    return weighted(make_call, label_smoothing=0.3)


def against_weighted_fractions(shape: Shape, reduction: str) -> Call:
    weights = some_weights(shape[-1]) if shape else np.asarray(2.5)
    return call(shape, **against_fractions(shape, reduction).options, pos_weight=weights)


PROBABILITIES = losses(against_probabilities, [(1, 1), (3, 5), (5, 3)], (0, 3), dims=2)
FRACTIONS = losses(against_fractions, [(), (3,), (2, 3)], (0, 2))
ALIKE = losses(lambda shape, reduction: call(shape, shape, reduction=reduction), [(), (3,), (2, 3)], (0, 2))
WEIGHTED_LABELS = losses(weighted(against_labels), [(1, 1), (3, 5), (5, 3)], (0, 3), dims=2)
SMOOTHED_LABELS = losses(weighted_and_smoothed(against_labels), [(1, 1), (3, 5), (5, 3)], (0, 3), dims=2)
SMOOTHED_PROBABILITIES = losses(weighted_and_smoothed(against_probabilities), [(3, 5), (5, 3)], (0, 3), dims=2)
WEIGHTED_FRACTIONS = losses(against_weighted_fractions, [(), (3,), (2, 3)], (0, 2))

# Normalization and lookups --------------------------------------------------------------------------------------------


def normalized(shape: Shape, axes: int, affine: int) -> Call:
    ending = shape[len(shape) - axes :]
    return call(shape, *[ending] * affine, normalized_shape=ending)


NORMALIZED = Calls(
    [
        normalized((3,), 1, affine=0),
        normalized((2, 3), 1, affine=1),
        normalized((4, 3), 1, affine=2),
        normalized((2, 3, 4), 2, affine=2),
        normalized((2, 1), 1, affine=2),
        normalized((0, 3), 1, affine=2),
    ],
    shapes(min_dims=1, min_side=1).flatmap(
        lambda shape: st.builds(normalized, st.just(shape), st.integers(1, len(shape)), st.integers(0, 2))
    ),
)


def batch(shape: Shape, affine: int) -> Call:
    return call(shape, *[shape[1:2]] * affine)


def tracked_batch(shape: Shape, affine: int) -> Call:
    rng = np.random.default_rng(11)
    running_mean, running_var = rng.normal(size=shape[1]), rng.uniform(0.5, 2, size=shape[1])
    return call(*batch(shape, affine).shapes, running_mean=running_mean, running_var=running_var)


def batches(make_call: Callable[[Shape, int], Call]) -> Calls:
    return Calls(
        [
            *(make_call(shape, affine) for shape in [(4, 3), (2, 3, 4)] for affine in (0, 1, 2)),
            make_call((1, 2, 3), 2),
            make_call((2, 1), 2),
            make_call((0, 3), 2),
        ],
        st.builds(make_call, shapes(2, 3, min_side=2), st.integers(0, 2)),
    )


BATCHES = batches(batch)
TRACKED_BATCHES = batches(tracked_batch)


def lookup(rows: int, columns: int, shape: Shape) -> Call:
    return call((rows, columns), indices=np.random.default_rng(12).integers(0, rows, size=shape))


LOOKUPS = Calls(
    [lookup(5, 3, ()), lookup(3, 2, (7,)), lookup(4, 2, (2, 3)), lookup(2, 2, (0,)), lookup(3, 0, (2,))],
    st.builds(lookup, st.integers(1, 4), st.integers(0, 3), shapes()),
)
