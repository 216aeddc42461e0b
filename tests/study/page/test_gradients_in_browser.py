"""Gradients on the page: their state, the paths to an entry, and the check by a central difference."""

import re

import numpy as np
import pytest

from tests.study.page.looking import (
    TITLES,
    assert_shown,
    backward_figures,
    figures_of,
    floats,
    gradient_entry,
    gradients_after,
    index_of,
    look_at,
)
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.paths import Paths
from tinygrad_dropout.study.preview import ArrayPreview, number, shape_text
from tinygrad_dropout.study.variants import run_variants


@pytest.mark.parametrize("number_", [1, 2])
def test_a_box_shows_the_state_of_its_gradient_at_every_step(visit, passes, number_):
    recorded = passes.passes[number_ - 1]
    page = visit(passes, f"#step=0&pass={number_}")
    for step in range(len(recorded.steps) + 1):
        titles = {int(key.split()[1]): title for key, title in page.evaluate(TITLES).items()}
        found = gradients_after(recorded, step)
        for index, node in enumerate(recorded.nodes):
            gradient, waiting = found.get(index, (None, None))
            word = (
                ", no grad" if not node.requires_grad else ", not yet" if gradient is None
                else ", earlier" if waiting is None else f", waits for {waiting}" if waiting else " ✓"
            )  # fmt: skip
            assert titles[index] == f"{node.name}: {shape_text(node.data.shape)}{word}", step
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("name", ["hidden", "second.bias"])
def test_the_gradient_of_a_tensor_accumulates_from_step_to_step(visit, passes, name):
    recorded = passes.passes[1]
    index = index_of(recorded, name)
    page = visit(passes, "#step=0&pass=2")
    look_at(page, name)
    for step in range(len(recorded.steps) + 1):
        gradient, waiting = gradients_after(recorded, step)[index]
        _, shown = figures_of(page, "#inspection")
        if gradient is None:
            assert (shown["caption"], set(shown["cells"])) == ("gradient", {""})
        else:
            earlier = recorded.nodes[index].grad_before is not None
            caption = ".grad, including an earlier backward" if earlier else "gradient"
            caption = ".grad from an earlier backward" if waiting is None else caption + ", so far" * bool(waiting)
            assert_shown([shown], [(caption, gradient)])
        page.keyboard.press("ArrowRight")


def test_an_entry_that_waits_for_consumers_has_no_paths_yet(visit, passes):
    page = visit(passes, "#step=3")
    look_at(page, "hidden")
    gradient_entry(page, 0).click()
    assert "is not complete yet: it waits for 1 more consumer." in page.inner_text("#inspection")
    assert page.locator("#entry").count() == 0


def test_the_forward_pass_shows_which_tensors_are_computed(visit, default):
    page = visit(default, "#view=forward&step=3")
    titles = page.evaluate(TITLES)
    for index, node in enumerate(default.passes[0].nodes):
        there = index <= index_of(default.passes[0], "dropout_1")
        assert titles[f"node {index}"] == f"{node.name}: {shape_text(node.data.shape) if there else 'not yet'}"


@pytest.mark.parametrize(
    ("name", "tensor", "cell"), [("default", "0.weight", 4), ("default", "3.bias", 1), ("passes", "second.weight", 8)]
)
def test_the_derivatives_along_a_path_multiply_to_its_product(visit, request, name, tensor, cell):
    replay = request.getfixturevalue(name)
    recorded = replay.passes[0]
    index = index_of(recorded, tensor)
    entry = int(ArrayPreview(recorded.nodes[index].data).entries.flat[cell])
    paths = Paths(Derivatives(recorded))
    page = visit(replay)
    page.keyboard.press("End")
    look_at(page, tensor)
    gradient_entry(page, cell).click()
    shown = page.locator(".paths li").all_inner_texts()
    assert len(shown) == len(paths.links[index][entry])
    at = ArrayPreview(recorded.nodes[index].data).index(entry)
    for rank, text in enumerate(shown):
        path, product = text.split(": product ")
        walk = paths.walk(index, entry, rank)[::-1]
        assert floats(re.findall(r" × (\S+?) → ", path)) == pytest.approx([local for *_, local in walk[1:]], rel=6e-4)
        names = [
            recorded.nodes[node].name + ArrayPreview(recorded.nodes[node].data).index(one) for node, one, _ in walk
        ]
        assert re.split(r" × \S+? → ", path) == names
        assert names[0] == "loss"
        assert names[-1] == tensor + at
        assert floats([product])[0] == pytest.approx(paths.links[index][entry][rank].product, rel=6e-4)
    together = f"Sum over all {int(paths.counts[index][entry]):,} paths: dL/d{tensor}{at} = "
    assert together + number(paths.totals[index][entry]) in page.inner_text("#entry")


