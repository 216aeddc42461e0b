"""The tests in a learner's file: the functions `test_...`, rewritten so that asserts remember what they compared."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

COMPARED = "__compared__"  # stands in the rewritten asserts for `Sides.compared`
Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_test(node: ast.AST) -> bool:
    """Whether a statement defines a test."""
    return isinstance(node, Function) and node.name.startswith("test_")


def tests_of(tree: ast.Module) -> list[ast.stmt]:
    """The tests of a file, in order; if two have the same name, Python keeps the last."""
    return list({node.name: node for node in tree.body if isinstance(node, Function) and is_test(node)}.values())


def names_of_tests(source: str) -> list[str]:
    """The names of a file's tests; none if Python cannot read the file."""
    with suppress(SyntaxError, ValueError):
        return [node.name for node in tests_of(ast.parse(source)) if isinstance(node, Function)]
    return []


def without_tests(tree: ast.Module) -> ast.Module:
    """A file without its tests, which are not part of the answer."""
    return ast.Module([node for node in tree.body if not is_test(node)], tree.type_ignores)


def source_without_tests(source: str) -> str:
    """The same for a text, which loses its comments; a text that Python cannot read is unchanged."""
    with suppress(SyntaxError, ValueError):
        if names_of_tests(source):
            return ast.unparse(without_tests(ast.parse(source)))
    return source


class Sides:
    """The two sides of the comparison that was made last."""

    def __init__(self) -> None:
        self.last: tuple[Any, ...] = ()

    def compared(self, function: Callable[..., Any], *sides: Any, **options: Any) -> Any:
        """Compare, and remember."""
        self.last = sides[:2]
        return function(*sides, **options)


class RememberingAsserts(ast.NodeTransformer):
    """Makes `assert a == b` and `assert np.allclose(a, b)` tell `Sides` what a and b were."""

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        node.test = Remembering().visit(node.test)
        inner = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
        if isinstance(inner, ast.Call) and len(inner.args) >= 2 and not is_ours(inner):
            inner.args.insert(0, inner.func)
            inner.func = ast.Name(COMPARED, ast.Load())
        return node


class Remembering(ast.NodeTransformer):
    """Replaces every comparison of two sides by a call that remembers them."""

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        if len(node.ops) > 1:
            return node
        left, right = (ast.Name(name, ast.Load()) for name in ("left", "right"))
        parameters = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        parameters.args = [ast.arg("left"), ast.arg("right")]
        compare = ast.Lambda(parameters, ast.Compare(left, node.ops, [right]))
        return ast.Call(ast.Name(COMPARED, ast.Load()), [compare, node.left, *node.comparators], [])


def is_ours(call: ast.Call) -> bool:
    """Whether a call was put there by `Remembering`."""
    return isinstance(call.func, ast.Name) and call.func.id == COMPARED


def remembering_tests(source: str, filename: str) -> Iterator[tuple[str, Any]]:
    """(name, code that defines it) of every test of a file; the code expects `COMPARED` among its globals."""
    for node in tests_of(ast.parse(source, filename)):
        rewritten = ast.fix_missing_locations(ast.Module([RememberingAsserts().visit(node)], []))
        yield node.name, compile(rewritten, filename, "exec")  # type: ignore[attr-defined]
