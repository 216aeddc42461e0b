"""A step on the page shows the recorded tables, source line and rule."""

import re

import numpy as np
import pytest

from tests.study.graphs import stopped
from tests.study.page.looking import (
    STEPS,
    assert_shown,
    backward_figures,
    figures_of,
    floats,
    heading,
    index_of,
    leaf,
    replay_of,
    shown_step,
)
from tests.study.worked.reading import calculate
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.worked.total import MAX_TERMS


@pytest.mark.parametrize(("name", "number_"), [("default", 1), ("passes", 1), ("passes", 2)])
def test_a_step_shows_its_upstream_gradient_and_its_contributions(visit, request, name, number_):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[number_ - 1]
    page = visit(replay, f"#step=0&pass={number_}")
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        assert_shown(figures_of(page, "article .backward"), backward_figures(recorded, step))


def test_a_step_shows_the_operations_inputs_and_result(visit, passes):
    page = visit(passes, "#view=forward")
    nodes = passes.passes[0].nodes
    for node in nodes:
        if node.parents:
            page.keyboard.press("ArrowRight")
            inputs = [nodes[parent] for parent in node.parents]
            assert heading(page) == f"{node.name} = {node.operation}({', '.join(one.name for one in inputs)})"
            expected = {one.name: one.data for one in [*inputs, node]}
            assert_shown(figures_of(page, "article .forward .arrays"), list(expected.items()))


def test_a_step_names_its_line_and_its_layer(visit, default):
    page = visit(default, "#step=3")
    place = default.passes[0].nodes[index_of(default.passes[0], "dropout_2")].source_line
    assert page.inner_text("p.line") == f"logits = model(x) example.py:{place.line}, in 5 Dropout(p=0.4)"


def test_the_forward_pass_shows_the_source_of_the_forward_function(visit, default):
    page = visit(default, "#step=3&view=forward")
    page.click("details.source summary")
    assert page.inner_text("details.source pre").startswith("def dropout(")


def test_a_long_sum_shows_its_largest_products(visit, passes):
    page = visit(passes, "#step=5")
    (recorded, *_), derivatives = passes.passes, Derivatives(passes.passes[0])
    assert heading(page).startswith("linear_2 =")
    for position, text in enumerate(page.locator(".equation").all_inner_texts()[:2]):
        name, index, _, written, total = re.match(r"dL/d(\S+?)\[(.+?)\] = (.+?) = (.+?) = (\S+)$", text).groups()
        shape = recorded.nodes[index_of(recorded, name)].data.shape
        entry = np.ravel_multi_index([int(one) for one in index.split(", ")], shape)
        terms = derivatives.sum(4, position, int(entry)).terms
        assert f"({len(terms) - MAX_TERMS} more: " in written
        assert calculate(written) == pytest.approx(sum(term.product for term in terms), rel=2e-3)
        assert floats([total])[0] == pytest.approx(sum(term.product for term in terms), rel=1e-3)


def test_two_contributions_to_the_same_tensor_are_told_apart_by_argument_names(visit, passes):
    page = visit(passes, "#step=2")
    assert page.locator(".contribution h4").all_inner_texts() == ["to out, as x", "to out, as y"]


def test_a_parent_without_gradient_says_why(visit, default):
    assert "x does not require a gradient." in visit(default, "#step=8").inner_text(".backward")
    x = leaf(1.0, 2.0)
    page = visit(replay_of(lambda: (stopped(x) * 2 + x.tanh()).sum().backward()))
    while not heading_or_nothing(page).startswith("stopped"):
        page.keyboard.press("ArrowRight")
    assert "x gets no gradient from this operation." in page.inner_text(".backward")


def heading_or_nothing(page):
    return heading(page) if shown_step(page) else ""


def test_the_heading_shows_where_backward_was_called(visit, lines):
    page = visit(lines)
    called = page.inner_text("#called")
    assert re.fullmatch(r"\S+, conftest\.py:\d+ +\(x \* x\)\.sum\(\)\.backward\(\)", called)
    page.select_option("#pass", "1")
    assert "x.tanh().backward(np.array([3.0, 0.0]))" in page.inner_text("#called")


