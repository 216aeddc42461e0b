"""What the tests of the lab share."""

import pytest

from tinygrad_dropout.lab import plots


@pytest.fixture
def blank_pictures(monkeypatch):
    """Pictures are empty files, where a test is of something else: drawing them would take most of its time."""
    monkeypatch.setattr(plots, "write_file", lambda path, write: path.touch())
