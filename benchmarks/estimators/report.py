"""The figures in words and tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.estimators.contenders import CONTENDERS, TRACED, P
from benchmarks.estimators.scores import Scores
from benchmarks.estimators.tables import TABLES
from benchmarks.estimators.times import Fit
from benchmarks.timing import Spread
from tinygrad_dropout.lab.intervals import half_width

THEIRS, OURS, WITH_DROPOUT, SKORCH = CONTENDERS


def times_table(fits: Sequence[Fit]) -> str:
    """The others' times as multiples of ours; one row for each kind of fit."""
    heads = ["fit", "ours, dropout 0", "scikit-learn", f"ours, dropout {P}", "scikit-learn (no dropout)", SKORCH]
    lines = [f"| {' | '.join(heads)} |", "| --- |" + " --- |" * (len(heads) - 1)]
    for fit in fits:
        cells = [
            fit.title,
            milliseconds(fit, OURS),
            ratio(fit, THEIRS, OURS),
            milliseconds(fit, WITH_DROPOUT),
            ratio(fit, THEIRS, WITH_DROPOUT),
            ratio(fit, SKORCH, WITH_DROPOUT),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def milliseconds(fit: Fit, name: str) -> str:
    """The median time of a fit."""
    return f"{1000 * Spread.of(fit.seconds[name]).median:.0f} ms"


def ratio(fit: Fit, name: str, to: str) -> str:
    """The median over the rounds of the ratio of two times."""
    ratios = np.divide(fit.seconds[name], fit.seconds[to])
    return f"{Spread.of(ratios).median:.2f} x"


def memory_table(fits: Sequence[Fit]) -> str:
    """The peak memory of a fit, in MB."""
    lines = [f"| fit | {' | '.join(TRACED)} |", "| --- |" + " --- |" * len(TRACED)]
    for fit in fits:
        if fit.peak:
            cells = [f"{fit.peak[name] / 1e6:.2f} MB" for name in TRACED]
            lines.append(f"| {fit.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def scores_table(scores: Sequence[Scores]) -> str:
    """Mean scores, and the mean paired differences with their 95% intervals."""
    lines = [
        "| table | scikit-learn | ours, dropout 0 | difference | dropout by search | what it adds | chosen |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for key, table in TABLES.items():
        own = [score for score in scores if score.table == key]
        if len(own) > 1:
            theirs, ours, searched = np.array([(score.theirs, score.ours, score.searched) for score in own]).T
            means = [f"{each.mean():.3f}" for each in (theirs, ours, searched)]
            chosen = [score.chosen for score in own]
            counts = ", ".join(f"{rate:g} ({chosen.count(rate)} x)" for rate in sorted(set(chosen)))
            cells = [table.title, *means[:2], difference(ours - theirs), means[2], difference(searched - ours), counts]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def difference(differences: np.ndarray) -> str:
    """A mean difference with the half width of its 95% interval (Student's t)."""
    return f"{differences.mean() + 0.0:+.4f} ± {float(half_width(differences)):.4f}"
