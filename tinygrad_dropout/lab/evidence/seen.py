"""Seeds whose results had been seen when something was chosen."""

from __future__ import annotations

from collections.abc import Collection

from tinygrad_dropout.lab.trials import Options
from tinygrad_dropout.lab.trials.seeds import seeds_of


def which_seeds(options: Options, seen: Collection[int]) -> str:
    """`some of these seeds` if any of those that are run had been seen, else `other seeds`."""
    return "some of these seeds" if not set(seeds_of(options)).isdisjoint(seen) else "other seeds"
