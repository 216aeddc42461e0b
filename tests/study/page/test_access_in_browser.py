"""The page can be used by keyboard and by screen reader, and its text has enough contrast."""

import pytest

from tests.study.page.looking import STEPS, look_at, shown_step


def test_the_keys_are_explained(visit, default):
    page = visit(default)
    page.keyboard.press("?")
    text = page.inner_text("#keys")
    for word in ("play", "forward pass", "layer", "central difference", "predict"):
        assert word in text
    page.click("#help")
    assert page.is_hidden("#keys")


def test_an_entry_and_its_check_can_be_reached_by_keyboard(visit, default):
    page = visit(default)
    page.keyboard.press("End")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''").startswith("0.weight"):
            break
    page.keyboard.press("Enter")
    assert "0.weight" in page.inner_text("#inspection h3")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('#inspection figure')"):
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("[1, 1]")
    page.keyboard.press("Enter")
    assert "0.weight[1, 1]" in page.inner_text("#entry")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("[1, 1]")
    page.keyboard.press("g")
    assert "They agree" in page.inner_text("#entry")
    assert shown_step(page) == STEPS
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator("#inspection").count() == 0


def test_after_a_click_on_an_entry_the_arrow_keys_still_change_the_step(visit, default):
    page = visit(default, "#step=3")
    page.locator(".contribution td").first.click()
    page.keyboard.press("ArrowRight")
    assert shown_step(page) == 4


NAMELESS = """() => {
  const used = document.querySelectorAll("button, select, input, summary, [role=button], main table");
  return [...used]
    .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
    .map((one) => one.outerHTML);
}"""


def test_every_control_has_a_name(visit, default):
    page = visit(default, "#step=5")
    look_at(page, "relu_1")
    nameless = page.evaluate(NAMELESS)
    assert nameless == []
    assert page.get_attribute("html", "lang") == "en"
    assert page.locator("#announcement[aria-live=polite]").inner_text()


def test_a_step_is_announced_to_screen_readers(visit, default):
    page = visit(default)
    page.keyboard.press("ArrowRight")
    assert page.inner_text("#announcement").startswith(
        "step 1 of 8, backward of loss: dL/dlogits = grad * (p - target)"
    )


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (color) => {
    const [r, g, b] = color.map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (color !== "rgba(0, 0, 0, 0)") return color;
    }
    return "white";
  };
  const words = document.querySelectorAll("td, p, h1, h2, h3, h4, small, summary, button:not(:disabled), .note");
  return [...words].map((one) => {
    const [a, b] = [light(rgb(getComputedStyle(one).color, "white")), light(rgb(ground(one), "white"))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), one.className + " " + one.textContent.slice(0, 20)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["#step=3&beside=1", "#step=8", "#step=1"])
def test_text_has_enough_contrast(visit, default, scheme, fragment):
    page = visit(default, fragment, color_scheme=scheme)
    look_at(page, "0.weight")
    page.click("#inspection td >> nth=0")
    assert page.evaluate(CONTRAST) == []


def test_the_dark_and_the_light_theme_differ(visit, default):
    grounds = {
        scheme: visit(default, color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    }
    assert grounds["light"] != grounds["dark"]
