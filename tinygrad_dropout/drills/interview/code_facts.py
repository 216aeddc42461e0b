"""What an interviewer sees in an answer: facts about its code, and about how it came to be."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)


def facts(source: str, notes: Iterable[str] = ()) -> set[str]:
    """The names of what is seen in a source: those of FACTS that hold, and what the grader noted.

    Args:
        source: of the answer.
        notes: of its grade.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # the latter of a null byte, before Python 3.12
        return set(notes)
    return {*notes, *(name for name, (_, holds) in FACTS.items() if holds(tree))}


def every(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    """The nodes of a kind."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def names_called(tree: ast.AST) -> set[str]:
    """`np.exp`, `rng.random`: what is called, as it is written."""
    return {ast.unparse(call.func) for call in every(tree, ast.Call)}


def calls(*endings: str) -> Callable[[ast.AST], bool]:
    """Whether something is called whose name ends like this."""
    return lambda tree: any(name.endswith(endings) for name in names_called(tree))


def draws_globally(tree: ast.AST) -> bool:
    """np.random.rand and the like, which is not a generator of its own."""
    names = (name for name in names_called(tree) if name.startswith(("np.random.", "numpy.random.")))
    return any(name.rpartition(".")[2] not in ("default_rng", "Generator", "PCG64", "SeedSequence") for name in names)


def recursive(tree: ast.AST) -> bool:
    """A function that calls itself."""
    return any(
        isinstance(call.func, ast.Name) and call.func.id == function.name
        for function in every(tree, ast.FunctionDef)
        for call in every(function, ast.Call)
    )


def loops(tree: ast.AST) -> bool:
    """A loop inside a loop, or over what indexes the elements of an array."""
    loop = (ast.For, ast.comprehension)
    nested = any(
        isinstance(inner, loop) and inner is not outer for outer in every(tree, ast.For) for inner in ast.walk(outer)
    )
    return nested or calls("ndindex", "ndenumerate", "nditer")(tree)


def in_place(tree: ast.AST) -> bool:
    """`a *= b`, `a[i] += b`."""
    return any(isinstance(change.op, (ast.Mult, ast.Div)) for change in every(tree, ast.AugAssign))


def one_hot(tree: ast.AST) -> bool:
    """np.eye(classes)[target]."""
    return calls("np.eye", "np.identity", "numpy.eye")(tree)


def scaled_mask(tree: ast.AST) -> bool:
    """A mask that holds the scale: an assignment to something called mask, with a division or a cast in it."""
    return any(
        any("mask" in ast.unparse(target) for target in assignment.targets)
        and (
            any(isinstance(operation.op, ast.Div) for operation in every(assignment.value, ast.BinOp))
            or calls(".astype")(assignment.value)
        )
        for assignment in every(tree, ast.Assign)
    )


def small_number_added(tree: ast.AST) -> bool:
    """`+ 1e-8`."""
    return any(isinstance(number.value, float) and 0 < number.value < 1e-4 for number in every(tree, ast.Constant))


def returns_a_function(tree: ast.AST) -> bool:
    """A function defined in a function: it remembers what it needs."""
    nested = (ast.FunctionDef, ast.Lambda)
    return any(
        isinstance(inner, nested) and inner is not outer
        for outer in every(tree, ast.FunctionDef)
        for inner in ast.walk(outer)
    )


#: fact -> (what is seen, whether it holds of a source)
FACTS: dict[str, tuple[str, Callable[[ast.AST], bool]]] = {
    "scaled-mask": ("the mask is stored as floats, or holds the scale", scaled_mask),
    "draws-globally": ("random numbers come from NumPy's global state", draws_globally),
    "binomial": ("the mask is drawn with binomial()", calls(".binomial")),
    "recursive": ("a function calls itself", recursive),
    "in-place": ("an array is changed in place", in_place),
    "one-hot": ("the target is made one-hot", one_hot),
    "small-number-added": ("a small number is added, as 1e-8", small_number_added),
    "returns-a-function": ("the backward is a function that remembers the forward's values", returns_a_function),
    "exp": ("exp() is taken", calls(".exp")),
    "where": ("np.where chooses between two values", calls(".where")),
    "einsum": ("einsum does the products", calls(".einsum")),
    "mean": ("a mean is taken", calls(".mean")),
    "loops": ("Python loops inside loops, or over all elements", loops),
    "zeros-like": ("gradients are gathered in an array of zeros", calls(".zeros_like", ".zeros")),
    "matrix-product": (
        "matrices are multiplied",
        lambda tree: any(isinstance(product.op, ast.MatMult) for product in every(tree, ast.BinOp)),
    ),
}
