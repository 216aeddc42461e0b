"""How losses are worked out, and how what they saved is shown: one row for each example, as in the logits."""

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

MOST_LABELS = 12  # that are listed beside their one-hot rows


def reduced(entry: Entry, slope: Formula, loss: Index, count: int) -> Formula:
    """The upstream gradient times a loss's own slope, divided by their number if the losses were averaged.

    Args:
        entry: the entry, of a loss that has saved its `reduction`.
        slope: d(one loss)/d(entry).
        loss: which of the losses that is.
        count: how many losses there are.
    """
    if entry.node.saved["reduction"] == "none":
        return entry.grad(loss) * slope
    if entry.node.saved["reduction"] == "sum":
        return entry.grad() * slope
    return entry.grad() * slope / Quantity("N", count, remark=f"N: the mean is over {count} loss{'es' * (count != 1)}")


def probabilities(logits: Array) -> Array:
    """softmax(logits) for each row, in float64, whatever the operation itself kept."""
    scores = logits.astype(np.float64)
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))


def one_hot(target: Array, classes: int) -> Array:
    """A row for each example, with a 1 at its class; probabilities stay what they are."""
    return np.eye(classes)[target] if target.ndim == 1 else target


def target_as_rows(target: Array, classes: int, parts: str = "") -> Saved:
    """A target with a row for each example; labels are named in the caption."""
    if target.ndim == 2:
        return {f"target{parts}": target}
    listed = ", ".join(map(str, target[:MOST_LABELS])) + ", …" * (len(target) > MOST_LABELS)
    return {f"target (labels {listed})": one_hot(target, classes).astype(int)}


@rule(cross_entropy_backward)
def cross_entropy(entry: Entry) -> Formula:
    """(p - target) / N, where a target whose row adds up to another number than 1 weighs p with it."""
    target, p = entry.node.saved["target"], probability(entry)
    weight = 1.0 if target.ndim == 1 else float(target[entry.index[0]].sum())
    weighed = p if np.isclose(weight, 1, rtol=1e-6) else Quantity("s", weight, remark=SUM_OF_TARGET) * p
    return reduced(entry, weighed - goal(entry), entry.index[:1], len(entry.parent))


def probability(entry: Entry) -> Quantity:
    """p for the entry's logit."""
    row, column = entry.index
    return Quantity("p", probabilities(entry.parent[row : row + 1])[0, column])


def goal(entry: Entry) -> Quantity:
    """The target for the entry's logit."""
    (row, column), target = entry.index, entry.node.saved["target"]
    if target.ndim == 2:
        return Quantity("target", target[row, column])
    return Quantity("target", target[row] == column, remark=f"the label of row {row} is {target[row]}")


SUM_OF_TARGET = "s is what the target's row adds up to, because the classes are weighted"


@presents_saved(cross_entropy_backward)
def saved_by_cross_entropy(node: Node, logits: Node) -> Saved:
    """The probabilities and the target, with a row for each example."""
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
        return reduced(entry, -goal(entry), entry.index[:1], len(entry.parent))
    slope = -Quantity("weight", saved["weight"][entry.index[1]]) * goal(entry)
    if saved["reduction"] != "mean":
        return reduced(entry, slope, entry.index[:1], len(entry.parent))
    total = saved["weight"][saved["target"]].sum()
    return entry.grad() * slope / Quantity("W", total, remark="W: what the weights of all labels add up to")


@presents_saved(_losses.nll_loss_backward)
def saved_by_nll_loss(node: Node, log_probabilities: Node) -> Saved:
    """The target, with a row for each example."""
    shown = target_as_rows(node.saved["target"], log_probabilities.data.shape[1])
    return shown | {name: value for name, value in node.saved.items() if name != "target"}


@rule(_losses.mse_loss_backward)
def mse_loss(entry: Entry) -> Formula:
    """2 (input - target), and the opposite for the target."""
    input, target = inputs(entry, "input", "target")
    return reduced(entry, signed(entry, 2 * (input - target)), entry.index, entry.parent.size)


@rule(_losses.l1_loss_backward)
def l1_loss(entry: Entry) -> Formula:
    """The sign of input - target, and the opposite for the target."""
    input, target = inputs(entry, "input", "target")
    remark = f"input = {number(input.value)}, target = {number(target.value)}"
    sign = Quantity("sign(input − target)", np.sign(input.value - target.value), remark=remark)
    return reduced(entry, signed(entry, sign), entry.index, entry.parent.size)


def inputs(entry: Entry, *names: str) -> list[Quantity]:
    """The numbers of the parents at the entry's place."""
    return [Quantity(name, parent.data[entry.index]) for name, parent in zip(names, entry.parents, strict=True)]


def signed(entry: Entry, slope: Formula) -> Formula:
    """The slope for the first parent, and the opposite for the second."""
    return -slope if entry.position else slope


@rule(_losses.binary_cross_entropy_with_logits_backward)
def binary_cross_entropy_with_logits(entry: Entry) -> Formula:
    """sigmoid(logits) - target; a positive target counts as much as pos_weight says."""
    z = Quantity("z", entry.parent[entry.index], remark="z: the logit")
    inverse = 1 + exp(-z)
    s = Quantity("s", 1 / inverse.value, meaning=1 / inverse)
    target = Quantity("target", entry.node.saved["target"][entry.index])
    slope: Formula = s - target
    if (weights := entry.node.saved["pos_weight"]) is not None:
        weight = Quantity("pos_weight", weights[entry.index])
        slope = (weight * target + 1 - target) * s - weight * target
    return reduced(entry, slope, entry.index, entry.parent.size)
