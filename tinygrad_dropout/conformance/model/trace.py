"""One forward pass as the kit sees it: every call of a dropout, with its input and output."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.sandbox.printable import printable

Array = npt.NDArray[Any]

#: Names that a layer may use for its probability of dropping.
NAMES_OF_P = ("p", "rate", "drop_prob", "drop_rate", "dropout_rate", "drop_p", "p_drop", "prob", "dropout")


@dataclass(eq=False)
class Call:
    """One call of a dropout: a layer or a function.

    Attributes:
        layer: the layer; None for a function.
        key: the layer's key in `named_modules`; None for a function or an unregistered layer.
        owner: the module whose forward made the call; None outside every module.
        owner_key: the owner's key.
        kind: the layer's class, or the function's name: `Dropout`, `F.dropout`.
        p: the probability of dropping; None if it is not known.
        on: whether it was told to drop: the layer's `training`, or the function's argument.
        in_place: whether it writes into its input.
        x, y: its input and output; None if the dropout is inside another operation, as in attention.
        again: whether the call was made during backward, when the forward is run again.
        made_by: the node of the framework's graph that makes its result.
    """

    layer: Any
    key: str | None
    owner: Any
    owner_key: str
    kind: str
    p: float | None
    on: bool
    in_place: bool = False
    x: Array | None = None
    y: Array | None = None
    made_by: Any = None
    again: bool = False

    @property
    def place(self) -> tuple[Any, ...]:
        """A key that is equal for calls of the same layer, or of the same function in the same module."""
        return ("layer", id(self.layer)) if self.layer is not None else ("function", self.kind, id(self.owner))

    @property
    def name(self) -> str:
        """Its name in a sentence."""
        if self.layer is None:
            return f"{self.kind} in {quoted(self.owner_key)}"
        if self.key is None:
            return f"a {printable(self.kind)} in {quoted(self.owner_key)}"
        return quoted(self.key)

    @property
    def visible(self) -> bool:
        """Whether the factor of each element can be seen."""
        return self.x is not None and self.y is not None and self.x.shape == self.y.shape and self.x.dtype.kind == "f"

    @property
    def dropped(self) -> Array:
        """Which elements became 0."""
        assert self.y is not None
        return np.asarray((self.y == 0) & self.shown)

    @property
    def shown(self) -> Array:
        """Where the mask can be seen: elements of the input that are not 0."""
        assert self.x is not None
        return np.asarray(self.x != 0)

    @property
    def changes(self) -> bool:
        """Whether any output element differs from the input."""
        return self.visible and not np.array_equal(self.x, self.y, equal_nan=True)  # type: ignore[arg-type]

    @property
    def factors(self) -> Array:
        """The factor of each element; 1 where it cannot be seen because the input is 0."""
        assert self.x is not None
        assert self.y is not None
        return np.divide(self.y, self.x, out=np.ones_like(self.x), where=self.x != 0)

    @property
    def should_drop(self) -> bool:
        """Whether it has a p between 0 and 1."""
        return self.p is not None and 0 < self.p < 1


@dataclass(eq=False)
class Visit:
    """One call of a module that contains no other modules, or of a dropout.

    Attributes:
        key: the module's key.
        x: the arrays that it was given.
    """

    key: str
    x: list[Array]


@dataclass(eq=False)
class Trace:
    """One forward pass, and the backward pass if there was one.

    Attributes:
        outputs: the model's floating-point output arrays, in order.
        calls: the calls of dropouts.
        recomputed: calls of dropouts during backward, when the forward is run again to save memory.
        draws: (function, key of the module around it) for random numbers drawn outside every dropout.
        visits: the inputs of the modules, if the options ask for them.
        variances: key of a batch norm -> the variance of its input, for each channel.
        entered: ids of the modules whose forward ran.
        modes_changed: keys of modules whose mode the forward changed.
        changed_inputs: whether the forward wrote into the model's inputs.
        gradients: name of a parameter or an input -> its gradient.
        backward_error: the error that backward raised, in one line; "" if none.
        result: the output, as the framework's own object.
    """

    outputs: list[Array] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    recomputed: list[Call] = field(default_factory=list)
    draws: list[tuple[str, str]] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    variances: dict[str, Array] = field(default_factory=dict)
    entered: set[int] = field(default_factory=set)
    modes_changed: list[str] = field(default_factory=list)
    changed_inputs: bool = False
    gradients: dict[str, Array] = field(default_factory=dict)
    backward_error: str = ""
    result: Any = None


#: For a call with its x and y: the factor to multiply x by instead of running the dropout; None to keep the dropout.
Change = Callable[[Call], "Array | float | None"]


@dataclass(frozen=True)
class RunOptions:
    """How to run a forward.

    Attributes:
        change: gives the factors that replace a dropout.
        without_hidden: switch off dropouts inside other operations, as in attention.
        on_copies: give in-place dropouts copies, so that they do not write into other arrays.
        backward: run backward, too.
        inputs: keep the inputs of each module (`Trace.visits`).
    """

    change: Change | None = None
    without_hidden: bool = False
    on_copies: bool = False
    backward: bool = False
    inputs: bool = False


PLAIN = RunOptions()


def quoted(key: str) -> str:
    """A module's key as it appears in a sentence."""
    return f"`{printable(key)}`" if key else "the model"


def listed(names: Iterable[str]) -> str:
    """Names as they appear in a sentence, each once: `a`, `b` and 3 more."""
    once = list(dict.fromkeys(names))
    if len(once) > 3:
        once = [*once[:2], f"{len(once) - 2} more"]
    return " and ".join(filter(None, [", ".join(once[:-1]), once[-1]]))


def probability_of(layer: Any) -> float | None:
    """The layer's probability of dropping, if it has an attribute for it."""
    for name in NAMES_OF_P:
        value = getattr(layer, name, None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def called_dropout(cls: type) -> bool:
    """Whether a class's name says that it is a dropout: MyDropout, DropPath, SpatialDropout1D."""
    return re.search(r"drop(?!ped)", cls.__name__, re.IGNORECASE) is not None


def same(one: list[Array], other: list[Array], tolerance: float = 1e-5) -> bool:
    """Whether outputs are equal up to rounding."""
    return len(one) == len(other) and all(close(a, b, tolerance) for a, b in zip(one, other, strict=True))


def close(a: Array, b: Array, tolerance: float = 1e-5) -> bool:
    """Whether two arrays are equal up to rounding of their largest value."""
    if a.shape != b.shape:
        return False
    with np.errstate(all="ignore"):
        size = float(np.max(np.abs(a), initial=0.0, where=np.isfinite(a)))
        return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True))
