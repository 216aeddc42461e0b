"""Update study.md: `python docs/make_study.py` takes its pictures and writes its texts, in about ten seconds.

It needs Chromium and Playwright. `--render` only writes the texts, which tests/docs/test_study_page.py compares.
"""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from blocks import rendered

from tinygrad_dropout import cli
from tinygrad_dropout.study.bugs import BUGS

DOCS = Path(__file__).parent
PAGE = DOCS / "study.md"
FOLDER = DOCS / "study"

TEXT = "tinygrad-dropout study --text"
BUG = "tinygrad-dropout study --bug backward-forgets-the-scale"

#: picture -> (command, fragment, width, height, dark, where to click)
PICTURES = {
    "step": ("tinygrad-dropout study", "#step=3", 1280, 800, False, ()),
    "bug": (BUG, "", 1280, 1250, False, ()),
    "entry": ("tinygrad-dropout study", "#step=8", 900, 900, True, ("0.weight",)),
    "phone": ("tinygrad-dropout study", "#step=6", 390, 1700, False, ()),
}


def printed(command: str) -> str:
    """The output of a command."""
    out = StringIO()
    with redirect_stdout(out):
        code = cli.main(shlex.split(command)[1:])
    if code:
        sys.exit(code)
    return out.getvalue()


def blocks() -> dict[str, str]:
    """Return the page's blocks by name."""
    steps = printed(TEXT).split("\n\n")
    shown = "\n\n".join([steps[0], steps[1], "...", steps[3], "..."])
    bugs = "\n".join(f"| `{name}` | {bug.operation} | {bug.description} |" for name, bug in BUGS.items())
    return {
        "text": f"```\n$ {TEXT}\n{shown}\n```",
        "bugs": f"| name | in | what is wrong |\n|---|---|---|\n{bugs}",
    }


def render() -> None:
    """Write the blocks into the page."""
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8"), blocks()), encoding="utf-8")


def take_pictures() -> None:
    """Open the pages that the commands write, and save pictures of them."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (command, fragment, width, height, dark, clicks) in PICTURES.items():
            file = Path(scratch, f"{name}.html")
            printed(f"{command} --no-open --out {shlex.quote(str(file))}")
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page.goto(file.as_uri() + fragment)
            for box in clicks:
                page.click(f"g.box:has(text.name:text-is('{box}'))")
                page.locator("#inspection figure").nth(1).locator("td").nth(1).click()
                page.keyboard.press("g")
                page.evaluate("document.querySelector('#inspection').scrollIntoView({block: 'end'})")
            page.screenshot(path=FOLDER / f"{name}.png")
            page.close()
        browser.close()


if __name__ == "__main__":
    if sys.argv[1:] != ["--render"]:
        take_pictures()
    render()
