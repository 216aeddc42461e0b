"""The versions of the packages that determine the results."""

from __future__ import annotations

import platform
from importlib.metadata import version

import tinygrad_dropout as td

PACKAGES = ("numpy", "scipy", "scikit-learn")


def versions() -> dict[str, str]:
    """The versions of everything that can change a result."""
    packages = {name: version(name) for name in PACKAGES}
    return {"tinygrad_dropout": td.__version__, "python": platform.python_version(), **packages}
