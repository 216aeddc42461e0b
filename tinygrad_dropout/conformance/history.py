"""The masks of many calls of one layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinygrad_dropout.conformance.examination import QUICK, THOROUGH, USUAL, Examination
from tinygrad_dropout.conformance.guarded import Array, GuardedLayer

SHAPE, OTHER_SHAPE, ONE_ELEMENT = (7, 13), (8, 16), (1, 1)
OTHER_P = 0.35
P = 0.65  # at this p, a Poisson-distributed count varies far more than a binomial one
#: CALLS is enough to see one forgotten call in 120, and an element that is never dropped
CALLS, FEW_CALLS, OTHER_CALLS, MANY_CALLS = 122, 20, 32, 600

ONE_ELEMENT_CALLS = 24


@dataclass(frozen=True)
class History:
    """Many calls of one layer.

    Attributes:
        layer: the layer.
        x: the input of every call.
        masks: one mask of x's shape for each call.
        overwritten: whether a later call changed the array that the first returned.
    """

    layer: GuardedLayer
    x: Array
    masks: Array
    overwritten: bool

    @property
    def calls(self) -> int:
        """The number of calls."""
        return len(self.masks)

    def draws(self, shared_axes: tuple[int, ...]) -> Array:
        """The draws of each call as a row: only the first element along each shared axis."""
        first = (0 if axis in shared_axes else slice(None) for axis in range(self.x.ndim))
        return self.masks[(slice(None), *first)].reshape(self.calls, -1)


def main_history(examination: Examination) -> History:
    """Many calls with an odd number of elements."""
    options = examination.options
    p = P if not options.rates else examination.p
    calls = {QUICK: FEW_CALLS, USUAL: CALLS, THOROUGH: MANY_CALLS}[options.depth]
    return call(examination, p, SHAPE, examination.dtype, calls)


def other_history(examination: Examination) -> History:
    """A few calls in another precision, with a multiple of 64 elements."""
    p = OTHER_P if not examination.options.rates else examination.other_p
    return call(examination, p, OTHER_SHAPE, examination.options.dtypes[-1], OTHER_CALLS)


def one_element(examination: Examination) -> History:
    """Calls with a single element, which should be dropped in some of them."""
    return call(examination, examination.half, ONE_ELEMENT, examination.dtype, ONE_ELEMENT_CALLS)


def call(examination: Examination, p: float, sizes: tuple[int, ...], dtype: str, calls: int) -> History:
    """Run many forwards with the same x."""
    layer = examination.layer(p)
    x = examination.numbers(examination.shape(*sizes), dtype)
    first = layer.forward(x, same=True)
    copy = first.copy()
    outputs = [layer.forward(x, same=True) for _ in range(calls - 1)]
    masks = np.array([examination.mask_of(y, x) for y in (copy, *outputs)])
    return History(layer, x, masks, not np.array_equal(first, copy, equal_nan=True))
