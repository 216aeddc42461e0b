"""All possible mutants, and the sample that is drawn from them."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

Point = tuple[int, int]  # line from 1, column from 0, as Cosmic Ray counts them


@dataclass(frozen=True)
class Place:
    """A place where an operator of Cosmic Ray can change a file: its `occurrence`-th chance to do so.

    Attributes:
        text: the line, without indentation and comment.
        nth: the number of this chance among the operator's chances in lines with this text.
    """

    file: str
    operator: str
    occurrence: int
    line: int
    text: str
    nth: int

    @property
    def name(self) -> str:
        """A name that stays the same when other lines of the code change."""
        return f"{self.file} {self.operator} {self.nth} {self.text}"


@dataclass(frozen=True)
class Mutant:
    """One change to one file.

    Attributes:
        original, mutated: the lines that differ, without indentation and comment.
        source: the whole file after the change.
    """

    place: Place
    original: str
    mutated: str
    source: str


def draw(root: Path, files: Iterable[str], sample: int, seed: int) -> list[Mutant]:
    """Draw `sample` mutants of these files (all of them for 0).

    Each place draws a number from its name and the seed, and the smallest numbers win. So the same seed draws the same
    mutants, except in lines that have changed.
    """

    def number(place: Place) -> bytes:
        return sha256(f"{seed} {place.name}".encode()).digest()

    drawn: list[Mutant] = []
    for place in sorted((place for file in files for place in places(root, file)), key=number):
        if len(drawn) == sample > 0:
            break
        if mutant := made(root, place):
            drawn.append(mutant)
    return drawn


def places(root: Path, file: str) -> Iterator[Place]:
    """Every place in a file where a change could affect a run of the program."""
    source = (root / file).read_text(encoding="utf-8")
    never_run = list(spans_that_never_run(source))
    nodes, lines = list(ast_nodes(get_ast(source))), source.splitlines()
    seen: Counter[tuple[str, str]] = Counter()
    for name, operator in operators():
        found = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(found):
            if not any(first <= start < end for first, end in never_run):
                text = bare(lines[start[0] - 1])
                yield Place(file, name, occurrence, start[0], text, seen[name, text])
                seen[name, text] += 1


@cache
def operators() -> Sequence[tuple[str, object]]:
    """Cosmic Ray's operators by name, without those that need to know which variables to exchange."""
    classes = ((name, cosmic_ray.plugins.get_operator(name)) for name in sorted(cosmic_ray.plugins.operator_names()))
    return [(name.partition("/")[2], found()) for name, found in classes if not found.arguments()]


def made(root: Path, place: Place) -> Mutant | None:
    """The mutant at a place; None if it is not valid Python, or the same program as before."""
    source = (root / place.file).read_text(encoding="utf-8")
    mutated = mutate_code(source, dict(operators())[place.operator], place.occurrence)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as: "is" with a literal
            compile(mutated, place.file, "exec")
            if ast.dump(ast.parse(mutated)) == ast.dump(ast.parse(source)):
                return None
    except SyntaxError:
        return None
    return Mutant(place, *lines_that_differ(source, mutated), mutated)


def lines_that_differ(before: str, after: str) -> tuple[str, str]:
    """The differing lines of both texts, without indentation and comments."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return "\n".join(filter(None, map(bare, old))), "\n".join(filter(None, map(bare, new)))


def bare(line: str) -> str:
    """A line without its indentation and its comment."""
    return line.partition("  # ")[0].strip()


def spans_that_never_run(source: str) -> Iterator[tuple[Point, Point]]:
    """Spans of text only for readers and type checkers: annotations, type aliases, overloads, TYPE_CHECKING.

    Docstrings, and lists of names such as `__all__`, need no span: Cosmic Ray does not change strings.
    """
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg | ast.AnnAssign):
            yield from spans(lines, [node.annotation])
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield from spans(lines, [node.value])
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from spans(lines, [node.returns])
            if any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list):
                first = min(decorator.lineno for decorator in node.decorator_list)
                yield (first, 0), (node.end_lineno or first, len(lines[-1]) + 1)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from spans(lines, [node.test, *node.body])


def spans(lines: Sequence[str], nodes: Iterable[ast.expr | ast.stmt | None]) -> Iterator[tuple[Point, Point]]:
    """The start and end of each node. `ast` counts columns in bytes, Cosmic Ray in characters."""

    def point(line: int, column: int) -> Point:
        return line, len(lines[line - 1].encode()[:column].decode())

    for node in nodes:
        if node is not None:
            yield point(node.lineno, node.col_offset), point(node.end_lineno or 0, node.end_col_offset or 0)
