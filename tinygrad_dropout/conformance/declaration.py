"""What a layer says of itself in attributes, for options that nobody gave; and what its maker says of p."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from tinygrad_dropout.conformance.examination import GAUSSIAN, KEEP_PROBABILITY, MASK, TOLERANCES
from tinygrad_dropout.conformance.guarded import Layer, Make
from tinygrad_dropout.conformance.report import CannotDrive


class Declaration(NamedTuple):
    """What a layer says of itself: options that nobody gave, and what cannot be looked at in it."""

    options: Mapping[str, Any] = MappingProxyType({})
    not_checked: tuple[str, ...] = ()


def declaration(make: Make, seed: int) -> Declaration:
    """What a layer says in attributes: `dtypes`, `shapes`, `shared_axes`, `noise` and `not_checked`."""
    try:
        layer = make(0.5, np.random.default_rng(seed))
    except (KeyboardInterrupt, CannotDrive):
        raise
    except BaseException:  # the examination will say so
        return Declaration()
    options: dict[str, Any] = {"dtypes": tuple_of(str, layer, "dtypes")}
    if not options["dtypes"] or not TOLERANCES.keys() >= set(options["dtypes"]):
        del options["dtypes"]
    options["shapes"] = tuple_of(tuple, layer, "shapes")
    options["shared_axes"] = tuple_of(int, layer, "shared_axes")
    options["noise"] = GAUSSIAN if getattr(layer, "noise", None) == GAUSSIAN else MASK
    return Declaration(options, tuple_of(str, layer, "not_checked"))


def tuple_of(kind: type, layer: object, name: str) -> tuple[Any, ...]:
    """An attribute that is a tuple of such values; empty if it is anything else."""
    value = getattr(layer, name, None)
    return value if isinstance(value, tuple) and all(isinstance(item, kind) for item in value) else ()


class Keeping:
    """`make(p, rng)`, p being the probability of dropping, of one that is called with that of keeping.

    Args:
        make: as for `check_dropout`; one made by `of` may convert p itself.
    """

    def __init__(self, make: Make) -> None:
        self.make = make

    def __call__(self, p: float, rng: np.random.Generator) -> Layer:
        keep = getattr(self.make, "keep_parameter", "")
        if keep:
            raise CannotDrive(
                f"its {keep} gets 1 - p already, as the name says. Leave out convention={KEEP_PROBABILITY!r}."
            )
        return self.make(1 - p, rng)

    @property
    def takes_generator(self) -> bool:
        """What the maker says of itself."""
        return bool(getattr(self.make, "takes_generator", True))
