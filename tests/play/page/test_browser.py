"""The live page, control by control, in headless Chromium."""

import re
import subprocess
import sys

import pytest

from tests.play.page.conftest import wait_until
from tinygrad_dropout.play.settings import Settings

pytest.importorskip("uvicorn", reason="the live page needs the extra play")


def session_of(served, page):
    """The session behind a page."""
    server, _ = served
    tab = re.search(r"why/([\w-]+)/with", page.locator("#with a.button").get_attribute("href"))[1]
    return server.tabs[tab].session


def step_of(page):
    return int(re.match(r"step ([\d,]+)", page.inner_text("#count"))[1].replace(",", ""))


def wait_for_step(page, least):
    wait_until(lambda: step_of(page) >= least)


def set_range(page, name, value):
    """Move a slider."""
    page.locator(f"#{name}").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input', { bubbles: true })) }",
        value,
    )


def picture(page, selector):
    """The pixels of a canvas."""
    return page.locator(selector).evaluate("canvas => canvas.toDataURL()")


def test_the_page_opens_untrained_with_the_settings_of_its_link(visit, served):
    page = visit("data=circles&width=6&points=40&p=0.25&input_p=0.1")
    settings = session_of(served, page).training.settings
    assert (settings.data, settings.width, settings.points, settings.p, settings.input_p) == (
        "circles",
        6,
        40,
        0.25,
        0.1,
    )
    assert page.input_value("#data") == "circles"
    assert page.locator(".row:has(#p) output").inner_text() == "0.25"
    assert page.inner_text("#with-name") == "With dropout, p = 0.25, inputs 0.1"
    assert step_of(page) == 0
    assert "Nothing has been learned yet" in page.inner_text("#explanation")
    assert page.locator("#with a.button").is_hidden()


def test_play_pause_one_step_and_reset(visit, served):
    page = visit()
    page.click("#play")
    wait_for_step(page, 5)
    page.click("#play")
    wait_until(lambda: page.inner_text("#play") == "Play")
    page.wait_for_timeout(200)
    stopped = step_of(page)
    page.wait_for_timeout(300)
    assert step_of(page) == stopped == session_of(served, page).training.steps
    page.click("#step")
    wait_for_step(page, stopped + 1)
    assert step_of(page) == stopped + 1
    page.click("#reset")
    wait_until(lambda: step_of(page) == 0)


def test_keys_do_what_the_buttons_do(visit):
    page = visit()
    page.keyboard.press("s")
    wait_for_step(page, 1)
    page.keyboard.press("b")
    assert page.get_attribute("#backward", "aria-pressed") == "true"
    page.keyboard.press("f")
    assert page.get_attribute("#forward", "aria-pressed") == "true"
    page.keyboard.press("Space")
    wait_for_step(page, 3)
    page.keyboard.press("Space")
    wait_until(lambda: page.inner_text("#play") == "Play")
    page.keyboard.press("r")
    wait_until(lambda: step_of(page) == 0)
    page.click("#p")  # a slider has no use for letters
    page.keyboard.press("s")
    wait_for_step(page, 1)
    page.keyboard.press("r")
    wait_until(lambda: step_of(page) == 0)
    page.focus("#seed")
    page.keyboard.type("5")
    page.keyboard.press("s")  # typed into the field
    page.wait_for_timeout(200)
    assert step_of(page) == 0


@pytest.mark.parametrize("name", ["points", "noise", "label_noise", "width", "depth", "p", "input_p"])
def test_a_slider_takes_effect_at_once(visit, served, name):
    page = visit()
    value = {"points": 50, "noise": 0.5, "label_noise": 0.25, "width": 7, "depth": 3, "p": 0.75, "input_p": 0.3}[name]
    set_range(page, name, value)
    wait_until(lambda: getattr(session_of(served, page).training.settings, name) == value)
    wait_until(lambda: f"{name}={value}" in page.evaluate("location.hash"))
    assert page.locator(f".row:has(#{name}) output").inner_text() == str(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("data", "spirals"), ("scaling", "test"), ("optimizer", "momentum"), ("lr", 0.1), ("weight_decay", 0.01),
     ("batch_size", 8)],
)  # fmt: skip
def test_a_menu_takes_effect_at_once(visit, served, name, value):
    page = visit()
    page.select_option(f"#{name}", str(value))
    wait_until(lambda: getattr(session_of(served, page).training.settings, name) == value)
    wait_until(lambda: f"{name}={value}" in page.evaluate("location.hash"))


