"""The tracer: told by a framework of every module that is entered and left, it writes a Trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.conformance.model.trace import Array, Call, Trace, Visit, Wish, probability_of


@dataclass(eq=False)
class Frame:
    """A module whose forward is running.

    Attributes:
        module: the module.
        key: where it stands; None if it is not registered.
        place: its key, or that of the module around it.
        kind: `dropout`, `hidden` (a dropout inside another operation), `norm` or "" for any other.
        tensor: the dropout's input, as the framework has it.
        x: the same as an array, from before the forward.
    """

    module: Any
    key: str | None
    place: str
    kind: str
    tensor: Any = None
    x: Array | None = None


class Tracer:
    """Writes down what happens in one forward.

    Args:
        wish: how the forward is to be run.
        keys: id of a module -> where it stands.
        kind_of: (module) -> `dropout`, `hidden`, `norm` or "".
        is_leaf: (module) -> whether it has no modules in it.
        array_of: (tensor) -> its numbers, as a new array; None for anything that is no tensor.
        met: is told of each module before its forward.
    """

    def __init__(
        self,
        wish: Wish,
        keys: dict[int, str],
        kind_of: Callable[[Any], str],
        is_leaf: Callable[[Any], bool],
        array_of: Callable[[Any], Array | None],
        met: Callable[[Any], None],
    ) -> None:
        self.wish, self.keys, self.kind_of, self.is_leaf = wish, keys, kind_of, is_leaf
        self.array_of, self.met = array_of, met
        self.trace = Trace()
        self.frames: list[Frame] = []
        self.in_backward = False

    @property
    def inside_dropout(self) -> bool:
        """Whether a dropout's own forward is running: what it calls is its own affair."""
        return any(frame.kind in ("dropout", "hidden") for frame in self.frames)

    @property
    def on_copies(self) -> bool:
        """Whether dropouts are to be given copies, so that none writes into what it is given."""
        return self.wish.on_copies or self.wish.change is not None

    @property
    def place(self) -> str:
        """Where the innermost module stands."""
        return self.frames[-1].place if self.frames else ""

    def enter(self, module: Any, inputs: tuple[Any, ...]) -> Frame:
        """A module's forward begins."""
        self.met(module)
        self.trace.entered.add(id(module))
        key = self.keys.get(id(module))
        kind = "" if self.inside_dropout else self.kind_of(module)
        frame = Frame(module, key, self.place if key is None else key, kind)
        if kind == "dropout" and inputs:
            frame.tensor, frame.x = inputs[0], self.array_of(inputs[0])
        if self.wish.inputs and not self.inside_dropout and (self.is_leaf(module) or kind == "dropout"):
            self.visit(frame.place, inputs)
        if kind == "norm" and inputs:
            self.note_variance(frame.place, inputs[0])
        self.frames.append(frame)
        return frame

    def visit(self, key: str, inputs: tuple[Any, ...]) -> None:
        """Keep what a module is given."""
        arrays = [array for value in inputs if (array := self.array_of(value)) is not None and array.dtype.kind == "f"]
        self.trace.visits.append(Visit(key, arrays))

    def note_variance(self, key: str, tensor: Any) -> None:
        """Keep the variance of each channel that batch norm is given."""
        array = self.array_of(tensor)
        if array is not None and array.ndim > 1:
            self.trace.variances[key] = array.var(axis=(0, *range(2, array.ndim)))

    def leave(self, frame: Frame, output: Any, made_by: Any = None) -> Call | None:
        """A module's forward has ended, also by an error. A dropout's call is written down."""
        while self.frames and self.frames[-1] is not frame:  # left by an error
            self.frames.pop()
        if self.frames:
            self.frames.pop()
        if frame.kind not in ("dropout", "hidden"):
            return None
        y = self.array_of(output) if frame.kind == "dropout" else None
        module, owner = frame.module, self.frames[-1].module if self.frames else None
        return self.note(
            Call(
                module,
                frame.key,
                owner,
                self.place,
                type(module).__name__,
                probability_of(module),
                bool(getattr(module, "training", True)),
                bool(getattr(module, "inplace", False)),
                frame.x if y is not None else None,
                y,
                made_by,
            )
        )

    def function(self, kind: str, p: float | None, on: bool, in_place: bool, x: Any, y: Any, made_by: Any) -> Call:
        """A dropout called as a function; x and y are None where what it does cannot be seen."""
        owner = self.frames[-1].module if self.frames else None
        return self.note(Call(None, None, owner, self.place, kind, p, on, in_place, x, y, made_by))

    def note(self, call: Call) -> Call:
        """Write a call down."""
        call.again = self.in_backward
        (self.trace.recomputed if self.in_backward else self.trace.calls).append(call)
        return call

    def drew(self, function: str) -> None:
        """Random numbers were drawn by a function."""
        if not self.inside_dropout:
            self.trace.draws.append((function, self.place))

    def factor(self, call: Call | None) -> Array | float | None:
        """What the call's input is to be multiplied by instead of the dropout; None to leave it alone."""
        if call is None or self.wish.change is None or not call.visible:
            return None
        return self.wish.change(call)
