"""One examination: its options, inputs, values of p and layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, prod
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.conformance.global_state import SETTINGS
from tinygrad_dropout.conformance.guarded import Array, GuardedLayer, Make
from tinygrad_dropout.mistakes import Finding

if TYPE_CHECKING:
    from tinygrad_dropout.conformance.history import History
    from tinygrad_dropout.conformance.observation import Observation

#: Never 0.5, so that p differs from 1 - p, and 1/p from 1/(1 - p).
RATES = (0.35, 0.3, 0.7, 0.2)
QUICK, USUAL, THOROUGH = "quick", "usual", "thorough"
DEPTHS = (QUICK, USUAL, THOROUGH)
INVERTED, ORIGINAL, KEEP_PROBABILITY = "inverted", "original", "keep-probability"
CONVENTIONS = (INVERTED, ORIGINAL, KEEP_PROBABILITY)
MASK, GAUSSIAN = "mask", "gaussian"
NOISES = (MASK, GAUSSIAN)

#: relative tolerance for a factor computed in this precision, or in float32 for float64 arrays
TOLERANCES = {"float64": 1e-6, "float32": 1e-6, "float16": 4e-3}


@dataclass(frozen=True)
class Options:
    """What to ask, and with which arrays.

    Args:
        depth: one of `DEPTHS`.
        dtypes: the dtypes of the arrays, the main one first.
        shapes: the shapes of the arrays; empty for the kit's own.
        rates: the values of p; empty for the kit's own.
        shared_axes: the axes along which all elements share a draw, as in channel dropout.
        forward_only: whether to skip backward.
        convention: one of `CONVENTIONS`.
        noise: one of `NOISES`.
    """

    depth: str = USUAL
    dtypes: tuple[str, ...] = ("float64", "float32")
    shapes: tuple[tuple[int, ...], ...] = ()
    rates: tuple[float, ...] = ()
    shared_axes: tuple[int, ...] = ()
    forward_only: bool = False
    convention: str = INVERTED
    noise: str = MASK

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("depth", self.depth, DEPTHS),
            ("convention", self.convention, CONVENTIONS),
            ("noise", self.noise, NOISES),
            *(("dtypes", dtype, tuple(TOLERANCES)) for dtype in self.dtypes),
        ):
            if value not in allowed:
                raise ValueError(f"{name}: expected one of {', '.join(allowed)}, got {value!r}")
        if not self.dtypes:
            raise ValueError("dtypes: expected at least one, got none")
        for rate in self.rates:
            if not 0 < rate < 1:
                raise ValueError(f"rates: expected 0 < p < 1, got {rate}; p = 0 and p = 1 are always examined")
        for shape in self.shapes:
            if len(shape) <= max(self.shared_axes, default=0) or not all(size > 0 for size in shape):
                raise ValueError(f"shapes: expected positive sizes, including every shared axis, got {shape}")
            fewest = max(MIN_DRAWS, ceil(RARE_ONES / self.rarest))
            if self.draws_of(shape) < fewest:
                raise ValueError(
                    f"shapes: expected room for at least {fewest} draws, or for {MIN_DRAWS} with rates=[0.5], "
                    f"got {shape}, which has {self.draws_of(shape)}"
                )
        if any(axis < 0 for axis in self.shared_axes):
            raise ValueError(f"shared_axes: expected axes counted from 0, got {self.shared_axes}")

    @property
    def rarest(self) -> float:
        """The smallest of p and 1 - p over all rates."""
        return min((min(p, 1 - p) for p in self.rates), default=min(RATES))

    def draws_of(self, shape: tuple[int, ...]) -> int:
        """How many draws the mask of an array with this shape has."""
        return prod(size for axis, size in enumerate(shape) if axis not in self.shared_axes)

    def shape_with_draws(self, *sizes: int) -> tuple[int, ...]:
        """A shape whose mask has one draw for each element of these sizes; shared axes, of length 3, are added."""
        if not self.shared_axes:
            return sizes
        free = [axis for axis in range(self.ndim) if axis not in self.shared_axes]
        if len(free) < len(sizes):
            sizes = (prod(sizes),)
        lengths = dict(zip(free, (*sizes, *(1,) * len(free)), strict=False))
        return tuple(lengths.get(axis, 3) for axis in range(self.ndim))

    def draws_in(self, mask: Array) -> Array:
        """The draws of a mask: only the first element along each shared axis."""
        return mask[tuple(0 if axis in self.shared_axes else slice(None) for axis in range(mask.ndim))]

    @property
    def ndim(self) -> int:
        """How many axes the kit's own arrays have if axes share draws; at least one axis does not."""
        last = max(self.shared_axes, default=0) + 1
        return max(2, last + 1 if len(set(self.shared_axes)) == last else last)


