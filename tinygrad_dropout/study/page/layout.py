"""Where the boxes of the graph go: rows from the inputs down to the loss, by igraph's Sugiyama layout."""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.trace import Pass


@dataclass(frozen=True)
class Box:
    """A box of the picture.

    Attributes:
        value: the place of what it shows among the pass's values.
        child: for a leaf that is used more than once, the use that this box stands beside; else -1.
        x: counted in boxes from the left.
        row: from the top.
    """

    value: int
    child: int
    x: float
    row: int


@dataclass(frozen=True)
class Layout:
    """The places of a pass's values.

    Attributes:
        boxes: one for each result; for a leaf, one beside each of its uses.
        routes: (parent, child) -> the points between them through which an edge over several rows goes.
    """

    boxes: list[Box]
    routes: dict[tuple[int, int], list[tuple[float, float]]]


def lay_out(recorded: Pass) -> Layout:
    """The layout of a pass's graph.

    Raises:
        StudyError: igraph is not installed.
    """
    try:
        import igraph
    except ImportError as error:
        raise StudyError(
            'the page needs igraph, which lays out the graph: pip install "tinygrad-dropout[lab]" (print(replay) does '
            "without)"
        ) from error
    rows = rows_of(recorded)
    boxes: list[tuple[int, int]] = []  # (value, child)
    edges: list[tuple[int, int]] = []  # (value, child)
    for value, uses in enumerate(recorded.consumers()):
        children = sorted({child for child, _ in uses})
        edges += [(value, child) for child in children]
        several = not recorded.nodes[value].parents and len(children) > 1
        boxes += [(value, child) for child in children] if several else [(value, -1)]
    vertex = {box: index for index, box in enumerate(boxes)}
    graph = igraph.Graph(
        n=len(boxes),
        edges=[(vertex.get((value, child), vertex.get((value, -1))), vertex[child, -1]) for value, child in edges],
        directed=True,
    )
    down = [rows[value] if child < 0 else rows[child] - 1 for value, child in boxes]
    layout = graph.layout_sugiyama(layers=down)
    places = [[x, float(row)] for (x, _), row in zip(layout.coords, down, strict=True)]
    routes = [[list(point) for point in points] for points in layout.edge_routing]
    keep_apart(places + [point for points in routes for point in points])
    return Layout(
        [Box(*box, x, row) for box, (x, _), row in zip(boxes, places, down, strict=True)],
        {edge: [(x, y) for x, y in points] for edge, points in zip(edges, routes, strict=True) if points},
    )


def keep_apart(points: list[list[float]]) -> None:
    """Move points to the right until those of one row are a box apart, and all to the left until the first is at 0.

    The layout has them in a good order, and now and then half a box apart.
    """
    rightmost: dict[int, float] = {}
    for point in sorted(points):
        row = round(point[1])
        point[0] = max(point[0], rightmost.get(row, point[0] - 1) + 1)
        rightmost[row] = point[0]
    first = min(x for x, _ in points)
    for point in points:
        point[0] -= first


def rows_of(recorded: Pass) -> list[int]:
    """The row of each value: below all its parents, and as near above what uses it as that allows.

    An operation that has both results and leaves for parents leaves a row free for the leaves, so that a layer keeps to
    rows of its own.
    """
    values = recorded.nodes
    rows = [0] * len(values)
    gap = [0] * len(values)  # from an operation up to the results that it uses
    for index, value in enumerate(values):
        results = [rows[parent] for parent in value.parents if values[parent].parents]
        gap[index] = 2 if results and len(results) < len(value.parents) else 1
        if value.parents:
            rows[index] = max(results, default=0) + gap[index]
    uses = recorded.consumers()
    for index in range(len(values) - 1, -1, -1):
        above = [rows[child] - (gap[child] if values[index].parents else 1) for child, _ in uses[index]]
        rows[index] = min(above, default=rows[index])
    return rows
