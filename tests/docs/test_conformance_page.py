"""docs/conformance.md shows what the kit says of the layers here; its links lead somewhere."""

import re
from pathlib import Path

import make_conformance
import pytest
from blocks import rendered

from tinygrad_dropout import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")


def without_digits(text: str) -> str:
    """Another version of NumPy may draw other numbers; the words stay."""
    return re.sub(r"[-+]?[0-9][0-9.,]*(e[-+][0-9]+)?", "#", text)


def test_the_scoreboard_is_what_the_kit_says():
    assert without_digits(rendered(PAGE, make_conformance.blocks())) == without_digits(PAGE)


def test_the_counts_shown_are_those_that_are_kept_and_nothing_was_missed():
    counts = make_conformance.json.loads(make_conformance.KEPT.read_text(encoding="utf-8"))
    assert counts["wrong"].keys() == {layer.__name__ for layer in make_conformance.WRONG}
    assert counts["right"].keys() == {make_conformance.name_of(layer) for layer in make_conformance.RIGHT}
    assert {*counts["wrong"].values(), *counts["right"].values()} == {make_conformance.SEEDS}
    assert "0 missed the fault" in PAGE
    assert "0 raised a false alarm" in PAGE


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", PAGE))))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^tinygrad-dropout (conformance .*)$", PAGE, re.MULTILINE))))
def test_a_command_parses(command):
    assert cli.build_parser().parse_args(command.split()).run


def test_the_readme_shows_the_same():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```\n(\$ tinygrad-dropout conformance .*?)```", readme, re.DOTALL)
    assert [line for line in block.splitlines() if line != "..." and line not in PAGE] == []
    counted = f"{len(make_conformance.WRONG)} wrong layers, {len(make_conformance.RIGHT)} right ones"
    assert counted in " ".join(readme.split())
