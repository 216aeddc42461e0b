"""The page's bar: playing, the keys, and disabled buttons."""

import pytest

from tests.study.page.looking import STEPS, shown_step, text_of


def test_play_from_the_end_starts_over(visit, default):
    page = visit(text_of(default), f"#step={STEPS}")
    page.keyboard.press("Space")
    assert (shown_step(page), page.inner_text("#play")) == (0, "stop")
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "play"


def test_the_browsers_own_shortcuts_still_work(visit, default):
    page = visit(text_of(default), "#view=forward&step=3")
    for key in ("Control+b", "Alt+b", "Meta+b"):
        page.keyboard.press(key)
    assert page.get_attribute("#forward", "aria-pressed") == "true"


def test_space_on_a_button_presses_only_that_button(visit, default):
    page = visit(text_of(default))
    page.focus("#next")
    page.keyboard.press("Space")
    assert (shown_step(page), page.inner_text("#play")) == (1, "play")


@pytest.mark.parametrize(("step", "off"), [(0, ["first", "previous"]), (3, []), (STEPS, ["next", "last"])])
def test_buttons_that_lead_nowhere_are_disabled(visit, default, step, off):
    page = visit(text_of(default), f"#step={step}")
    assert [one for one in ("first", "previous", "next", "last") if page.is_disabled(f"#{one}")] == off


def test_the_list_of_keys_is_announced_as_open_or_closed(visit, default):
    page = visit(text_of(default))
    assert page.get_attribute("#help", "aria-expanded") == "false"
    page.keyboard.press("?")
    assert page.get_attribute("#help", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.is_hidden("#keys")
