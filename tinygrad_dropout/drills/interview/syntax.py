"""Searches in a syntax tree, from which the facts about an answer are built."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Fact = Callable[[ast.AST], bool]


def every(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    """All nodes of one kind, outer ones first."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def operations(tree: ast.AST, operator: type[ast.operator]) -> Iterator[ast.BinOp]:
    """All operations such as `a / b` with the given operator."""
    return (node for node in every(tree, ast.BinOp) if isinstance(node.op, operator))


def names_called(tree: ast.AST) -> set[str]:
    """The names of everything that is called, as written: `np.exp`, `rng.random`."""
    return {ast.unparse(call.func) for call in every(tree, ast.Call)}


def calls(*endings: str) -> Fact:
    """The fact that something with one of these endings is called."""
    return lambda tree: any(name.endswith(endings) for name in names_called(tree))


def calls_with(name: str, value: object) -> Fact:
    """The fact that a keyword argument of this name has this constant as its value."""

    def holds(tree: ast.AST) -> bool:
        return any(
            keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is value
            for keyword in every(tree, ast.keyword)
        )

    return holds


def any_of(*facts: Fact) -> Fact:
    """The fact that at least one of these is true."""
    return lambda tree: any(fact(tree) for fact in facts)


def last_name(node: ast.AST) -> str:
    """`grad` of the name `grad` and of `value.grad`; "" for anything else."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def assigned(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Every assigned target with its value; `a, b = 1, 2` has two."""
    for assignment in every(tree, ast.Assign):
        for target in assignment.targets:
            if isinstance(target, ast.Tuple) and isinstance(assignment.value, ast.Tuple):
                yield from zip(target.elts, assignment.value.elts, strict=False)  # a target can be starred
            else:
                yield target, assignment.value


def names_assigned(tree: ast.AST, holds: Callable[[ast.expr], bool]) -> set[str]:
    """The targets, as written, whose value meets a condition."""
    return {ast.unparse(target) for target, value in assigned(tree) if holds(value)}


def is_gradient(node: ast.AST) -> bool:
    """Whether a name says that it is a gradient: `grad`, `d_hidden`, `upstream`."""
    name = last_name(node)
    return name in ("g", "dy", "dout", "upstream") or name.startswith(("grad", "d_"))
