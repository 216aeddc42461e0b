"""The last page of the course: the learner's code next to the whole idea in one file and next to our own files."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import NamedTuple

import tinygrad_dropout
from tinygrad_dropout.drills.bundle import PACKAGE
from tinygrad_dropout.drills.layout import counted

OURS = Path(tinygrad_dropout.__file__).parent
ONE_PAGE = OURS.parent / "examples" / "0_the_whole_idea.py"  # in a checkout; an installed package lacks it
STYLE = Path(__file__).with_name("side_by_side.css")


class Idea(NamedTuple):
    """A row of the page.

    Attributes:
        title: of the idea.
        theirs: names that the learner defined: `Dropout`, `Tensor.backward`.
        part: the part of the whole idea in one file; 0 for none.
        ours: this framework's files.
        adds: what ours has in addition.
    """

    title: str
    theirs: tuple[str, ...]
    part: int
    ours: tuple[str, ...]
    adds: str


IDEAS = (
    Idea("A number that remembers", ("Value",), 0, (),
         "The other two have no Value, because an array can hold a single number. The idea is easiest to see here."),
    Idea("An array that remembers", ("Tensor",), 1, ("autograd/tensor.py", "autograd/recording.py"),
         "Ours records in a separate function, detects arrays that are changed in place, and explains what did not "
         "fit."),
    Idea("The rules of operations", ("Tensor.__add__", "Tensor.__mul__", "Tensor.__truediv__"), 1,
         ("functional/_arithmetic.py",),
         "Each rule is a named function next to its operation, so that the replay can show it."),
    Idea("The backward pass", ("Tensor.backward",), 2, ("autograd/engine.py",),
         "Ours frees memory during the pass, and refuses a second pass through a freed graph."),
    Idea("Sums and products", ("Tensor.sum", "Tensor.mean", "Tensor.__matmul__"), 1,
         ("functional/_reductions.py", "functional/_products.py"), "Ours multiplies stacks of matrices, too."),
    Idea("A check that needs no rules", ("gradcheck",), 0, ("debug/_gradcheck.py",),
         "Ours says which entry is wrong, and by which factor."),
    Idea("The loss", ("relu", "log_softmax", "cross_entropy"), 4,
         ("functional/_activations.py", "functional/_softmax.py", "functional/_cross_entropy.py"),
         "Ours also accepts probabilities as targets, and smooths labels."),
    Idea("Layers", ("Module", "Linear", "Sequential"), 3, ("nn/module.py", "nn/linear.py", "nn/containers.py"),
         "Ours names its parameters, saves and loads them, and converts their dtype."),
    Idea("Dropout", ("Dropout",), 3, ("nn/dropout.py", "functional/_dropout.py", "functional/_masks.py"),
         "Ours stores the mask in a byte per element or less, shares it along axes on request, and can be replayed."),
    Idea("Optimizers", ("SGD", "Adam"), 5, ("optim/_sgd.py", "optim/_adam.py"),
         "Ours has parameter groups, weight decay and schedules, and updates all parameters together."),
    Idea("Training", ("batches", "accuracy", "fit"), 6,
         ("training/_batches.py", "training/_evaluation.py", "training/_fit.py"),
         "Ours has early stopping and callbacks, and shows its progress."),
)  # fmt: skip

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Your framework next to ours</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>Your framework next to ours</h1>
<p>{summary}</p>
{rows}
</main>
</body>
</html>
"""


class Definition(NamedTuple):
    """Where something is defined: file, first line, and its lines."""

    file: str
    line: int
    text: str


def page(files: Mapping[str, str]) -> str:
    """The page, as HTML.

    Args:
        files: path inside the learner's package -> text.
    """
    lines = code_lines("\n".join(files.values()))
    summary = f"You wrote {counted(lines, 'line')} in {counted(len(files), 'file')}. The whole idea in one file has "
    summary += f"{code_lines(ONE_PAGE.read_text(encoding='utf-8'))}; " if ONE_PAGE.exists() else "about 110; "
    whole = sum(code_lines(path.read_text(encoding="utf-8")) for path in sorted(OURS.glob("*/*.py")) if is_core(path))
    summary += f"ours, with all its features, has {whole:,}. Lines without code are not counted."
    return PAGE.format(
        style=STYLE.read_text(encoding="utf-8"), summary=summary, rows="\n".join(row(idea, files) for idea in IDEAS)
    )


