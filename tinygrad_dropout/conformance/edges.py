"""The ends of p: at 0 nothing is dropped, at 1 everything is, and neither divides by zero."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.report import Violation
from tinygrad_dropout.conformance.seen import SAME
from tinygrad_dropout.conformance.trial import Trial

SHAPE = (6, 9)
NOT_PROBABILITIES = (-0.1, 1.5, float("nan"))


def examine_edges(trial: Trial) -> None:
    """p = 0 and p = 1, forward and backward; and whether a p that is no probability is refused."""
    for p, target in ((0.0, "x"), (1.0, "0")):
        examine_edge(trial, p, target)
    accepted = [p for p in NOT_PROBABILITIES if accepts(trial, p)]
    if accepted:
        problem = f"a layer can be made with p = {', '.join(map(str, accepted))}"
        trial.log.remark("accepts-a-bad-p", problem, "a ValueError that says what p means")


def examine_edge(trial: Trial, p: float, target: str) -> None:
    """One of the two ends. To refuse it with a ValueError is a matter of taste."""
    try:
        compare_at_edge(trial, p, target)
    except Violation as violation:
        code, message, _ = violation.finding
        if code == "cannot-be-made" and isinstance(violation.__cause__, ValueError):
            trial.log.remark(f"refuses-p={p:g}", message, f"a layer: 0 <= p <= 1, and p = {p:g} gives {target}")
        else:
            trial.log.finding(f"p={p:g}-fails", f"at p = {p:g}: {message}", f"y = {target}, and dL/dx likewise")


def compare_at_edge(trial: Trial, p: float, target: str) -> None:
    """y and dL/dx, forward and backward, with what they must be."""
    subject = trial.subject(p)
    x, grad = trial.numbers(*SHAPE), trial.numbers(*SHAPE)
    for phase, given, out in (("y", x, subject.forward(x)), ("dL/dx", grad, subject.backward(grad))):
        right = given if p == 0 else np.zeros(SHAPE)
        if np.array_equal(out, right):
            continue
        wanted = f"{phase} = {'g' if phase != 'y' and p == 0 else target}"
        if not np.isfinite(out).all():
            trial.log.finding(f"p={p:g}-gives-nan", f"at p = {p:g}, {phase} has NaN or infinite values", wanted)
        else:
            worst = np.abs(out - right).max()
            name = "forward" if phase == "y" else "backward"
            trial.log.finding(f"p={p:g}-{name}-is-wrong", f"at p = {p:g}, {phase} is off by up to {worst:.4g}", wanted)
        return


def examine_extreme_rates(trial: Trial) -> None:
    """The scale is exact near the ends of p, too."""
    for p in (0.05, 0.95):
        x = trial.numbers(40, 50)
        y = trial.subject(p).forward(x)
        kept = y != 0
        scale = float(np.median(y[kept] / x[kept])) if kept.any() else 0.0
        if not trial.log.findings and abs(scale * (1 - p) - 1) > SAME:
            problem = f"at p = {p} the elements that were kept are multiplied by {scale:.4g}"
            trial.log.finding("scale-is-wrong-near-the-ends", problem, f"x {1 / (1 - p):.4g} = 1/(1 - p)")


def accepts(trial: Trial, p: float) -> bool:
    """Whether a layer can be made, and called, with this p."""
    try:
        trial.subject(p).forward(trial.numbers(*SHAPE))
    except Violation:
        return False
    return True
