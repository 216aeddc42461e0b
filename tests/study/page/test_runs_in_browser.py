"""Choosing runs and passes on the page, and the fragment that keeps the choice."""

import pytest

from tests.study.page.looking import leaf, look_at, replay_of, text_of
from tinygrad_dropout import functional as F
from tinygrad_dropout.study.variants import run_variants


def test_runs_are_listed_by_what_was_changed(visit, default):
    page = visit(text_of(default))
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
    page = visit(text_of(default))
    look_at(page, "loss")
    page.select_option("#run", "2")
    assert page.locator("#inspection").count() == 0


def test_the_fragment_keeps_the_run_and_the_pass_after_a_reload(visit, default, passes):
    page = visit(text_of(default))
    page.select_option("#run", "3")
    page.reload()
    assert page.input_value("#run") == "3"
    page = visit(text_of(passes))
    page.select_option("#pass", "1")
    page.reload()
    assert page.input_value("#pass") == "1"


@pytest.mark.parametrize("fragment", ["#pass=99", "#pass=0&run=5&beside=7", "#pass=3&step=99&view=sideways"])
def test_a_fragment_beyond_the_last_pass_leads_to_the_last(visit, passes, fragment):
    page = visit(text_of(passes), fragment)
    assert page.input_value("#pass") == ("0" if "=0" in fragment else "2")


def test_a_fragment_with_a_step_shows_the_bug_only_if_it_asks_for_it(visit, buggy):
    assert visit(text_of(buggy), "#step=5").locator("article").count() == 1


def test_only_the_first_pass_has_variants_and_the_others_say_so(visit):
    x = leaf(1.0, 2.0, 3.0)
    page = visit(text_of(replay_of(*[lambda: F.dropout(x, 0.5).sum().backward()] * 2)))
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

    assert "Nothing to compare with: " in visit(text_of(replay_of(changed))).inner_text("#choices")


def test_a_bug_that_changes_nothing_says_so_in_the_banner(visit):
    page = visit(text_of(replay_of(lambda: leaf(1.0, 2.0).relu().sum().backward(), bug="relu-ignored")))
    assert "it changes nothing in this pass" in page.inner_text("#banner")
    assert page.locator("#to-bug").count() == 0
