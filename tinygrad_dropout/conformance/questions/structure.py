"""The elements of one mask are independent of each other, of their position and of x."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

import numpy as np

from tinygrad_dropout.conformance.examination import Examination
from tinygrad_dropout.conformance.guarded import Array
from tinygrad_dropout.conformance.observation import Observation
from tinygrad_dropout.conformance.report import counted
from tinygrad_dropout.conformance.statistics import (
    MODERATE,
    SIGMAS,
    correlation_deviation,
    count_deviations,
    dispersion_deviation,
    lag_deviations,
    sigma_threshold,
)
from tinygrad_dropout.mistakes import Finding
from tinygrad_dropout.mistakes.dropout import rate as rate_mistakes
from tinygrad_dropout.mistakes.dropout import structure as mistakes


def examine_structure(examination: Examination) -> Iterator[Finding]:
    """Name the first dependence between the elements of one mask, or between the mask and x."""
    checks: tuple[Callable[[Observation], Finding | None], ...] = (
        shared_mask,
        dependence_on_x,
        neighbors,
        distances,
        uneven_lines,
        several_together,
    )
    for observed in examination.observations:
        for check in checks:
            finding = check(observed)
            if finding is not None:
                yield finding
                return


def shared_mask(observed: Observation) -> Finding | None:
    """Elements along an axis that share a draw but should not, or should share a draw but do not."""
    kept, shape = observed.kept, observed.kept.shape
    for axis in range(kept.ndim):
        shared = axis in observed.shared_axes
        if shape[axis] == 1 or shared is bool((kept == kept.take([0], axis=axis)).all()):
            continue
        if shared:
            return mistakes.NOT_ALONG_THE_AXES.seen(axis=axis, where=observed.where, axes=observed.shared_axes)
        if kept.ndim != 2:
            if prod(shape) == shape[axis]:
                continue  # one axis, all dropped or all kept: the question about the rate names that
            return mistakes.ALONG_AN_AXIS.seen(axis=axis, where=observed.where)
        mistake = mistakes.BY_COLUMNS if axis else mistakes.BY_ROWS
        return mistake.seen(count=shape[axis], where=observed.where)
    return None


def dependence_on_x(observed: Observation) -> Finding | None:
    """Elements that are dropped because of their own sign or size, or a neighbor's."""
    if observed.shared_axes:
        return None  # many elements share a draw
    kept, x = observed.kept.ravel(), observed.x.ravel()
    size, sign = np.log(np.abs(x)), np.sign(x)
    row = observed.x.shape[-1] if observed.x.ndim > 1 else 2
    own = [("its sign", sign, 0), ("the logarithm of its absolute value", size, 0)]
    neighbors_of_it = [
        ("its left neighbor's sign", sign, 1),
        ("its upper neighbor's sign", sign, row),
        ("the logarithm of its left neighbor's absolute value", size, 1),
    ]
    for what, values, places in own + (neighbors_of_it if x.size > LARGE else []):
        mask, value = kept[places:], values[: values.size - places]
        deviation = correlation_deviation(mask, value)
        if abs(deviation) > SIGMAS:
            means = {"kept": float(value[mask].mean()), "dropped": float(value[~mask].mean())}
            return mistakes.ON_X.seen(what=what, sigmas=abs(deviation), where=observed.where, **means)
    return None


def neighbors(observed: Observation) -> Finding | None:
    """Groups of adjacent elements that share one draw."""
    for lines, direction in ((observed.draws, "in a row"), (observed.draws.T, "in a column")):
        size = group_size(lines[:16])  # 16 lines are plenty: by chance, not even the pairs of one line would all agree
        if size > 1 and lines[:16].size > lines[:16].sum() + FEW and lines[:16].sum() > FEW:
            return mistakes.BY_NEIGHBORS.seen(size=size, direction=direction, where=observed.where)
    return None


