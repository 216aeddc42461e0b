"""Docstrings that the API reference cannot read from the source, because imports fill them in."""

from __future__ import annotations

import inspect
import runpy
from pathlib import Path
from textwrap import indent
from typing import Any

from griffe import Class, Extension, Module

SHARED = Path(__file__).parent.parent / "tinygrad_dropout" / "sklearn" / "_docstrings.py"


class FilledInDocstrings(Extension):
    """Fills in docstrings as the package does, without importing it."""

    def on_class(self, *, cls: Class, **kwargs: Any) -> None:
        """Complete the docstrings of the two estimators with their shared part."""
        if cls.docstring and "{PARAMETERS}" in cls.docstring.value:
            complete = runpy.run_path(str(SHARED))["fill_docstring"](indent(cls.docstring.value, "    "))
            cls.docstring.value = inspect.cleandoc(complete)

    def on_package(self, *, pkg: Module, **kwargs: Any) -> None:
        """Give each method of Tensor the docstring of its operation."""
        for name, method in pkg["autograd.tensor.Tensor"].members.items():
            if operation := pkg["functional"].members.get(name):
                method.docstring = pkg[operation.target_path.removeprefix(f"{pkg.name}.")].docstring
