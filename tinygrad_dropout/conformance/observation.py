"""One training forward and the mask recovered from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle, islice
from math import ceil
from typing import NamedTuple

import numpy as np

from tinygrad_dropout.conformance.examination import GAUSSIAN, QUICK, RARE_ONES, THOROUGH, Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.report import StopCheck
from tinygrad_dropout.mistakes.dropout import layer as mistakes

ENOUGH_DRAWS, MAX_CALLS = 6000, 200


class Cell(NamedTuple):
    """The settings of one forward."""

    p: float
    shape: tuple[int, ...]
    dtype: str
    order: str = "C"


def cells(examination: Examination) -> Iterator[Cell]:
    """The forwards to observe: odd sizes and multiples of 64, every precision, p = 0.5, and p near 0 and 1.

    The first two differ in p, so that a formula of p can be told from a constant.
    """
    options, p, other_p = examination.options, examination.p, examination.other_p
    main, second = (options.dtypes * 2)[:2]
    if options.shapes or options.rates:
        rates = options.rates or (p, other_p, 0.5, 0.05, 0.95)
        shapes = options.shapes or (options.shape_with_draws(167, 251), options.shape_with_draws(128, 192))
        count = max(len(rates), len(shapes), len(options.dtypes), 2)
        for rate, shape, dtype in islice(zip(cycle(rates), cycle(shapes), cycle(options.dtypes), strict=False), count):
            yield Cell(rate, shape, dtype)
        return
    if options.depth == QUICK:
        yield Cell(p, options.shape_with_draws(101, 163), main)
        yield Cell(other_p, options.shape_with_draws(64, 128), second)
        return
    yield Cell(p, options.shape_with_draws(167, 251), main)
    yield Cell(other_p, options.shape_with_draws(160, 256), second)
    yield Cell(0.5, options.shape_with_draws(96, 192), second, "F")
    for rate, rows in ((0.05, 128), (0.95, 96)):
        yield Cell(rate, options.shape_with_draws(rows, 192), second)
    if not options.shared_axes:
        yield Cell(p, (12000,), second)
        yield Cell(0.5, (8, 32, 64), second)
        yield Cell(other_p, (5, 8, 15, 20), second)
    if options.depth == THOROUGH:
        yield from thorough_cells(examination, main, second)


def thorough_cells(examination: Examination, main: str, second: str) -> Iterator[Cell]:
    """Larger arrays, more rates, and the arrays of the usual check in the other precision, too."""
    options = examination.options
    for p in (0.01, 0.1, 0.125, 0.25, 0.29, 0.6, 0.8, 0.9, 0.99):
        yield Cell(p, options.shape_with_draws(256, 512), second)
        yield Cell(p, options.shape_with_draws(191, 257), main)
    for p, dtype in ((0.5, main), (0.1, second)):
        yield Cell(p, options.shape_with_draws(1024, 1024), dtype)
    if not examination.options.shared_axes:
        yield Cell(examination.p, (70_001,), main)
        yield Cell(0.5, (9, 70, 90), main)
        yield Cell(0.5, (2, 3, 4, 40, 60), main)


@dataclass(frozen=True)
class Observation:
    """One training forward.

    Attributes:
        p: the layer's p.
        x, y: its input and output.
        kept: the mask, of x's shape: True where y is not 0 (with Gaussian noise, where y/x > 1).
        shared_axes: the axes along which elements should share a draw.
        factors: the factors of the kept elements.
        scale: the median of the factors.
    """

    p: float
    x: Array
    y: Array
    kept: Array
    shared_axes: tuple[int, ...]
    factors: Array
    scale: float

    @property
    def where(self) -> str:
        """The settings of this forward, for a message."""
        layout = "" if self.x.flags.c_contiguous else " in Fortran order"
        return f"p = {self.p}, x of shape {self.x.shape}, {self.x.dtype}{layout}"

    @cached_property
    def draws(self) -> Array:
        """The mask's draws as a 2-D array: shared axes are removed, and all axes after the first are flattened."""
        first = tuple(0 if axis in self.shared_axes else slice(None) for axis in range(self.kept.ndim))
        draws = self.kept[first]
        if draws.ndim == 1:
            columns = max(1, int(np.sqrt(draws.size)))
            return draws[: draws.size // columns * columns].reshape(-1, columns)
        return draws.reshape(len(draws), -1)

    @cached_property
    def dropped_rate(self) -> float:
        """The fraction that was dropped."""
        return 1 - float(self.draws.mean())


def observe(examination: Examination, cell: Cell) -> Observation:
    """Run one training forward of a new layer and recover its mask; run several forwards if one gives too few draws.

    Raises:
        StopCheck: no mask can be recovered.
    """
    p, options = cell.p, examination.options
    enough = max(ENOUGH_DRAWS, 4 * RARE_ONES / min(p, 1 - p)) if options.shapes or options.rates else 0
    calls = min(MAX_CALLS, ceil(enough / options.draws_of(cell.shape))) or 1
    layer, inputs, outputs = examination.layer(p), [], []
    for _ in range(calls):
        drawn = examination.numbers(cell.shape, cell.dtype)
        inputs.append(np.asarray(drawn, order=cell.order))  # type: ignore[call-overload]
        outputs.append(layer.forward(inputs[-1]))
    x, y = inputs[0], outputs[0]
    if calls > 1:
        free = next(axis for axis in range(x.ndim) if axis not in options.shared_axes)
        x, y = np.concatenate(inputs, axis=free), np.concatenate(outputs, axis=free)
    where = Observation(p, x, y, x, (), x, 0.0).where
    if not np.isfinite(y).all():
        raise StopCheck(mistakes.NOT_FINITE.seen(count=int((~np.isfinite(y)).sum()), where=where))
    nonzero = y != 0
    if not nonzero.any():
        raise StopCheck(mistakes.DROPS_EVERYTHING.seen(where=where, p=p))
    factors = y[nonzero] / x[nonzero]
    scale = float(np.median(factors))
    tolerance = examination.tolerance(x.dtype, p)
    constant = np.ptp(factors) <= tolerance * abs(scale)
    if examination.options.noise == GAUSSIAN:
        if constant:
            raise StopCheck(mistakes.NO_NOISE.seen(where=where, scale=scale))
        return Observation(p, x, y, y / x > 1, examination.options.shared_axes, factors, scale)
    if nonzero.all():
        if constant:
            raise StopCheck(mistakes.NEVER_DROPS.seen(where=where, p=p, scale=scale))
        raise StopCheck(mistakes.NOISE_INSTEAD_OF_A_MASK.seen(where=where, p=p))
    values = y[nonzero]
    if np.ptp(values) <= tolerance * abs(float(values[0])):
        raise StopCheck(mistakes.IGNORES_X.seen(value=float(values[0])))
    return Observation(p, x, y, nonzero, examination.options.shared_axes, factors, scale)
