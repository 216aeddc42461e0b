"""Do both programs do the same work with the same result? Their masks differ, so results agree only on average."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.agreement import Disagreement
from benchmarks.main_job.programs import Pair

ARMS = ("without", "with")
MEASURES = ("train_loss_dropout_on", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
FALSE_ALARM = 1e-5  # the chance that equal experiments differ by more in a measure; ten are compared


def check_same_job(ours: Sequence[Pair], theirs: Sequence[Pair], name: str) -> None:
    """Compare the pairs of two programs: the same splits, labels, updates and measurements, and equal results.

    Results after the last epoch are compared by a paired t test, measure by measure. For ten pairs, the means of the
    test accuracies may then differ by about two points. It was tried out: no dropout on the inputs, p = 0.4 instead of
    0.5, half the hidden units or twice the learning rate are all found, in one measure or another.

    Args:
        ours, theirs: see `Program.run`; at least two pairs.
        name: what the other program is called.

    Raises:
        Disagreement: names what differs.
    """
    from scipy.special import stdtrit  # Student's t quantile; the other measurements run without SciPy

    if len(ours) != len(theirs):
        raise Disagreement(f"{name}: expected {len(ours)} pairs, got {len(theirs)}")
    for mine, other in zip(ours, theirs, strict=True):
        for what, expected in work_of(mine).items():
            if (got := work_of(other)[what]) != expected:
                raise Disagreement(f"{name}, pair {mine['seed']}: expected the {what} {expected}, got {got}")
    for arm in ARMS:
        for measure in MEASURES:
            before, after = at_the_end(ours, arm, measure), at_the_end(theirs, arm, measure)
            differences = after - before
            standard_error = differences.std(ddof=1) / np.sqrt(len(differences))
            if abs(differences.mean()) > stdtrit(len(differences) - 1, 1 - FALSE_ALARM / 2) * standard_error:
                expected = f"expected a mean {measure} near {before.mean():.3f}, got {after.mean():.3f}"
                raise Disagreement(f"{name}, networks {arm} dropout: {expected}")


def work_of(pair: Pair) -> dict[str, object]:
    """What must be the same, by name."""
    return {
        "seed": pair["seed"],
        "split and labels": pair["shared"]["split"],
        "number of updates": pair["shared"]["updates"],
        **{f"measured epochs {arm} dropout": [record["epoch"] for record in pair[arm]] for arm in ARMS},
    }


def at_the_end(pairs: Sequence[Pair], arm: str, measure: str) -> np.ndarray:
    """A measure of each pair after the last epoch, shape (pairs,)."""
    return np.array([pair[arm][-1][measure] for pair in pairs])
