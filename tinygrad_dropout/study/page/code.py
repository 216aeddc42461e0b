"""The code of a recording: the lines that made its graph, among those lines of their file that a reader needs."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tinygrad_dropout.study.trace import Pass, SourceLine

MOST_LINES = 36  # a longer file is not shown whole
ROUNDS = 3  # of looking up what the names in the lines are

Scoped: TypeAlias = tuple[str, list[ast.stmt]]  # a name, and the functions in which it is known


def code_data(recorded: Pass) -> list[dict[str, Any]]:
    """The code of a pass, file by file: the one that called backward() first, the others as the graph came to them.

    Returns:
        For each file `name`, and `lines`: [number, text, the values that the line made, whether it called backward()].
        Of a file that is not known (a prompt's, or one that has changed) only the lines that were recorded are there.
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
    """The lines of a file; [] if it cannot be read, or no longer has the lines that were recorded."""
    lines = [line.rstrip() for line in linecache.getlines(file)]
    same = all(line <= len(lines) and lines[line - 1].strip() == code for line, code in known.items())
    return lines if same else []


def lines_to_show(lines: list[str], marked: set[int]) -> set[int]:
    """The numbers of the lines that are shown: all of a short file but its docstring and its imports.

    Of a longer one: the statements that the marked lines belong to, the headings that these stand under, and the
    assignments and classes of the file that give the names in them.
    """
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:  # as in a cell with a magic command
        return marked
    first = next((one.lineno for one in tree.body if not is_preface(one)), 1)
    if len(lines) - first < MOST_LINES:
        return marked | set(range(first, len(lines) + 1))
    paths = list(paths_to_statements(tree))
    chosen = [path for path in paths if marked & span(path[-1])]
    shown = marked.union(*(span(one) for path in chosen for one in path))
    for _ in range(ROUNDS):
        asked = [(name, functions_of(path)) for path in chosen for name in names_in(path[-1], ast.Load)]
        chosen = []
        for path in paths:
            added = shown.union(*map(span, path))
            if len(added) <= MOST_LINES and added != shown and answers(bound(path), asked):
                chosen.append(path)
                shown = added
    return shown


def is_preface(statement: ast.stmt) -> bool:
    """Whether a statement is an import, or a string such as a docstring."""
    return isinstance(statement, ast.Import | ast.ImportFrom) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def paths_to_statements(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Each statement of a module that holds no others, behind those that it stands in."""
    ahead: list[list[ast.stmt]] = [[one] for one in reversed(tree.body)]
    while ahead:
        path = ahead.pop()
        inside = [child for child in ast.iter_child_nodes(path[-1]) if isinstance(child, ast.stmt)]
        ahead += [[*path, child] for child in reversed(inside)]
        if not inside:
            yield path


def span(statement: ast.stmt) -> set[int]:
    """The lines of a statement; of one that holds others, those of its heading."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return set(range(statement.lineno, max(last, statement.lineno) + 1))


def functions_of(path: list[ast.stmt]) -> list[ast.stmt]:
    """The functions around a statement, from the outermost in."""
    return [one for one in path[:-1] if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]


def names_in(statement: ast.stmt, context: type[ast.expr_context]) -> set[str]:
    """The names that a statement reads (ast.Load) or gives (ast.Store)."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return {node.id for node in nodes if isinstance(node.ctx, context)}


def bound(path: list[ast.stmt]) -> list[Scoped]:
    """The names that a statement gives, and that of the class or function in which it stands."""
    found = [(name, functions_of(path)) for name in names_in(path[-1], ast.Store)]
    for depth, one in enumerate(path):
        if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.append((one.name, functions_of(path[: depth + 1])))
    return found


def answers(given: list[Scoped], asked: list[Scoped]) -> bool:
    """Whether one of the names that are given can be seen where one of the same name is read."""
    return any(name == other and inside[: len(around)] == around for name, around in given for other, inside in asked)
