"""Facts about arrays: their axes and indices, copies, and changes in place."""

from __future__ import annotations

import ast
import re

from tinygrad_dropout.drills.interview.syntax import (
    Fact,
    any_of,
    calls,
    calls_with,
    every,
    is_gradient,
    last_name,
    names_assigned,
    names_called,
    operations,
)

RATES = {"lr", "rate", "learning_rate", "step_size", "eta"}
REDUCTIONS = ("sum", "mean", "dot", "outer", "einsum", "matmul", "tensordot", ".at")


def loops(tree: ast.AST) -> bool:
    """A loop over the elements of an array: over its indices, two ranges, or the values in each of its rows."""
    nested = ((outer, inner) for outer in every(tree, ast.For) for inner in every(outer, ast.For) if inner is not outer)
    return any(map(over_indices, every(tree, ast.For))) or any(
        ast.unparse(inner.iter) == ast.unparse(outer.target) or (over_range(inner) and over_range(outer))
        for outer, inner in nested
    )


def over_indices(loop: ast.For) -> bool:
    """`for index in np.ndindex(x.shape)`, unless a function is called for each index, as in a numeric gradient."""
    body = ast.Module(loop.body, [])
    computes = not any(isinstance(call.func, ast.Name) for call in every(body, ast.Call))
    return computes and calls("ndindex", "ndenumerate", "nditer")(loop.iter)


def over_range(loop: ast.For) -> bool:
    """`for i in range(n)`."""
    return names_called(loop.iter) == {"range"}


def in_place(tree: ast.AST) -> bool:
    """`a *= b` or `a /= b`."""
    return any(isinstance(change.op, (ast.Mult, ast.Div)) for change in every(tree, ast.AugAssign))


def updates_in_place(tree: ast.AST) -> bool:
    """`parameter -= lr * gradient`."""
    return any(
        isinstance(change.op, ast.Sub) and any(last_name(node) in RATES for node in ast.walk(change.value))
        for change in every(tree, ast.AugAssign)
    )


def gathers_in_zeros(tree: ast.AST) -> bool:
    """An array of zeros to which something is added."""
    zeros = names_assigned(tree, lambda value: calls("zeros", "zeros_like")(value) and isinstance(value, ast.Call))
    return any(
        isinstance(change.op, ast.Add) and ast.unparse(change.target).partition("[")[0] in zeros
        for change in every(tree, ast.AugAssign)
    )


def sums_in_backward(tree: ast.AST) -> bool:
    """`grad.sum(axis=0)` or `np.sum(grad * x, axis=0)`, unless something is divided by that sum."""
    divided_by = [ast.unparse(quotient.right) for quotient in operations(tree, ast.Div)]
    divided_by += [ast.unparse(one.value) for one in every(tree, ast.AugAssign) if isinstance(one.op, ast.Div)]
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "sum"
        and any(keyword.arg == "axis" for keyword in call.keywords)
        and any(is_gradient(node) for node in ast.walk(call))
        and ast.unparse(call) not in divided_by
        for call in every(tree, ast.Call)
    )


def elementwise_backward(tree: ast.AST) -> bool:
    """A function that multiplies its upstream gradient and neither sums nor loops."""
    return any(map(multiplies_only, every(tree, ast.FunctionDef)))


def multiplies_only(function: ast.FunctionDef) -> bool:
    """Whether a function multiplies a gradient that it is given, and does nothing that mixes elements."""
    given = {argument.arg for argument in function.args.args if is_gradient(ast.Name(argument.arg))}
    products = operations(function, ast.Mult)
    mixes = any_of(calls(*REDUCTIONS), lambda body: any(operations(body, ast.MatMult)))
    return any(last_name(side) in given for one in products for side in (one.left, one.right)) and not (
        mixes(function) or any(isinstance(node, (ast.For, ast.While, ast.AugAssign)) for node in ast.walk(function))
    )


def pairs_of_indices(tree: ast.AST) -> bool:
    """`z[np.arange(n), target]`."""
    rows = names_assigned(tree, lambda value: isinstance(value, ast.Call) and calls("arange")(value))
    return any(
        isinstance(place.slice, ast.Tuple)
        and place.slice.elts
        and (ast.unparse(place.slice.elts[0]) in rows or calls("arange")(place.slice.elts[0]))
        for place in every(tree, ast.Subscript)
    )


def aligns_from_the_right(tree: ast.AST) -> bool:
    """`zip(reversed(a), reversed(b))`, or the same with `[::-1]`."""
    return any(
        last_name(call.func) in ("zip", "zip_longest") and sum(map(is_reversed, call.args)) >= 2
        for call in every(tree, ast.Call)
    )


def is_reversed(node: ast.expr) -> bool:
    """`reversed(a)` or `a[::-1]`."""
    return bool(re.fullmatch(r"reversed\(.*\)|.*\[::-1\]", ast.unparse(node)))


def transposes(tree: ast.AST) -> bool:
    """`W.T`, `np.swapaxes(x, 0, 1)`."""
    return calls("swapaxes", "transpose")(tree) or any(node.attr == "T" for node in every(tree, ast.Attribute))


#: fact -> (description, whether it is true of a syntax tree)
FACTS: dict[str, tuple[str, Fact]] = {
    "in-place": ("an array is changed in place", in_place),
    "updates-in-place": ("parameters are updated in place", updates_in_place),
    "one-hot": ("the target is made one-hot", calls("np.eye", "np.identity", "numpy.eye")),
    "einsum": ("products are computed with einsum", calls(".einsum")),
    "loops": ("Python loops over the elements of an array", loops),
    "zeros-like": ("gradients are added up in an array of zeros", gathers_in_zeros),
    "sums-in-backward": ("a gradient is summed over an axis", sums_in_backward),
    "elementwise-backward": ("the backward multiplies element by element", elementwise_backward),
    "matrix-product": ("matrices are multiplied", lambda tree: any(operations(tree, ast.MatMult))),
    "transposes": ("an array is transposed", transposes),
    "keepdims": ("a reduction keeps its axis", calls_with("keepdims", True)),
    "broadcast-to": ("np.broadcast_to repeats an array", calls("broadcast_to")),
    "aligns-from-the-right": ("two shapes are read from the right", aligns_from_the_right),
    "pairs-of-indices": ("entries are picked by pairs of indices", pairs_of_indices),
    "scatters": ("gradients are added at indices", calls("add.at", "bincount")),
    "copies": ("a copy is made", calls(".copy", "deepcopy")),
}
