"""Runs untrusted code in a separate process, and makes its output safe to show."""

from tinygrad_dropout.sandbox.package import import_package
from tinygrad_dropout.sandbox.printable import described, printable
from tinygrad_dropout.sandbox.process import Bounds, Ended, SandboxError, run

__all__ = ["Bounds", "Ended", "SandboxError", "described", "import_package", "printable", "run"]
