"""A real browser for the page: headless Chromium, driven by Playwright."""

import os
import shutil

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.study.page.looking import leaf, replay_of
from tests.study.page.recordings import recording
from tinygrad_dropout import nn, study
from tinygrad_dropout.study.script import EXAMPLE, run_script

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="package")
def browser():
    """Launch the browser. Without one, skip the test unless REQUIRE_BROWSER is set.

    While Playwright is open, its event loop runs in the main thread, and `asyncio.run` in any other test would fail. So
    it is closed after the tests in this folder.
    """
    if not os.environ.get("REQUIRE_BROWSER"):
        pytest.importorskip("playwright", reason="Playwright, which drives the browser, is not installed")
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        try:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        except Error:
            if os.environ.get("REQUIRE_BROWSER"):
                raise
            pytest.skip("no browser is found: install Chromium, or run `playwright install chromium`")
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open the page of a replay, or HTML: visit(replay, "#step=3", width=390). It must not log, raise or fetch."""
    pytest.importorskip("igraph", reason="the page needs igraph, of the extra lab")
    opened, noise = [], []

    def visit_here(replay, fragment="", width=1280, height=800, **options):
        file = tmp_path / "replay.html"
        if replay not in PAGES:
            PAGES[replay] = replay.html() if isinstance(replay, study.Replay) else replay
        file.write_text(PAGES[replay], "utf-8")
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.set_default_timeout(4000)
        page.on("console", lambda message: noise.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on(
            "request", lambda request: noise.append(request.url) if request.url[:5] not in ("file:", "data:") else None
        )
        page.goto(file.as_uri() + fragment)
        opened.append(context)
        return page

    yield visit_here
    for context in opened:
        context.close()
    assert noise == []


PAGES = {}  # a cache


@pytest.fixture(scope="session")
def default():
    """Record the example that `tinygrad-dropout study` shows."""
    return run_script(EXAMPLE, ["0.4", "0"]).replay


@pytest.fixture(scope="session")
def buggy():
    """Record the example with a bug."""
    name = "backward-forgets-the-scale"
    return run_script(EXAMPLE, ["0.4", "0"], bug=study.BUGS[name]).replay


@pytest.fixture(scope="session")
def passes():
    """Record three passes of a network with a residual link, a broadcast, a reused tensor, and large arrays."""
    td.manual_seed(0)
    first, second = nn.Linear(5, 12), nn.Linear(12, 12)
    x = td.Tensor(np.random.default_rng(0).normal(size=(10, 5)).astype(np.float32))
    shift = td.Tensor(np.ones((1, 12), dtype=np.float32), requires_grad=True)
    with study.record() as replay:
        for _ in range(3):
            hidden = first(x).relu()
            out = hidden + second(hidden) * shift
            loss = (out * out).mean()
            loss.backward()
    return replay


@pytest.fixture(scope="session")
def branches():
    """Record a network of two branches that join, whose layers are in no model."""
    return recording("branches")


@pytest.fixture(scope="session")
def deep():
    """Record a recurrent network: twelve steps that share a weight, with skip connections."""
    weight = td.Tensor(0.1 * np.ones((3, 3)), requires_grad=True)
    with study.record() as replay:
        hidden = first = td.Tensor(np.ones((2, 3))) * 1.0
        for step in range(12):
            hidden = (hidden @ weight).tanh() + (first if step % 4 == 3 else 0.5)
            first = hidden if step % 4 == 3 else first
        hidden.sum().backward()
    return replay


@pytest.fixture(scope="session")
def blocks():
    """Record arrays with one and with three axes that are too large to be shown whole."""
    weight = td.Tensor(np.random.default_rng(1).normal(size=(2, 3, 10)), requires_grad=True, name="weight")
    bias = leaf(*np.linspace(-1, 1, 12), name="bias")
    return replay_of(lambda: ((weight * weight).sum() * (bias * bias).sum()).backward())


@pytest.fixture(scope="session")
def lines():
    """Record two backward passes on different lines, the second from an array."""
    x = leaf(1.0, -2.0)
    with study.record() as replay:
        (x * x).sum().backward()
        x.tanh().backward(np.array([3.0, 0.0]))
    return replay
