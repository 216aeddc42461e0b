"""`python -m benchmarks.live_page`: measure the pages in turn, and write results.json next to this file.

It needs playwright and Chromium, and installs each library into a virtual environment of its own. A frame counts when
the browser has drawn it. Requests to other machines are refused, as without a network. What else the machine does is in
the figures, as its load before each run: compare the pages, which take turns, not one day with another.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGES: dict[str, dict[str, Any]] = {  # what is installed, and the command that serves the page
    "Starlette": {
        "install": ["starlette", "uvicorn", "websockets"],
        "serve": ["python", "starlette_page.py", "{port}"],
        "path": "/",
    },
    "marimo": {
        "install": ["marimo", "anywidget"],
        "serve": ["marimo", "run", "marimo_page.py", "--headless", "--port", "{port}", "--host", "127.0.0.1"],
        "path": "/",
    },
    "Panel": {
        "install": ["panel"],
        "serve": ["panel", "serve", "panel_page.py", "--port", "{port}", "--address", "127.0.0.1"],
        "path": "/panel_page",
    },
}
SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}
NOT_COUNTED = {"pip", "setuptools", "numpy"}  # which every page needs, or none
WARM_UP, WAIT_FOR_FIRST = 2, 60  # seconds
FIRST_WAITS = 1  # second for a closed tab to be noticed, in all rounds but the last

HOOK = """
window.frames_drawn = [];
window.drawn = (number) => {
  const last = window.frames_drawn.at(-1);
  const at = performance.timeOrigin + performance.now();
  if (!last || last.number !== number) window.frames_drawn.push({ number, at });
};
// Bokeh has no event for it: a frame is drawn when the picture of all units, 256 x 256, has been
const drawImage = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (...given) {
  const plot = given[0].width === 256 && window.Bokeh?.documents[0]?.get_model_by_name("units");
  if (plot) window.drawn(plot.tags[0]);
  return drawImage.apply(this, given);
};
"""


def main() -> None:
    """Measure, print and write."""
    command = argparse.ArgumentParser(prog="python -m benchmarks.live_page", description=__doc__.splitlines()[0])
    command.add_argument("--rounds", type=int, default=3, help="of all pages in turn (default: 3)")
    command.add_argument("--seconds", type=int, default=10, help="that frames are counted for (default: 10)")
    command.add_argument(
        "--closed", type=int, default=150, help="seconds to wait for a closed tab to be noticed, in the last round"
    )
    command.add_argument(
        "--environments", type=Path, default=Path(gettempdir(), "live_page"), help="where they are installed"
    )
    command.add_argument("--out", type=Path, default=HERE / "results.json")
    options = command.parse_args()
    results = {name: installed(name, options.environments) for name in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for number in range(options.rounds):
            for name, result in results.items():
                last = number == options.rounds - 1
                run = measured(name, options, browser, wait=options.closed if last else FIRST_WAITS)
                result["runs"].append(run)
                print(number, name, run, flush=True)
        chromium = browser.version
        browser.close()
    for result in results.values():
        result |= summary(result["runs"])
    facts = {"python": sys.version.split()[0], "chromium": chromium, "cores": os.cpu_count()}
    options.out.write_text(json.dumps({"machine": facts, "pages": results}, indent=1) + "\n", encoding="utf-8")


def installed(name: str, environments: Path) -> dict[str, Any]:
    """Install a page's library into an environment of its own, unless it is there.

    Returns:
        versions, packages and megabytes of what was installed, without NumPy; runs: empty.
    """
    folder = environments / name
    if not folder.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin/pip", "install", "-q", "numpy", *PAGES[name]["install"]], check=True)
    code = """
