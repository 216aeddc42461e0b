"""Check that the two arms of a pair differ in dropout and in nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from tinygrad_dropout.lab.trials.trial import Record


class UnfairPairError(AssertionError):
    """A bug: the arms of a pair differ in something other than dropout, or not in dropout."""


def check_fairness(options: Mapping[str, Any], without: Record, with_dropout: Record) -> None:
    """Check that the arms share everything but dropout, and that only one of them had it on.

    Args:
        options: with p, input_p and hidden.
        without, with_dropout: the records of the two arms.

    Raises:
        UnfairPairError: the check fails; the message says where they differ.
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
    """Check that there is one dropout layer for each expected p, and that it dropped about that fraction of its units.

    Args:
        pair: the name of the pair, for the message.
        wanted: the probability of dropping, layer by layer.
        found: the number of dropped units and the number of draws, layer by layer.

    Raises:
        UnfairPairError: the check fails.
    """
    if len(found) != len(wanted):
        raise UnfairPairError(f"{pair}: expected {len(wanted)} dropout layers in the network, got {len(found)}")
    for p, (dropped, draws) in zip(wanted, found, strict=True):
        if abs(dropped / draws - p) > tolerance(p, draws):
            raise UnfairPairError(f"{pair}: a layer with p = {p} dropped {dropped:,} of {draws:,} units")


def tolerance(p: float, draws: int) -> float:
    """The largest difference between a dropped fraction and p that counts as chance: at most one false alarm in 10^10.

    By Bernstein's inequality, P(|fraction - p| > 2L / (3n) + sqrt(2p(1 - p)L / n)) <= 2e^-L for n draws.
    """
    log = math.log(2 / 1e-10)
    return 2 * log / (3 * draws) + math.sqrt(2 * p * (1 - p) * log / draws)
