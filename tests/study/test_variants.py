"""Variants of a pass: another mask, no dropout, another p."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import arrays_of, generator_state, record_loss, same_bits
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.differences import central_differences
from tinygrad_dropout.study.errors import StudyError
from tinygrad_dropout.study.paths import Paths
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.variants import run_variants


def recorded_network(*dropouts: nn.Module, seed: int = 1) -> Pass:
    rng = np.random.default_rng(seed)
    layers: list[nn.Module] = [nn.Linear(3, 8, rng=rng)]
    for dropout in dropouts:
        layers += [nn.Tanh(), dropout, nn.Linear(8, 8, rng=rng)]
    model = nn.Sequential(*layers)
    x = td.Tensor(rng.normal(size=(4, 3)).astype(np.float32))
    return record_loss(lambda: F.cross_entropy(model(x), np.array([0, 1, 2, 3])))


def dropouts(run: Pass) -> list:
    return [node for node in run.nodes if node.operation == "dropout"]


def test_there_are_three_variants_without_the_recorded_pass():
    recorded = recorded_network(nn.Dropout(0.5))
    runs = run_variants(recorded)
    assert [run.label for run in runs] == ["another mask", "evaluation mode", "p = 0.2"]
    assert recorded.label == "as it ran"
    assert {run.number for run in runs} == {recorded.number}
    assert all(run.source_line == recorded.source_line for run in runs)


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.9])
def test_another_mask_has_the_same_p(p):
    recorded = recorded_network(nn.Dropout(p))
    other, _, _ = run_variants(recorded)
    (then,), (now,) = dropouts(recorded), dropouts(other)
    assert now.saved["p"] == then.saved["p"] == p
    assert not np.array_equal(then.saved["mask"], now.saved["mask"])
    assert now.saved["mask"].mean() == pytest.approx(1 - p, abs=0.3)
    scale = np.float32(1 / (1 - p))
    (tanh,) = [node.data for node in other.nodes if node.operation == "tanh"]
    np.testing.assert_allclose(now.data, tanh * now.saved["mask"] * scale, rtol=1e-6)


def test_another_mask_differs_even_if_it_has_one_entry():
    x = td.Tensor(np.array([1.0]), requires_grad=True)
    for kept in (True, False):
        recorded = record_loss(lambda: F.dropout(x, 0.5, mask=np.array([kept])).sum())  # noqa: B023 (called at once)
        other, _, _ = run_variants(recorded)
        assert dropouts(other)[0].saved["mask"] == [not kept]


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_at_p_0_and_1_the_mask_is_the_same(p):
    recorded = recorded_network(nn.Dropout(p))
    other, _, _ = run_variants(recorded)
    np.testing.assert_array_equal(dropouts(recorded)[0].saved["mask"], dropouts(other)[0].saved["mask"])


def test_every_dropout_gets_another_mask():
    recorded = recorded_network(nn.Dropout(0.5), nn.Dropout(0.3))
    other, _, _ = run_variants(recorded)
    for then, now in zip(dropouts(recorded), dropouts(other), strict=True):
        assert not np.array_equal(then.saved["mask"], now.saved["mask"])
        assert then.saved["p"] == now.saved["p"]


def test_two_dropouts_of_the_same_shape_get_different_masks():
    recorded = recorded_network(nn.Dropout(0.5), nn.Dropout(0.5))
    other, _, _ = run_variants(recorded)
    one, two = (node.saved["mask"] for node in dropouts(other))
    assert not np.array_equal(one, two)


OTHER_P = [((0.5,), 0.2), ((0.4,), 0.2), ((0.35,), 0.5), ((0.2,), 0.5), ((0.0,), 0.5), ((0.1, 0.6), 0.2)]


@pytest.mark.parametrize(("rates", "other"), OTHER_P)
def test_the_other_p_is_small_if_p_is_large_and_large_if_p_is_small(rates, other):
    recorded = recorded_network(*(nn.Dropout(p) for p in rates))
    run = run_variants(recorded)[-1]
    assert run.label == f"p = {other:g}"
    assert [node.saved["p"] for node in dropouts(run)] == [other] * len(rates)
    for node in dropouts(run):
        before = run.nodes[node.parents[0]].data
        np.testing.assert_allclose(node.data, before * node.saved["mask"] * np.float32(1 / (1 - other)), rtol=1e-6)


def test_in_evaluation_mode_nothing_is_dropped_and_gradients_are_as_after_eval():
    dropout = nn.Dropout(0.5)
    model = nn.Sequential(nn.Linear(3, 8, rng=np.random.default_rng(1)), dropout, nn.Linear(8, 4))
    x, target = td.Tensor(np.ones((2, 3), dtype=np.float32)), np.array([0, 1])
    recorded = record_loss(lambda: F.cross_entropy(model(x), target))
    run = run_variants(recorded)[1]
    assert dropouts(run) == []
    assert len(run.steps) == len(recorded.steps) - 1
    model.zero_grad()
    model.eval()
    F.cross_entropy(model(x), target).backward()
    found = {run.nodes[index].name: grad for index, grad in run.gradients().items()}
    for name, parameter in model.named_parameters():
        assert same_bits(found[name], parameter.grad)


def test_evaluation_mode_with_test_time_scaling_scales_units_down():
    x = td.Tensor(np.array([1.0, 2.0, 3.0, 4.0]), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.25, scaling="test").sum())
    _, evaluation, other = run_variants(recorded)
    np.testing.assert_allclose(evaluation.gradients()[0], [0.75] * 4)
    assert [node.operation for node in evaluation.nodes if node.operation] == ["multiply", "sum"]
    (dropout,) = dropouts(other)
    assert dropout.saved["scaling"] == "test"
    np.testing.assert_array_equal(dropout.data, x.data * dropout.saved["mask"])


def test_shared_axes_stay_shared():
    x = td.Tensor(np.ones((3, 4, 5)), requires_grad=True)
    recorded = record_loss(lambda: F.dropout(x, 0.5, shared_axes=(0, 2)).sum())
    for run in (run_variants(recorded)[0], run_variants(recorded)[2]):
        mask = dropouts(run)[0].saved["mask"]
        assert mask.shape == (3, 4, 5)
        assert (mask == mask[:1, :, :1]).all()


def test_variants_keep_names_source_lines_and_layers():
    recorded = recorded_network(nn.Dropout(0.5))
    facts = {node.name: (node.source_line, node.layer, node.operation) for node in recorded.nodes}
    for run in run_variants(recorded):
        names = {node.name for node in run.nodes}
        assert names <= set(facts)
        assert set(facts) - names <= {"dropout"}
        assert all(facts[node.name] == (node.source_line, node.layer, node.operation) for node in run.nodes)


def test_a_variant_has_paths_and_central_differences():
    for run in run_variants(recorded_network(nn.Dropout(0.5))):
        paths = Paths(Derivatives(run))
        assert paths.problem == ""
        for index, gradient in run.gradients().items():
            np.testing.assert_allclose(paths.totals[index].reshape(gradient.shape), gradient, rtol=1e-4, atol=1e-6)
        entries = [(index, 0) for index in run.gradients()]
        differences, problem = central_differences(run, entries)
        assert problem == ""
        for index, _ in entries:
            gradient = run.gradients()[index].reshape(-1)[0]
            assert differences[index, 0] == pytest.approx(gradient, rel=1e-3, abs=1e-5)


def test_variants_change_neither_the_recording_nor_the_generator():
    recorded = recorded_network(nn.Dropout(0.5))
    then, state = [array.copy() for array in arrays_of(recorded)], generator_state()
    first, second = run_variants(recorded), run_variants(recorded)
    assert generator_state() == state
    assert all(same_bits(*pair) for pair in zip(then, arrays_of(recorded), strict=True))
    assert all(same_bits(*pair) for pair in zip(arrays_of(first), arrays_of(second), strict=True))


def test_a_pass_without_dropout_has_no_variants():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    assert run_variants(record_loss(lambda: F.gaussian_dropout(x).sum())) == []
    assert run_variants(record_loss(lambda: record(x.data * 2, (x,), lambda grad, x: (2 * grad,)))) == []


def test_a_pass_that_cannot_be_rerun_says_why():
    x = td.Tensor(np.array([1.0, 2.0]), requires_grad=True)
    recorded = record_loss(lambda: record(F.dropout(x).data * 2, (F.dropout(x),), lambda grad, x: (2 * grad,)))
    with pytest.raises(StudyError, match=r"expected a function <lambda> next to <lambda>, to rerun the operation"):
        run_variants(recorded)
