"""The layout of the graph: parents above children, and no overlapping boxes."""

import itertools
import random
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings

import tinygrad_dropout as td
from tests.study.graphs import generator_state, programs, random_program, record_loss, record_program
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.page.layout import DISTANCES, lay_out, rows_of
from tinygrad_dropout.study.trace import Pass

often = settings(max_examples=80)


def edges(recorded: Pass) -> set[tuple[int, int]]:
    return {(parent, child) for child, node in enumerate(recorded.nodes) for parent in node.parents}


def recorded_network() -> Pass:
    rng = np.random.default_rng(1)
    model = nn.Sequential(nn.Linear(3, 4, rng=rng), nn.ReLU(), nn.Dropout(0.5), nn.Linear(4, 3, rng=rng))
    x = td.Tensor(rng.normal(size=(2, 3)).astype(np.float32))

    def loss() -> td.Tensor:
        hidden = model(x)
        return F.cross_entropy(hidden + x, np.array([0, 1]))

    return record_loss(loss)


@often
@given(program=programs())
def test_parents_are_above_their_children(program):
    pytest.importorskip("igraph")
    recorded, _ = record_program(program)
    boxes = lay_out(recorded).boxes
    assert {box.node for box in boxes} == set(range(len(recorded.nodes)))
    row = {box.node: box.row for box in boxes if recorded.nodes[box.node].parents}
    for parent, child in edges(recorded):
        above = [box.row for box in boxes if box.node == parent and box.child in (-1, child)]
        assert len(above) == 1
        assert above[0] < row[child]


@often
@given(program=programs())
@example(program=random_program(415, 11))  # igraph puts two boxes half a box apart
def test_no_boxes_overlap_and_no_edge_goes_through_a_box(program):
    pytest.importorskip("igraph")
    recorded, _ = record_program(program)
    rows: dict[int, list[tuple[float, bool]]] = {}
    layout = lay_out(recorded)
    for box in layout.boxes:
        rows.setdefault(box.row, []).append((box.x, True))
    for x, row in itertools.chain(*layout.routes.values()):
        rows.setdefault(round(row), []).append((x, False))
    for row in rows.values():
        for (left, is_box), (right, next_is_box) in itertools.pairwise(sorted(row)):
            assert right - left > DISTANCES[is_box + next_is_box] - 1e-9


@often
@given(program=programs())
def test_positions_are_counted_from_the_left_and_the_top(program):
    pytest.importorskip("igraph")
    recorded, _ = record_program(program)
    layout = lay_out(recorded)
    assert min([box.x for box in layout.boxes] + [x for x, _ in itertools.chain(*layout.routes.values())]) == 0
    assert min(box.row for box in layout.boxes) == 0
    results = [box for box in layout.boxes if box.child < 0]
    assert [box.row for box in results] == [rows_of(recorded)[box.node] for box in results]


@often
@given(program=programs())
@example(program=random_program(414870, 9))  # the leftmost point is on an edge
def test_an_edge_has_a_point_in_each_row_of_boxes_between(program):
    pytest.importorskip("igraph")
    recorded, _ = record_program(program)
    layout = lay_out(recorded)
    rows = {box.row for box in layout.boxes}
    for parent, child in edges(recorded):
        (above,) = [box.row for box in layout.boxes if box.node == parent and box.child in (-1, child)]
        (below,) = [box.row for box in layout.boxes if box.node == child]
        between = rows & set(range(above + 1, below))
        points = layout.routes.get((parent, child), [])
        assert [y for _, y in points] == sorted(between)
        assert all(x >= 0 for x, _ in points)
    assert set(layout.routes) <= edges(recorded)


def test_the_layout_is_the_same_every_time():
    pytest.importorskip("igraph")
    recorded = recorded_network()
    assert lay_out(recorded) == lay_out(recorded)


def test_the_layout_draws_no_random_numbers():
    pytest.importorskip("igraph")
    recorded = recorded_network()
    before = generator_state(), random.getstate()
    lay_out(recorded)
    assert (generator_state(), random.getstate()) == before


def test_without_igraph_the_error_says_what_to_install(monkeypatch):
    recorded = recorded_network()
    monkeypatch.setitem(sys.modules, "igraph", None)
    with pytest.raises(StudyError, match=r'needs igraph.*pip install "tinygrad-dropout\[lab\]".*print\(replay\)'):
        lay_out(recorded)


# Rows -----------------------------------------------------------------------------------------------------------------


def rows_by_name(recorded: Pass) -> dict[str, int]:
    return {node.name: row for node, row in zip(recorded.nodes, rows_of(recorded), strict=True)}


def test_leaves_are_directly_above_the_first_operation_that_uses_them():
    x, w, b = (td.Tensor(np.array([1.0, 2.0]), requires_grad=True) for _ in range(3))
    recorded = record_loss(lambda: ((x * w).tanh() + b).exp().sum())
    assert rows_by_name(recorded) == {
        "x": 0, "w": 0, "multiply": 1, "tanh": 2, "b": 3, "add": 4, "exp": 5, "sum": 6,
    }  # fmt: skip


def test_an_operation_on_results_is_directly_below_the_lowest_of_them():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x.tanh().exp() * x.exp()).sum())
    assert rows_by_name(recorded) == {"x": 0, "tanh": 1, "exp_1": 2, "exp_2": 2, "multiply": 3, "sum": 4}


def test_an_operation_that_also_uses_a_leaf_has_a_free_row_for_it():
    recorded = recorded_network()
    rows = rows_by_name(recorded)
    assert (rows["linear_1"], rows["relu"], rows["dropout"], rows["linear_2"]) == (1, 2, 3, 5)
    assert [rows[name] for name in ("x", "0.weight", "0.bias", "2.weight" if "2.weight" in rows else "3.weight")] == [
        0, 0, 0, 4,
    ]  # fmt: skip
    assert rows["add"] == 7


def test_the_row_of_a_reused_leaf_is_above_its_first_use():
    x, w = (td.Tensor(np.array([1.0, 2.0]), requires_grad=True) for _ in range(2))
    recorded = record_loss(lambda: ((x * w).tanh() * w).sum())
    assert rows_by_name(recorded)["w"] == 0


def test_a_single_operation_has_two_rows():
    pytest.importorskip("igraph")
    x = td.Tensor(np.array(2.0), requires_grad=True)
    layout = lay_out(record_loss(lambda: x.tanh()))
    assert [box.row for box in layout.boxes] == [0, 1]


def test_a_reused_leaf_has_a_box_above_each_use():
    pytest.importorskip("igraph")
    x = td.Tensor(np.array(1.0), requires_grad=True)
    recorded = record_loss(lambda: (x.exp().exp().exp() * x) * 2)
    boxes = [box for box in lay_out(recorded).boxes if box.node == 0]
    assert [recorded.nodes[box.child].operation for box in boxes] == ["exp", "multiply"]
    assert [box.row for box in boxes] == [0, 4]
