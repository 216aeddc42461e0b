"""Rules for the wrong backward functions in `study.BUGS`, so that you see which factor is wrong.

`backward_uses_another_mask` has no rule, because the mask that it draws is not saved.
"""

from __future__ import annotations

from tinygrad_dropout.functional._products import as_rows
from tinygrad_dropout.study import bugs
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.worked.elementwise import Formulas
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.losses import apply_reduction, probability_of, target_of
from tinygrad_dropout.study.worked.products import linear
from tinygrad_dropout.study.worked.rules import At, Entry, either, elementwise, rule


@elementwise(bugs.backward_forgets_the_scale)
def forgotten_scale(at: At) -> Formulas:
    """Only the mask."""
    return (at.grad * at("mask"),)


@elementwise(bugs.backward_forgets_the_mask)
def forgotten_mask(at: At) -> Formulas:
    """Only the scale."""
    return (at.grad / (1 - at("p")),)


@elementwise(bugs.backward_scales_twice)
def scaled_twice(at: At) -> Formulas:
    """The mask, and the scale twice."""
    return (at.grad * at("mask") / (1 - at("p")) ** 2,)


@elementwise(bugs.backward_scales_by_1_over_p)
def scaled_by_1_over_p(at: At) -> Formulas:
    """The mask and 1 / p."""
    return (at.grad * at("mask") / at("p"),)


@elementwise(bugs.mask_inferred_from_the_output)
def inferred_mask(at: At) -> Formulas:
    """Whether the output is nonzero, instead of the mask."""
    y = float(at.entry.node.data[at.index])
    return (at.grad * either("y ≠ 0", y != 0, remark=f"y = {number(y)}") / (1 - at("p")),)


@elementwise(bugs.backward_inverts_the_mask)
def inverted_mask(at: At) -> Formulas:
    """1 - mask instead of the mask."""
    return (at.grad * (1 - at("mask")) / (1 - at("p")),)


@elementwise(bugs.relu_ignored)
def ignored_relu(at: At) -> Formulas:
    """The gradient passes through everywhere."""
    return (at.grad,)


@elementwise(bugs.mask_from_the_gradient)
def relu_of_the_gradient(at: At) -> Formulas:
    """The sign of the gradient, instead of the sign of x."""
    return (at.grad * either("upstream > 0", at.grad.value > 0, remark=f"x = {number(at.number('x'))}"),)


@elementwise(bugs.operands_swapped)
def swapped(at: At) -> Formulas:
    """Each factor itself, instead of the other one."""
    return at.grad * at("x"), at.grad * at("y")


@elementwise(bugs.upstream_ignored)
def local_only(at: At) -> Formulas:
    """Only the local derivative."""
    return at("y"), at("x")


@rule(bugs.bias_gradient_averaged)
def averaged_bias(entry: Entry) -> Formula:
    """The bias's gradient is divided by the number of rows."""
    return linear(entry) / rows(entry) if entry.position == 2 else linear(entry)


@rule(bugs.gradients_averaged_twice)
def averaged_again(entry: Entry) -> Formula:
    """The gradients of the weight and the bias are divided by the number of rows."""
    return linear(entry) / rows(entry) if entry.position else linear(entry)


def rows(entry: Entry) -> Quantity:
    """Return the number of rows in the batch."""
    return Quantity("N", len(as_rows(entry.upstream)))


@rule(bugs.mean_forgotten)
def undivided(entry: Entry) -> Formula:
    """p - target, without the division by N."""
    row = entry.index[:1] if entry.node.saved["reduction"] == "none" else ()
    return entry.grad(row) * (probability_of(entry) - target_of(entry))


@rule(bugs.target_not_subtracted)
def probability_only(entry: Entry) -> Formula:
    """p."""
    return apply_reduction(entry, probability_of(entry), entry.index[:1], len(entry.parent))


@rule(bugs.target_less_probabilities)
def negated(entry: Entry) -> Formula:
    """target - p."""
    return apply_reduction(entry, target_of(entry) - probability_of(entry), entry.index[:1], len(entry.parent))
