"""The page's bar: playing, the keys, and disabled buttons."""

import pytest

from tests.study.page.looking import STEPS, heading, shown_step


def test_play_from_the_end_starts_over(visit, default):
    page = visit(default, f"#step={STEPS}")
    page.keyboard.press("Space")
    assert (shown_step(page), page.inner_text("#play")) == (0, "stop")
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "play"


def test_the_browsers_own_shortcuts_still_work(visit, default):
    page = visit(default, "#view=forward&step=3")
    for key in ("Control+b", "Alt+b", "Meta+b"):
        page.keyboard.press(key)
    assert page.get_attribute("#forward", "aria-pressed") == "true"


def test_space_on_a_button_presses_only_that_button(visit, default):
    page = visit(default)
    page.focus("#next")
    page.keyboard.press("Space")
    assert (shown_step(page), page.inner_text("#play")) == (1, "play")


@pytest.mark.parametrize(("step", "off"), [(0, ["first", "previous"]), (3, []), (STEPS, ["next", "last"])])
def test_buttons_that_lead_nowhere_are_disabled(visit, default, step, off):
    page = visit(default, f"#step={step}")
    assert [one for one in ("first", "previous", "next", "last") if page.is_disabled(f"#{one}")] == off


def test_the_list_of_keys_is_announced_as_open_or_closed(visit, default):
    page = visit(default)
    assert page.get_attribute("#help", "aria-expanded") == "false"
    page.keyboard.press("?")
    assert page.get_attribute("#help", "aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert page.is_hidden("#keys")


@pytest.mark.parametrize(
    ("keys", "step"),
    [
        ("ArrowRight", 1), ("ArrowRight ArrowRight ArrowLeft", 1), ("End", STEPS), ("End Home", 0), ("ArrowLeft", 0),
        ("End ArrowRight", STEPS), ("End ArrowLeft", STEPS - 1),
    ],
)  # fmt: skip
def test_keys_go_from_step_to_step(visit, default, keys, step):
    page = visit(default)
    for key in keys.split():
        page.keyboard.press(key)
    assert shown_step(page) == step
    assert page.inner_text("#count") == str(STEPS)


@pytest.mark.parametrize(("button", "step"), [("first", 0), ("previous", 2), ("next", 4), ("last", STEPS)])
def test_buttons_go_from_step_to_step(visit, default, button, step):
    page = visit(default, "#step=3")
    page.click(f"#{button}")
    assert shown_step(page) == step


def test_you_can_jump_to_a_step(visit, default):
    page = visit(default)
    page.fill("#jump", "5")
    page.keyboard.press("Tab")
    assert heading(page).startswith("linear_2 =")
    page.fill("#jump", "99")
    page.keyboard.press("Enter")
    assert shown_step(page) == STEPS
    page.keyboard.press("ArrowLeft")
    assert shown_step(page) == STEPS - 1


def test_play_advances_and_stops_at_the_end(visit, default):
    page = visit(default, "#step=7")
    page.keyboard.press("Space")
    assert page.get_attribute("#play", "aria-pressed") == "true"
    page.wait_for_function("document.getElementById('jump').value === '8'")
    page.wait_for_function("document.getElementById('play').getAttribute('aria-pressed') === 'false'")


def test_play_stops_when_asked(visit, default):
    page = visit(default)
    page.click("#play")
    page.click("#play")
    assert page.get_attribute("#play", "aria-pressed") == "false"
    page.wait_for_timeout(1400)
    assert shown_step(page) == 0


def test_the_fragment_keeps_the_step_after_a_reload(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    page.keyboard.press("f")
    page.select_option("#beside", "2")
    assert "view=forward" in page.url
    page.reload()
    assert page.get_attribute("#forward", "aria-pressed") == "true"
    assert heading(page).startswith("linear_1")
    assert page.input_value("#beside") == "2"


@pytest.mark.parametrize(
    ("fragment", "step"),
    [("#step=4", 4), ("#step=999", STEPS), ("#step=-1", 0), ("#nonsense", 0), ("#step=x&run=77", 0)],
)
def test_any_fragment_leads_to_a_valid_step(visit, default, fragment, step):
    page = visit(default, fragment)
    assert shown_step(page) == step
    page.evaluate("location.hash = '#step=2'")
    page.wait_for_function("document.getElementById('jump').value === '2'")


def test_forward_and_backward_show_the_same_operation(visit, default):
    page = visit(default, "#step=6")
    assert heading(page).startswith("dropout_1")
    page.click("#forward")
    assert heading(page).startswith("dropout_1")
    assert "Backward" not in page.inner_text("#panel")
    page.keyboard.press("b")
    assert heading(page).startswith("dropout_1")
    assert shown_step(page) == 6
