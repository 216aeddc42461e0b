"""Find a boundary from values on a grid: its lines, its length, and the regions into which it cuts the plane."""

from __future__ import annotations

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers


def grid(reach: float, size: int) -> Numbers:
    """The points of a square grid from -reach to reach, shape (size, size, 2); the first axis is the second coordinate.

    So `plt.contour` and `imshow(origin="lower")` draw values on the grid the right way up.
    """
    places = np.linspace(-reach, reach, size)
    return np.stack(np.meshgrid(places, places), axis=-1)


def boundary(values: Numbers, reach: float) -> list[Numbers]:
    """The lines on which a function is 0.

    Each square of the grid is cut into two triangles, in which the function is treated as linear. So within a
    triangle, the line is straight from edge to edge, and its course is never ambiguous.

    Args:
        values: the function's values on a square `grid`. Use log-odds, not probabilities: those of a ReLU network are
            linear nearly everywhere, while a steep step of probabilities between two points hides its position.
        reach: the grid's reach.

    Returns:
        Each line's points, shape (points, 2): from rim to rim of the grid, or closed, if the last is the first.
    """
    neighbors: dict[int, list[int]] = {}
    for one, other in zip(*crossed_edges(values), strict=True):
        neighbors.setdefault(one, []).append(other)
        neighbors.setdefault(other, []).append(one)
    lines = []
    for start in sorted(neighbors, key=lambda edge: len(neighbors[edge])):  # those at the rim have one neighbor
        if start not in neighbors:
            continue
        line, closed = [start], len(neighbors[start]) == 2
        while following := [edge for edge in neighbors.pop(line[-1]) if edge in neighbors]:
            line.append(following[0])
        lines.append(crossings(values, reach, [*line, start] if closed else line))
    return lines


def crossed_edges(values: Numbers) -> tuple[list[int], list[int]]:
    """The two edges on which the function changes its sign, for each triangle in which it does.

    An edge between the points a < b of the grid, counted row by row, is the number a * points + b.
    """
    point = np.arange(values.size).reshape(values.shape)
    corners = [point[:-1, :-1], point[:-1, 1:], point[1:, 1:], point[1:, :-1]]
    triangles = np.concatenate([
        np.stack([corners[corner].ravel() for corner in triangle], axis=1) for triangle in ((0, 1, 2), (0, 2, 3))
    ])  # fmt: skip
    above = values.ravel()[triangles] >= 0
    crossed = above.any(axis=1) & ~above.all(axis=1)
    triangles, above = triangles[crossed], above[crossed]
    alone = np.argmax(above == (above.sum(axis=1, keepdims=True) == 1), axis=1)  # the corner alone on its side of 0
    here, *others = (np.take_along_axis(triangles, (alone[:, np.newaxis] + k) % 3, axis=1)[:, 0] for k in range(3))
    first, second = (np.minimum(here, there) * values.size + np.maximum(here, there) for there in others)
    return first.tolist(), second.tolist()


def crossings(values: Numbers, reach: float, edges: list[int]) -> Numbers:
    """The points at which a function that is linear on each of these edges is 0, shape (edges, 2)."""
    ends = np.divmod(edges, values.size)
    first, second = (values.ravel()[end] for end in ends)
    share = (first / (first - second))[:, np.newaxis]
    places = grid(reach, len(values)).reshape(-1, 2)
    return np.asarray((1 - share) * places[ends[0]] + share * places[ends[1]])


def length(lines: list[Numbers]) -> float:
    """The length of lines."""
    return float(sum(np.linalg.norm(np.diff(line, axis=0), axis=1).sum() for line in lines))


def simplified(line: Numbers, tolerance: float) -> Numbers:
    """Reduce the points of a line so that no dropped point is farther than `tolerance` from the new line.

    Douglas & Peucker (1973): between two kept points, the one farthest from the straight line is kept too, unless it is
    close enough.
    """
    kept, spans = {0, len(line) - 1}, [(0, len(line) - 1)]
    while spans:
        low, high = spans.pop()
        offsets, along = line[low : high + 1] - line[low], line[high] - line[low]
        share = np.clip(offsets @ along / (along @ along or 1), 0, 1)
        distances = np.linalg.norm(offsets - share[:, np.newaxis] * along, axis=1)
        farthest = low + int(np.argmax(distances))
        if distances.max() > tolerance:
            kept.add(farthest)
            spans += [(low, farthest), (farthest, high)]
    return line[sorted(kept)]


def regions(values: Numbers) -> int:
    """Count the connected regions where a function is above or below 0, including islands of one grid point."""
    from scipy.ndimage import label

    return int(sum(label(side)[1] for side in (values >= 0, values < 0)))
