"""Rules for elementwise operations: the upstream gradient times a local derivative, entry by entry."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np

from tinygrad_dropout.autograd.dtypes import cast_backward
from tinygrad_dropout.functional import _activations, _arithmetic, _dropout, _elementwise, _gaussian_dropout, _gelu
from tinygrad_dropout.functional._shapes import clone_backward
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.worked.formula import Formula, Quantity, formula
from tinygrad_dropout.study.worked.functions import exp, ln
from tinygrad_dropout.study.worked.rules import At, either, elementwise, rename_saved

Formulas = tuple[Formula, ...]


@elementwise(_arithmetic.add_backward)
def add(at: At) -> Formulas:
    """The sum changes as much as either of its terms."""
    return at.grad, at.grad


@elementwise(_arithmetic.subtract_backward)
def subtract(at: At) -> Formulas:
    """The difference falls as much as the subtracted term rises."""
    return at.grad, -at.grad


@elementwise(_arithmetic.multiply_backward)
def multiply(at: At) -> Formulas:
    """Each factor is the other one's slope."""
    return at.grad * at("y"), at.grad * at("x")


@elementwise(_arithmetic.divide_backward)
def divide(at: At) -> Formulas:
    """1 / y, and -x / y²."""
    return at.grad / at("y"), -at.grad * at("x") / at("y") ** 2


@elementwise(_arithmetic.power_backward)
def power(at: At) -> Formulas:
    """y x^(y-1), and x^y ln(x)."""
    x, y = at("x"), at("y")
    return at.grad * y * x ** (y - 1), at.grad * x**y * ln(x)


@elementwise(_arithmetic.negative_backward)
def negative(at: At) -> Formulas:
    """-1."""
    return (-at.grad,)


@elementwise(clone_backward, cast_backward)
def unchanged(at: At) -> Formulas:
    """The gradient passes through unchanged."""
    return (at.grad,)


@elementwise(_elementwise.exp_backward)
def exponential(at: At) -> Formulas:
    """e^x is its own slope."""
    return (at.grad * Quantity("out", at.number("out"), remark="out = e^x"),)


@elementwise(_elementwise.log_backward)
def logarithm(at: At) -> Formulas:
    """1 / x."""
    return (at.grad / at("x"),)


@elementwise(_elementwise.sqrt_backward)
def square_root(at: At) -> Formulas:
    """1 / (2 √x)."""
    return (at.grad / (2 * Quantity("out", at.number("out"), remark="out = √x")),)


@elementwise(_elementwise.abs_backward)
def absolute(at: At) -> Formulas:
    """The sign of x."""
    x = at.number("x")
    return (at.grad * Quantity("sign(x)", np.sign(x), remark=f"x = {number(x)}"),)


@elementwise(_elementwise.clip_backward)
def clip(at: At) -> Formulas:
    """1 between the bounds, else 0."""
    x = at.number("x")
    low, high = (at.number(name) if at.entry.node.saved[name] is not None else None for name in ("min", "max"))
    inside = (low is None or x >= low) and (high is None or x <= high)
    condition = "min ≤ " * (low is not None) + "x" + " ≤ max" * (high is not None)
    bounds = [f"{name} = {number(bound)}" for name, bound in (("min", low), ("max", high)) if bound is not None]
    return (at.grad * either(condition, inside, remark=", ".join([f"x = {number(x)}", *bounds])),)


@elementwise(_elementwise.maximum_backward)
def maximum(at: At) -> Formulas:
    """1 for the larger input, else 0; in a tie, 0.5 for each."""
    x, y = at.number("x"), at.number("y")
    return at.grad * chosen("x > y", x - y, x, y), at.grad * chosen("y > x", y - x, x, y)


@elementwise(_elementwise.minimum_backward)
def minimum(at: At) -> Formulas:
    """1 for the smaller input, else 0; in a tie, 0.5 for each."""
    x, y = at.number("x"), at.number("y")
    return at.grad * chosen("x < y", y - x, x, y), at.grad * chosen("y < x", x - y, x, y)


