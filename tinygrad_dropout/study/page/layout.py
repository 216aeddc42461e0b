"""The layout of the graph: rows of boxes from the inputs down to the loss, by igraph's Sugiyama layout."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.trace import Pass

DISTANCES = {2: 1.0, 1: 0.6, 0: 0.25}  # between neighbors in a row, by how many of the two are boxes
SWEEPS = 60  # each goes down all rows and up again


@dataclass(frozen=True)
class Box:
    """A box of the graph.

    Attributes:
        node: the index of its tensor in the pass's nodes.
        child: for a leaf that is used more than once, the node that uses it next to this box; else -1.
        x: counted in boxes from the left.
        row: counted from the top.
    """

    node: int
    child: int
    x: float
    row: int


@dataclass(frozen=True)
class Layout:
    """The positions of a pass's nodes.

    Attributes:
        boxes: one for each result; for a leaf, one next to each of its uses.
        routes: (parent, child) -> the points between them, for an edge that spans several rows.
    """

    boxes: list[Box]
    routes: dict[tuple[int, int], list[tuple[float, float]]]


def lay_out(recorded: Pass) -> Layout:
    """Lay out a pass's graph.

    Raises:
        StudyError: igraph is not installed.
    """
    try:
        import igraph
    except ImportError as error:
        raise StudyError(
            'the page needs igraph, which lays out the graph: pip install "tinygrad-dropout[lab]" (print(replay) works '
            "without it)"
        ) from error
    rows = rows_of(recorded)
    boxes: list[tuple[int, int]] = []  # (node, child)
    edges: list[tuple[int, int]] = []  # (node, child)
    for node, uses in enumerate(recorded.consumers()):
        children = sorted({child for child, _ in uses})
        edges += [(node, child) for child in children]
        several = not recorded.nodes[node].parents and len(children) > 1
        boxes += [(node, child) for child in children] if several else [(node, -1)]
    vertex = {box: index for index, box in enumerate(boxes)}
    graph = igraph.Graph(
        n=len(boxes),
        edges=[(vertex.get((node, child), vertex.get((node, -1))), vertex[child, -1]) for node, child in edges],
        directed=True,
    )
    down = [rows[node] if child < 0 else rows[child] - 1 for node, child in boxes]
    layout = graph.layout_sugiyama(layers=down)
    points = [(x, row) for (x, _), row in zip(layout.coords, down, strict=True)]
    chains: list[list[int]] = []  # the points that each edge goes through, from box to box
    for edge, route in zip(graph.get_edgelist(), layout.edge_routing, strict=True):
        chains.append([edge[0], *range(len(points), len(points) + len(route)), edge[1]])
        points += [(x, round(y)) for x, y in route]
    xs = straighten(points, chains, len(boxes))
    return Layout(
        [Box(*box, x, row) for box, x, row in zip(boxes, xs, down, strict=False)],
        {
            edge: [(xs[point], float(points[point][1])) for point in chain[1:-1]]
            for edge, chain in zip(edges, chains, strict=True)
            if len(chain) > 2
        },
    )


def straighten(points: list[tuple[float, int]], chains: list[list[int]], boxes: int) -> list[float]:
    """Move the points within their rows, without changing their order, to make the edges as straight as possible.

    Args:
        points: (x, row); boxes first, then the points through which edges go.
        chains: for each edge, its points from box to box.
        boxes: how many of the points are boxes.

    Returns:
        The x of each point; the leftmost is 0.
    """
    near: list[list[tuple[int, int]]] = [[] for _ in points]  # connected points in the next rows, with their weights
    for chain in chains:
        for upper, lower in pairwise(chain):
            pull = 8 if min(upper, lower) >= boxes else 4 if near[upper] else 1  # long edges, results, leaves
            near[upper].append((lower, pull))
            near[lower].append((upper, pull))
    rows: dict[int, list[int]] = {}
    for point in sorted(range(len(points)), key=lambda point: points[point][0]):
        rows.setdefault(points[point][1], []).append(point)
    offsets: dict[int, float] = {}  # the least distance of a point from the first in its row
    for row in rows.values():
        gaps = [DISTANCES[(left < boxes) + (right < boxes)] for left, right in pairwise(row)]
        offsets |= dict(zip(row, accumulate(gaps, initial=0.0), strict=True))
    xs = [x for x, _ in points]
    order = sorted(rows)
    for number in [*order, *reversed(order)] * SWEEPS:
        row = rows[number]
        wanted = [mean_of([(xs[other], pull) for other, pull in near[one]], xs[one]) - offsets[one] for one in row]
        weights = [float(sum(pull for _, pull in near[one])) for one in row]
        for one, x in zip(row, isotonic(wanted, weights), strict=True):
            xs[one] = x + offsets[one]
    leftmost = min(xs)
    return [x - leftmost for x in xs]


def mean_of(weighted: list[tuple[float, int]], otherwise: float) -> float:
    """Return the weighted mean of some numbers, or `otherwise` if there is none."""
    total = sum(weight for _, weight in weighted)
    return sum(number * weight for number, weight in weighted) / total if total else otherwise


def isotonic(wanted: list[float], weights: list[float]) -> list[float]:
    """Return the nearest nondecreasing numbers (isotonic regression): neighbors in the wrong order share their mean."""
    shared: list[tuple[float, float, int]] = []  # (mean, weight, how many)
    for number, weight in zip(wanted, weights, strict=True):
        shared.append((number, max(weight, 1e-9), 1))
        while len(shared) > 1 and shared[-2][0] > shared[-1][0]:
            (mean, weight, count), (before, heavier, more) = shared.pop(), shared.pop()
            total = weight + heavier
            shared.append(((mean * weight + before * heavier) / total, total, count + more))
    return [mean for mean, _, count in shared for _ in range(count)]


def rows_of(recorded: Pass) -> list[int]:
    """Return the row of each node: below all its parents, and as close as possible to the nodes that use it.

    An operation whose parents are both results and leaves has a free row above it for the leaves, so each layer has
    rows of its own.
    """
    nodes = recorded.nodes
    rows = [0] * len(nodes)
    gap = [0] * len(nodes)  # from an operation up to the results that it uses
    for index, node in enumerate(nodes):
        results = [rows[parent] for parent in node.parents if nodes[parent].parents]
        gap[index] = 2 if results and len(results) < len(node.parents) else 1
        if node.parents:
            rows[index] = max(results, default=0) + gap[index]
    uses = recorded.consumers()
    for index in range(len(nodes) - 1, -1, -1):
        above = [rows[child] - (gap[child] if nodes[index].parents else 1) for child, _ in uses[index]]
        rows[index] = min(above, default=rows[index])
    return rows
