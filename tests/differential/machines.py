"""One instruction in one framework."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np

import tinygrad_dropout as td
from tests.differential import rules
from tests.differential.leaves import laid_out
from tests.differential.program import Instruction
from tests.differential.spellings import arguments, compiled, torch


def run_ours(instruction: Instruction, operands: list[Any]) -> Any:
    """Run the instruction here, on copies of the arrays."""
    options = ready(instruction)
    call = compiled(instruction.operation, "ours")
    with ExitStack() as stack:
        for mode in instruction.modes:
            stack.enter_context(getattr(td, mode)())
        result = call(**arguments(operands, options))
    for name, value in instruction.options.items():
        if isinstance(value, np.ndarray) and options[name].tobytes() != value.tobytes():
            raise AssertionError(f"{instruction.operation} has changed the array that was given as {name}")
    return result


def run_theirs(instruction: Instruction, operands: list[Any]) -> Any:
    """Run the instruction in PyTorch, with tensors instead of arrays."""
    options = ready(instruction)
    if instruction.operation != "leaf":
        options = {name: as_torch(value) for name, value in options.items()}
    if instruction.operation in rules.INTEGERS_BECOME_FLOATS and not any(x.is_floating_point() for x in operands):
        operands = [operand.float() for operand in operands]
    if instruction.operation in rules.TARGETS_TAKE_THE_DTYPE:
        operands = [operands[0], operands[1].to(operands[0].dtype)]
    if rules.overlapping_memory(instruction, operands):
        operands = [operands[0], operands[1].clone()]
    call = compiled(instruction.operation, "theirs")
    with ExitStack() as stack:
        for mode in instruction.modes:
            stack.enter_context(getattr(torch, mode)())
        result = call(**arguments(operands, options))
        return result.detach() if rules.view_under_no_grad(instruction) else result


def ready(instruction: Instruction) -> dict[str, Any]:
    """The options with copies of the arrays; a leaf's array keeps its layout."""
    options = dict(instruction.options)
    layout = options.pop("layout", "contiguous")
    for name, value in options.items():
        if isinstance(value, np.ndarray):
            options[name] = laid_out(value, layout)
    return options


def as_torch(value: Any) -> Any:
    """The option with tensors for the arrays in it."""
    if isinstance(value, tuple):
        return tuple(as_torch(part) for part in value)
    return torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value


def numbers(tensor: Any) -> np.ndarray:
    """The numbers in PyTorch's tensor."""
    return tensor.detach().numpy()


def grad_of(tensor: Any) -> np.ndarray | None:
    """The gradient of PyTorch's tensor, as an array."""
    if not (tensor.is_leaf or tensor.retains_grad) or tensor.grad is None:
        return None
    return tensor.grad.detach().numpy()
