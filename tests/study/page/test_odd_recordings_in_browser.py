"""Unusual recordings on the page: markup in names, NaN, and graphs that were once shown incorrectly."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.graphs import stopped
from tests.study.page.looking import (
    FOCUSED,
    ODD,
    TITLES,
    figures_of,
    gradient_entry,
    heading,
    leaf,
    look_at,
    replay_of,
)
from tinygrad_dropout import functional as F
from tinygrad_dropout.autograd.recording import record


def half(x):
    return record(x.data / 2, (x,), half_backward)


def half_backward(grad, x):
    """dL/dx = grad / 2, </script> and <!--<script> & <b>too</b>"""
    return (grad / 2,)


def test_names_and_sources_can_contain_markup_and_quotes(visit):
    first, second, third = (leaf(1.0, 2.0, name=name) for name in ODD)
    page = visit(replay_of(lambda: half(first * second * third).sum().backward()), "#step=2")
    assert page.inner_text(".rule") == half_backward.__doc__
    page.click("details.source summary")
    assert half_backward.__doc__ in page.inner_text("details.source pre")
    assert page.title() == "Replay of one backward pass"
    page.keyboard.press("End")
    assert ODD[0] in heading(page)
    for name in ODD:
        page.locator("g.box").nth(ODD.index(name)).press("Enter")
        assert page.locator("#inspection h3").text_content().startswith(name)


def test_nan_and_infinity_are_shown_as_words(visit):
    x = leaf(np.nan, np.inf, -np.inf, 1.0, -2.0)
    page = visit(replay_of(lambda: F.dropout(x * x, 0.0).sum().backward()))
    page.keyboard.press("End")
    look_at(page, "x")
    values, gradient = figures_of(page, "#inspection")
    assert values["cells"] == ["nan", "inf", "−inf", "1", "−2"]
    assert gradient["cells"] == ["nan", "inf", "−inf", "2", "−4"]
    gradient_entry(page, 3).click()
    page.keyboard.press("g")
    assert "dL/dx[3]" in page.inner_text("#inspection") or "x[3]" in page.inner_text("#inspection")


def test_an_entry_without_paths_does_not_blame_another_operation(visit):
    x = leaf(1.0, 2.0)
    mask = np.array([False, True])
    page = visit(replay_of(lambda: (x.tanh() * td.Tensor(mask.astype(float))).sum().backward()))
    page.keyboard.press("End")
    look_at(page, "x")
    gradient_entry(page, 0).click()
    assert "tanh dropped it" not in page.inner_text("#entry")


@pytest.mark.parametrize("early", [lambda x: stopped(x), lambda x: stopped(x.exp())])
def test_at_the_end_no_tensor_waits_for_consumers_without_gradient(visit, early):
    x = leaf(1.0, 2.0)
    page = visit(replay_of(lambda: (early(x) + x.tanh()).sum().backward()))
    page.keyboard.press("End")
    assert [title for title in page.evaluate(TITLES).values() if "waits" in title] == []


def test_a_new_fragment_can_choose_a_run_without_the_inspected_tensor(visit, default):
    page = visit(default, "#step=1")
    look_at(page, "loss")
    page.evaluate("location.hash = '#step=2&run=2'")
    page.wait_for_function("document.getElementById('jump').value === '2'")
    assert heading(page).startswith("logits =")


def test_an_infinite_gradient_is_shown(visit):
    x = leaf(-0.0, 2.0)
    with np.errstate(all="ignore"):
        page = visit(replay_of(lambda: (x**-1.0).sum().backward()))
    page.keyboard.press("End")
    look_at(page, "x")
    gradient_entry(page, 0).click()
    page.keyboard.press("g")
    assert "The backward gives −inf" in page.inner_text("#inspection")


@pytest.mark.parametrize(("target", "after"), [("g.label >> nth=0", "layer 0"), ("#fold-all", "fold all layers")])
def test_the_focus_stays_where_something_was_folded(visit, default, target, after):
    page = visit(default)
    page.focus(target)
    before = page.evaluate(FOCUSED)
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == after
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED) == before
