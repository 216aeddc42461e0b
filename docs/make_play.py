"""Make what play.md shows: `python docs/make_play.py` takes its pictures and measures how often the page is drawn.

The README's film is among the pictures. It needs Chromium and Playwright, and a quiet machine for a minute; the figures
are kept in play.json. `--pictures` leaves them as they are; `--render` only writes the texts, which
tests/docs/test_play_page.py compares.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blocks import rendered
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DOCS = Path(__file__).parent
PAGE = DOCS / "play.md"
FOLDER = DOCS / "play"
FIGURES = DOCS / "play.json"
COMPARED = DOCS.parent / "benchmarks" / "live_page" / "results.json"

TYPICAL = "width=64&depth=2&points=60&label_noise=0.1&seed=0"

DRAWN = (
    "-200.120.0_-150.160.0_-90.170.0_-30.150.0_20.100.0_60.40.0_-210.60.0_-120.100.0_-60.110.0_90.-60.0_"
    "-60.-40.1_0.-110.1_60.-140.1_120.-130.1_170.-80.1_200.-20.1_-20.-70.1_90.-90.1_150.-130.1_-90.130.1"
)

FILMED = "width=16&depth=2&points=60&label_noise=0.1&seed=3&p=0.3"  # a seed with which dropout helps
FILM_MOMENTS, BACKWARD_MOMENTS, FILM_WIDTH = 16, 5, 720

#: picture -> (settings, steps, width, height, dark, what to click at the end)
PICTURES = {
    "forward": (TYPICAL, 1500, 1280, 930, False, ()),
    "backward": (TYPICAL, 1500, 1280, 930, True, ("#backward",)),
    "drawn": (f"data=drawn&width=32&p=0.3&drawn={DRAWN}", 600, 1280, 700, False, ()),
    "phone": (TYPICAL, 800, 390, 1500, True, ("#backward",)),
}

COUNTED = """
window.drawnAt = [];
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) {
  if (text === '{"drawn":true}') window.drawnAt.push(performance.now());
  return send.call(this, text);
};
"""


@contextmanager
def served() -> Iterator[str]:
    """Run the command in its own process; returns the page's address."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("OPENBLAS_", "SSH_"))}
    command = [sys.executable, "-m", "tinygrad_dropout", "play", "--no-open", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=DOCS.parent) as process:
        assert process.stdout is not None
        yield re.search(r"http\S+", process.stdout.readline())[0]
        process.terminate()


def steps_of(page: Page) -> int:
    """The step that the page shows."""
    return int(re.match(r"step ([\d,]+)", page.inner_text("#count"))[1].replace(",", ""))


def train(page: Page, steps: int) -> None:
    """Train for some steps, as many as are asked for, whatever the speed of the machine."""
    page.click("#play")
    while steps_of(page) < 0.9 * steps:
        page.wait_for_timeout(10)
    page.click("#play")
    page.wait_for_timeout(300)


def take_pictures(browser: Browser, address: str) -> None:
    """Train, and save pictures of the page."""
    FOLDER.mkdir(exist_ok=True)
    for name, (settings, steps, width, height, dark, clicks) in PICTURES.items():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
        page.goto(f"{address}#{settings}")
        page.wait_for_timeout(500)
        page.select_option("#speed", "500")
        train(page, steps)
        for selector in clicks:
            page.click(selector)
        page.wait_for_timeout(300)
        page.screenshot(path=FOLDER / f"{name}.png")
        page.close()


def take_film(browser: Browser, address: str) -> None:
    """A short film for the README: both networks from the first step on, forward and then backward."""
    page = browser.new_page(viewport={"width": 1070, "height": 1300})
    page.goto(f"{address}#{FILMED}")
    page.wait_for_timeout(500)
    page.select_option("#speed", "500")
    images = []
    for moment in range(FILM_MOMENTS):
        if moment == FILM_MOMENTS - BACKWARD_MOMENTS:
            page.click("#backward")
        page.click("#play")
        page.wait_for_timeout(60 + 20 * moment)  # slow at first, where most happens
        page.click("#play")
        page.wait_for_timeout(120)
        shot = Image.open(BytesIO(page.locator("#pair").screenshot()))
        images.append(
            shot.resize((FILM_WIDTH, shot.height * FILM_WIDTH // shot.width)).quantize(64, dither=Image.Dither.NONE)
        )
    page.close()
    images[0].save(
        FOLDER / "live.gif",
        save_all=True,
        append_images=images[1:],
        duration=[350] * (len(images) - 1) + [1500],
        loop=0,
    )


def measure(browser: Browser, address: str) -> dict[str, Any]:
    """How often two networks of 2-64-64-2 are drawn in a second, and how many steps they make, at full speed."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(COUNTED)
    page.goto(f"{address}#{TYPICAL}")
    page.wait_for_timeout(1000)
    page.select_option("#speed", "")
    page.click("#play")
    page.wait_for_timeout(2000)
    page.evaluate("window.drawnAt.length = 0")
    before = steps_of(page)
    page.wait_for_timeout(10_000)
    drawn, after = page.evaluate("window.drawnAt"), steps_of(page)
    page.close()
    gaps = [(later - earlier) / 1000 for earlier, later in pairwise(drawn)]
    seconds = (drawn[-1] - drawn[0]) / 1000
    return {
        "updates_a_second": round(len(gaps) / seconds, 1),
        "median_gap_ms": round(1000 * statistics.median(gaps), 1),
        "worst_gap_ms": round(1000 * max(gaps), 1),
        "steps_a_second": round((after - before) / seconds),
    }


def blocks() -> dict[str, str]:
    """The page's blocks by name."""
    kept = json.loads(FIGURES.read_text(encoding="utf-8"))
    return {
        "speed": (
            f"Two networks of 2-64-64-2 were drawn {kept['updates_a_second']:g} times a second "
            f"(median gap {kept['median_gap_ms']:g} ms, worst {kept['worst_gap_ms']:g} ms over ten seconds) while both "
            f"made {kept['steps_a_second']:,} steps a second, with Chromium on the same two cores."
        ),
        "candidates": candidates(),
    }


def candidates() -> str:
    """The libraries that were compared, as a table."""
    compared = json.loads(COMPARED.read_text(encoding="utf-8"))["pages"]
    lines = ["| | packages | installed | first picture | updates a second |", "|---|---|---|---|---|"]
    for name, page in compared.items():
        versions = ", ".join(f"{library} {version}" for library, version in page["versions"].items())
        first = statistics.median(run["first_drawing"] for run in page["runs"])
        rates = [statistics.median(run["updates"]) for run in page["runs"]]
        lines.append(
            f"| {name} ({versions}) | {page['packages']} | {page['megabytes']:.0f} MB | {first:.1f} s "
            f"| {min(rates):g} to {max(rates):g} |"
        )
    return "\n".join(lines)


def render() -> None:
    """Write the blocks into the page."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


def make(measured: bool) -> None:
    """Take the pictures, and measure."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, served() as address:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        take_pictures(browser, address)
        take_film(browser, address)
        if measured:
            FIGURES.write_text(json.dumps(measure(browser, address), indent=1) + "\n", encoding="utf-8")
        browser.close()


if __name__ == "__main__":
    if "--render" not in sys.argv:
        make(measured="--pictures" not in sys.argv)
    render()
