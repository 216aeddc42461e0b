"""Say whether choices were made after seeing results of the seeds that are run."""

from __future__ import annotations

from collections.abc import Collection

from tinygrad_dropout.lab.trials import Options
from tinygrad_dropout.lab.trials.seeds import seeds_of


def which_seeds(options: Options, seen: Collection[int]) -> str:
    """`some of these seeds` if the results of any of them had been seen, else `other seeds`."""
    return "some of these seeds" if not set(seeds_of(options)).isdisjoint(seen) else "other seeds"
