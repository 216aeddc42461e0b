"""Paths from the loss to every entry: their number, their sum, and the derivatives along the largest."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings

import tinygrad_dropout as td
from tests.study.graphs import programs, record_loss, record_program, stopped
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study import derivatives as derivatives_module
from tinygrad_dropout.study import paths as module
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.paths import Link, Paths
from tinygrad_dropout.study.trace import Pass

often = settings(max_examples=80)
MAX_ENUMERATED = 20_000


def paths_of(recorded: Pass) -> Paths:
    paths = Paths(Derivatives(recorded))
    assert paths.problem == ""
    return paths


def all_products(recorded: Pass) -> dict[tuple[int, int], list[float]]:
    """Return (node, entry) -> the nonzero products of all paths to it, by walking each path from the loss down."""
    derivatives = Derivatives(recorded)
    number_of = {step.node: number for number, step in enumerate(recorded.steps)}
    found: dict[tuple[int, int], list[float]] = {}
    seed = recorded.steps[0].upstream.reshape(-1)
    ahead = [(recorded.root, entry, float(number)) for entry, number in enumerate(seed)]
    steps = 0
    while ahead:
        node, entry, product = ahead.pop()
        found.setdefault((node, entry), []).append(product)
        for position, parent in enumerate(recorded.nodes[node].parents):
            jacobian = derivatives.jacobians.get((number_of.get(node), position))
            if jacobian is not None:
                nonzero = np.flatnonzero(jacobian[entry])
                ahead += [(parent, int(below), product * float(jacobian[entry, below])) for below in nonzero]
        steps += 1
        assume(steps < MAX_ENUMERATED)
    return found


@often
@given(program=programs(most=6))
def test_paths_agree_with_an_enumeration_of_all_paths(program):
    recorded, _ = record_program(program)
    products = all_products(recorded)
    paths = paths_of(recorded)
    assert set(paths.links) == set(paths.counts) == set(paths.totals) == set(recorded.gradients())
    for node in recorded.gradients():
        for entry in range(recorded.nodes[node].data.size):
            expected = products.get((node, entry), [])
            assert paths.counts[node][entry] == len(expected)
            assert paths.totals[node][entry] == pytest.approx(sum(expected), rel=1e-9, abs=1e-12)
            shown = [abs(link.product) for link in paths.links[node][entry]]
            assert shown == pytest.approx(sorted(map(abs, expected), reverse=True)[:3], rel=1e-9)


@often
@given(program=programs())
def test_the_sum_over_all_paths_is_the_gradient(program):
    recorded, _ = record_program(program)
    paths = paths_of(recorded)
    for node, gradient in recorded.gradients().items():
        np.testing.assert_allclose(paths.totals[node].reshape(gradient.shape), gradient, rtol=1e-9, atol=1e-12)


@often
@given(program=programs())
def test_the_local_derivatives_along_a_walk_multiply_to_its_product(program):
    recorded, _ = record_program(program)
    derivatives = Derivatives(recorded)
    paths = paths_of(recorded)
    number_of = {step.node: number for number, step in enumerate(recorded.steps)}
    seed = recorded.steps[0].upstream.reshape(-1)
    for node, entries in paths.links.items():
        for entry, links in enumerate(entries):
            walks = [paths.walk(node, entry, rank) for rank in range(len(links))]
            for link, walk in zip(links, walks, strict=True):
                assert walk[0][:2] == (node, entry)
                assert walk[-1][0] == recorded.root
                assert walk[-1][2] == seed[walk[-1][1]]
                assert np.prod([local for _, _, local in walk]) == pytest.approx(link.product, rel=1e-9)
                for (below, low, local), (above, high, _) in pairwise(walk):
                    uses = [p for p, parent in enumerate(recorded.nodes[above].parents) if parent == below]
                    assert local in [derivatives.jacobians[number_of[above], position][high, low] for position in uses]


def test_the_paths_of_a_small_network_by_hand():
    x = td.Tensor(np.array([2.0, 3.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum() * 5)
    paths = paths_of(recorded)
    names = [node.name for node in recorded.nodes]
    assert names == ["x", "multiply_1", "sum", "5", "multiply_2"]
    np.testing.assert_array_equal(paths.counts[0], [2, 2])
    np.testing.assert_array_equal(paths.totals[0], [20, 30])
    assert paths.links[0][1] == [Link(15.0, 3.0, 1, 1, 0)] * 2
    assert paths.walk(0, 1, 0) == [(0, 1, 3.0), (1, 1, 1.0), (2, 0, 5.0), (4, 0, 1.0)]
    assert paths.links[4] == [[Link(1.0, 1.0, -1, 0, 0)]]
    assert 3 not in paths.links


def test_the_three_largest_are_kept_by_size_and_not_by_sign():
    x = td.Tensor(np.array(1.0), requires_grad=True)
    recorded = record_loss(lambda: (x * -7.0 + x * 2.0) + (x * 5.0 + x * -1.0))
    paths = paths_of(recorded)
    assert [link.product for link in paths.links[0][0]] == [-7, 5, 2]
    assert paths.counts[0][0] == 4
    assert paths.totals[0][0] == -1


def test_a_rank_selects_the_path_of_the_entry_above():
    x = td.Tensor(np.array(1.0), requires_grad=True)

    def loss() -> td.Tensor:
        y = x * 2.0
        return y * 3.0 + y * 4.0

    recorded = record_loss(loss)
    paths = paths_of(recorded)
    assert [(link.product, link.local, link.rank) for link in paths.links[0][0]] == [(8, 2, 0), (6, 2, 1)]
    assert [local for _, _, local in paths.walk(0, 0, 0)] == [2, 4, 1, 1]
    assert [local for _, _, local in paths.walk(0, 0, 1)] == [2, 3, 1, 1]


def test_a_unit_that_is_off_has_no_path():
    x = td.Tensor(np.array([-1.0, 2.0]), requires_grad=True)
    paths = paths_of(record_loss(lambda: x.relu().sum()))
    np.testing.assert_array_equal(paths.counts[0], [0, 1])
    assert [len(links) for links in paths.links[0]] == [0, 1]


def test_an_entry_of_the_root_with_seed_0_begins_no_path():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (x * 3).backward(np.array([0.0, 5.0]))
    paths = paths_of(replay.passes[0])
    np.testing.assert_array_equal(paths.counts[0], [0, 1])
    np.testing.assert_array_equal(paths.totals[0], [0, 15])


def test_no_path_goes_through_an_entry_with_seed_0():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    with study.record() as replay:
        (x * 3).backward(np.array([0.0, 5.0]))
    assert [len(links) for links in paths_of(replay.passes[0]).links[0]] == [0, 1]


def test_the_number_of_paths_doubles_with_every_layer():
    x = td.Tensor(np.array(1.0), requires_grad=True)

    def loss() -> td.Tensor:
        y = x
        for _ in range(60):
            y = y * 0.5 + y * 0.5
        return y

    paths = paths_of(record_loss(loss))
    assert paths.counts[0][0] == 2.0**60
    assert paths.totals[0][0] == 1


def test_a_node_that_gets_no_gradient_has_no_paths():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)

    def loss() -> td.Tensor:
        silent = x * 2
        return (stopped(silent) + x.tanh()).sum()

    recorded = record_loss(loss)
    paths = paths_of(recorded)
    silent = [index for index, node in enumerate(recorded.nodes) if node.operation == "multiply"]
    assert not set(silent) & set(paths.links)
    np.testing.assert_allclose(paths.totals[0], x.grad)


def test_arrays_without_elements_are_skipped():
    x = td.Tensor(np.zeros((0, 3)), requires_grad=True)
    y = td.Tensor(np.array(2.0), requires_grad=True)
    recorded = record_loss(lambda: x.relu().sum() + y * 3.0)
    paths = paths_of(recorded)
    (index,) = [index for index, node in enumerate(recorded.nodes) if node.name == "y"]
    np.testing.assert_array_equal(paths.totals[index], [3])


# Passes without paths -------------------------------------------------------------------------------------------------


def clipping(x):
    return record(x.data * 1, (x,), clipping_backward)


def clipping_backward(grad, x):
    """dL/dx = grad clipped to [-1, 1], which is not linear in grad"""
    return (np.clip(grad, -1, 1),)


def test_a_backward_function_that_is_not_linear_has_no_paths():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    paths = Paths(Derivatives(record_loss(lambda: (clipping(x) * 3).sum())))
    assert paths.problem == "the result of a backward function does not follow from its local derivatives"
    assert (paths.links, paths.counts, paths.totals) == ({}, {}, {})


def test_paths_report_the_problem_of_the_derivatives(monkeypatch):
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: (x * x).sum())
    monkeypatch.setattr(derivatives_module, "MAX_CALLS", 1)
    derivatives = Derivatives(recorded)
    paths = Paths(derivatives)
    assert paths.problem == derivatives.problem == "multiply is too large to work out entry by entry"
    assert paths.links == {}


def test_too_many_derivatives_are_not_traced(monkeypatch):
    x = td.Tensor(np.ones((2, 3)), requires_grad=True)
    recorded = record_loss(lambda: F.tanh(x).sum())
    monkeypatch.setattr(module, "MAX_WORK", 12)  # 6 of the sum and 6 of the tanh
    assert Paths(Derivatives(recorded)).problem == ""
    monkeypatch.setattr(module, "MAX_WORK", 11)
    paths = Paths(Derivatives(recorded))
    assert paths.problem == "there are too many derivatives to trace"
    assert paths.links == {}
