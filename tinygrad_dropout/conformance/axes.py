"""Inputs of one row, of one axis and of three. The contract is about two axes; what others show is a remark."""

from __future__ import annotations

from tinygrad_dropout.conformance.report import Violation
from tinygrad_dropout.conformance.trial import Trial


def examine_other_axes(trial: Trial) -> None:
    """Whether they can be dropped from at all, and element by element; and a batch of a single row."""
    if (trial.subject().forward(trial.numbers(1, 400)) != 0).all():
        problem = "in a batch of one row nothing is dropped"
        trial.log.finding("differs-with-the-size", problem, "small arrays treated as large ones are")
    for shape in ((400,), (9, 8, 7)):
        try:
            kept = trial.subject().forward(trial.numbers(*shape)) != 0
        except Violation as violation:
            trial.log.remark("two-axes-only", violation.finding[1], "arrays of any number of axes")
            return
        if len(shape) == 3 and any((kept == kept.take([0], axis=axis)).all() for axis in range(3)):
            problem = f"with an input of shape {shape}, all elements along one axis share a draw"
            trial.log.remark("shares-along-an-axis", problem, "a draw for each element, unless that is meant")
