"""A program as a script that you can run, with each line in both frameworks."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from tests.differential.program import Disagreement, Instruction
from tests.differential.rules import view_under_no_grad
from tests.differential.spellings import ASSIGNS, ROWS

HEADER = """\
import numpy as np
import torch

import tinygrad_dropout as td
from tinygrad_dropout import functional as F

"""


ARRAY = r"np\.(array|zeros)\(.*?dtype=np\.\w+\)"


def script(found: Disagreement) -> str:
    """The program of a disagreement: v0, v1, ... are ours and t0, t1, ... are PyTorch's."""
    body = []
    for place, instruction in enumerate(found.program):
        if instruction is not None:
            body.append(line(place, instruction, "ours", "v"))
            body.append(line(place, instruction, "theirs", "t"))
    outcome = "\n".join(f"# {text}" for text in f"{found}".splitlines())
    return f"{HEADER}{chr(10).join(body)}\n\n{outcome}\n"


def line(place: int, instruction: Instruction, whose: str, letter: str) -> str:
    """One instruction in one framework."""
    text = getattr(ROWS[instruction.operation], whose)
    operands = [f"{letter}{operand}" for operand in instruction.operands]
    layout = instruction.options.get("layout", "contiguous")
    options = {name: shown(value, whose, layout) for name, value in instruction.options.items()}
    if whose == "theirs" and instruction.operation != "leaf":
        options = {name: re.sub(ARRAY, r"from_numpy(\g<0>)", text) for name, text in options.items()}
    names = {**dict(zip("abc", operands, strict=False)), "xs": f"[{', '.join(operands)}]", **options}
    result = f"{letter}{place}"
    if ASSIGNS.match(text) and instruction.operation.endswith("recorded"):
        code = f"{result} = {operands[0]}; " + text.format(**{**names, "a": result})
    elif ASSIGNS.match(text) or ROWS[instruction.operation].kind in ("backward", "statement", "flag"):
        code = text.format(**names)
    else:
        code = f"{result} = {text.format(**names)}"
    code = re.sub(r"dims\((.*?)\), keepdim", lambda found: f"{found[1] if found[1] != 'None' else '()'}, keepdim", code)
    module = "td" if whose == "ours" else "torch"
    if whose == "theirs":
        code = code.replace("from_numpy(", "torch.from_numpy(") + ".detach()" * view_under_no_grad(instruction)
    return "".join(f"with {module}.{mode}(): " for mode in instruction.modes[-1:]) + code


def shown(value: Any, whose: str, layout: str) -> str:
    """An option as Python source."""
    if isinstance(value, tuple):
        parts = [shown(part, whose, layout) for part in value]
        return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
    if not isinstance(value, np.ndarray):
        return "..." if value is ... else repr(value)
    numbers = re.sub(r"\b(nan|inf)\b", r"np.\1", repr(value.tolist()))
    text = f"np.array({numbers}, dtype=np.{value.dtype.name.replace('bool', 'bool_')})"
    if value.size == 0:
        text = f"np.zeros({value.shape}, dtype=np.{value.dtype.name.replace('bool', 'bool_')})"
    if layout == "transposed":
        return f"{text}.T.copy().T"
    if layout == "every other" and value.ndim:
        return f"np.repeat({text}, 2, axis=-1)[..., ::2]"
    if layout == "backwards" and value.ndim and whose == "ours":
        return f"{text}[..., ::-1].copy()[..., ::-1]"
    return text
