"""detect_anomaly: find where the first NaN came from, and which saved array changed before backward read it."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np

from tinygrad_dropout.autograd.grad_mode import ModeContext
from tinygrad_dropout.autograd.naming import input_name, saved_name
from tinygrad_dropout.autograd.notes import TensorNotes
from tinygrad_dropout.autograd.tensor import Array, Tensor, operation_name
from tinygrad_dropout.debug._frames import calling_frame, file_of


class AnomalyError(RuntimeError):
    """A NaN or an infinity appeared, a saved array changed before backward, or a gradient shares its memory."""


def detect_anomaly() -> ModeContext:
    """Check every operation inside this context: results and gradients for NaN and infinity, saved arrays for changes.

    It also checks that every backward function returns new arrays (see `record`).

    Put the context (`with td.detect_anomaly():`) around the forward and the backward pass. The checks take time, but
    only inside the context.

    Raises:
        AnomalyError: the error names the operation, the line that called it, and the tensor or saved array.
    """
    return ModeContext(watcher=AnomalyWatcher())


class AnomalyWatcher:
    """Remembers where each operation was called, and checksums of the arrays that its backward can read."""

    def __init__(self) -> None:
        self.places: TensorNotes[str] = TensorNotes()
        self.fingerprints: TensorNotes[dict[str, int]] = TensorNotes()

    def after_forward(self, result: Tensor, parents: tuple[Tensor, ...], operation: str) -> None:
        place = f"{operation} at {calling_line()}"
        if fault := not_finite(result.data):
            for index, parent in enumerate(parents):
                if inherited := not_finite(parent.data):
                    raise AnomalyError(f"{place}: {input_name(parent, index)} already contains {inherited}")
            raise AnomalyError(f"{place}: the result contains {fault}, and none of its inputs does")
        if result._backward is not None:
            self.places[result] = place
            self.fingerprints[result] = fingerprints(result)

    def before_backward(self, node: Tensor, grad: Array) -> None:
        if then := self.fingerprints.get(node):
            now = fingerprints(node)
            changed = [name for name in then if then[name] != now[name]]
            if changed and (read := sorted(set(changed) - unread_inputs(node, grad))):
                raise AnomalyError(
                    f"backward of {self.place(node)}: {read[0]} was changed after the forward pass had used it, "
                    "so the gradient would be wrong; change a copy, or change it after backward()"
                )

    def after_backward(self, node: Tensor, contributions: tuple[Any, ...]) -> None:
        for index, (parent, contribution) in enumerate(zip(node._parents, contributions, strict=True)):
            if contribution is not None and (fault := not_finite(contribution)):
                name = input_name(parent, index)
                raise AnomalyError(f"backward of {self.place(node)}: the gradient for {name} contains {fault}")
        if fault := aliasing_error(node, contributions):
            raise AnomalyError(f"backward of {self.place(node)}: {fault}")

    def place(self, node: Tensor) -> str:
        """Return where the node's operation was called, or only its name if that was outside `detect_anomaly`."""
        return self.places.get(node) or operation_name(node._backward)


def not_finite(array: Any) -> str:
    """Return "NaN" or "an infinity" if the array contains one, else ""."""
    if np.isnan(array).any():
        return "NaN"
    return "" if np.isfinite(array).all() else "an infinity"


def fingerprints(node: Tensor) -> dict[str, int]:
    """Return checksums of the arrays that the node's backward function can read, by their names in messages."""
    values = {input_name(parent, i): parent.data for i, parent in enumerate(node._parents)}
    values |= {saved_name(node, i): value for i, value in enumerate(node._saved)}
    return {name: checksum(value) for name, value in values.items()}


def checksum(value: Any) -> int:
    """Return a checksum of an array's bytes, or of the arrays in a tuple (such as an index); 0 for anything else."""
    if isinstance(value, np.ndarray):
        return crc32(value.tobytes())
    return hash(tuple(map(checksum, value))) if isinstance(value, tuple | list) else 0


def unread_inputs(node: Tensor, grad: Array) -> set[str]:
    """Return the inputs whose data the node's backward function does not read, found by running it on a copy."""
    probes = [Probe(parent) for parent in node._parents]
    assert node._backward is not None, "a leaf has no backward to watch"
    node._backward(grad.copy(), *probes, *node._saved)
    return {input_name(probe.tensor, i) for i, probe in enumerate(probes) if not probe.read}


class Probe:
    """A stand-in for a Tensor that records whether its `.data` is read."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor
        self.read = False

    def __getattr__(self, name: str) -> Any:
        self.read |= name == "data"
        return getattr(self.tensor, name)


def calling_line() -> str:
    """Return the line outside this package that made the current call: `train.py:12`."""
    frame = calling_frame()
    return f"{file_of(frame)}:{frame.f_lineno}"


def aliasing_error(node: Tensor, contributions: tuple[Any, ...]) -> str:
    """Return an error text if a returned gradient shares memory with another array or is read-only, else "".

    The engine adds to the arrays that backward functions return, and the next backward function may overwrite them, so
    nothing else may hold them.

    Args:
        node: the node whose backward function has run.
        contributions: what that function returned.
    """
    held = {f"{input_name(parent, index)}'s data": parent.data for index, parent in enumerate(node._parents)}
    held |= {saved_name(node, i): value for i, value in enumerate(node._saved) if isinstance(value, np.ndarray)}
    for index, (parent, contribution) in enumerate(zip(node._parents, contributions, strict=True)):
        if not parent.requires_grad or type(contribution) is not np.ndarray:
            continue
        if contribution.shape != parent.shape or contribution.dtype != parent.dtype:
            continue  # the engine makes a new array from it
        problem = "" if contribution.flags.writeable else "is read-only"
        for name, array in held.items():
            if np.shares_memory(contribution, array):
                problem = f"shares its memory with {name}"
        if problem:
            return (
                f"the gradient for {input_name(parent, index)} {problem}, so adding to it goes wrong; "
                "expected a separate array: return a copy"
            )
        held[f"the gradient for {input_name(parent, index)}"] = contribution
    return ""
