"""The site that `mkdocs build` made, opened from disk in a browser: it needs no network, and its search works."""

import os
import shutil
from pathlib import Path

import pytest

if not os.environ.get("REQUIRE_SITE"):
    pytest.skip("build the site with `mkdocs build`, and set REQUIRE_SITE=1", allow_module_level=True)

SITE = Path(__file__).parents[2] / "site"
PAGES = sorted(page.relative_to(SITE).as_posix() for page in SITE.glob("*.html") if page.name != "404.html")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser):
    """Open a page of the site. What it asks a network for, and what goes wrong in it, is collected."""
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.complaints = []
    page.on("request", lambda request: request.url.startswith("http") and page.complaints.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield lambda name: (page.goto((SITE / name).as_uri()), page)[1]
    page.close()


def test_the_site_has_many_pages():
    assert len(PAGES) > 20


@pytest.mark.parametrize("name", [*PAGES, "reference/nn.html", "source/tinygrad_dropout/autograd/engine.py.html"])
def test_a_page_needs_no_network_and_fits_on_a_phone(opened, name):
    page = opened(name)
    page.wait_for_load_state("load")
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("article h1").count() == 1


def test_a_block_to_copy_is_shown_as_it_is_written(opened):
    shown = opened("new_exercise.html").text_content("article")
    assert "```python\n>>> tanh_backward" in shown


def test_a_browser_names_a_page_by_its_heading(opened):
    assert opened("conformance.html").title() == "Is this dropout layer right? - tinygrad_dropout"


@pytest.mark.parametrize("start", ["index.html", "reference/nn.html"])
def test_the_search_finds_a_page(opened, start):
    page = opened(start)
    page.locator("label[for=__search]").first.click()
    page.locator(".md-search__input").press_sequentially("unbroadcast")
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url("**/*.html?h=*")
    assert page.complaints == []
    assert "unbroadcast" in page.inner_text("article")
