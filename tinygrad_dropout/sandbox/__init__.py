"""Run code from someone else's file in a process of its own, and show what it says without trusting it."""

from tinygrad_dropout.sandbox.package import import_package
from tinygrad_dropout.sandbox.printable import described, printable
from tinygrad_dropout.sandbox.process import Bounds, Ended, SandboxError, run

__all__ = ["Bounds", "Ended", "SandboxError", "described", "import_package", "printable", "run"]
