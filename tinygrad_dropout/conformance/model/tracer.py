"""The tracer: follows every module that a forward enters and leaves, and writes a Trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinygrad_dropout.conformance.model.trace import Array, Call, RunOptions, Trace, Visit, probability_of


@dataclass(eq=False)
class Frame:
    """A module whose forward is running.

    Attributes:
        module: the module.
        key: its key; None if it is not registered.
        place: its key, or the key of the module around it.
        kind: `dropout`, `hidden` (a dropout inside another operation), `norm`, or "" for any other module.
        tensor: the dropout's input, as the framework's own object.
        x: the dropout's input as an array, copied before the forward.
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
        options: how to run the forward.
        keys: id of a module -> its key.
        kind_of: (module) -> `dropout`, `hidden`, `norm` or "".
        is_leaf: (module) -> whether it contains no other modules.
        array_of: (tensor) -> its values, as a new array; None for anything else.
        met: is called with each module before its forward.
    """

    def __init__(
        self,
        options: RunOptions,
        keys: dict[int, str],
        kind_of: Callable[[Any], str],
        is_leaf: Callable[[Any], bool],
        array_of: Callable[[Any], Array | None],
        met: Callable[[Any], None],
    ) -> None:
        self.options, self.keys, self.kind_of, self.is_leaf = options, keys, kind_of, is_leaf
        self.array_of, self.met = array_of, met
        self.trace = Trace()
        self.frames: list[Frame] = []
        self.in_backward = False

    @property
    def inside_dropout(self) -> bool:
        """Whether a dropout's own forward is running; the calls that it makes are not recorded."""
        return any(frame.kind in ("dropout", "hidden") for frame in self.frames)

    @property
    def on_copies(self) -> bool:
        """Whether to give dropouts copies, so that none writes into its input."""
        return self.options.on_copies or self.options.change is not None

    @property
    def place(self) -> str:
        """The key of the innermost module."""
        return self.frames[-1].place if self.frames else ""

    def enter(self, module: Any, inputs: tuple[Any, ...]) -> Frame:
        """Begin a module's forward."""
        self.met(module)
        self.trace.entered.add(id(module))
        key = self.keys.get(id(module))
        kind = "" if self.inside_dropout else self.kind_of(module)
        frame = Frame(module, key, self.place if key is None else key, kind)
        if kind == "dropout" and inputs:
            frame.tensor, frame.x = inputs[0], self.array_of(inputs[0])
        if self.options.inputs and not self.inside_dropout and (self.is_leaf(module) or kind == "dropout"):
            self.visit(frame.place, inputs)
        if kind == "norm" and inputs:
            self.note_variance(frame.place, inputs[0])
        self.frames.append(frame)
        return frame

    def visit(self, key: str, inputs: tuple[Any, ...]) -> None:
        """Keep the inputs of a module."""
        arrays = [array for value in inputs if (array := self.array_of(value)) is not None and array.dtype.kind == "f"]
        self.trace.visits.append(Visit(key, arrays))

    def note_variance(self, key: str, tensor: Any) -> None:
        """Keep the variance of each channel of a batch norm's input."""
        array = self.array_of(tensor)
        if array is not None and array.ndim > 1:
            self.trace.variances[key] = array.var(axis=(0, *range(2, array.ndim)))

    def leave(self, frame: Frame, output: Any, made_by: Any = None) -> Call | None:
        """End a module's forward, even after an error, and record the call if it is a dropout."""
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
        """Record a dropout that was called as a function; x and y are None if its effect cannot be seen."""
        owner = self.frames[-1].module if self.frames else None
        return self.note(Call(None, None, owner, self.place, kind, p, on, in_place, x, y, made_by))

    def note(self, call: Call) -> Call:
        """Record a call."""
        call.again = self.in_backward
        (self.trace.recomputed if self.in_backward else self.trace.calls).append(call)
        return call

    def drew(self, function: str) -> None:
        """Record that a function drew random numbers."""
        if not self.inside_dropout:
            self.trace.draws.append((function, self.place))

    def factor(self, call: Call | None) -> Array | float | None:
        """The factor that replaces the dropout of a call; None to keep the dropout."""
        if call is None or self.options.change is None or not call.visible:
            return None
        return self.options.change(call)
