"""Rules for losses. Their saved values are shown with one row for each example, as in the logits."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.functional import _losses
from tinygrad_dropout.functional._cross_entropy import cross_entropy_backward
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.trace import Node
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.functions import exp
from tinygrad_dropout.study.worked.rules import Entry, Index, Saved, presents_saved, rule

MAX_LABELS = 12  # that are listed in the caption of their one-hot rows


def apply_reduction(entry: Entry, slope: Formula, loss: Index, count: int) -> Formula:
    """Multiply the upstream gradient by one loss's slope, and divide by the number of losses if they were averaged.

    Args:
        entry: an entry of a loss that has saved its `reduction`.
        slope: d(one loss)/d(entry).
        loss: the index of that loss.
        count: the number of losses.
    """
    if entry.node.saved["reduction"] == "none":
        return entry.grad(loss) * slope
    if entry.node.saved["reduction"] == "sum":
        return entry.grad() * slope
    return (
        entry.grad()
        * slope
        / Quantity("N", count, remark=f"N: the mean is over {count} {'loss' if count == 1 else 'losses'}")
    )


def probabilities(logits: Array) -> Array:
    """Compute softmax(logits) for each row, in float64."""
    scores = logits.astype(np.float64)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def one_hot(target: Array, classes: int) -> Array:
    """Return one row per example, with a 1 at its class. Probabilities are returned unchanged."""
    return np.eye(classes)[target] if target.ndim == 1 else target


def target_as_rows(target: Array, classes: int, parts: str = "") -> Saved:
    """Return a target with one row per example. The caption lists the labels."""
    if target.ndim == 2:
        return {f"target{parts}": target}
    listed = ", ".join(map(str, target[:MAX_LABELS])) + ", …" * (len(target) > MAX_LABELS)
    return {f"target (labels {listed})": one_hot(target, classes).astype(int)}


@rule(cross_entropy_backward)
def cross_entropy(entry: Entry) -> Formula:
    """(p - target) / N. If a row of the target adds up to s instead of 1, then s p - target."""
    target, p = entry.node.saved["target"], probability_of(entry)
    weight = 1.0 if target.ndim == 1 else float(target[entry.index[0]].sum())
    weighed = p if np.isclose(weight, 1, rtol=1e-6) else Quantity("s", weight, remark=SUM_OF_TARGET) * p
    return apply_reduction(entry, weighed - target_of(entry), entry.index[:1], len(entry.parent))


def probability_of(entry: Entry) -> Quantity:
    """Return p for the entry's logit."""
    row, column = entry.index
    return Quantity("p", probabilities(entry.parent[row : row + 1])[0, column])


def target_of(entry: Entry) -> Quantity:
    """Return the target for the entry's logit."""
    (row, column), target = entry.index, entry.node.saved["target"]
    if target.ndim == 2:
        return Quantity("target", target[row, column])
    return Quantity("target", target[row] == column, remark=f"the label of row {row} is {target[row]}")


SUM_OF_TARGET = "s: the sum of the target's row, which is not 1 because the classes are weighted"


@presents_saved(cross_entropy_backward)
def saved_by_cross_entropy(node: Node, logits: Node) -> Saved:
    """The probabilities and the target, with one row per example."""
    target = node.saved["target"]
    return {
        "p = softmax(logits)": probabilities(logits.data).astype(logits.data.dtype),
        **target_as_rows(target, logits.data.shape[1]),
        "reduction": node.saved["reduction"],
    }


@rule(_losses.nll_loss_backward)
def nll_loss(entry: Entry) -> Formula:
    """-1 / N at the target class, else 0; with the class's weight if there are weights."""
    saved = entry.node.saved
    if saved["weight"] is None:
        return apply_reduction(entry, -target_of(entry), entry.index[:1], len(entry.parent))
    slope = -Quantity("weight", saved["weight"][entry.index[1]]) * target_of(entry)
    if saved["reduction"] != "mean":
        return apply_reduction(entry, slope, entry.index[:1], len(entry.parent))
    total = saved["weight"][saved["target"]].sum()
    return entry.grad() * slope / Quantity("W", total, remark="W: the sum of the weights of all labels")


@presents_saved(_losses.nll_loss_backward)
def saved_by_nll_loss(node: Node, log_probabilities: Node) -> Saved:
    """The target, with one row per example."""
    shown = target_as_rows(node.saved["target"], log_probabilities.data.shape[1])
    return shown | {name: value for name, value in node.saved.items() if name != "target"}


@rule(_losses.mse_loss_backward)
def mse_loss(entry: Entry) -> Formula:
    """2 (input - target) for the input, and its negative for the target."""
    input, target = inputs(entry, "input", "target")
    return apply_reduction(entry, signed(entry, 2 * (input - target)), entry.index, entry.parent.size)


@rule(_losses.l1_loss_backward)
def l1_loss(entry: Entry) -> Formula:
    """The sign of input - target for the input, and its negative for the target."""
    input, target = inputs(entry, "input", "target")
    remark = f"input = {number(input.value)}, target = {number(target.value)}"
    sign = Quantity("sign(input − target)", np.sign(input.value - target.value), remark=remark)
    return apply_reduction(entry, signed(entry, sign), entry.index, entry.parent.size)


def inputs(entry: Entry, *names: str) -> list[Quantity]:
    """Return the parents' numbers at the entry's index."""
    return [Quantity(name, parent.data[entry.index]) for name, parent in zip(names, entry.parents, strict=True)]


def signed(entry: Entry, slope: Formula) -> Formula:
    """Return the slope for the first parent, and its negative for the second."""
    return -slope if entry.position else slope


@rule(_losses.binary_cross_entropy_with_logits_backward)
def binary_cross_entropy_with_logits(entry: Entry) -> Formula:
    """sigmoid(logits) - target; pos_weight multiplies the loss of positive targets."""
    z = Quantity("z", entry.parent[entry.index], remark="z: the logit")
    inverse = 1 + exp(-z)
    s = Quantity("s", 1 / inverse.value, meaning=1 / inverse)
    target = Quantity("target", entry.node.saved["target"][entry.index])
    slope: Formula = s - target
    if (weights := entry.node.saved["pos_weight"]) is not None:
        weight = Quantity("pos_weight", weights[entry.index])
        slope = (weight * target + 1 - target) * s - weight * target
    return apply_reduction(entry, slope, entry.index, entry.parent.size)