def group_size(lines: Array) -> int:
    """The largest n such that elements 0 ... n-1, elements n ... 2n-1, and so on always agree; 1 if there is none."""
    for elements in (lines.ravel(), lines):  # groups may continue from one line to the next
        first = elements.ravel()[:LARGEST_GROUP]
        run = int(np.argmin(first == first[0])) or len(first)  # no group is larger than the first run of equal ones
        for size in range(min(run, elements.shape[-1] // 2), 1, -1):
            whole = elements[..., : elements.shape[-1] // size * size].reshape(-1, size)
            if (whole == whole[:, :1]).all():
                return size
    return 1


LARGEST_GROUP = 64
NEARLY = 0.9  # of the largest deviation
LARGE = 30_000  # elements; what shows in arrays of this size need not be searched for in smaller ones
FEW = 40  # this few dropped, or kept, elements may be adjacent by chance


def distances(observed: Observation) -> Finding | None:
    """Any other dependence between elements a fixed distance apart."""
    draws = observed.draws
    deviations = lag_deviations(draws)
    deviations[0] = 0
    worst = int(np.argmax(np.abs(deviations)))
    if abs(deviations[worst]) <= sigma_threshold(len(deviations)):
        return None
    if lines_differ(observed, deviations, worst):
        return None  # `uneven_lines` names it
    chance = observed.dropped_rate**2 + (1 - observed.dropped_rate) ** 2
    distance = true_distance(draws, deviations, worst, chance)
    rows, columns = divmod(distance, draws.shape[1])
    mistake = mistakes.ON_NEIGHBORS if distance == 1 else mistakes.AT_A_DISTANCE
    return mistake.seen(
        place=f"at a distance of {distance} in memory ({counted(rows, 'row')} and {counted(columns, 'column')})",
        agree=agreement(draws, distance),
        chance=chance,
        where=observed.where,
    )


def agreement(draws: Array, distance: int) -> float:
    """The fraction of pairs of elements at this distance in memory that are both dropped or both kept."""
    return float((draws.ravel()[:-distance] == draws.ravel()[distance:]).mean())


def true_distance(draws: Array, deviations: Array, worst: int, chance: float) -> int:
    """The distance behind the largest deviation.

    The deviations are cyclic, so a distance d beyond half the length n appears as n - d. A pattern that repeats every 7
    elements also repeats every 385, so the shortest distance counts among those whose deviations equal the largest up
    to chance.
    """
    largest = abs(deviations[worst])
    as_large = max(min(NEARLY * largest, largest - SIGMAS), sigma_threshold(len(deviations)))
    shortest = int(np.argmax(deviations * np.sign(deviations[worst]) >= as_large))

    def sigmas(distance: int) -> float:
        return abs(agreement(draws, distance) - chance) * float(np.sqrt(draws.size - distance))

    return max((shortest, 2 * len(deviations) - worst), key=sigmas)


def lines_differ(observed: Observation, deviations: Array, worst: int) -> bool:
    """Whether an apparent dependence is caused by rows, or columns, with different rates.

    If so, elements agree equally often at every distance within their row, or one, two or three rows apart.
    """
    draws, threshold = observed.draws, sigma_threshold(1)
    columns = draws.shape[1]
    if worst < columns and deviations[2] > threshold > deviations[1] - deviations[2]:
        return dispersion_deviation((~draws).sum(axis=1), columns, observed.dropped_rate) > SIGMAS
    if (
        worst % columns == 0
        and len(deviations) > 3 * columns
        and deviations[columns : 3 * columns + 1 : columns].min() > 3
    ):
        return dispersion_deviation((~draws).sum(axis=0), len(draws), observed.dropped_rate) > SIGMAS
    return False


def uneven_lines(observed: Observation) -> Finding | None:
    """Rows or columns whose numbers of dropped elements are too even or too uneven for chance."""
    draws, rate = observed.draws, observed.dropped_rate
    for axis, line in ((1, "row"), (0, "column")):
        counts, total = (~draws).sum(axis=axis), draws.shape[axis]
        if len(counts) < 3:
            continue
        spread = float(np.sqrt(total * rate * (1 - rate)))
        deviation = dispersion_deviation(counts, total, rate)
        deviations = np.abs(count_deviations(counts, total, rate))
        outlier = int(np.argmax(deviations))
        far_out = deviations[outlier] > sigma_threshold(len(counts))
        if abs(deviation) <= SIGMAS and not far_out:
            continue
        others = dispersion_deviation(np.delete(counts, outlier), total, rate)
        if far_out and abs(others) <= SIGMAS:
            return rate_mistakes.BY_PLACE.seen(place=f"{line} {outlier}", rate=counts[outlier] / total, all=rate)
        if deviation < 0:
            mistake = mistakes.FIXED_BY_COLUMN if axis == 0 else mistakes.FIXED_BY_ROW
        else:
            mistake = mistakes.COLUMNS_DIFFER if axis == 0 else mistakes.ROWS_DIFFER
        return mistake.seen(line=line, spread=float(counts.std()), chance=spread, where=observed.where)
    return None


def several_together(observed: Observation) -> Finding | None:
    """Three or four adjacent elements that are independent in pairs but not all together."""
    rate = observed.dropped_rate
    if not MODERATE[0] < rate < MODERATE[1]:
        return None  # too few are dropped, or kept, together
    centered = observed.draws.ravel().astype(np.float32) - np.float32(1 - rate)
    variance = rate * (1 - rate)
    product = centered[:-1] * centered[1:]
    for count in (3, 4):
        product = product[:-1] * centered[count - 1 :]
        deviation = float(product.sum()) / float(np.sqrt(variance**count * product.size))
        if abs(deviation) > SIGMAS:
            return mistakes.SEVERAL.seen(count=count, sigmas=abs(deviation), where=observed.where)
    return None
