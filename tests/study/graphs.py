"""Shared by the tests of study: random graphs of operations as data, and all arrays of a recording.

A program is a list of instructions, so the same graph can be built twice, with and without a watcher.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.trace import Pass

MAX_ENTRIES = 12  # of one tensor

often = settings(max_examples=80)


def stopped(x: td.Tensor) -> td.Tensor:
    """Return x, but pass no gradient to it: the backward function returns None."""
    return record(x.data * 1, (x,), stopped_backward)


def stopped_backward(grad: np.ndarray, x: td.Tensor) -> tuple[None]:
    """dL/dx: none."""
    return (None,)


#: The operations of instructions, by name.
OPERATIONS: dict[str, Callable[..., td.Tensor]] = {
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "matmul": lambda x, y: x @ y,
    "linear": F.linear,
    "relu": F.relu,
    "tanh": F.tanh,
    "sum": F.sum,
    "mean": F.mean,
    "getitem": lambda x, index: x[np.array(index)],
    "dropout": lambda x, p, seed: F.dropout(x, p, rng=np.random.default_rng(seed)),
    "softmax": lambda x, axis: F.softmax(x, axis),
    "reshape": lambda x: x.reshape(-1),
    "permute": lambda x: x.permute(*reversed(range(x.ndim))),
    "concatenate": lambda *xs, axis: F.concatenate(xs, axis=axis),
}


@dataclass(frozen=True)
class Instruction:
    """An operation on the tensors with these indices; "leaf" makes a new tensor with a shape."""

    operation: str
    operands: tuple[int, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """Instructions, the seed of the leaves' numbers, and whether the last tensor is summed to give the root."""

    instructions: tuple[Instruction, ...]
    seed: int
    reduce: bool

    def build(self) -> list[td.Tensor]:
        """Return a float64 Tensor for each instruction. The root is the last."""
        rng = np.random.default_rng(self.seed)
        values: list[td.Tensor] = []
        for instruction in self.instructions:
            if instruction.operation == "leaf":
                numbers = rng.uniform(-2, 2, instruction.options["shape"])
                values.append(td.Tensor(np.asarray(numbers), instruction.options["requires_grad"]))
            else:
                operands = [values[index] for index in instruction.operands]
                values.append(OPERATIONS[instruction.operation](*operands, **instruction.options))
        return [*values, values[-1].sum()] if self.reduce else values

    def backward(self, root: td.Tensor, **options: Any) -> None:
        seed = np.random.default_rng(self.seed + 1).uniform(0.5, 2, root.shape)
        root.backward(None if self.reduce else seed, **options)


def programs(most: int = 8) -> st.SearchStrategy[Program]:
    """Generate random graphs with at most that many operations, not counting leaves."""
    return st.builds(random_program, st.integers(0, 10**6), st.sampled_from(range(1, most + 1)))


def random_program(seed: int, length: int) -> Program:
    """Make the program of a seed, so shrinking only shortens it."""
    writer = Writer(np.random.default_rng(seed))
    for _ in range(length):
        writer.operation()
    if writer.tensors[writer.latest].is_leaf:
        writer.enter("tanh", writer.latest)
    return Program(tuple(writer.instructions), seed, reduce=seed % 2 == 0)


