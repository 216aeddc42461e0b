"""What the tests of the lab share."""

import pytest

from tinygrad_dropout.lab.trials.folder import Folder


@pytest.fixture
def blank_pictures(monkeypatch):
    """Pictures are empty files, where a test is of something else: drawing them would take most of its time."""

    def draw(folder, outcome):
        for name in outcome.experiment.pictures:
            (folder.path / name).touch()

    monkeypatch.setattr(Folder, "draw", draw)
