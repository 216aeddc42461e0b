"""Fixtures that run a source text as an untrusted file in a sandbox, and that check whether a process has ended."""

import subprocess
import time

import pytest

from tinygrad_dropout.sandbox import Bounds, run

BOUNDS = Bounds(seconds=60.0, output=1_000_000, memory=2**29)


@pytest.fixture
def sandboxed():
    def run_source(source, bounds=BOUNDS, **options):
        return run("tests.sandbox.work:run_source", [source], bounds, **options)

    return run_source


@pytest.fixture
def is_gone():
    """Whether a process has ended or ends soon; a zombie counts as ended."""

    def ask(number):
        for _ in range(500):
            state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True).stdout
            if state.strip()[:1] in ("", "Z"):
                return True
            time.sleep(0.01)
        return False

    return ask
