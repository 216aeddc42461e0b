"""Facts about programs: how they walk a graph, what functions keep, whether they raise errors."""

from __future__ import annotations

import ast

from tinygrad_dropout.drills.interview.syntax import Fact, assigned, every, last_name


def recursive(tree: ast.AST) -> bool:
    """A function that calls itself."""
    return any(
        isinstance(call.func, ast.Name) and call.func.id == function.name
        for function in every(tree, ast.FunctionDef)
        for call in every(function, ast.Call)
    )


def returns_a_function(tree: ast.AST) -> bool:
    """A function that returns a function defined in it, which keeps the values it needs."""
    return any(map(returns_what_it_defines, every(tree, ast.FunctionDef)))


def returns_what_it_defines(outer: ast.FunctionDef) -> bool:
    """Whether one of the values that a function returns is a function or a lambda defined in it."""
    defined = {inner.name for inner in every(outer, ast.FunctionDef) if inner is not outer}
    for statement in every(outer, ast.Return):
        value = statement.value
        for one in value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]:
            if isinstance(one, ast.Lambda) or (isinstance(one, ast.Name) and one.id in defined):
                return True
    return False


def stored_slopes(tree: ast.AST) -> bool:
    """`for parent, slope in zip(value.parents, value.slopes)`."""
    return any(
        last_name(call.func) == "zip" and len(call.args) == 2 and last_name(call.args[0]) in ("parents", "inputs")
        for call in every(tree, ast.Call)
    )


def adds_to_grad(tree: ast.AST) -> bool:
    """`parent.grad += ...`."""
    return any(
        isinstance(change.op, ast.Add) and isinstance(change.target, ast.Attribute) and change.target.attr == "grad"
        for change in every(tree, ast.AugAssign)
    )


def explicit_stack(tree: ast.AST) -> bool:
    """`while stack: node = stack.pop()`."""
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in ("pop", "popleft")
        and ast.unparse(call.func.value) in {ast.unparse(node) for node in ast.walk(loop.test)}
        for loop in every(tree, ast.While)
        for call in every(loop, ast.Call)
    )


def remembers_nodes(tree: ast.AST) -> bool:
    """`node in met`, where `met` is a set or a dictionary that the code creates."""
    made = {
        ast.unparse(target)
        for target, value in assigned(tree)
        if isinstance(value, (ast.Set, ast.Dict)) or ast.unparse(value) in ("set()", "dict()")
    }
    return any(
        isinstance(comparison.ops[0], (ast.In, ast.NotIn)) and ast.unparse(comparison.comparators[0]) in made
        for comparison in every(tree, ast.Compare)
    )


def raises(tree: ast.AST) -> bool:
    """`raise ValueError(...)`; an unfilled gap does not count."""
    raised = (ast.unparse(one.exc) for one in every(tree, ast.Raise) if one.exc is not None)
    return any(not one.startswith("NotImplementedError") for one in raised)


#: fact -> (description, whether it is true of a syntax tree)
FACTS: dict[str, tuple[str, Fact]] = {
    "recursive": ("a function calls itself", recursive),
    "returns-a-function": ("the backward is a function that remembers the forward's values", returns_a_function),
    "stored-slopes": ("each node stores local derivatives", stored_slopes),
    "adds-to-grad": ("gradients are added to .grad", adds_to_grad),
    "explicit-stack": ("unfinished work is kept in a list", explicit_stack),
    "remembers-nodes": ("a set or a dictionary remembers nodes", remembers_nodes),
    "raises": ("an error is raised", raises),
}
