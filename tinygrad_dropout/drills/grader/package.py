"""A learner's package, imported from its texts: what is on the disk may change while it is graded."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

from tinygrad_dropout.drills.bundle import PACKAGE


class Files(MetaPathFinder, Loader):
    """Finds the modules of one package among its texts.

    Attributes:
        codes: module -> its compiled code.
        packages: those of the modules that are folders.
    """

    def __init__(self) -> None:
        self.codes: dict[str, Any] = {}
        self.packages: set[str] = set()

    def hold(self, trees: Mapping[str, ast.Module]) -> None:
        """Take the place of whatever was held before.

        Args:
            trees: path inside the package -> what is to be compiled.
        """
        self.codes, self.packages = {PACKAGE: compile("", PACKAGE, "exec")}, {PACKAGE}
        for path, tree in trees.items():
            parts = [PACKAGE, *path.removesuffix(".py").split("/")]
            if parts[-1] == "__init__":
                parts.pop()
                self.packages.add(".".join(parts))
            self.codes[".".join(parts)] = compile(tree, shown_path(path), "exec")

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of the package; none of anything else's."""
        if fullname not in self.codes:
            return None
        return spec_from_loader(fullname, self, is_package=fullname in self.packages)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        exec(self.codes[module.__name__], vars(module))


FILES = Files()


def shown_path(path: str) -> str:
    """`framework/nn.py`, of `nn.py`."""
    return f"{PACKAGE}/{path}"


def import_package(trees: Mapping[str, ast.Module]) -> dict[str, Any]:
    """Import the package anew; returns what its `__init__.py` defines or imports. What it imports later is found, too.

    Args:
        trees: path inside the package -> what it holds.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    FILES.hold(trees)
    if FILES not in sys.meta_path:
        sys.meta_path.insert(0, FILES)
    return vars(import_module(PACKAGE))
