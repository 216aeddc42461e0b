"""Running the command as its users do."""

import pytest

from tests.cli.building import begun, build, quick
from tests.lab.conftest import blank_pictures, no_waiting_for_the_disk
from tinygrad_dropout import cli

__all__ = ["begun", "blank_pictures", "build", "no_waiting_for_the_disk", "quick"]


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run the command in its own folder; returns the exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments):
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run_here


@pytest.fixture
def typed(monkeypatch):
    """Set the lines that are typed at prompts; after them, the input ends."""

    def type_these(*lines):
        left = list(lines)

        def read(prompt=""):
            print(prompt, end="")
            if not left:
                raise EOFError
            return left.pop(0)

        monkeypatch.setattr("builtins.input", read)

    type_these()
    return type_these
