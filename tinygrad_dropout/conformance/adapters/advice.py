"""What to write if the kit cannot call a layer directly: code to paste, with the layer's own names in it."""

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
    """The code of a class around a layer, which the kit can call.

    Args:
        make: an expression that makes the layer from p and rng.
        forward: an expression for y from self.layer, x and self.training.
        backward: an expression for dL/dx from self.layer and grad; None if there is no backward.
        tensors: the framework whose tensors the layer takes; None for ndarrays.
        setup: further lines of the constructor.
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
    """An expression that makes a layer, with a placeholder for each parameter whose name does not say its meaning."""
    arguments = [f"{parameter.name}={PLACEHOLDERS.get(parameter.annotation, 'None')}" for parameter in unclear]
    return f"{name}({', '.join([*arguments, *given])})"
