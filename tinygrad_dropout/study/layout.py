"""Where the boxes of the graph go: rows from the inputs down to the loss, by igraph's Sugiyama layout."""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.recorded import Pass


@dataclass(frozen=True)
class Layout:
    """The places of a pass's values.

    Attributes:
        places: (x, row) of each value; x counts boxes from the left, rows from the top.
        routes: (parent, child) -> the points between them through which an edge over several rows goes.
    """

    places: list[tuple[float, int]]
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
    edges = sorted({(parent, child) for child, value in enumerate(recorded.values) for parent in value.parents})
    graph = igraph.Graph(n=len(rows), edges=edges, directed=True)
    layout = graph.layout_sugiyama(layers=rows)
    left = min(x for x, _ in layout.coords)
    routes = {
        edge: [(x - left, y) for x, y in points]
        for edge, points in zip(edges, layout.edge_routing, strict=True)
        if points
    }
    return Layout([(x - left, row) for (x, _), row in zip(layout.coords, rows, strict=True)], routes)


def rows_of(recorded: Pass) -> list[int]:
    """The row of each value: below all its parents, and leaves right above the first that uses them.

    An operation that has both results and leaves for parents leaves a row free for the leaves, so that a layer keeps to
    rows of its own.
    """
    values = recorded.values
    rows = [0] * len(values)
    for index, value in enumerate(values):
        results = [rows[parent] for parent in value.parents if values[parent].parents]
        leaves = len(results) < len(value.parents)
        if value.parents:
            rows[index] = max(results) + 1 + leaves if results else 1
    for index, uses in enumerate(recorded.consumers()):
        if not values[index].parents and uses:
            rows[index] = min(rows[consumer] for consumer, _ in uses) - 1
    return rows