def test_a_seed_can_be_typed(visit, served):
    page = visit()
    page.fill("#seed", "12")
    page.keyboard.press("Tab")
    wait_until(lambda: session_of(served, page).training.settings.seed == 12)
    page.fill("#seed", "-3")
    page.keyboard.press("Tab")
    wait_until(lambda: page.inner_text("#problem"))
    assert page.inner_text("#problem") == "seed: expected a whole number from 0 to 4294967295, got '-3'"
    assert session_of(served, page).training.settings.seed == 12


def test_p_can_be_changed_during_training(visit, served):
    page = visit()
    page.click("#play")
    wait_for_step(page, 3)
    set_range(page, "p", 0.9)
    session = session_of(served, page)
    wait_until(lambda: session.training.changes)
    ((step, name, value),) = session.training.changes
    assert (name, value) == ("p", 0.9)
    wait_for_step(page, step + 2)
    assert page.inner_text("#with-name") == "With dropout, p = 0.9"


def test_the_speed_can_be_chosen(visit, served):
    page = visit()
    page.select_option("#speed", "5")
    wait_until(lambda: session_of(served, page).speed == 5)
    page.select_option("#speed", "")
    wait_until(lambda: session_of(served, page).speed == float("inf"))


def test_both_planes_and_both_networks_are_redrawn_during_training(visit):
    page = visit()
    pictures = [
        "#without .plane",
        "#with .plane",
        "#without .network",
        "#with .network",
        "#losses",
        "#norms",
        "#histogram",
    ]
    before = [picture(page, selector) for selector in pictures]
    page.click("#play")
    wait_for_step(page, 40)
    page.click("#play")
    page.wait_for_timeout(300)
    after = [picture(page, selector) for selector in pictures]
    assert all(a != b for a, b in zip(before, after, strict=True))


def test_the_numbers_are_those_of_the_session(visit, served):
    page = visit()
    page.click("#step")
    wait_for_step(page, 1)
    training = session_of(served, page).training
    from tinygrad_dropout.play.measures import loss_and_accuracy

    loss, accuracy = loss_and_accuracy(
        training.networks.models["with"], training.points.x_test, training.points.y_test, None
    )
    row = page.locator("#with tbody").first.locator("tr", has_text="test").inner_text().split()
    assert row[0] == "test"
    assert float(row[1]) == pytest.approx(loss, rel=0.006)
    assert row[2] == f"{100 * accuracy:.1f}%"


def test_backward_shows_the_same_example_with_other_lines(visit):
    page = visit("width=4&points=30&seed=1&p=0.5")
    page.click("#step")
    wait_for_step(page, 1)
    forward = picture(page, "#with .network")
    said = page.inner_text("#example")
    page.click("#backward")
    assert "The backward pass of the same example, with the same mask" in page.inner_text("#explanation")
    assert picture(page, "#with .network") != forward
    assert page.inner_text("#example") == said
    page.click("#forward")
    assert picture(page, "#with .network") == forward


def test_another_example_can_be_followed(visit, served):
    page = visit("width=4&points=30&batch_size=4")
    page.click("#step")
    wait_for_step(page, 1)
    assert page.inner_text("#example").startswith("example 1 of 4, ")
    for button, number in (("#next", 2), ("#next", 3), ("#previous", 2), ("#previous", 1), ("#previous", 4)):
        page.click(button)
        wait_until(lambda start=f"example {number} of 4, ": page.inner_text("#example").startswith(start))


def test_a_unit_can_be_inspected_by_mouse_and_by_keyboard(visit):
    page = visit("width=4&points=30&depth=2&p=0.5")
    page.click("#step")
    wait_for_step(page, 1)
    assert "By itself, a unit classifies" in page.inner_text("#with .about")
    page.focus("#with .network")
    page.keyboard.press("ArrowDown")
    assert page.inner_text("#with .about").startswith("Hidden layer 1, unit 1, classifies")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    about = page.inner_text("#with .about")
    assert about.startswith("Hidden layer 2, unit 2, classifies")
    assert re.search(r"passed on|was dropped: it passed on 0, and its gradient is 0\.", about)
    assert page.get_attribute("#with .network", "aria-label") == about
    box = page.locator("#without .network").bounding_box()
    for x in range(0, int(box["width"]), 12):
        page.mouse.move(box["x"] + x, box["y"] + box["height"] / 2)
        if page.inner_text("#without .about").startswith("Hidden layer"):
            break
    assert page.inner_text("#without .about").startswith("Hidden layer 1, unit ")


