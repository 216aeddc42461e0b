"""The page that shows a learner's package next to ours fits wide and narrow windows, in a real browser."""

import pytest

from tinygrad_dropout.drills.learner.side_by_side import IDEAS, page
from tinygrad_dropout.drills.stage import framework

LONG = "class Value:\n    " + "x = 1; " * 60 + "\n"
PACKAGES = {
    "a whole one": framework("reference", 10),
    "long lines and names": {f"{'deep_folder/' * 20}values.py": LONG},
}


@pytest.fixture
def opened(visit):
    """Open the page of a package, and all details in it."""

    def open_all(package, width):
        shown = visit(page(PACKAGES[package]), width=width)
        shown.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert shown.locator("details[open]").count() == sum(len(idea.ours) for idea in IDEAS)
        return shown

    return open_all


@pytest.mark.parametrize("package", PACKAGES)
def test_the_page_is_no_wider_than_the_window(opened, package):
    shown = opened(package, 390)
    for width in (390, 1400):
        shown.set_viewport_size({"width": width, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_columns_are_side_by_side_if_there_is_room(opened):
    shown = opened("a whole one", 390)
    row = shown.locator(".columns", has=shown.locator("text='On one page'")).first.locator("section")
    for width, rows in ((390, 3), (1280, 1), (1400, 1)):
        shown.set_viewport_size({"width": width, "height": 800})
        assert len(set(row.evaluate_all("(all) => all.map((one) => one.offsetTop)"))) == rows
