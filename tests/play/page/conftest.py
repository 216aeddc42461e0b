"""The live page in a real browser: see tests/study/page/conftest.py for the browser."""

import time

import pytest

from tests.play.serving import serving
from tests.study.page.conftest import browser

__all__ = ["browser"]


@pytest.fixture(scope="session")
def served():
    pytest.importorskip("uvicorn", reason="the live page needs the extra play")
    with serving() as served:
        yield served


def wait_until(holds, seconds=8):
    """Wait for what the page or its session comes to."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.02)


@pytest.fixture
def visit(browser, served):
    """Open the page: visit("p=0.2", width=390). It may not err, and may fetch nothing from elsewhere."""
    _, port = served
    address = f"http://127.0.0.1:{port}/the-token/"
    opened, noise = [], []

    def visit_here(fragment="width=4&points=30&seed=1", width=1280, height=900, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(8000)
        page.on("console", lambda message: noise.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on(
            "request",
            lambda request: (
                noise.append(request.url) if not request.url.startswith((address, "data:", "blob:")) else None
            ),
        )
        page.goto(f"{address}#{fragment}")
        wait_until(lambda: page.input_value("#width") and page.inner_text("#count"))
        return page

    yield visit_here
    for context in opened:
        context.close()
    assert noise == []
