"""Choosing runs and passes on the page, and the fragment that keeps the choice."""

import re

import numpy as np
import pytest

from tests.study.page.looking import gradient_entry, index_of, leaf, look_at, replay_of, shown_step
from tinygrad_dropout import functional as F
from tinygrad_dropout import study
from tinygrad_dropout.study.script import EXAMPLE, run_script
from tinygrad_dropout.study.variants import run_variants


def test_runs_are_listed_by_what_was_changed(visit, default):
    page = visit(default)
    assert [one.label for one in run_variants(default.passes[0])] == ["another mask", "evaluation mode", "p = 0.2"]
    labels = [
        "the pass as it ran", "the same pass with another mask", "the same pass in evaluation mode",
        "the same pass with p = 0.2",
    ]  # fmt: skip
    assert page.locator("#run option").all_inner_texts() == labels
    assert page.locator("#beside option").all_inner_texts() == ["nothing", *labels[1:]]
    page.select_option("#run", "3")
    page.select_option("#beside", "0")
    page.keyboard.press("ArrowRight")
    assert page.locator(".run").all_text_contents() == [labels[3], labels[0]]


def test_choosing_a_run_ends_the_inspection(visit, default):
    page = visit(default)
    look_at(page, "loss")
    page.select_option("#run", "2")
    assert page.locator("#inspection").count() == 0


def test_the_fragment_keeps_the_run_and_the_pass_after_a_reload(visit, default, passes):
    page = visit(default)
    page.select_option("#run", "3")
    page.reload()
    assert page.input_value("#run") == "3"
    page = visit(passes)
    page.select_option("#pass", "1")
    page.reload()
    assert page.input_value("#pass") == "1"


@pytest.mark.parametrize("fragment", ["#pass=99", "#pass=0&run=5&beside=7", "#pass=3&step=99&view=sideways"])
def test_a_fragment_beyond_the_last_pass_leads_to_the_last(visit, passes, fragment):
    page = visit(passes, fragment)
    assert page.input_value("#pass") == ("0" if "=0" in fragment else "2")


def test_a_fragment_with_a_step_shows_the_bug_only_if_it_asks_for_it(visit, buggy):
    assert visit(buggy, "#step=5").locator("article").count() == 1


def test_only_the_first_pass_has_variants_and_the_others_say_so(visit):
    x = leaf(1.0, 2.0, 3.0)
    page = visit(replay_of(*[lambda: F.dropout(x, 0.5).sum().backward()] * 2))
    assert page.locator("#run").count() == 1
    page.select_option("#pass", "1")
    assert page.locator("#run").count() == 0
    assert "Only the first pass can be compared with variants" in page.inner_text("#choices")


def test_a_pass_that_cannot_be_rerun_says_why_it_has_no_variants(visit):
    x = leaf(1.0, 2.0, 3.0)

    def changed():
        loss = F.dropout(x, 0.5).sum()
        x.data[:] = 7
        loss.backward()

    assert "Nothing to compare with: " in visit(replay_of(changed)).inner_text("#choices")


def test_a_bug_that_changes_nothing_says_so_in_the_banner(visit):
    page = visit(replay_of(lambda: leaf(1.0, 2.0).relu().sum().backward(), bug="relu-ignored"))
    assert "it changes nothing in this pass" in page.inner_text("#banner")
    assert page.locator("#to-bug").count() == 0


@pytest.mark.parametrize("run", [1, 2, 3])
def test_variants_are_shown_next_to_the_run(visit, default, run):
    page = visit(default, "#step=3")
    page.select_option("#beside", str(run))
    variant = run_variants(default.passes[0])[run - 1]
    assert variant.label in page.inner_text("article:nth-child(2) .run")
    text = page.inner_text("article:nth-child(2)")
    if variant.label == "evaluation mode":
        assert "in evaluation mode dropout is the identity" in text
    else:
        assert "Backward" in text
        assert page.locator("main td.differs").count() > 0


def test_a_variant_can_be_the_run_itself(visit, default):
    page = visit(default)
    page.select_option("#run", "2")
    assert page.inner_text("#count") == "6"
    assert page.locator("g.box:has-text('dropout')").count() == 0
    page.keyboard.press("End")
    look_at(page, "0.weight")
    gradient_entry(page, 0).click()
    page.keyboard.press("g")
    assert "✓ They agree." in page.inner_text("#entry")


@pytest.mark.parametrize("bug", ["backward-forgets-the-mask", "relu-ignored", "backward-inverts-the-mask"])
def test_gradients_that_a_bug_lets_through_are_not_crossed_out(visit, bug):
    page = visit(run_script(EXAMPLE, ["0.4", "0"], bug=study.BUGS[bug]).replay)
    through = page.locator("article:nth-child(2) .contribution td.differs").filter(has_not_text=re.compile("^0$"))
    assert through.count() > 0
    assert all(" differs" in one.get_attribute("class") or one.get_attribute("class").split()[0] == "differs"
               for one in through.all())  # fmt: skip
    assert not any({"dropped", "dead"} & set(one.get_attribute("class").split()) for one in through.all())
    assert "with the bug" in page.inner_text("#banner")


def test_the_example_of_a_bug_is_an_entry_that_differs(visit, buggy):
    page = visit(buggy)
    right, wrong = (page.inner_text(f"article:nth-child({k}) .example") for k in (1, 2))
    assert right.split("=")[0] == wrong.split("=")[0]
    assert right.split("=")[1] != wrong.split("=")[1]


def test_passes_are_chosen_from_a_list(visit, passes):
    page = visit(passes)
    assert page.locator("#pass option").count() == 3
    page.select_option("#pass", "1")
    assert "pass=2" in page.url
    assert "loss" in page.locator("#pass option").nth(1).inner_text()


def test_a_bug_opens_at_the_first_step_that_differs_with_both_side_by_side(visit, buggy):
    page = visit(buggy)
    assert shown_step(page) == 3
    assert "The first step that differs is step 3" in page.inner_text("#banner")
    assert page.locator("article").count() == 2
    assert page.inner_text("article:nth-child(2) .rule") == "dL/dx = grad * mask"
    assert page.locator(".contribution td.differs").count() > 0
    assert page.locator("article h3 ~ .arrays >> nth=0 >> td.differs").count() == 0
    assert "differs" in page.locator(".contribution td.differs").first.get_attribute("title")
    page.keyboard.press("Home")
    page.click("#to-bug")
    assert shown_step(page) == 3


def test_nothing_differs_before_the_bug_and_the_central_difference_disagrees_after_it(visit, buggy):
    page = visit(buggy, "#step=2&beside=1")
    assert page.locator("main td.differs").count() == 0
    page.select_option("#run", "1")
    page.keyboard.press("End")
    look_at(page, "0.weight")
    (recorded,) = buggy.passes
    gradient = recorded.gradients()[index_of(recorded, "0.weight")]
    gradient_entry(page, np.argmax(np.abs(gradient))).click()
    page.keyboard.press("g")
    assert "✗ They differ" in page.inner_text("#entry")
