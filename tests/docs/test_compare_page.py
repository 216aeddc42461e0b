"""The page about comparisons shows what reading a table really prints."""

import re
import shlex
from pathlib import Path

import pytest

from tinygrad_dropout.cli.experiment import report_errors
from tinygrad_dropout.lab import Config
from tinygrad_dropout.lab.comparison.data import load

PAGE = Path(__file__).parents[2] / "docs" / "compare.md"
SECTION = PAGE.read_text(encoding="utf-8").partition("\n## Your own table\n")[2].partition("\n## ")[0]
(TABLE,) = re.findall(r"```csv\n(.*?)```", SECTION, re.DOTALL)
SHOWN = re.findall(r"^\$ tinygrad-dropout compare (.*)\n((?:[^$`].*\n)*)", SECTION, re.MULTILINE)


def what_is_read(arguments):
    """Print what the command prints before it trains, or its error."""
    words = shlex.split(arguments)
    options = {flag.removeprefix("--"): value for flag, value in zip(words[::2], words[1::2], strict=True)}

    def tell():
        print(*load(Config(**options)).notes, sep="\n")
        return 0

    report_errors(tell)


def test_the_page_shows_readings_and_errors():
    assert len(SHOWN) == 5
    assert "".join(printed for _, printed in SHOWN).count("tinygrad-dropout: ") == 3


@pytest.mark.parametrize(("arguments", "printed"), SHOWN)
def test_the_commands_print_what_the_page_shows(arguments, printed, tmp_path, monkeypatch, capsys):
    (tmp_path / "apartments.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "typo.csv").write_text(TABLE.replace("61,7;2", "61,7;two", 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    what_is_read(arguments)
    out, err = capsys.readouterr()
    assert out + err == printed