def test_points_can_be_drawn_by_mouse_and_by_keyboard(visit, served):
    page = visit("data=drawn&width=4")
    assert "Draw at least three points" in page.inner_text("#explanation")
    assert page.locator("#noise").is_disabled()
    assert (page.inner_text("#with .about"), page.inner_text("#zeros")) == ("", "")
    box = page.locator("#without .plane").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    session = session_of(served, page)
    wait_until(lambda: len(session.training.settings.drawn) == 1)
    x, y, label = session.training.settings.drawn[0]
    assert (x, y, label) == (pytest.approx(-1.5, abs=0.05), pytest.approx(1.5, abs=0.05), 0)
    page.check("input[name=pen][value='1']")
    page.focus("#with .plane")
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    wait_until(lambda: len(session.training.settings.drawn) == 2)
    assert session.training.settings.drawn[1] == (0.3, 0.15, 1)
    wait_until(lambda: "30.15.1" in page.evaluate("location.hash"))
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    wait_until(lambda: session.training.networks is not None)
    page.click("#play")
    wait_for_step(page, 3)
    page.click("#undo")
    wait_until(lambda: len(session.training.settings.drawn) == 2)
    page.click("#clear")
    wait_until(lambda: session.training.settings.drawn == ())


def test_why_opens_the_replay_of_the_step_on_the_screen(visit, served):
    page = visit()
    page.click("#play")
    wait_for_step(page, 4)
    with page.context.expect_page() as opened:
        page.click("#with a.button")
    replay = opened.value
    replay.wait_for_selector("#panel")
    session = session_of(served, page)
    assert session.playing is False
    wait_until(lambda: step_of(page) == session.training.steps)
    loss = session.training.networks.losses["with"]
    assert float(page.locator("#with tr", has_text="last batch").inner_text().split()[2]) == pytest.approx(
        loss, rel=0.006
    )
    assert re.search(rf"{loss:.4f}"[:5], replay.inner_text("#panel"))
    assert f"step {session.training.steps:,} with dropout" in replay.inner_text("h1")
    assert "cross_entropy(logits, labels)" in replay.content()
    wait_until(lambda: page.inner_text("#play") == "Play")
    assert step_of(page) == session.training.steps