class Writer:
    """Writes a program and runs it at the same time to know the shapes. The root depends on the first leaf."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.instructions: list[Instruction] = []
        self.tensors: list[td.Tensor] = []
        self.latest = 0
        self.leaf(self.some_shape(), True)
        for _ in range(rng.integers(3)):
            self.leaf(self.some_shape(), self.either())
        self.latest = 0

    def either(self) -> bool:
        return bool(self.rng.integers(2))

    def some_shape(self) -> tuple[int, ...]:
        shape = tuple(map(int, self.rng.integers(1, 4, size=self.rng.integers(0, 4))))
        return shape if np.prod(shape) <= MAX_ENTRIES // 2 else shape[:1]

    def enter(self, operation: str, *operands: int, **options: Any) -> int:
        if operation == "leaf":
            value = td.Tensor(np.ones(options["shape"]), options["requires_grad"])
        else:
            value = OPERATIONS[operation](*(self.tensors[index] for index in operands), **options)
        self.instructions.append(Instruction(operation, operands, options))
        self.tensors.append(value)
        self.latest = len(self.tensors) - 1
        return self.latest

    def leaf(self, shape: tuple[int, ...], requires_grad: bool) -> int:
        return self.enter("leaf", shape=shape, requires_grad=requires_grad)

    def operation(self) -> None:
        """Add an operation on the latest tensor, and perhaps on others with a fitting shape."""
        rng, x = self.rng, self.latest
        shape, size = self.tensors[x].shape, self.tensors[x].size
        operation = str(rng.choice(sorted(OPERATIONS)))
        axis = int(rng.integers(-len(shape), len(shape))) if shape else None
        if operation in ("add", "multiply"):
            fits = [index for index, value in enumerate(self.tensors) if broadcast_size(shape, value.shape)]
            pair = [x, int(rng.choice(fits or [x]))]
            self.enter(operation, *(pair if self.either() else pair[::-1]))
        elif operation in ("matmul", "linear"):
            if len(shape) in (1, 2):
                width = int(rng.integers(1, 4))
                if operation == "matmul":
                    self.enter("matmul", x, self.leaf((shape[-1], width), self.either()))
                else:
                    weights = [self.leaf((width, shape[-1]), True)]
                    weights += [self.leaf((width,), True)] * self.either()
                    self.enter("linear", x, *weights)
        elif operation in ("sum", "mean"):
            self.enter(operation, x, axis=None if self.either() else axis, keepdims=self.either())
        elif operation == "dropout":
            self.enter("dropout", x, p=float(rng.choice([0.0, 0.3, 0.5])), seed=int(rng.integers(99)))
        elif operation in ("relu", "tanh", "reshape", "permute"):
            self.enter(operation, x)
        elif not shape:
            return
        elif operation == "getitem":
            index = [int(row) for row in rng.integers(-shape[0], shape[0], size=rng.integers(1, 4))]
            if len(index) * size // shape[0] <= MAX_ENTRIES:
                self.enter("getitem", x, index=index)
        elif operation == "softmax":
            self.enter("softmax", self.enter("tanh", x), axis=axis)  # of small numbers, so it does not saturate
        elif operation == "concatenate" and 2 * size <= MAX_ENTRIES:
            fits = [index for index, value in enumerate(self.tensors) if value.shape == shape]
            self.enter("concatenate", x, int(rng.choice(fits)), axis=axis)


def broadcast_size(*shapes: tuple[int, ...]) -> int:
    """Return the size of the broadcast shape; 0 if the shapes do not broadcast or the size is too large."""
    try:
        size = int(np.prod(np.broadcast_shapes(*shapes)))
    except ValueError:
        return 0
    return size if size <= MAX_ENTRIES else 0


def record_program(program: Program) -> tuple[Pass, list[td.Tensor]]:
    """Record a program's backward(). Returns the pass and the tensors."""
    with study.record() as replay:
        values = program.build()
        program.backward(values[-1])
    (recorded,) = replay.passes
    return recorded, values


def record_loss(build: Callable[[], td.Tensor], **options: Any) -> Pass:
    """Record backward() of the tensor that `build` returns."""
    with study.record(**options) as replay:
        _root = build()  # the underscore keeps it out of the names
        _root.backward(None if _root.size == 1 else np.ones(_root.shape))
    (recorded,) = replay.passes
    return recorded


def arrays_of(thing: Any) -> Iterator[np.ndarray]:
    """Yield every array in a recording, or in lists, tuples, dicts and dataclasses."""
    if isinstance(thing, np.ndarray):
        yield thing
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from arrays_of(part)
    elif isinstance(thing, dict):
        yield from arrays_of(list(thing.values()))
    elif type(thing).__module__.startswith("tinygrad_dropout.study"):
        yield from arrays_of(vars(thing))


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return (one.shape, one.dtype, one.tobytes()) == (other.shape, other.dtype, other.tobytes())


def generator_state() -> dict[str, Any]:
    """Return the state of the framework's own generator as text."""
    return str(td.rng._generator.bit_generator.state)