MIN_DRAWS = 64
RARE_ONES = 20  # expected count of the rarer outcome; the chance of seeing none at all is then 1 in 500 million


@dataclass
class Examination:
    """The inputs and layers of one examination, all drawn from one seed.

    Args:
        make: makes a layer.
        seed: the seed for everything random.
        options: what to ask.

    Attributes:
        findings: mistakes in calls that still returned a result, and the findings of the questions, in order.
        not_checked: what could not be checked, and why.
        observations: single forwards with their masks.
        histories: many calls of one layer with their masks.
    """

    make: Make
    seed: int
    options: Options
    findings: list[Finding] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self._numbers = np.random.default_rng([self.seed, 1])  # different from the numbers of a layer that seeds itself
        own = (RATES[self.seed % 4], RATES[(self.seed + 2) % 4])  # two consecutive seeds use all four
        rates = self.options.rates or own
        self.p, self.other_p = rates[0], rates[1 % len(rates)]
        self.dtype = self.options.dtypes[0]
        self._pool: Array = np.empty(0)
        self.settings = [setting.get() for setting in SETTINGS]  # before any layer was made

    def layer(self, p: float | None = None, rng: np.random.Generator | None = None) -> GuardedLayer:
        """A new layer; by default with a new generator and the examination's p."""
        generator = self.rng.spawn(1)[0] if rng is None else rng
        return GuardedLayer(self.make, self.p if p is None else p, generator, self.findings.append)

    def shape(self, *sizes: int) -> tuple[int, ...]:
        """A small shape: these sizes plus any shared axes, or the user's own shape.

        If a rate is near 0 or 1 there are more rows, so that the rare outcome almost always occurs.
        """
        if self.options.shapes:
            return self.options.shapes[0]
        return self.options.shape_with_draws(*self.enlarged(sizes))

    def enlarged(self, sizes: tuple[int, ...], axis: int = 0) -> tuple[int, ...]:
        """A shape that is longer along one axis if p is so near 0 or 1 that the rare outcome might not occur."""
        if not self.options.rates:
            return sizes
        times = ceil(max(1.0, RARE_ONES / (self.options.rarest * prod(sizes))))
        return tuple(size * times if place == axis else size for place, size in enumerate(sizes))

    def numbers(self, shape: tuple[int, ...], dtype: str = "") -> Array:
        """Random numbers of both signs and all sizes from 1/128 to 128, for x and for the upstream gradient."""
        size = prod(shape)
        if size > LARGE:  # all large arrays share the same numbers
            if self._pool.size < size:
                self._pool = self.draw(size)
            numbers = self._pool[:size]
        else:
            numbers = self.draw(size)
        return numbers.reshape(shape).astype(dtype or self.dtype)

    def draw(self, size: int) -> Array:
        """Numbers of both signs whose size has a uniformly distributed logarithm."""
        uniform = self._numbers.uniform(-1, 1, size)
        drawn: Array = np.copysign(np.exp2(14 * np.abs(uniform) - 7), uniform)
        return drawn

    def mask_of(self, y: Array, x: Array) -> Array:
        """Which elements were kept; with Gaussian noise, which became larger."""
        return y != 0 if self.options.noise == MASK else y / x > 1

    @property
    def half(self) -> float:
        """0.5, the most common p, if the rates allow it; otherwise the examination's p."""
        return 0.5 if not self.options.rates or 0.5 in self.options.rates else self.p

    @property
    def drops(self) -> bool:
        """Whether the layer sets elements to 0, rather than multiplying them by random numbers."""
        return self.options.noise == MASK

    @property
    def formula(self) -> str:
        """The formula for the factor of a kept element in training mode."""
        return "1" if self.options.convention == ORIGINAL else "1/(1 - p)"

    def scale(self, p: float) -> float:
        """The factor of a kept element in training mode."""
        return 1.0 if self.options.convention == ORIGINAL else 1 / (1 - p)

    def eval_scale(self, p: float) -> float:
        """The factor of every element in eval mode."""
        return 1 - p if self.options.convention == ORIGINAL else 1.0

    def tolerance(self, dtype: npt.DTypeLike, p: float = 0.0) -> float:
        """The relative tolerance for a factor: 1 - p loses digits if p is near 1."""
        return TOLERANCES[np.dtype(dtype).name] * max(1.0, p / (1 - p))


LARGE = 4096