def test_copy_as_python_shows_a_script_that_gives_the_same_numbers(visit, served, tmp_path):
    page = visit()
    for _ in range(3):
        page.click("#step")
    wait_for_step(page, 3)
    page.click("#python")
    page.wait_for_selector("dialog[open]")
    script = page.input_value("#script")
    (tmp_path / "copied.py").write_text(script, encoding="utf-8")
    out = subprocess.run([sys.executable, "copied.py"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    shown = page.locator("#with tbody").first.locator("tr", has_text="test").inner_text().split()
    printed = out.splitlines()[-1].split()
    assert float(printed[4]) == pytest.approx(float(shown[1]), rel=0.006)
    assert printed[6] == shown[2]
    page.click("dialog button")
    assert page.locator("dialog[open]").count() == 0


def test_copy_link_puts_the_address_on_the_clipboard(visit, served):
    page = visit("width=4&points=30&p=0.3", permissions=["clipboard-read", "clipboard-write"])
    page.click("#link")
    wait_until(lambda: page.inner_text("#status").startswith("The link is on the clipboard"))
    link = page.evaluate("navigator.clipboard.readText()")
    assert Settings.from_fragment(link) == session_of(served, page).training.settings


def test_a_new_link_in_the_same_tab_takes_effect(visit, served):
    page = visit()
    page.evaluate("location.hash = '#width=9&p=0.125'")
    wait_until(lambda: session_of(served, page).training.settings == Settings(width=9, p=0.125))
    wait_until(lambda: page.locator(".row:has(#p) output").inner_text() == "0.125")


def test_a_link_that_cannot_be_read_says_why(visit):
    page = visit("p=7")
    wait_until(lambda: page.inner_text("#problem"))
    assert page.inner_text("#problem") == "the link could not be read: p: expected a number from 0 to 1, got '7'"


def test_the_layer_of_the_histogram_can_be_chosen(visit):
    page = visit("width=4&points=30&depth=3")
    page.click("#step")
    wait_for_step(page, 1)
    assert page.locator("#layer option").all_inner_texts() == ["1", "2", "3"]
    assert page.input_value("#layer") == "2"
    last = picture(page, "#histogram")
    page.select_option("#layer", "0")
    assert picture(page, "#histogram") != last


def test_a_network_that_diverges_is_reported(visit):
    page = visit("width=64&depth=4&points=20&optimizer=sgd&lr=10&weight_decay=1")
    page.select_option("#speed", "")
    page.click("#play")
    page.wait_for_selector(".diverged:not([hidden])")
    assert "has not been finite since step" in page.locator(".diverged:not([hidden])").first.inner_text()


def test_two_tabs_train_independently(visit, served):
    left, right = visit("width=3&points=20&p=0.1"), visit("width=5&points=20&p=0.9")
    left.click("#play")
    wait_for_step(left, 5)
    assert step_of(right) == 0
    set_range(right, "p", 0.5)
    wait_until(lambda: session_of(served, right).training.settings.p == 0.5)
    assert session_of(served, left).training.settings.p == 0.1


def test_a_closed_tab_ends_its_session(visit, served):
    page = visit()
    page.click("#play")
    wait_for_step(page, 2)
    session = session_of(served, page)
    page.close()
    wait_until(lambda: all(tab.session is not session for tab in served[0].tabs.values()))


SCROLLS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [320, 390, 620, 900, 1080, 1280, 1600])
def test_the_page_fits_the_window(visit, width):
    page = visit("width=64&depth=4&points=30&input_p=0.25", width=width)
    page.select_option("#speed", "")
    page.click("#play")
    wait_for_step(page, 60)  # losses of many digits
    page.click("#play")
    page.evaluate("document.querySelector('#panel').open = true")
    assert not page.evaluate(SCROLLS)
    cut = page.evaluate(
        """() => [...document.querySelectorAll('button, select, output, td, th, h2, .about, legend, label')]
          .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 1)
          .filter((one) => getComputedStyle(one).display !== 'inline')
          .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert cut == []
    outside = page.evaluate(
        """() => [...document.querySelectorAll('#pair > section, fieldset')].flatMap((box) =>
          [...box.querySelectorAll('*')]
          .filter((one) => one.offsetParent && !one.closest('.hidden'))
          .filter((one) => one.getBoundingClientRect().right > box.getBoundingClientRect().right + 0.5)
          .map((one) => one.outerHTML.slice(0, 80)))"""
    )
    assert outside == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((one) => one.offsetParent && one.textContent.trim() &&
          parseFloat(getComputedStyle(one).fontSize) < 12).map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert small == []


def luminance(color):
    channels = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_lines_contrast_with_their_background(visit, scheme):
    page = visit(color_scheme=scheme)
    names = (
        "ground",
        "raised",
        "ink",
        "quiet",
        "strong",
        "bad",
        "good",
        "ahead",
        "back",
        "plain",
        "noisy",
        "zero",
        "one",
    )
    colors = page.evaluate(
        """(names) => { const style = getComputedStyle(document.documentElement);
          return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) }""",
        names,
    )
    for name in ("ink", "quiet", "strong", "bad", "good", "ahead", "back", "plain", "noisy"):
        for ground in ("ground", "raised"):
            light, dark = sorted([luminance(colors[name]), luminance(colors[ground])], reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)
    for name in ("zero", "one"):
        light, dark = sorted([luminance(colors[name]), luminance(colors["ground"])], reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3, name


def test_everything_has_a_name_for_a_screen_reader(visit):
    page = visit()
    page.click("#step")
    wait_for_step(page, 1)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input, a, canvas, textarea')]
          .filter((one) => one.offsetParent)
          .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    for name in ("without", "with"):
        assert re.search(
            rf"The network, {name} dropout, forward\.", page.get_attribute(f"#{name} .network", "aria-label")
        )
        assert re.search(r"classifies \d+% of the test points", page.get_attribute(f"#{name} .plane", "aria-label"))


def test_every_control_can_be_reached_with_tab(visit):
    page = visit(height=2000)
    page.click("#step")
    wait_for_step(page, 1)
    page.evaluate("document.activeElement.blur()")
    name = "(one) => one.id || one.className + (one.closest('section')?.id ?? '')"
    wanted = page.evaluate(
        f"""() => [...document.querySelectorAll('button, select, input, a.button, canvas[tabindex]')]
          .filter((one) => one.offsetParent && !one.disabled && one.type !== 'radio').map({name})"""
    )
    reached = set()
    for _ in range(len(wanted) + 10):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(f"({name})(document.activeElement)"))
    assert set(wanted) <= reached
