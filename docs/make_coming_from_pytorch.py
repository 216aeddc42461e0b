"""Run the tables of coming_from_pytorch.md: `python docs/make_coming_from_pytorch.py` writes their results again.

The page is the source. A row holds the code, and what each side makes of it:

    | `x = td.ones(2)`<br>`x.sum(dim=0)` | `tensor(2.)` | `TypeError`<br>`x.sum(axis=0)` gives `Tensor(2.)` | why |

The code cell is run on both sides, after the imports that the page shows for each. A result cell holds the result of
that code, then any number of lines "`code` gives `result`", which go on from there on that side only. A result is the
repr of the last expression or the error, with "..." for any text; an error's message may be left out. Warnings are part
of a result: "`result` with a `UserWarning`".

Without PyTorch the command leaves its column as it is. tests/docs/test_coming_from_pytorch.py makes the comparison.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "coming_from_pytorch.md"
FRAMEWORKS = ("torch", "tinygrad_dropout")

DIFFERENT = "| you write | PyTorch | here | why |"
SAME = "| you write | both | why |"
DOT = "● "  # both sides run without an error or a warning, and their results differ

RESULT = re.compile(r"(?:`(?P<code>[^`]+)` gives )?`(?P<shown>[^`]+)`(?: with a `(?P<warning>\w+)`)?")
ERROR = re.compile(r"[A-Z]\w*Error\b")
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A row of a table: the line of the page it stands on, its code, and a cell for each framework's results."""

    line: int
    same: bool  # both frameworks share one cell
    dotted: bool
    code: str
    cells: dict[str, str]


def rows(text: str) -> Iterator[Row]:
    """The rows of all tables in the page that hold code and results."""
    kind = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line in (DIFFERENT, SAME):
            kind = line
        elif not line.startswith("|"):
            kind = ""
        elif kind and not line.startswith("|-"):
            code, *cells, _ = line.removeprefix("| ").removesuffix(" |").split(" | ")
            same = kind == SAME
            if len(cells) != (1 if same else 2):
                raise ValueError(f"line {number}: expected the columns {kind}")
            spans = [span.strip("`") for span in code.removeprefix(DOT).split("<br>")]
            by_framework = dict(zip(FRAMEWORKS, cells * 2 if same else cells, strict=True))
            yield Row(number, same, code.startswith(DOT), "\n".join(spans), by_framework)


def imports(text: str, framework: str) -> str:
    """The first block of the page that imports this framework."""
    return next(block for block in BLOCK.findall(text) if f"import {framework} as td" in block)


def outcomes(row: Row, framework: str, prelude: str) -> Iterator[tuple[str, str]]:
    """(as shown on the page, as it is now) for each line of a framework's cell; run the row to get there."""
    names: dict[str, Any] = {}
    exec(prelude, names)
    code = row.code
    for line in row.cells[framework].split("<br>"):
        if not (shown := RESULT.fullmatch(line)):
            raise ValueError(f"line {row.line}: expected `result` or `code` gives `result`, got {line}")
        given = ""
        if shown["code"]:
            if code and ERROR.search(before := run(code, names)):
                raise ValueError(f"line {row.line}: expected code that runs, got {before}")
            code, given = shown["code"], f"`{shown['code']}` gives "
        now = f"{given}{run(code, names)}"
        code = ""
        yield line, line if matches(line, now) else now


def run(code: str, names: dict[str, Any]) -> str:
    """What the code's last expression gives, or the error that ended it, as the page shows it."""
    *statements, last = ast.parse(code).body
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            if isinstance(last, ast.Expr):
                exec(compile(ast.Module(statements, []), "row", "exec"), names)
                result = repr(eval(compile(ast.Expression(last.value), "row", "eval"), names))
            else:
                exec(compile(ast.Module([*statements, last], []), "row", "exec"), names)
                result = "no error"
        except Exception as error:
            result = f"{type(error).__name__}: {error}".removesuffix(": ")
    warned = sorted({warning.category.__name__ for warning in caught})
    shown = " ".join(result.split()).replace("`", "'")
    return f"`{shown}`" + "".join(f" with a `{name}`" for name in warned)


def matches(shown: str, now: str) -> bool:
    """Whether a result matches the one shown, which can contain "...", or an error without its message."""
    left, right = RESULT.fullmatch(shown), RESULT.fullmatch(now)
    if not left or not right or left["code"] != right["code"] or left["warning"] != right["warning"]:
        return False
    pattern = re.escape(left["shown"]).replace(re.escape("..."), ".*")
    without_message = "(: .*)?" if ERROR.fullmatch(left["shown"]) else ""
    return bool(re.fullmatch(pattern + without_message, right["shown"]))


def is_silent(row: Row) -> bool:
    """Whether no result that the row shows is an error or comes with a warning."""
    lines = [RESULT.fullmatch(line) for cell in row.cells.values() for line in cell.split("<br>")]
    return not any(line and (line["warning"] or ERROR.match(line["shown"])) for line in lines)


def rendered(text: str) -> str:
    """The page with current results, for the frameworks that are installed."""
    lines = text.splitlines()
    for row in rows(text):
        code, *_, why = lines[row.line - 1].split(" | ")
        cells = dict(row.cells)
        for framework in cells:
            if find_spec(framework):
                cells[framework] = "<br>".join(now for _, now in outcomes(row, framework, imports(text, framework)))
        shown = [cells["tinygrad_dropout"]] if row.same else cells.values()
        lines[row.line - 1] = " | ".join([code, *shown, why])
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if find_spec("torch"):
        import torch

        torch.set_warn_always(True)  # and not only the first time
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
