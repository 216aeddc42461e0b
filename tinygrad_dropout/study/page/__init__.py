"""The page: one HTML file that contains the recording, the script and the style, and loads nothing else.

The script consists of the files `*.js` in this folder, in the order of SCRIPTS.
"""

from __future__ import annotations

import json
from importlib.resources import files

from tinygrad_dropout.study.bugs import Bug
from tinygrad_dropout.study.page.data import page_data
from tinygrad_dropout.study.trace import Pass

SCRIPTS = ("state", "tables", "boxes", "graph", "start", "steps", "entries", "questions", "predict", "legend", "main")


def page(passes: list[Pass], bug: Bug | None = None) -> str:
    """Return the page of these passes as HTML.

    Raises:
        StudyError: igraph is not installed, or a pass can't be rerun with the bug.
    """
    data = json.dumps(page_data(passes, bug), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    script = "\n".join(part(f"{name}.js") for name in SCRIPTS)
    return (
        part("page.html")
        .replace("/* style */", part("style.css"))
        .replace("/* script */", script)
        .replace("/* recording */", data.replace("<", "\\u003c"))  # so no "</script>" ends the element
    )


def part(name: str) -> str:
    """Read a file of this folder."""
    return (files(__package__) / name).read_text(encoding="utf-8")
