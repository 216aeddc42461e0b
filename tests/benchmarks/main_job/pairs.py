"""Pairs made up for the tests, as the programs write them."""

import numpy as np

from benchmarks.main_job.agreement import ARMS, MEASURES


def made_up(seed: int, count: int = 10, spread: float = 0.01) -> list:
    """Pairs measured after epochs 1 and 3, all measures near 0.8; another seed is another program's chance."""
    rng = np.random.default_rng(seed)

    def records() -> list:
        return [{"epoch": epoch} | {measure: rng.normal(0.8, spread) for measure in MEASURES} for epoch in (1, 3)]

    return [
        {"seed": seed, **{arm: records() for arm in ARMS}, "shared": {"split": f"digest {seed}", "updates": 24}}
        for seed in range(count)
    ]
