"""Turn random bytes into a program. Each line is written when the values of the earlier lines are known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from tests.differential import arguments
from tests.differential.draw import Draw
from tests.differential.leaves import FLOATS, INTEGERS, LAYOUTS, SHAPES, Shape, some_array
from tests.differential.program import Instruction
from tests.differential.run import Run
from tests.differential.spellings import ROWS
from tests.differential.state import Ended, Slot

OFTEN = (
    "multiply",
    "add",
    "relu",
    "getitem",
    "dropout",
    "linear with a bias",
    "matmul",
    "cross_entropy of labels",
    "sum",
)
OPERATIONS = [name for name, row in ROWS.items() if hasattr(arguments, row.kind.replace(" ", "_"))] + [*OFTEN] * 3
#: The kinds of lines and their weights; operations are the most frequent.
LINES = (
    ("operation",) * 10 + ("in_place",) * 3 + ("join",) * 3 + ("backward",) * 2 + ("flag", "any_leaf", "mode")
)  # each a method of Writer


class Writer:
    """Writes a program while running it.

    Args:
        chunks: the first makes the choices for the whole program; each of the others makes one line.
    """

    def __init__(self, chunks: list[bytes]) -> None:
        self.run = Run()
        self.modes: tuple[str, ...] = ()
        self.draw = Draw(chunks[0])
        self.dtype = self.draw.pick((*FLOATS[:2] * 3, "float16", "float64", "float32"))
        self.odd = self.draw.pick((8, 8, 3))  # one leaf in this many has another dtype
        self.together = self.draw.below(3) > 0
        self.chunks = chunks[1:]

    def write(self) -> Run:
        """Write the whole program, until it ends."""
        with suppress(Ended):
            self.lines()
        return self.run

    def lines(self) -> None:
        """Write some leaves, a line for each chunk, and a backward at the end."""
        self.leaf(SHAPES[self.draw.below(len(SHAPES))], requires_grad=True)
        for _ in range(self.draw.below(3)):
            self.leaf(self.draw.pick(SHAPES))
        for chunk in self.chunks:
            self.draw = Draw(chunk)
            getattr(self, self.draw.pick(LINES))()
        self.modes = ()
        self.last_backwards()

    # The kinds of lines ---------------------------------------------------------------------------------------------

    def do(self, operation: str, *operands: int, **options: Any) -> int:
        """Run one more instruction; return the place of its result."""
        place = self.run.step(Instruction(operation, operands, options, self.modes))
        if self.run.over:
            raise Ended
        return place

    def leaf(
        self,
        shape: Shape | None = None,
        requires_grad: bool | None = None,
        dtype: str | None = None,
        numbers: str | None = None,
        layout: str | None = None,
    ) -> int:
        """A new leaf; arguments that are not given are drawn."""
        draw = self.draw
        if shape is None:
            shape = draw.pick(SHAPES)
        if dtype is None and requires_grad:
            dtype = self.dtype
        if dtype is None:
            dtype = draw.pick(FLOATS[:2] + FLOATS + INTEGERS) if draw.rarely(self.odd) else self.dtype
        floating = dtype in FLOATS
        if requires_grad is None:
            requires_grad = floating and draw.below(4) != 3
        layout = layout or LAYOUTS[max(0, draw.below(8) - 4)]
        return self.do(
            "leaf", array=some_array(draw, shape, dtype, numbers), layout=layout, requires_grad=requires_grad
        )

    def any_leaf(self) -> None:
        """A new leaf; sometimes an integer one that requires gradients."""
        if self.draw.rarely(12):
            self.leaf((3,), True, self.draw.pick(INTEGERS))
        else:
            self.leaf()

    def operation(self) -> None:
        """An operation on existing values, or on new leaves that fit."""
        name = self.draw.pick(OPERATIONS)
        write: Callable[..., None] = getattr(arguments, ROWS[name].kind.replace(" ", "_"))
        write(self, name)

    def join(self) -> None:
        """Combine two results of one shape, as in a network with branches."""
        one = self.value(lambda slot: not slot.ours.is_leaf)
        fits = self.places(lambda slot: slot.ours.shape == self.shape(one) and not slot.ours.is_leaf)
        self.do(self.draw.pick(("add", "add", "multiply", "subtract")), one, self.draw.recent(fits or [one]))

    def in_place(self) -> None:
        """A change in place, of a leaf, of a result, of a view, or through detach()."""
        draw = self.draw
        target = self.value(lambda slot: slot.family not in self.run.apart)
        how = draw.below(8)
        if how == 1:
            target = self.do("detach", target)
        elif how == 2:
            target = self.do("getitem", target, key=draw.pick([..., slice(0, 1), (..., slice(1, None))]))
        slot = self.run.slots[target]
        if slot is None or slot.family in self.run.apart:
            return
        before = self.modes
        if how < 6 and not before:
            self.modes = ("no_grad",)
        recording = Instruction("", modes=self.modes).records
        if not recording and (how == 0 or slot.ours.is_leaf) and slot.ours.requires_grad and slot.ours.grad is not None:
            self.do("step", target)
        else:
            self.change(target, slot)
        self.modes = before

    def change(self, target: int, slot: Slot) -> None:
        """target += something."""
        draw = self.draw
        sign = draw.pick(("add", "multiply", "subtract", "divide", "add", "multiply", "power"))
        number = draw.pick((2, 0.5, 3, -1.5))
        other = self.fitting(slot.ours.shape) if draw.below(2) else None
        other_requires_grad = other is not None and self.run.slots[other].ours.requires_grad
        recorded = (slot.ours.requires_grad or other_requires_grad) and not (
            slot.ours.requires_grad and slot.ours.is_leaf
        )
        name = f"{sign} in place" if other is not None else f"{sign} a number in place"
        if recorded and Instruction("", modes=self.modes).records:
            name += ", recorded"
        if other is not None:
            self.do(name, target, other)
        else:
            self.do(name, target, number=number)

    def backward(self) -> None:
        """A backward from a recent result."""
        draw = self.draw
        roots = [place for place, slot in enumerate(self.run.slots) if slot and slot.ours.requires_grad]
        if not roots or draw.rarely(40):
            roots = [place for place, slot in enumerate(self.run.slots) if slot]
        if not roots:
            return
        root = draw.recent(roots)
        slot = self.run.slots[root]
        assert slot is not None
        retain_graph = draw.below(2) == 0
        kept = self.value()
        if draw.rarely(3) and not self.modes:
            self.do("retain_grad", kept)
        seed = None
        if slot.ours.size != 1 or draw.rarely(3):
            seed = some_array(draw, slot.ours.shape, str(slot.ours.dtype), draw.pick(("any", "halves")))
            if draw.rarely(40):
                seed = None if draw.below(2) else np.ones((*slot.ours.shape, 2), slot.ours.dtype)
        self.do("backward", root, seed=seed, retain_graph=retain_graph)

    def last_backwards(self) -> None:
        """A backward from each unused result, or from their sum, so that every operation gets one."""
        slots = self.run.slots
        parents = {parent for slot in self.run.known() for parent in slot.parents}
        ends = [place for place, slot in enumerate(slots) if slot and slot.ours.requires_grad and place not in parents]
        if self.together:
            small = self.places(lambda slot: slot.ours.requires_grad)
            sums = [self.do("sum", place, axis=None, keepdims=False) for place in ends if place in small]
            if sums:
                total = sums[0]
                for one in sums[1:]:
                    total = self.do("add", total, one)
                ends = [total, *(place for place in ends if place not in small)]
        for place in ends:
            slot = slots[place]
            if slot and not self.run.behind(place) & self.run.freed:
                seed = some_array(Draw(bytes([1, 7 * place % 256])), slot.ours.shape, str(slot.ours.dtype), "any")
                self.do("backward", place, seed=seed, retain_graph=True)

    def flag(self) -> None:
        """requires_grad_, retain_grad or .grad = None."""
        how = self.draw.below(4)
        place = self.value()
        if how < 2:
            self.do("requires_grad_", place, flag=how == 1)
        else:
            self.do("retain_grad" if how == 2 else "zero_grad", place)

    def mode(self) -> None:
        """Enter or leave no_grad and enable_grad."""
        self.modes = self.draw.pick(((), ("no_grad",), ("no_grad", "enable_grad"), (), ("enable_grad",)))

    # Operands that fit ----------------------------------------------------------------------------------------------

    def places(self, fits: Callable[[Slot], bool] = lambda slot: True) -> list[int]:
        """The places of the values that can be used."""
        return [place for place, slot in enumerate(self.run.slots) if slot and not slot.large and fits(slot)]

    def value(self, fits: Callable[[Slot], bool] = lambda slot: True, shape: Shape = (2, 3), **how: Any) -> int:
        """The place of a recent value that fits, or of a new leaf with this shape."""
        places = self.places(fits)
        return self.draw.recent(places) if places else self.leaf(shape, **{"dtype": self.dtype, **how})

    def shape(self, place: int) -> Shape:
        return self.run.slots[place].ours.shape  # type: ignore[union-attr]

    def dtype_of(self, place: int) -> str:
        return str(self.run.slots[place].ours.dtype)  # type: ignore[union-attr]

    def fitting(self, shape: Shape) -> int:
        """A value that broadcasts to this shape, or sometimes any value."""
        if self.draw.rarely(12):
            return self.value()
        return self.value(lambda slot: broadcasts(slot.ours.shape, shape), shape=shape)


def broadcasts(one: Shape, other: Shape) -> bool:
    """Whether the first shape broadcasts to the second."""
    try:
        return np.broadcast_shapes(one, other) == other
    except ValueError:
        return False
