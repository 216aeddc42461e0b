"""A step on the page shows the recorded tables, source line and rule."""

import re

import numpy as np
import pytest

from tests.study.graphs import stopped
from tests.study.page.looking import (
    assert_shown,
    backward_figures,
    figures_of,
    floats,
    heading,
    index_of,
    leaf,
    replay_of,
    shown_step,
    text_of,
)
from tests.study.worked.reading import calculate
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.worked.total import MOST_TERMS


@pytest.mark.parametrize(("name", "number_"), [("default", 1), ("passes", 1), ("passes", 2)])
def test_a_step_shows_its_upstream_gradient_and_its_contributions(visit, request, name, number_):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[number_ - 1]
    page = visit(text_of(replay), f"#step=0&pass={number_}")
    for step in recorded.steps:
        page.keyboard.press("ArrowRight")
        assert_shown(figures_of(page, "article .backward"), backward_figures(recorded, step))


def test_a_step_shows_the_operations_inputs_and_result(visit, passes):
    page = visit(text_of(passes), "#view=forward")
    nodes = passes.passes[0].nodes
    for node in nodes:
        if node.parents:
            page.keyboard.press("ArrowRight")
            inputs = [nodes[parent] for parent in node.parents]
            assert heading(page) == f"{node.name} = {node.operation}({', '.join(one.name for one in inputs)})"
            expected = {one.name: one.data for one in [*inputs, node]}
            assert_shown(figures_of(page, "article .forward .arrays"), list(expected.items()))


def test_a_step_names_its_line_and_its_layer(visit, default):
    page = visit(text_of(default), "#step=3")
    place = default.passes[0].nodes[index_of(default.passes[0], "dropout_2")].source_line
    assert page.inner_text("p.line") == f"logits = model(x) example.py:{place.line}, in 5 Dropout(p=0.4)"


def test_the_forward_pass_shows_the_source_of_the_forward_function(visit, default):
    page = visit(text_of(default), "#step=3&view=forward")
    page.click("details.source summary")
    assert page.inner_text("details.source pre").startswith("def dropout(")


def test_a_long_sum_shows_its_largest_products(visit, passes):
    page = visit(text_of(passes), "#step=5")
    (recorded, *_), derivatives = passes.passes, Derivatives(passes.passes[0])
    assert heading(page).startswith("linear_2 =")
    for position, text in enumerate(page.locator(".equation").all_inner_texts()[:2]):
        name, index, _, written, total = re.match(r"dL/d(\S+?)\[(.+?)\] = (.+?) = (.+?) = (\S+)$", text).groups()
        shape = recorded.nodes[index_of(recorded, name)].data.shape
        entry = np.ravel_multi_index([int(one) for one in index.split(", ")], shape)
        terms = derivatives.sum(4, position, int(entry)).terms
        assert f"({len(terms) - MOST_TERMS} more: " in written
        assert calculate(written) == pytest.approx(sum(term.product for term in terms), rel=2e-3)
        assert floats([total])[0] == pytest.approx(sum(term.product for term in terms), rel=1e-3)


def test_two_contributions_to_the_same_tensor_are_told_apart_by_argument_names(visit, passes):
    page = visit(text_of(passes), "#step=2")
    assert page.locator(".contribution h4").all_inner_texts() == ["to out, as x", "to out, as y"]


def test_a_parent_without_gradient_says_why(visit, default):
    assert "x does not require a gradient." in visit(text_of(default), "#step=8").inner_text(".backward")
    x = leaf(1.0, 2.0)
    page = visit(text_of(replay_of(lambda: (stopped(x) * 2 + x.tanh()).sum().backward())))
    while not heading_or_nothing(page).startswith("stopped"):
        page.keyboard.press("ArrowRight")
    assert "x gets no gradient from this operation." in page.inner_text(".backward")


def heading_or_nothing(page):
    return heading(page) if shown_step(page) else ""


def test_the_heading_shows_where_backward_was_called(visit, lines):
    page = visit(text_of(lines))
    called = page.inner_text("#called")
    assert re.fullmatch(r"\S+, conftest\.py:\d+ +\(x \* x\)\.sum\(\)\.backward\(\)", called)
    page.select_option("#pass", "1")
    assert "x.tanh().backward(np.array([3.0, 0.0]))" in page.inner_text("#called")


def test_passes_are_listed_by_loss_or_by_line(visit, passes, lines):
    page = visit(text_of(passes))
    expected = [f"{one.number}: loss {number(one.loss)}" for one in passes.passes]
    assert page.locator("#pass option").all_inner_texts() == expected
    first, second = visit(text_of(lines)).locator("#pass option").all_inner_texts()
    assert first.endswith(" 5")
    assert second.endswith("x.tanh().backward(np.array([3.0, 0.0]))")
