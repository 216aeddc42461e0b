"""Within one mask every element is dropped for itself: no two together, none by its place, none because of x."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.conformance.report import Log
from tinygrad_dropout.conformance.seen import Seen
from tinygrad_dropout.conformance.statistics import (
    SIGMAS,
    band,
    correlation_deviation,
    dispersion_deviation,
    lag_deviations,
)
from tinygrad_dropout.conformance.subject import Array
from tinygrad_dropout.conformance.trial import Trial

INDEPENDENT = "every element dropped or kept by a draw of its own"


def examine_structure(trial: Trial, seen: Seen) -> None:
    """Name the first dependence between the elements of one mask, or between the mask and x."""
    for look_for in (shared_mask, dependence_on_x, neighbours, distances, uneven_lines):
        before = len(trial.log.findings)
        look_for(seen, trial.log)
        if len(trial.log.findings) > before:
            trial.independent = False  # the other questions would hear echoes of it
            return


def shared_mask(seen: Seen, log: Log) -> None:
    """One mask for all rows, or for all columns."""
    rows, columns = seen.kept.shape
    if (seen.kept == seen.kept[:1]).all():
        log.finding("shared-by-rows", f"all {rows} rows have the same mask", INDEPENDENT)
    elif (seen.kept == seen.kept[:, :1]).all():
        log.finding("shared-by-columns", f"whole rows are dropped or kept: all {columns} columns agree", INDEPENDENT)


def dependence_on_x(seen: Seen, log: Log) -> None:
    """Units that are dropped for their sign or their size."""
    kept = seen.kept.astype(np.float64)
    for what, values in (
        ("sign and size", seen.x),
        ("absolute value", np.abs(seen.x)),
        ("left neighbour's x", np.roll(seen.x, 1, axis=1)),
        ("upper neighbour's x", np.roll(seen.x, 1, axis=0)),
    ):
        deviation = correlation_deviation(kept, values)
        if abs(deviation) > SIGMAS:
            where_kept, where_dropped = values[seen.kept].mean(), values[~seen.kept].mean()
            problem = (
                f"whether an element is dropped depends on its {what}: mean {where_kept:.3f} where kept, "
                f"{where_dropped:.3f} where dropped ({abs(deviation):.0f} standard deviations apart)"
            )
            log.finding("mask-depends-on-x", problem, "a mask that is drawn without looking at x")
            return


def neighbours(seen: Seen, log: Log) -> None:
    """Groups of adjacent elements that share one draw."""
    for lines, beside in ((seen.kept, "in a row"), (seen.kept.T, "in a column")):
        size = group_size(lines[:16])  # plenty: by chance not even all pairs of one line agree
        if size > 1:
            problem = f"groups of {size} adjacent elements {beside} are always dropped or kept together"
            log.finding("shared-by-neighbours", problem, INDEPENDENT)
            return


def group_size(lines: Array) -> int:
    """The largest n such that elements 0 ... n-1, n ... 2n-1, and so on of the lines always agree; 1 if none."""
    for elements in (lines.ravel(), lines):  # the groups may go on from one line into the next
        for size in range(64, 1, -1):
            whole = elements[..., : elements.shape[-1] // size * size].reshape(-1, size)
            if (whole == whole[:, :1]).all():
                return size
    return 1


def distances(seen: Seen, log: Log) -> None:
    """Any other dependence between two elements a fixed number of places apart."""
    deviations = lag_deviations(seen.kept)
    deviations[0] = 0
    worst = int(np.argmax(np.abs(deviations)))
    if abs(deviations[worst]) <= band(len(deviations)):
        return
    near_or_far = deviations[1] - deviations[2] < band(1) and deviations[2] > band(1)
    unevenness = dispersion_deviation((~seen.kept).sum(axis=1), seen.kept.shape[1], seen.dropped_rate)
    if worst < seen.kept.shape[1] and near_or_far and unevenness > SIGMAS:
        return  # near or far in its row, they agree alike: the rows differ, which is named below
    rows, columns = divmod(worst, seen.kept.shape[1])
    place = f"{worst} places apart in memory ({rows} rows and {columns} columns)"
    agree = float((seen.kept.ravel()[:-worst] == seen.kept.ravel()[worst:]).mean())
    by_chance = seen.dropped_rate**2 + (1 - seen.dropped_rate) ** 2
    problem = f"elements {place} agree in {agree:.3f} of all cases, where chance has {by_chance:.3f}"
    log.finding("depends-on-neighbours" if worst == 1 else "depends-at-a-distance", problem, INDEPENDENT)


def uneven_lines(seen: Seen, log: Log) -> None:
    """Rows or columns whose numbers of dropped elements are too even, or too uneven, for chance."""
    for axis, name in ((1, "row"), (0, "column")):
        counts, total = (~seen.kept).sum(axis=axis), seen.kept.shape[axis]
        rate = seen.dropped_rate
        chance = np.sqrt(total * rate * (1 - rate))
        deviation = dispersion_deviation(counts, total, rate)
        outlier = int(np.argmax(np.abs(counts - total * rate)))
        far_out = abs(counts[outlier] - total * rate) / chance > band(len(counts))
        if abs(deviation) <= SIGMAS and not far_out:
            continue
        others = dispersion_deviation(np.delete(counts, outlier), total, rate)
        if far_out and abs(others) <= SIGMAS:
            problem = f"{name} {outlier} has {counts[outlier] / total:.2f} of its elements dropped, all have {rate:.2f}"
            log.finding("rate-depends-on-the-place", problem, "the same rate everywhere")
        else:
            code = f"fixed-count-by-{name}" if deviation < 0 else f"{name}s-differ"
            problem = f"the number dropped in a {name} varies by {counts.std():.2f}, where chance has {chance:.2f}"
            log.finding(code, problem, INDEPENDENT)
        return