def chosen(condition: str, lead: float, x: float, y: float) -> Quantity:
    """1 if this input was chosen, 0.5 in a tie, else 0. The lead is positive if it was chosen."""
    share = 0.5 if lead == 0 else float(lead > 0)
    return Quantity(f"(1 if {condition}, 0.5 if x = y, else 0)", share, remark=f"x = {number(x)}, y = {number(y)}")


@elementwise(_elementwise.where_backward)
def where(at: At) -> Formulas:
    """1 for the input that was chosen, 0 for the other."""
    condition = bool(at.number("condition"))
    remark = f"the condition is {condition} here"
    return (
        at.grad * either("the condition is True", condition, remark=remark),
        at.grad * either("the condition is False", not condition, remark=remark),
    )


@elementwise(_activations.relu_backward)
def relu(at: At) -> Formulas:
    """1 where x > 0, else 0."""
    x = at.number("x")
    return (at.grad * either("x > 0", x > 0, remark=f"x = {number(x)}"),)


@elementwise(_activations.leaky_relu_backward)
def leaky_relu(at: At) -> Formulas:
    """1 where x > 0, else the negative slope."""
    x, slope = at.number("x"), at.number("negative_slope")
    return (at.grad * either("x > 0", x > 0, otherwise="negative_slope", value=slope, remark=f"x = {number(x)}"),)


@elementwise(_activations.sigmoid_backward)
def sigmoid(at: At) -> Formulas:
    """out (1 - out)."""
    out = Quantity("out", at.number("out"), remark="out = sigmoid(x)")
    return (at.grad * out * (1 - out),)


@elementwise(_activations.tanh_backward)
def tanh(at: At) -> Formulas:
    """1 - out²."""
    out = Quantity("out", at.number("out"), remark="out = tanh(x)")
    return (at.grad * (1 - out**2),)


@elementwise(_gelu.gelu_backward)
def gelu(at: At) -> Formulas:
    """Φ(x) + x φ(x)."""
    x = at("x")
    below = Quantity("Φ(x)", at.number("cdf"), remark="Φ(x): the probability that a standard normal is below x (saved)")
    density = Quantity("φ(x)", np.exp(-0.5 * x.value**2) / sqrt(2 * pi), meaning=exp(-(x**2) / 2) / root_of_2_pi())
    return (at.grad * (below + x * density),)


def root_of_2_pi() -> Quantity:
    """√(2π)."""
    return Quantity("√(2π)", sqrt(2 * pi))


@elementwise(_gelu.gelu_tanh_backward)
def gelu_tanh(at: At) -> Formulas:
    """(1 + t + x (1 - t²) inner) / 2."""
    x = at("x")
    tanh = Quantity("t", at.number("tanh"), remark="t = tanh(√(2/π) (x + 0.044715 x³)) (saved)")
    slope = Quantity("√(2/π)", sqrt(2 / pi)) * (1 + formula(3) * 0.044715 * x**2)
    inner = Quantity("u", slope.value, meaning=slope)
    return (at.grad * (1 + tanh + x * (1 - tanh**2) * inner) / 2,)


rename_saved(_gelu.gelu_backward, cdf="Φ(x)")
rename_saved(_gelu.gelu_tanh_backward, tanh="t")


@elementwise(_dropout.dropout_backward)
def dropout(at: At) -> Formulas:
    """mask / (1 - p): the same mask and the same scale as in the forward pass."""
    outcome = "kept" if at.number("mask") else "dropped"
    kept = Quantity("mask", at.number("mask"), remark=f"this unit was {outcome} in the forward pass")
    if at.entry.node.saved["scaling"] == "test" or at.number("p") == 1:
        return (at.grad * kept,)
    return (at.grad * kept / (1 - at("p")),)


@elementwise(_gaussian_dropout.gaussian_dropout_backward)
def gaussian_dropout(at: At) -> Formulas:
    """The noise that x was multiplied by."""
    return (at.grad * at("noise"),)