import json
from importlib.metadata import distributions
print(json.dumps({d.name: [d.version, sum(f.locate().stat().st_size for f in d.files if f.locate().is_file()
    and f.suffix != ".pyc")] for d in distributions()}))"""
    found = json.loads(subprocess.run([folder / "bin/python", "-c", code], capture_output=True, check=True).stdout)
    counted = {name: value for name, value in found.items() if name.lower() not in NOT_COUNTED}
    return {
        "versions": {package: found[package][0] for package in PAGES[name]["install"]},
        "packages": len(counted),
        "megabytes": round(sum(size for _, size in counted.values()) / 1e6, 1),
        "runs": [],
    }


@contextmanager
def served(name: str, environments: Path) -> Iterator[tuple[str, Path]]:
    """The address of a page whose server was started just now, and the file with what it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program, *arguments = (word.format(port=port) for word in PAGES[name]["serve"])
    printed = environments / f"{name}.log"
    with printed.open("w") as log:
        server = subprocess.Popen(
            [environments / name / "bin" / program, *arguments],
            cwd=HERE, env=os.environ | SETTINGS, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield f"http://localhost:{port}{PAGES[name]['path']}", printed
        finally:
            server.terminate()
            server.wait()


def measured(name: str, options: argparse.Namespace, browser: Browser, wait: int) -> dict[str, Any]:
    """Serve a page, look at it for a while, and close it.

    Returns:
        load: of the machine, before; first_drawing: seconds from the command; updates: frames drawn in each second;
        worst_gap: between two frames, in ms; refused: requests that did not go to this machine; errors: of the page;
        closed_after: seconds until the server noticed that the tab was closed, or None if it did not in time.
    """
    load, refused, errors = os.getloadavg()[0], [], []
    context = browser.new_context(viewport={"width": 1280, "height": 1400})
    context.add_init_script(HOOK)

    def allow_this_machine(route: Any) -> None:
        if urlsplit(route.request.url).hostname in ("localhost", "127.0.0.1"):
            return route.continue_()
        refused.append(route.request.url)
        return route.abort()

    context.route("**/*", allow_this_machine)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    begun = time.time()
    with served(name, options.environments) as (address, printed):
        wait_for(urlsplit(address).port)
        page.goto(address, wait_until="commit")
        page.wait_for_function("window.frames_drawn.length > 0", timeout=1000 * WAIT_FOR_FIRST)
        first = page.evaluate("window.frames_drawn[0].at") / 1000 - begun
        page.wait_for_timeout(1000 * (WARM_UP + options.seconds))
        times = page.evaluate("window.frames_drawn.map((frame) => frame.at)")
        page.screenshot(path=options.environments / f"{name}.png")
        closed = time.time()
        context.close()
        noticed = noticed_at(printed, closed, wait)
    counted = [at for at in times if at >= times[0] + 1000 * WARM_UP]
    spans = [int((at - counted[0]) / 1000) for at in counted]
    return {
        "load": round(load, 2),
        "first_drawing": round(first, 2),
        "updates": [spans.count(second) for second in range(options.seconds)],
        "worst_gap": round(max(later - earlier for earlier, later in pairwise(counted))),
        "refused": sorted(set(refused)),
        "errors": errors,
        "closed_after": None if noticed is None else round(noticed - closed, 2),
    }


def wait_for(port: int) -> None:
    """Wait until the server listens."""
    for _ in range(20 * WAIT_FOR_FIRST):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"the server did not listen within {WAIT_FOR_FIRST} seconds")


def noticed_at(printed: Path, closed: float, wait: int) -> float | None:
    """When the server wrote that the tab was closed; None if it did not in so many seconds."""
    while time.time() < closed + wait:
        written = [line.split()[-1] for line in printed.read_text().splitlines() if line.startswith("tab closed")]
        for at in map(float, written):
            if at >= closed:
                return at
        time.sleep(0.1)
    return None


def summary(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Over all runs: the median and the worst."""
    return {
        "updates_a_second": median(count for run in runs for count in run["updates"]),
        "worst_gap": max(run["worst_gap"] for run in runs),
        "first_drawing": median(run["first_drawing"] for run in runs),
        "closed_after": max((run["closed_after"] for run in runs if run["closed_after"] is not None), default=None),
        "refused": runs[-1]["refused"],
    }


if __name__ == "__main__":
    main()
