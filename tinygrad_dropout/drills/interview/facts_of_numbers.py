"""Facts about numerical care: overflow, NaN, small numbers, precision, averages."""

from __future__ import annotations

import ast
import re

from tinygrad_dropout.drills.interview.syntax import (
    Fact,
    assigned,
    calls,
    calls_with,
    every,
    last_name,
    operations,
)


def is_small(node: ast.expr) -> bool:
    """1e-8, or a name such as `eps`."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value < 1e-3
    return last_name(node).startswith(("eps", "tiny"))


def adds_something_small(tree: ast.AST) -> bool:
    """`a + eps`, anywhere in the tree."""
    return any(is_small(sum_.left) or is_small(sum_.right) for sum_ in operations(tree, ast.Add))


def small_number_added(tree: ast.AST) -> bool:
    """`np.log(a + 1e-8)`."""
    return any(
        last_name(call.func) in ("log", "log2", "log10") and any(map(adds_something_small, call.args))
        for call in every(tree, ast.Call)
    )


def eps_under_the_root(tree: ast.AST) -> bool:
    """`np.sqrt(variance + eps)` or `(variance + eps) ** 0.5`."""
    roots = [call.args[0] for call in every(tree, ast.Call) if last_name(call.func) == "sqrt" and call.args]
    powers = [power.left for power in operations(tree, ast.Pow) if re.fullmatch(r"-?0\.5", ast.unparse(power.right))]
    return any(map(adds_something_small, [*roots, *powers]))


def eps_in_a_denominator(tree: ast.AST) -> bool:
    """`a / (b + eps)`."""
    below = [quotient.right for quotient in operations(tree, ast.Div)]
    return any(
        isinstance(one, ast.BinOp) and isinstance(one.op, ast.Add) and (is_small(one.left) or is_small(one.right))
        for one in below
    )


def difference_quotient(tree: ast.AST) -> bool:
    """`(above - below) / (2 * h)`."""
    return any(
        isinstance(quotient.left, ast.BinOp)
        and isinstance(quotient.left.op, ast.Sub)
        and re.fullmatch(r"2(\.0)? \* \w+|\w+ \* 2(\.0)?", ast.unparse(quotient.right))
        for quotient in operations(tree, ast.Div)
    )


def tolerance(tree: ast.AST) -> bool:
    """A comparison with a small number, or `np.allclose`."""
    ordered = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
    return calls("allclose", "isclose")(tree) or any(
        isinstance(number.value, float) and 0 < number.value < 0.1
        for comparison in every(tree, ast.Compare)
        if isinstance(comparison.ops[0], ordered)
        for number in every(comparison, ast.Constant)
    )


def moving_average(tree: ast.AST) -> bool:
    """`m = b * m + (1 - b) * g`, `m += (1 - b) * (g - m)` and similar forms."""
    steps = [(change.target, change.value) for change in every(tree, ast.AugAssign) if isinstance(change.op, ast.Add)]
    return any(approaches(target, value) for target, value in [*steps, *assigned(tree)])


def approaches(target: ast.expr, value: ast.expr) -> bool:
    """Whether a new value is the old one, moved by a fraction toward another."""
    old = re.escape(ast.unparse(target))
    text = ast.unparse(value)
    return bool(
        re.search(rf"\* \([^()]*(\([^()]*\)[^()]*)* - {old}\)", text)
        or (
            re.search(rf"\* {old}(?!\w)|(?<![\w.]){old} \*", text)
            and re.search(r"\(1(\.0)? - [\w.]+(\[\d\])?\) \*", text)
        )
    )


def is_infinity(node: ast.AST) -> bool:
    """`np.inf`, `math.inf` or `float("inf")`."""
    return bool(re.fullmatch(r"(np|numpy|math)\.inf|float\('\+?inf(inity)?'\)", ast.unparse(node)))


def starts_at_infinity(tree: ast.AST) -> bool:
    """`best = float("inf")`."""
    return any(is_infinity(value) for _, value in assigned(tree))


def masked_with_minus_infinity(tree: ast.AST) -> bool:
    """`-np.inf` or `float("-inf")`, as a value."""
    negated = any(isinstance(node.op, ast.USub) and is_infinity(node.operand) for node in every(tree, ast.UnaryOp))
    return negated or any(ast.unparse(call) == "float('-inf')" for call in every(tree, ast.Call))


def asks_for_float64(tree: ast.AST) -> bool:
    """`np.float64`, or "float64" as a dtype."""
    names = any(last_name(node) == "float64" for node in ast.walk(tree))
    return names or any(constant.value == "float64" for constant in every(tree, ast.Constant))


def one_total_mean(tree: ast.AST) -> bool:
    """`losses.mean()` or `np.mean(losses)`: over all axes, as a loss is."""
    return any(
        last_name(call.func) == "mean" and not call.keywords and len(call.args) == ("np.mean" in ast.unparse(call.func))
        for call in every(tree, ast.Call)
    )


#: fact -> (description, whether it is true of a syntax tree)
FACTS: dict[str, tuple[str, Fact]] = {
    "small-number-added": ("a small number is added inside a logarithm", small_number_added),
    "eps-under-the-root": ("a small number is added under a square root", eps_under_the_root),
    "eps-in-a-denominator": ("a small number is added to a denominator", eps_in_a_denominator),
    "exp": ("exp() is used", calls(".exp")),
    "log1p": ("log1p() or expm1() is used", calls("log1p", "expm1")),
    "masked-with-minus-infinity": ("scores are masked with minus infinity", masked_with_minus_infinity),
    "starts-at-infinity": ("a value starts at infinity", starts_at_infinity),
    "looks-for-nan": ("the code checks for infinite values or NaN", calls("isfinite", "isnan")),
    "float64": ("float64 is requested", asks_for_float64),
    "tolerance": ("numbers are compared with a tolerance", tolerance),
    "difference-quotient": ("a central difference is computed", difference_quotient),
    "ddof": ("a variance is divided by one less than the number of values", calls_with("ddof", 1)),
    "moving-average": ("a moving average is kept", moving_average),
    "mean": ("a mean over everything is taken", one_total_mean),
    "where": ("np.where chooses between two values", calls(".where")),
}