def is_core(path: Path) -> bool:
    """Whether a file belongs to a part that the learner wrote, too."""
    return path.parent.name in {"autograd", "functional", "nn", "optim", "training"}


def code_lines(text: str) -> int:
    """The number of lines with code or a docstring."""
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in text.splitlines())


def row(idea: Idea, files: Mapping[str, str]) -> str:
    """One idea: a heading, what ours adds, and the three columns."""
    theirs = [found for name in idea.theirs if (found := definition(files, name))]
    columns = [column("Yours", [(f"{PACKAGE}/{one.file}, line {one.line}", one.text) for one in theirs])]
    if idea.part:
        text = part_of_the_one_page(idea.part)
        where = "" if text else ": it is in the project's source code, but not in the package that pip installs"
        columns.append(column("On one page", [(f"examples/0_the_whole_idea.py, part {idea.part}{where}", text)]))
    if idea.ours:
        ours = [(f"tinygrad_dropout/{name}", (OURS / name).read_text(encoding="utf-8")) for name in idea.ours]
        columns.append(column("Ours", ours, closed=True))
    return f'<h2>{escape(idea.title)}</h2>\n<p>{escape(idea.adds)}</p>\n<div class="columns">{"".join(columns)}</div>'


def column(title: str, sources: list[tuple[str, str]], *, closed: bool = False) -> str:
    """A column of sources, each below its file name; if closed, they open on a click."""
    parts = []
    for place, text in sources:
        code = f'<pre tabindex="0"><code>{escape(text)}</code></pre>' if text else ""
        parts.append(
            f"<details><summary>{escape(place)}, {len(text.splitlines())} lines</summary>{code}</details>"
            if closed
            else f"<p><code>{escape(place)}</code></p>{code}"
        )
    return f"<section><h3>{title}</h3>{''.join(parts) or '<p>Not found under this name.</p>'}</section>"


def definition(files: Mapping[str, str], name: str) -> Definition | None:
    """Where the learner defines a class, a function or a method; None if there is nothing of that name."""
    owner, _, method = name.rpartition(".")
    for file, text in files.items():
        for node in parsed(file, text).body:
            inside = node.body if isinstance(node, ast.ClassDef) and node.name == owner else [node] if not owner else []
            for one in inside:
                kinds = (ast.FunctionDef, ast.ClassDef)  # `method` is the whole name if there is no owner
                if isinstance(one, kinds) and one.name == method:
                    first = min([one.lineno, *(decorator.lineno for decorator in one.decorator_list)])
                    lines = text.splitlines()[first - 1 : one.end_lineno]
                    return Definition(file, first, unindented(lines))
    return None


def parsed(file: str, text: str) -> ast.Module:
    """Parse a file of the learner's package.

    Raises:
        SyntaxError: Python cannot read it.
    """
    try:
        return ast.parse(text, f"{PACKAGE}/{file}")
    except (SyntaxError, ValueError) as error:  # for a null byte, it names no file
        line = getattr(error, "lineno", None)
        message = getattr(error, "msg", str(error))
        raise SyntaxError(message, (f"{PACKAGE}/{file}", line, None, None)) from error


def unindented(lines: list[str]) -> str:
    """Lines without the indentation of the first."""
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[margin:] for line in lines)


def part_of_the_one_page(number: int) -> str:
    """A part of the whole idea in one file; "" if that file does not exist."""
    if not ONE_PAGE.exists():
        return ""
    parts = re.split(r"^(?= *# \d+\. )|^(?=if __name__)", ONE_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return next((part.strip("\n") for part in parts if part.lstrip().startswith(f"# {number}. ")), "")
