"""The code of a recording: the lines that made its graph, with the lines of the file that explain them."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tinygrad_dropout.study.trace import Pass, SourceLine

MAX_LINES = 36  # a longer file is shown in part
ROUNDS = 3  # of looking up the definitions of names in the lines

Scoped: TypeAlias = tuple[str, list[ast.stmt]]  # a name, and the functions around it


def code_data(recorded: Pass) -> list[dict[str, Any]]:
    """Return the code of a pass, file by file. The file that called backward() is first.

    Returns:
        For each file its `name`, and `lines`: [number, text, indices of the nodes that the line made, whether it called
        backward()]. If a file cannot be read (as at a prompt) or has changed, only the recorded lines are there.
    """
    made: dict[str, dict[int, list[int]]] = {}
    known: dict[str, dict[int, str]] = {}
    called: list[tuple[SourceLine | None, int]] = [(recorded.source_line, -1)]
    called += [(node.source_line, index) for index, node in enumerate(recorded.nodes)]
    for line, index in called:
        if line:
            made.setdefault(line.file, {}).setdefault(line.line, []).append(index)
            known.setdefault(line.file, {})[line.line] = line.code
    found = []
    for file, marked in made.items():
        lines = file_lines(file, known[file])
        shown = lines_to_show(lines, set(marked)) if lines else {number for number in marked if known[file][number]}
        texts = dict(enumerate(lines, 1)) if lines else known[file]
        rows = [
            [number, texts[number], sorted(set(marked.get(number, ())) - {-1}), -1 in marked.get(number, ())]
            for number in sorted(shown)
        ]
        if rows:
            found.append({"name": Path(file).name, "lines": rows})
    return found


def file_lines(file: str, known: dict[int, str]) -> list[str]:
    """Return the lines of a file; [] if it cannot be read, or no longer has the recorded lines."""
    lines = [line.rstrip() for line in linecache.getlines(file)]
    same = all(line <= len(lines) and lines[line - 1].strip() == code for line, code in known.items())
    return lines if same else []


def lines_to_show(lines: list[str], marked: set[int]) -> set[int]:
    """Choose the lines to show, by number: all of a short file except its docstring and imports.

    Of a longer file: the statements with marked lines, the headers of the blocks around them, and the assignments,
    functions and classes that define the names in them.
    """
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:  # as in a notebook cell with a magic command
        return marked
    first = next((one.lineno for one in tree.body if not is_preface(one)), 1)
    if len(lines) - first < MAX_LINES:
        return marked | set(range(first, len(lines) + 1))
    paths = list(paths_to_statements(tree))
    chosen = [path for path in paths if marked & lines_of(path[-1])]
    shown = marked.union(*(lines_of(one) for path in chosen for one in path))
    for _ in range(ROUNDS):
        used = [(name, functions_of(path)) for path in chosen for name in names_in(path[-1], ast.Load)]
        chosen = []
        for path in paths:
            added = shown.union(*map(lines_of, path))
            if len(added) <= MAX_LINES and added != shown and defines_any(names_defined(path), used):
                chosen.append(path)
                shown = added
    return shown


def is_preface(statement: ast.stmt) -> bool:
    """Return whether a statement is an import, or a string such as a docstring."""
    return isinstance(statement, ast.Import | ast.ImportFrom) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def paths_to_statements(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield the path to each statement without statements inside: the statements around it, then itself."""
    ahead: list[list[ast.stmt]] = [[one] for one in reversed(tree.body)]
    while ahead:
        path = ahead.pop()
        inside = [child for child in ast.iter_child_nodes(path[-1]) if isinstance(child, ast.stmt)]
        ahead += [[*path, child] for child in reversed(inside)]
        if not inside:
            yield path


def lines_of(statement: ast.stmt) -> set[int]:
    """Return the lines of a statement; if it has a body, those of its header."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return set(range(statement.lineno, max(last, statement.lineno) + 1))


def functions_of(path: list[ast.stmt]) -> list[ast.stmt]:
    """Return the functions around a statement, outermost first."""
    return [one for one in path[:-1] if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


def names_in(statement: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    """Return the names that a statement reads (ast.Load) or assigns (ast.Store)."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in nodes if isinstance(node.ctx, context)}


def names_defined(path: list[ast.stmt]) -> list[Scoped]:
    """Return the names that a statement assigns, and those of the classes and functions around it."""
    found = [(name, functions_of(path)) for name in names_in(path[-1], ast.Store)]
    for depth, one in enumerate(path):
        if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((one.name, functions_of(path[: depth + 1])))
    return found


def defines_any(defined: list[Scoped], used: list[Scoped]) -> bool:
    """Return whether one of the defined names is visible where the same name is used."""
    return any(name == other and inside[: len(around)] == around for name, around in defined for other, inside in used)
