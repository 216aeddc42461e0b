"""How each operation is written in this framework and in PyTorch.

The text is compiled to run a program, and also printed as the script of a disagreement, so the two always agree.
`{a}`, `{b}` and `{c}` are the operands, `{xs}` is a list of all of them, and the other names are options. A spelling
that assigns (`{a} += {b}`) is a statement that changes its first operand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

try:
    import torch
except ImportError:  # the tests are then skipped
    torch = None  # type: ignore[assignment]


class Row(NamedTuple):
    """An operation: how it is written here and in PyTorch, and the kind of arguments it gets."""

    ours: str
    theirs: str
    kind: str


def same(text: str, kind: str) -> Row:
    return Row(text, text, kind)


def named(name: str, kind: str, arguments: str = "{a}") -> Row:
    return Row(f"F.{name}({arguments})", f"torch.{name}({arguments})", kind)


def over_axes(name: str, theirs: str = "", dim: str = "{axis}", more: str = "", kind: str = "reduction") -> Row:
    return Row(
        f"{{a}}.{name}(axis={{axis}}, keepdims={{keepdims}}{more})",
        f"{{a}}.{theirs or name}(dim={dim}, keepdim={{keepdims}}{more})",
        kind,
    )


def layer(name: str, kind: str, arguments: str) -> Row:
    return Row(f"F.{name}({arguments})", f"torch.nn.functional.{name}({arguments})", kind)


def loss(name: str, kind: str, more: str = "") -> Row:
    return layer(name, kind, f"{{a}}, {{b}}, reduction={{reduction}}{more}")


SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/", "power": "**"}
COMPARISONS = {"equal": "==", "not equal": "!=", "less": "<", "at most": "<=", "greater": ">", "at least": ">="}

ROWS: dict[str, Row] = {
    "leaf": Row(
        "td.Tensor({array}, requires_grad={requires_grad})",
        "from_numpy({array}).requires_grad_({requires_grad})",
        "leaf",
    ),
    "negative": same("-{a}", "unary"),
    "abs": same("abs({a})", "unary"),
    **{name: named(name, "unary") for name in ("exp", "log", "sqrt", "tanh", "sigmoid", "relu")},
    "leaky_relu": layer("leaky_relu", "unary", "{a}, 0.5"),
    "gelu": layer("gelu", "unary", "{a}"),
    "gelu by tanh": layer("gelu", "unary", "{a}, approximate='tanh'"),
    "clone": same("{a}.clone()", "unary"),
    "detach": same("{a}.detach()", "unary"),
    **{name: same(f"{{a}} {sign} {{b}}", "binary") for name, sign in SIGNS.items()},
    **{f"{name} a number": same(f"{{a}} {sign} {{number}}", "number") for name, sign in SIGNS.items()},
    **{f"{name} of a number": same(f"{{number}} {sign} {{a}}", "number") for name, sign in SIGNS.items()},
    "multiply an ndarray": Row("{array} * {a}", "{array}.to({a}.dtype) * {a}", "ndarray"),
    "maximum": named("maximum", "binary", "{a}, {b}"),
    "minimum": named("minimum", "binary", "{a}, {b}"),
    **{n: Row(f"td.Tensor({{a}} {s} {{b}})", f"{{a}} {s} {{b}}", "comparison") for n, s in COMPARISONS.items()},
    **{
        f"{n} a number": Row(f"td.Tensor({{a}} {s} {{number}})", f"{{a}} {s} {{number}}", "number")
        for n, s in COMPARISONS.items()
    },
    "clip": Row("F.clip({a}, {min}, {max})", "torch.clip({a}, {min}, {max})", "clip"),
    "where": named("where", "where", "{c}, {a}, {b}"),
    "sum": over_axes("sum"),
    "mean": over_axes("mean"),
    "max": over_axes("max", "amax", "dims({axis})"),
    "min": over_axes("min", "amin", "dims({axis})"),
    "var": over_axes("var", more=", correction={correction}", kind="variance"),
    "std": over_axes("std", more=", correction={correction}", kind="variance"),
    "argmax": over_axes("argmax", kind="position"),
    "argmin": over_axes("argmin", kind="position"),
    "reshape": same("{a}.reshape({shape})", "reshape"),
    "flatten": Row("{a}.flatten()", "{a}.reshape(-1)", "unary"),  # see rules.FLATTEN
    "permute": same("{a}.permute({axes})", "permute"),
    "transpose": same("{a}.transpose({axis1}, {axis2})", "transpose"),
    ".T": same("{a}.T", "matrix"),
    "squeeze": same("{a}.squeeze()", "unary"),
    "squeeze an axis": same("{a}.squeeze({axis})", "squeeze"),
    "unsqueeze": same("{a}.unsqueeze({axis})", "unsqueeze"),
    "getitem": same("{a}[{key}]", "getitem"),
    "getitem by a Tensor": same("{a}[{b}]", "lookup"),
    "concatenate": Row("F.concatenate({xs}, axis={axis})", "torch.cat({xs}, dim={axis})", "concatenate"),
    "stack": Row("F.stack({xs}, axis={axis})", "torch.stack({xs}, dim={axis})", "stack"),
    "matmul": same("{a} @ {b}", "matmul"),
    "linear": layer("linear", "linear", "{a}, {b}"),
    "linear with a bias": layer("linear", "linear", "{a}, {b}, {c}"),
    "layer_norm": layer("layer_norm", "layer norm", "{a}, {shape}, {b}, {c}, 0.1"),
    "batch_norm in training": layer("batch_norm", "batch norm", "{a}, None, None, {b}, {c}, True, eps=0.1"),
    "batch_norm in evaluation": layer("batch_norm", "running norm", "{a}, {b}, {c}, eps=0.1"),
    "embedding": layer("embedding", "rows", "{b}, {a}, {padding_idx}"),
    "softmax": Row("F.softmax({a}, axis={axis})", "torch.softmax({a}, dim={axis})", "softmax"),
    "log_softmax": Row("F.log_softmax({a}, axis={axis})", "torch.log_softmax({a}, dim={axis})", "softmax"),
    "cross_entropy of labels": loss("cross_entropy", "labels"),
    "cross_entropy of probabilities": loss("cross_entropy", "probabilities"),
    "cross_entropy of smoothed labels": loss("cross_entropy", "labels", ", label_smoothing=0.25"),
    "cross_entropy of weighted labels": loss(
        "cross_entropy", "weighted labels", ", weight={c}, label_smoothing={smoothing}"
    ),
    "nll_loss": loss("nll_loss", "labels"),
    "nll_loss of weighted labels": loss("nll_loss", "weighted labels", ", weight={c}"),
    "mse_loss": loss("mse_loss", "alike"),
    "l1_loss": loss("l1_loss", "alike"),
    "binary_cross_entropy_with_logits": loss("binary_cross_entropy_with_logits", "fractions"),
    "binary_cross_entropy_with_logits, weighted": loss(
        "binary_cross_entropy_with_logits", "weighted fractions", ", pos_weight={c}"
    ),
    "dropout": Row("F.dropout({a}, {p}, mask={mask})", "{a} * {mask} / (1 - {p})", "dropout"),
    # Statements -------------------------------------------------------------------------------------------------------
    "backward": same("{a}.backward({seed}, retain_graph={retain_graph})", "backward"),
    "retain_grad": same("{a}.retain_grad()", "statement"),
    "requires_grad_": same("{a}.requires_grad_({flag})", "flag"),
    "zero_grad": same("{a}.grad = None", "statement"),
    "step": same("{a} -= 0.5 * {a}.grad", "statement"),
    **{f"{name} in place": same(f"{{a}} {sign}= {{b}}", "in place") for name, sign in SIGNS.items()},
    **{f"{name} a number in place": same(f"{{a}} {sign}= {{number}}", "in place") for name, sign in SIGNS.items()},
    **{  # see rules.RECORDED
        f"{name} in place, recorded": Row(f"{{a}} {sign}= {{b}}", f"{{a}} = {{a}} {sign} {{b}}", "in place")
        for name, sign in SIGNS.items()
    },
    **{
        f"{name} a number in place, recorded": Row(
            f"{{a}} {sign}= {{number}}", f"{{a}} = {{a}} {sign} {{number}}", "in place"
        )
        for name, sign in SIGNS.items()
    },
}
ASSIGNS = re.compile(r"^(\{a\}|\{a\}\.grad) (\*\*|[-+*/])?= ")


def is_in_place(operation: str) -> bool:
    """Whether the operation changes its first operand in place in both frameworks."""
    return operation == "step" or operation.endswith(" in place")


def dims(axis: Any) -> Any:
    """PyTorch's amax has no dim=None: () means all axes."""
    return () if axis is None else axis


def from_numpy(array: np.ndarray) -> Any:
    """PyTorch's view of an array, or of a copy if a stride is negative, which PyTorch does not support."""
    if any(stride < 0 for stride in array.strides):
        array = array.copy()
    return torch.from_numpy(array)


@cache
def compiled(operation: str, whose: str) -> Callable[..., Any]:
    """Compile the spelling into a function of its names as keywords. A statement returns its first operand."""
    text = getattr(ROWS[operation], whose)
    names = sorted(set(re.findall(r"\{(\w+)\}", text)))
    plain = re.sub(r"\{(\w+)\}", r"\1", text)
    body = f"{plain}\n    return a" if ASSIGNS.match(text) else f"return {plain}"
    space: dict[str, Any] = {"td": td, "F": F, "torch": torch, "dims": dims, "from_numpy": from_numpy}
    exec(f"def function({', '.join(names)}, **_):\n    {body}", space)
    function: Callable[..., Any] = space["function"]
    return function


def arguments(operands: list[Any], options: dict[str, Any]) -> dict[str, Any]:
    """The names that a spelling can contain."""
    return {**dict(zip("abc", operands, strict=False)), "xs": operands, **options}
