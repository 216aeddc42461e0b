"""What to write where a layer cannot be driven as it is: code to paste, with its own names in it."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import Parameter

PLACEHOLDERS = {int: "1", float: "1.0", str: '"dropout"', bool: "True", "int": "1", "float": "1.0", "str": '"dropout"'}


def adapter(
    make: str,
    forward: str,
    backward: str | None = "self.layer.backward(grad)",
    setup: str = "",
    tensors: str | None = None,
) -> str:
    """A class that the kit can drive, around a layer.

    Args:
        make: the expression that makes the layer, of p and rng.
        forward: the expression for y, of self.layer, x and self.training.
        backward: the expression for dL/dx, of self.layer and grad; None where there is none.
        tensors: the framework whose tensors the layer takes; None for ndarrays.
        setup: what follows the making.
    """
    lines = [
        "class Mine:",
        *([f"    tensors = {tensors!r}", ""] if tensors is not None else []),
        "    def __init__(self, p, rng):",
        f"        self.layer, self.training = {make}, True",
        *(f"        {line}" for line in setup.splitlines()),
        "",
        "    def forward(self, x):",
        f"        return {forward}",
    ]
    if backward is not None:
        lines += ["", "    def backward(self, grad):", f"        return {backward}"]
    return "\n".join(lines) + "\n"


def making(name: str, given: Sequence[str], unclear: Sequence[Parameter]) -> str:
    """The expression that makes a layer, with a value for each parameter whose meaning its name does not say."""
    arguments = [f"{parameter.name}={PLACEHOLDERS.get(parameter.annotation, 'None')}" for parameter in unclear]
    return f"{name}({', '.join([*arguments, *given])})"