def test_passes_are_listed_by_loss_or_by_line(visit, passes, lines):
    page = visit(passes)
    expected = [f"{one.number}: loss {number(one.loss)}" for one in passes.passes]
    assert page.locator("#pass option").all_inner_texts() == expected
    first, second = visit(lines).locator("#pass option").all_inner_texts()
    assert first.endswith(" 5")
    assert second.endswith("x.tanh().backward(np.array([3.0, 0.0]))")


def test_the_steps_are_shown_in_the_order_in_which_they_ran(visit, default):
    page = visit(default)
    (recorded,) = default.passes
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        node = recorded.nodes[step.node]
        assert heading(page).startswith(f"{node.name} = {node.operation}(")
        assert page.inner_text(".rule") == node.rule
        assert node.backward.__name__ in page.inner_text("details.source summary")


def test_the_source_of_the_function_is_shown_and_stays_open(visit, default):
    page = visit(default, "#step=3")
    page.click("details.source summary")
    assert "return (multiply_by_mask(grad, mask, p, scaling),)" in page.inner_text("details.source pre")
    page.keyboard.press("ArrowRight")
    assert "def relu_backward" in page.inner_text("details.source pre")


def test_the_forward_pass_goes_from_the_inputs_to_the_loss(visit, default):
    page = visit(default, "#view=forward&step=0")
    names = []
    for _ in range(STEPS):
        page.keyboard.press("ArrowRight")
        names.append(heading(page).split(" = ")[0])
    assert names == ["linear_1", "relu_1", "dropout_1", "linear_2", "relu_2", "dropout_2", "logits", "loss"]


def test_the_first_step_shows_the_probabilities_the_target_and_their_difference(visit, default):
    page = visit(default, "#step=1")
    (recorded,) = default.passes
    logits = recorded.nodes[recorded.nodes[-1].parents[0]].data
    labels = recorded.nodes[-1].saved["target"]
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    captions = [text.split("\n")[0] for text in page.locator(".saved figcaption").all_inner_texts()]
    assert captions == ["p = softmax(logits) 4 × 3", f"target (labels {', '.join(map(str, labels))}) 4 × 3"]
    for figure, shown in enumerate((p, np.eye(3)[labels])):
        rows = page.locator(".saved figure").nth(figure).locator("tr")
        cells = [rows.nth(k).locator("td").all_inner_texts() for k in range(rows.count())]
        np.testing.assert_allclose(np.array(cells, float), shown, rtol=6e-4)
    page.locator(".contribution td").nth(7).click()
    line = page.inner_text(".example .equation")
    assert line.startswith(f"dL/dlogits[2, 1] = upstream × (p − target) / N = 1 × ({number(p[2, 1])} − ")


def test_elementwise_rules_show_the_local_derivative(visit, default):
    page = visit(default, "#step=3")
    found = re.search(r"upstream × mask / \(1 − p\) = (\S+) × 1 / \(1 − 0\.4\) = (\S+)", page.inner_text("#panel"))
    upstream, product = (float(text.replace("−", "-")) for text in found.groups())
    assert product == pytest.approx(upstream / 0.6, rel=1e-3)


def test_matrix_products_name_the_row_and_the_column(visit, default):
    page = visit(default, "#step=5")
    assert re.search(r"row \d of dL/dlinear_2 times column \d of 3.weight", page.inner_text("#panel"))
    assert re.search(r"column \d of dL/dlinear_2 times column \d of dropout_1", page.inner_text("#panel"))
    page.locator(".contribution:has(h4:text-is('to 3.weight')) td").nth(7).click()
    assert "dL/d3.weight[1, 2] = Σ upstream × x = " in page.inner_text(
        ".contribution:has(h4:text-is('to 3.weight')) .example"
    )


def test_unbroadcast_is_shown_as_a_sum(visit, passes):
    page = visit(passes)
    page.keyboard.press("End")
    while "to shift" not in page.inner_text("#panel"):
        page.keyboard.press("ArrowLeft")
    assert "sum over axis 0, along which shift was stretched: 10 × 12 → 1 × 12" in page.inner_text("#panel")


def test_a_contribution_is_added_to_an_earlier_grad(visit, passes):
    page = visit(passes, "#pass=2")
    page.keyboard.press("End")
    captions = page.locator(".contribution figcaption").all_inner_texts()
    assert any(caption.startswith("before") for caption in captions)
    assert any(caption.startswith("contribution") for caption in captions)
    assert any("including an earlier backward" in caption for caption in captions)
