"""The page in a real browser: nothing is fetched, too wide or too faint, and all of it prints."""

import os
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.image import imread

from tests.lab.evidence.uncertainty.small import made_up_outcome
from tests.lab.theory.small import small_outcome
from tinygrad_dropout.lab.page import page_of
from tinygrad_dropout.lab.page.page import Shown

pytestmark = pytest.mark.skipif(not os.environ.get("REQUIRE_BROWSER"), reason="slow: set REQUIRE_BROWSER=1")

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def page_text():
    outcomes = [made_up_outcome(), small_outcome("ridge")]
    return page_of("runs", [Shown(one.experiment.name, one, one.pictures()) for one in outcomes])


@pytest.fixture(params=["light", "dark"])
def shown(request, visit, page_text):
    """The page on a phone, in both color schemes. `visit` checks that it fetches nothing and has no errors."""
    return visit(page_text, **PHONE, color_scheme=request.param)


def becomes_true(page, condition: str) -> bool:
    """Whether a condition is met within two seconds. (Playwright's own waiting evaluates texts, which the page's
    policy forbids.)"""
    look = f"const look = () => {condition} ? done(true) : requestAnimationFrame(look); look()"
    return page.evaluate(f"() => new Promise(done => {{ setTimeout(done, 2000, false); {look} }})")


def test_pictures_are_loaded_from_the_file_itself(visit, page_text):
    page = visit(page_text)
    sizes = page.eval_on_selector_all("img", "images => images.map(image => [image.complete, image.naturalWidth])")
    assert len(sizes) == 2
    assert all(complete and width > 500 for complete, width in sizes)


def test_nothing_external_is_allowed(browser, page_text, tmp_path):
    """The policy in the page holds: an image of the same folder is refused, and reported."""
    file = tmp_path / "report.html"
    file.write_text(page_text, "utf-8")
    context = browser.new_context()
    page = context.new_page()
    page.goto(file.as_uri())
    refused = page.evaluate(
        """() => new Promise(done => {
            document.addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
            const style = document.createElement("style");
            style.textContent = "main { background: url(other.png) }";
            document.head.append(style);
            setTimeout(() => done("none"), 2000);
        })"""
    )
    context.close()
    assert refused == "img-src"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_page_itself_never_scrolls_sideways(visit, page_text, width):
    page = visit(page_text, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_wide_parts_scroll_in_their_own_boxes(shown):
    boxes = shown.eval_on_selector_all(
        ".wide:has(img)", "boxes => boxes.map(box => [box.clientWidth, box.scrollWidth, box.tabIndex])"
    )
    assert len(boxes) == 2
    for inside, whole, tab in boxes:
        assert inside <= 390
        assert whole >= 700  # so that the picture's letters are as large as on a desk
        assert tab == 0
    assert shown.locator(".hint").is_visible()


def test_a_box_scrolls_by_keyboard(shown):
    box = shown.locator(".wide:has(img)").first
    box.focus()
    box.press("ArrowRight")
    assert becomes_true(shown, "document.activeElement.scrollLeft > 0")


def test_the_names_of_rows_stay_in_sight(shown):
    box = shown.locator(".wide:has(table)").first
    before = box.locator("tbody th").first.bounding_box()["x"]
    assert box.evaluate("box => { box.scrollLeft = 40; return box.scrollLeft }") == 40
    assert box.locator("tbody th").first.bounding_box()["x"] == pytest.approx(before, abs=1)


def test_text_is_large_enough_to_read(shown):
    sizes = shown.eval_on_selector_all(
        "p, li, th, td", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 13


CONTRASTS = """all => {
    const light = color => {
        const [red, green, blue] = color.match(/[0-9.]+/g).slice(0, 3).map(part => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const paper = light(getComputedStyle(document.body).backgroundColor);
    return all.map(one => {
        const ink = light(getComputedStyle(one).color);
        return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    });
}"""


def test_the_contrast_is_enhanced(shown):
    """At least 7 to 1, level AAA of WCAG 2.2 (1.4.6)."""
    contrasts = shown.eval_on_selector_all("h1, h2, h3, p, a, li, th, td", CONTRASTS)
    assert len(contrasts) > 50
    assert min(contrasts) >= 7


def test_the_color_schemes_differ(visit, page_text):
    papers = []
    for scheme in ("light", "dark"):
        page = visit(page_text, color_scheme=scheme)
        papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(255, 255, 255)", "rgb(22, 24, 28)"]


def test_pictures_keep_a_white_background_in_dark_mode(visit, page_text):
    page = visit(page_text, color_scheme="dark")
    assert page.eval_on_selector("img", "one => getComputedStyle(one).backgroundColor") == "rgb(255, 255, 255)"


def test_heading_levels_do_not_skip(visit, page_text):
    page = visit(page_text)
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(one => +one.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_screen_reader_finds_language_landmarks_and_what_pictures_show(visit, page_text):
    page = visit(page_text)
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("navigation", name="Contents").count() == 1
    pictures = page.get_by_role("img")
    assert pictures.count() == 2
    assert page.get_by_role("img", name="The bands around a function with a gap").count() == 1
    assert page.get_by_role("rowheader", name="in the gap").count() == 2
    assert page.get_by_role("columnheader", name="Monte Carlo").count() == 1
    names = page.eval_on_selector_all("[role=region]", "all => all.map(one => one.getAttribute('aria-label'))")
    assert len(names) == len(set(names)), "each region has a name of its own"


def test_the_contents_lead_to_the_results(visit, page_text):
    page = visit(page_text, height=500)
    page.get_by_role("link", name="ridge").click()
    assert becomes_true(page, "Math.abs(document.querySelector('#result-2').getBoundingClientRect().top) < 60")


def test_on_paper_nothing_is_cut_off(visit, page_text):
    """A page of A4 is 794 of CSS's pixels wide, less its margins."""
    page = visit(page_text, width=700, color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    cut = page.eval_on_selector_all(
        ".wide, img, table", "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).length"
    )
    assert cut == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_a_screenshot_of_the_page_is_not_blank(visit, page_text):
    """A realistic share of its pixels is dark: text and pictures."""
    page = visit(page_text)
    shot = imread(BytesIO(page.screenshot()), format="png")[:, :, :3]
    dark = float(np.mean(shot.mean(axis=2) < 0.5))
    assert 0.005 < dark < 0.5
