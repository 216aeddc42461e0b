"""Running the command as its users do."""

import pytest

from tests.lab.conftest import blank_pictures, no_waiting_for_the_disk
from tinygrad_dropout import cli

__all__ = ["blank_pictures", "no_waiting_for_the_disk"]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run the command in a folder of its own; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_here