@pytest.mark.parametrize("run", [0, 1, 3])
def test_a_variant_shows_its_own_numbers(visit, default, run):
    recorded = [default.passes[0], *run_variants(default.passes[0])][run]
    page = visit(default, f"#step=2&run={run}")
    assert_shown(figures_of(page, "article .backward"), backward_figures(recorded, recorded.steps[1]))
    page.keyboard.press("End")
    look_at(page, "0.weight")
    paths = Paths(Derivatives(recorded))
    entry = int(np.argmax(paths.counts[0]))
    gradient_entry(page, entry).click()
    page.keyboard.press("g")
    assert paths.counts[0][entry] > 3
    assert f" = {number(recorded.gradients()[0].flat[entry])}\n" in page.inner_text("#entry")
    assert "✓ They agree." in page.inner_text("#entry")


def test_an_entry_whose_relu_is_off_has_no_paths(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, "linear_1")
    off = np.flatnonzero(default.passes[0].nodes[index_of(default.passes[0], "linear_1")].data < 0)
    gradient_entry(page, off[0]).click()
    assert "(relu_1 is off there), so its gradient is 0" in page.inner_text("#entry")


def test_a_seed_other_than_1_is_shown_and_used(visit, lines):
    page = visit(lines, "#pass=2")
    page.keyboard.press("End")
    root = lines.passes[1].nodes[-1].name
    look_at(page, root)
    gradient_entry(page, 0).click()
    page.keyboard.press("g")
    assert f"starting from 3: {root}[0]: product 3" in page.inner_text("#entry")
    assert "The backward gives 3. ✓ They agree." in page.inner_text("#entry")


def test_selecting_another_entry_or_tensor_resets_the_check(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, "0.weight")
    gradient_entry(page, 1).click()
    page.keyboard.press("g")
    gradient_entry(page, 2).click()
    assert page.get_attribute("#check", "aria-pressed") == "false"
    look_at(page, "relu_1")
    assert page.locator("#entry").count() == 0
    page.keyboard.press("Escape")
    assert page.locator("#inspection").count() == 0


@pytest.mark.parametrize(("figure", "name"), [("article .forward .arrays", "relu_2"), (".contribution", "relu_2")])
def test_a_click_on_a_number_inspects_its_tensor(visit, default, figure, name):
    page = visit(default, "#step=3")
    page.locator(f"{figure} td").nth(6).click()
    assert page.inner_text("#inspection h3").startswith(name)
    selected = page.locator("#panel td[aria-selected=true]")
    assert {one.get_attribute("title").split("]")[0] for one in selected.all()} == {"[1, 2"}
    assert selected.count() == 4  # forward, backward, and both tables of the tensor


def test_before_backward_every_gradient_is_hatched_and_none_is_0(visit, default):
    page = visit(default)
    look_at(page, "0.weight")
    assert page.locator("#inspection table.pending").count() == 1
    assert page.locator("#inspection table.pending td").all_inner_texts() == [""] * 15
    assert "not computed yet" in page.get_attribute("#inspection table.pending", "aria-label")
    assert page.locator("g.box.pending").count() == 14  # all but x, which does not require a gradient


def test_a_box_shows_the_state_of_its_gradient(visit, passes):
    page = visit(passes, "#step=2")
    boxes = page.locator("g.box")
    assert not any("waits" in text for text in boxes.all_text_contents())  # both uses of out are in one operation
    page.keyboard.press("ArrowRight")
    assert any("waits for 1" in text for text in boxes.all_text_contents())
    assert "waiting for 1 more consumer" in page.inner_text("#panel")


@pytest.mark.parametrize("name", ["0.weight", "3.bias", "relu_1", "logits", "loss"])
def test_the_paths_to_an_entry_add_up_to_its_gradient_and_the_difference_agrees(visit, default, name):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, name)
    (recorded,) = default.passes
    gradient = recorded.gradients()[index_of(recorded, name)]
    entry = int(np.argmax(np.abs(gradient)))
    gradient_entry(page, entry).click()
    text = page.inner_text("#entry")
    assert f"= {number(gradient.reshape(-1)[entry])}" in text
    assert "differences" not in text
    page.keyboard.press("g")
    assert "✓ They agree." in page.inner_text("#entry")
    page.click("#check")
    assert "They agree" not in page.inner_text("#entry")


def test_a_few_paths_are_all_shown(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, "logits")
    gradient_entry(page, 0).click()
    assert page.locator(".paths li").count() == 1
    assert page.inner_text("#entry").startswith("All paths from loss to logits[0, 0]")


def test_an_entry_without_paths_says_why(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    look_at(page, "relu_1")
    (recorded,) = default.passes
    (dropout,) = [node for node in recorded.nodes if node.name == "dropout_1"]
    entry = int(np.flatnonzero(~dropout.saved["mask"])[0])
    gradient_entry(page, entry).click()
    assert "(dropout_1 dropped it), so its gradient is 0" in page.inner_text("#entry")


def test_an_entry_without_a_gradient_yet_shows_no_paths(visit, default):
    page = visit(default, "#step=2")
    look_at(page, "0.weight")
    page.locator("#inspection td").first.click()
    assert "has not been computed at this step" in page.inner_text("#inspection")
    assert page.locator("#entry").count() == 0
