"""One forward pass as the kit sees it: every call of a dropout, with what went in and what came out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.sandbox.printable import printable

Array = npt.NDArray[Any]

#: How a layer may call its probability of dropping.
NAMES_OF_P = ("p", "rate", "drop_prob", "drop_rate", "dropout_rate", "drop_p", "p_drop", "prob", "dropout")


@dataclass(eq=False)
class Call:
    """One call of a dropout: a layer or a function.

    Attributes:
        layer: the layer; None for a function.
        key: where the layer stands, as in `named_modules`; for a function, or a layer that stands nowhere, None.
        owner: the module in whose forward the call is; None outside every module.
        owner_key: where that one stands.
        kind: the layer's class, or the function's name: `Dropout`, `F.dropout`.
        p: the probability of dropping; None where it is not known.
        on: whether it was told to drop: the layer's `training`, or the function's argument.
        in_place: whether it writes into what it is given.
        x, y: what went in and what came out; None where the dropout is inside another operation, as in attention.
        again: whether it was made during backward, where the forward is run again.
        made_by: what makes its result in the framework's graph, in the framework's words.
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
        """The same for calls of the same layer, or of a function in the same module."""
        return ("layer", id(self.layer)) if self.layer is not None else ("function", self.kind, id(self.owner))

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        if self.layer is None:
            return f"{self.kind} in {quoted(self.owner_key)}"
        if self.key is None:
            return f"a {printable(self.kind)} in {quoted(self.owner_key)}"
        return quoted(self.key)

    @property
    def visible(self) -> bool:
        """Whether what it multiplies each element by can be seen."""
        return self.x is not None and self.y is not None and self.x.shape == self.y.shape and self.x.dtype.kind == "f"

    @property
    def dropped(self) -> Array:
        """Which elements are 0 and were not."""
        assert self.y is not None
        return np.asarray((self.y == 0) & self.shown)

    @property
    def shown(self) -> Array:
        """Where a mask shows: elements that were not 0 before."""
        assert self.x is not None
        return np.asarray(self.x != 0)

    @property
    def changes(self) -> bool:
        """Whether anything that came out is another number than what went in."""
        return self.visible and not np.array_equal(self.x, self.y, equal_nan=True)  # type: ignore[arg-type]

    @property
    def factors(self) -> Array:
        """What each element was multiplied by; 1 where that cannot be seen, since it was 0."""
        assert self.x is not None
        assert self.y is not None
        return np.divide(self.y, self.x, out=np.ones_like(self.x), where=self.x != 0)

    @property
    def should_drop(self) -> bool:
        """Whether it has a p between 0 and 1."""
        return self.p is not None and 0 < self.p < 1


@dataclass(eq=False)
class Visit:
    """One call of a module that has no modules in it, or of the model itself.

    Attributes:
        key: where the module stands.
        x: the arrays that it was given.
    """

    key: str
    x: list[Array]


@dataclass(eq=False)
class Trace:
    """One forward pass, and the backward pass if there was one.

    Attributes:
        outputs: the model's floating arrays, in order.
        calls: of dropouts.
        recomputed: calls of dropouts during backward, where the forward is run again to save memory.
        draws: functions that drew random numbers outside every dropout, each with the key of the module around it.
        visits: what the modules were given, where that was asked for.
        variances: batch norm's key -> the variance of its input, for each channel.
        entered: ids of the modules whose forward ran.
        modes_changed: keys of modules whose mode is another after the forward.
        changed_inputs: whether the forward wrote into the arrays that it was given.
        gradients: the name of a parameter, or of an input -> its gradient.
        backward_error: what backward raised, in one line.
        result: the output, as the framework has it.
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


#: Given a call with its x and y, what to multiply x by instead of running the dropout; None leaves the call alone.
Change = Callable[[Call], "Array | float | None"]


@dataclass(frozen=True)
class Wish:
    """How a forward is to be run.

    Attributes:
        change: what dropouts multiply by instead.
        without_hidden: leave out dropouts that are inside another operation, as in attention.
        on_copies: no dropout writes into what it is given.
        backward: run backward, too.
        inputs: keep what each module is given (`Trace.visits`).
    """

    change: Change | None = None
    without_hidden: bool = False
    on_copies: bool = False
    backward: bool = False
    inputs: bool = False


PLAIN = Wish()


def quoted(key: str) -> str:
    """A module's key in a sentence."""
    return f"`{printable(key)}`" if key else "the model"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence, each once: `a`, `b` and 3 more."""
    once = list(dict.fromkeys(names))
    if len(once) > 3:
        once = [*once[:2], f"{len(once) - 2} more"]
    return " and ".join(filter(None, [", ".join(once[:-1]), once[-1]]))


def probability_of(layer: Any) -> float | None:
    """The layer's probability of dropping, if it has an attribute that says it."""
    for name in NAMES_OF_P:
        value = getattr(layer, name, None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def called_dropout(cls: type) -> bool:
    """Whether a class is a dropout by its name: MyDropout, DropPath, SpatialDropout1D."""
    return re.search(r"drop(?!ped)", cls.__name__, re.IGNORECASE) is not None


def same(one: list[Array], other: list[Array], tolerance: float = 1e-5) -> bool:
    """Whether outputs are equal, but for rounding."""
    return len(one) == len(other) and all(close(a, b, tolerance) for a, b in zip(one, other, strict=True))


def close(a: Array, b: Array, tolerance: float = 1e-5) -> bool:
    """Whether two arrays are equal, but for rounding of the largest number in them."""
    if a.shape != b.shape:
        return False
    with np.errstate(all="ignore"):
        size = float(np.max(np.abs(a), initial=0.0, where=np.isfinite(a)))
        return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * size, equal_nan=True))
