"""Checks that the arms of a pair differ in dropout, and in nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tinygrad_dropout.lab.trials.trial import Record


class UnfairPairError(AssertionError):
    """The arms of a pair differ in something other than dropout, or not in dropout: a fault in the code."""


def check_fairness(options: Mapping[str, Any], without: Record, with_dropout: Record) -> None:
    """Raise an UnfairPairError unless the arms had everything in common but dropout, and did differ in that.

    Args:
        options: with p, input_p and hidden.
        without, with_dropout: the records of both arms.
    """
    pair = f"pair {without['seed']}"
    for name, value in without["shared"].items():
        if with_dropout["shared"][name] != value:
            raise UnfairPairError(
                f"{pair}: expected the arms to share their {name}, "
                f"got {value} without dropout and {with_dropout['shared'][name]} with it"
            )
    if any(dropped for dropped, _ in without["dropped"]):
        raise UnfairPairError(f"{pair}: the arm without dropout dropped units: {without['dropped']}")
    check_dropped(pair, [options["input_p"], *(options["p"] for _ in options["hidden"])], with_dropout["dropped"])


def check_dropped(pair: str, wanted: Sequence[float], found: Sequence[tuple[int, int]]) -> None:
    """Raise an UnfairPairError unless there is a dropout layer for each p, and each has dropped about that fraction."""
    if len(found) != len(wanted):
        raise UnfairPairError(f"{pair}: expected {len(wanted)} dropout layers in the network, got {len(found)}")
    for p, (dropped, draws) in zip(wanted, found, strict=True):
        if abs(dropped / draws - p) > tolerance(p, draws):
            raise UnfairPairError(f"{pair}: a layer with p = {p} dropped {dropped:,} of {draws:,} units")


def tolerance(p: float, draws: int) -> float:
    """How far a dropped fraction may lie from p: Bernstein's inequality, with one false alarm in 10^10 at most."""
    log = math.log(2 / 1e-10)
    return 2 * log / (3 * draws) + math.sqrt(2 * p * (1 - p) * log / draws)
