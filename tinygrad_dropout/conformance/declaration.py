"""Options that a layer declares in attributes, used if the caller did not set them; and the keep convention for p."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from tinygrad_dropout.conformance.examination import GAUSSIAN, KEEP_PROBABILITY, MASK, TOLERANCES
from tinygrad_dropout.conformance.guarded import Layer, Make
from tinygrad_dropout.conformance.report import CannotDrive


class Declaration(NamedTuple):
    """What a layer declares: options, and what cannot be checked."""

    options: Mapping[str, Any] = MappingProxyType({})
    not_checked: tuple[str, ...] = ()


def declaration(make: Make, seed: int) -> Declaration:
    """Read a layer's attributes `dtypes`, `shapes`, `shared_axes`, `noise` and `not_checked`."""
    try:
        layer = make(0.5, np.random.default_rng(seed))
    except (KeyboardInterrupt, CannotDrive):
        raise
    except BaseException:  # the examination will report it
        return Declaration()
    options: dict[str, Any] = {"dtypes": tuple_of(str, layer, "dtypes")}
    if not options["dtypes"] or not TOLERANCES.keys() >= set(options["dtypes"]):
        del options["dtypes"]
    options["shapes"] = tuple_of(tuple, layer, "shapes")
    options["shared_axes"] = tuple_of(int, layer, "shared_axes")
    options["noise"] = GAUSSIAN if getattr(layer, "noise", None) == GAUSSIAN else MASK
    return Declaration(options, tuple_of(str, layer, "not_checked"))


def tuple_of(kind: type, layer: object, name: str) -> tuple[Any, ...]:
    """An attribute that is a tuple of values of this type; () if it is anything else."""
    value = getattr(layer, name, None)
    return value if isinstance(value, tuple) and all(isinstance(item, kind) for item in value) else ()


class Keeping:
    """Calls a `make` that expects the probability of keeping with 1 - p.

    Args:
        make: as for `check_dropout`, but called with the probability of keeping.
    """

    def __init__(self, make: Make) -> None:
        self.make = make

    def __call__(self, p: float, rng: np.random.Generator) -> Layer:
        keep = getattr(self.make, "keep_parameter", "")
        if keep:
            raise CannotDrive(
                f"its parameter {keep} gets 1 - p already, because of its name. Leave out "
                f"convention={KEEP_PROBABILITY!r}."
            )
        return self.make(1 - p, rng)

    @property
    def takes_generator(self) -> bool:
        """Whether the maker passes a generator to the layer."""
        return bool(getattr(self.make, "takes_generator", True))
