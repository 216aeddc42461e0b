"""The page: one HTML file with the recording, its script and its style in it, and nothing to fetch.

The script is the files `*.js` of this folder, one after the other in the order of SCRIPTS.
"""

from __future__ import annotations

import json
from importlib.resources import files

from tinygrad_dropout.study.bugs import Bug
from tinygrad_dropout.study.page.data import page_data
from tinygrad_dropout.study.trace import Pass

SCRIPTS = ("state", "tables", "boxes", "graph", "start", "steps", "entries", "questions", "predict", "legend", "main")


def page(passes: list[Pass], bug: Bug | None = None) -> str:
    """The page for these passes.

    Raises:
        StudyError: igraph is not installed, or a pass can't be run again with the bug.
    """
    data = json.dumps(page_data(passes, bug), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    script = "\n".join(part(f"{name}.js") for name in SCRIPTS)
    return (
        part("page.html")
        .replace("/* style */", part("style.css"))
        .replace("/* script */", script)
        .replace("/* recording */", data.replace("<", "\\u003c"))  # no end of the script element in it
    )


def part(name: str) -> str:
    """A file of this folder."""
    return (files(__package__) / name).read_text(encoding="utf-8")
