"""Arrays on the page: a corner of a large one, colors, signs, and labels for screen readers."""

import re

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.page.looking import COLORS, figures_of, floats, gradient_entry, index_of, look_at, replay_of
from tinygrad_dropout.study.preview import ArrayPreview, number


@pytest.mark.parametrize(
    ("name", "cell", "index", "part"), [("weight", 21, "[0, 2, 5]", "[0, 0:3, 0:8]"), ("bias", 5, "[5]", "[0:8]")]
)
def test_a_corner_of_any_number_of_axes_has_the_indices_of_the_whole(visit, blocks, name, cell, index, part):
    page = visit(blocks)
    page.keyboard.press("End")
    look_at(page, name)
    assert page.locator("#inspection .range").nth(1).inner_text() == f"shown: {part}"
    assert gradient_entry(page, cell).get_attribute("title") == index
    gradient_entry(page, cell).click()
    recorded = blocks.passes[0]
    node_index = index_of(recorded, name)
    entry = int(ArrayPreview(recorded.nodes[node_index].data).entries.flat[cell])
    assert f"dL/d{name}{index} = {number(recorded.gradients()[node_index].flat[entry])}" in page.inner_text("#entry")
    page.keyboard.press("g")
    assert "✓ They agree." in page.inner_text("#entry")


def test_the_range_covers_the_whole_array(visit, passes):
    page = visit(passes, "#step=3")
    array = passes.passes[0].nodes[index_of(passes.passes[0], "hidden")].data
    text = page.locator("article .forward .arrays .range").first.inner_text()
    shown = re.fullmatch(r"min (\S+), max (\S+), norm (\S+)", text).groups()
    assert floats(shown) == pytest.approx([array.min(), array.max(), np.linalg.norm(array)], rel=6e-4)


def test_an_entry_of_a_lower_row_has_its_own_difference(visit, passes):
    page = visit(passes)
    page.keyboard.press("End")
    look_at(page, "second.weight")
    gradient_entry(page, 8).click()
    page.keyboard.press("g")
    assert "second.weight[1, 0] moved by a millionth" in page.inner_text("#entry")
    assert "✓ They agree." in page.inner_text("#entry")


def test_an_array_without_elements_says_so(visit):
    x = td.Tensor(np.ones((0, 3)), requires_grad=True, name="x")
    page = visit(replay_of(lambda: (x * x).sum().backward()))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        look_at(page, "x")
    assert "no elements" in page.inner_text(".backward")


@pytest.mark.parametrize(
    "within",
    [".forward table", ".contribution table", "#signs span:has-text('negative')", "#signs span:has-text('positive')"],
)
def test_the_color_shows_the_sign_and_the_size(visit, default, within):
    page = visit(default, "#step=5")
    for table in page.locator(within).all():
        cells = table.locator("td").evaluate_all(COLORS)
        largest = max(abs(floats([text])[0]) for text, _ in cells)
        for text, color in cells:
            share = floats([text])[0] / largest
            assert abs(color - 120 * share) < 35 * abs(share) + 3, text  # orange for positive, blue for negative


def test_cells_and_boxes_have_labels_for_screen_readers(visit, default):
    page = visit(default, "#step=3")
    assert re.fullmatch(
        r"\[\d, \d\] 0 dropped", page.locator(".contribution td.dropped").first.get_attribute("aria-label")
    )
    assert page.locator(".contribution table").get_attribute("aria-label") == "dL/drelu_2, 4 × 4"
    assert page.locator("g.box.here").get_attribute("aria-label") == "dropout_2: 4 × 4 ✓, this step"
    page.keyboard.press("ArrowRight")
    assert re.fullmatch(
        r"\[\d, \d\] 0 ReLU off", page.locator(".contribution td.dead").first.get_attribute("aria-label")
    )


@pytest.mark.parametrize(("name", "step"), [("default", 3), ("default", 4), ("buggy", 3), ("buggy", 5)])
def test_differences_between_two_runs_are_marked_in_both(visit, request, name, step):
    page = visit(request.getfixturevalue(name), f"#step={step}&beside=1")
    left, right = (
        [*figures_of(page, f"article:nth-child({k}) .forward"), *figures_of(page, f"article:nth-child({k}) .backward")]
        for k in (1, 2)
    )
    assert [one["caption"] for one in left] == [one["caption"] for one in right]
    for mine, theirs in zip(left, right, strict=True):
        expected = [one != other for one, other in zip(mine["cells"], theirs["cells"], strict=True)]
        assert mine["differs"] == theirs["differs"] == expected, mine["caption"]


def test_dropped_units_are_crossed_out_forward_and_backward(visit, default):
    page = visit(default, "#step=6")
    (recorded,) = default.passes
    (node,) = [node for node in recorded.nodes if node.name == "dropout_1"]
    dropped = int((~node.saved["mask"]).sum())
    figures = page.locator("article figure:has(td.dropped)")  # the result, the mask, the gradient
    assert [figures.nth(k).locator("td.dropped").count() for k in range(figures.count())] == [dropped] * 3
    assert "Kept: × 1.667 = 1/(1 − 0.4)" in page.inner_text("#panel")
    assert page.locator("main td.dropped").first.get_attribute("title").endswith("dropped")


def test_units_that_are_off_look_different_from_dropped_ones(visit, default):
    page = visit(default, "#step=7")
    (recorded,) = default.passes
    (node,) = [node for node in recorded.nodes if node.name == "relu_1"]
    assert page.locator(".contribution td.dead").count() == int((node.data == 0).sum())
    assert page.locator(".contribution td.dropped").count() == 0
    assert page.locator("main td.dead").first.get_attribute("title").endswith("ReLU off")


def test_large_arrays_show_their_range_and_a_corner(visit, passes):
    page = visit(passes, "#step=3")
    assert "shown: [0:8, 0:8]" in page.inner_text("#panel")
    assert re.search(r"min \S+, max \S+, norm \S+", page.inner_text("#panel"))


@pytest.mark.parametrize(
    "value", [0.0, 1.0, -0.5, 12345.6, 9999.5, 0.00012345, 0.000012345, 1e-10, -3e20, 123.456, 0.1 + 0.2]
)
def test_numbers_are_formatted_as_in_the_text(visit, default, value):
    assert visit(default).evaluate("(value) => number(value)", value) == number(value)
