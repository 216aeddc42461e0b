"""Rules for operations along an axis: softmax, reductions, normalization."""

from __future__ import annotations

from math import prod

import numpy as np

from tinygrad_dropout.functional import _normalization, _reductions, _softmax
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.worked.formula import Formula, Quantity
from tinygrad_dropout.study.worked.rules import Entry, Index, rename_saved, rule
from tinygrad_dropout.study.worked.total import Total


@rule(_softmax.softmax_backward)
def softmax(entry: Entry) -> Formula:
    """p (upstream - s), where s = Σ upstream p along the axis."""
    axis, saved = entry.axes(entry.node.saved["axis"]), entry.node.data
    products = Total([Quantity("upstream", entry.upstream[at]) * Quantity("p", saved[at]) for at in entry.along(axis)])
    s = Quantity("s", products.value, meaning=products, remark=f"Σ runs over axis {axis[0]}, the axis of the softmax")
    return Quantity("p", saved[entry.index], remark="p = softmax(x)") * (
        Quantity("upstream", entry.upstream[entry.index]) - s
    )


@rule(_softmax.log_softmax_backward)
def log_softmax(entry: Entry) -> Formula:
    """upstream - p s, where s = Σ upstream along the axis."""
    axis = entry.axes(entry.node.saved["axis"])
    total = Total([Quantity("upstream", entry.upstream[at]) for at in entry.along(axis)])
    s = Quantity("s", total.value, meaning=total, remark=f"Σ runs over axis {axis[0]}, the axis of the softmax")
    p = Quantity("p", np.exp(np.float64(entry.node.data[entry.index])), remark="p = softmax(x) = e^out")
    return Quantity("upstream", entry.upstream[entry.index]) - p * s


def result_of(entry: Entry) -> Index:
    """Return the index of the result that the entry went into."""
    axes, keep = entry.axes(entry.node.saved["axis"]), entry.node.saved["keepdims"]
    index = [None if axis in axes and not keep else 0 if axis in axes else at for axis, at in enumerate(entry.index)]
    return tuple(at for at in index if at is not None)


def count(entry: Entry) -> int:
    """Return how many entries went into the same result."""
    return prod(entry.parent.shape[axis] for axis in entry.axes(entry.node.saved["axis"]))


@rule(_reductions.sum_backward)
def sum(entry: Entry) -> Formula:
    """Every entry of a sum gets the sum's gradient."""
    return Total([entry.grad(result_of(entry))], remark="every entry of a sum gets the gradient of the sum")


@rule(_reductions.mean_backward)
def mean(entry: Entry) -> Formula:
    """Every entry of a mean gets 1 / N of the mean's gradient."""
    return entry.grad(result_of(entry)) / Quantity("N", count(entry))


def deviation_from_mean(entry: Entry) -> Formula:
    """x - mean."""
    mean = np.broadcast_to(entry.node.saved["mean"], entry.parent.shape)
    return Quantity("x", entry.parent[entry.index]) - Quantity("mean", mean[entry.index])


def degrees_of_freedom(entry: Entry) -> Formula:
    """N - correction."""
    number_ = Quantity("N", count(entry))
    correction = entry.node.saved["correction"]
    return number_ - Quantity("correction", correction) if correction else number_


@rule(_reductions.var_backward)
def var(entry: Entry) -> Formula:
    """2 (x - mean) / (N - correction)."""
    return entry.grad(result_of(entry)) * 2 * deviation_from_mean(entry) / degrees_of_freedom(entry)


@rule(_reductions.std_backward)
def std(entry: Entry) -> Formula:
    """(x - mean) / (std (N - correction))."""
    out = Quantity("std", entry.node.data[result_of(entry)], remark="std: the result")
    return entry.grad(result_of(entry)) * deviation_from_mean(entry) / (out * degrees_of_freedom(entry))


@rule(_reductions.max_backward, _reductions.min_backward)
def extreme(entry: Entry) -> Formula:
    """1 for the largest or smallest entry, shared equally among ties; 0 for the others."""
    result = entry.node.data[result_of(entry)]
    line = entry.along(entry.axes(entry.node.saved["axis"]))
    ties = [entry.parent[at] == result for at in line].count(True)
    x = entry.parent[entry.index]
    name = "largest" if entry.node.operation == "max" else "smallest"
    if x != result:
        return entry.grad(result_of(entry)) * Quantity(
            "0", 0, remark=f"{number(x)} is not the {name}: {number(result)} is"
        )
    if ties == 1:
        return entry.grad(result_of(entry)) * Quantity("1", 1, remark=f"{number(x)} is the {name}")
    shared = Quantity(
        "ties", ties, remark=f"{number(x)} is the {name} and occurs {ties} times, so the gradient is shared equally"
    )
    return entry.grad(result_of(entry)) / shared


@rule(_normalization.standardize_backward)
def standardize(entry: Entry) -> Formula:
    """(upstream - mean of upstream - out mean of (upstream out)) / σ."""
    saved, out = entry.node.saved, entry.node.data
    line = entry.along(entry.axes(saved["axes"]))
    upstreams = [Quantity("upstream", entry.upstream[at]) for at in line]
    many = Quantity("N", len(line))
    shift = Total(upstreams) / many
    stretch = Total([grad * Quantity("out", out[at]) for grad, at in zip(upstreams, line, strict=True)]) / many
    deviation = 1 / np.broadcast_to(saved["inverse_deviation"], out.shape)[entry.index].astype(np.float64)
    grad = Quantity("upstream", entry.upstream[entry.index])
    kept = (
        grad
        - Quantity("m", shift.value, meaning=shift)
        - (Quantity("out", out[entry.index]) * Quantity("c", stretch.value, meaning=stretch))
    )
    remark = "σ = √(variance + eps); Σ runs over the entries that were standardized together"
    return kept / Quantity("σ", deviation, remark=remark)


rename_saved(_softmax.softmax_backward, probabilities="p")
rename_saved(_normalization.standardize_backward, inverse_deviation="1 / σ")
