"""Packages as users write them, on disk: our last stage, with some lines replaced on request."""

from tinygrad_dropout.drills.bundle import changed
from tinygrad_dropout.drills.stage import framework


def write_package(folder, difference=""):
    """Write the package into `framework/` of a folder; returns the folder."""
    for name, text in changed(framework("reference", 10), difference).items():
        path = folder / "framework" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    return folder
