"""docs/conformance.md shows the kit's real messages, and its links work."""

import json
import re
from pathlib import Path

import make_conformance
import pytest
from blocks import rendered

from tinygrad_dropout import cli, nn

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")


def without_digits(text: str) -> str:
    """Another version of NumPy may draw other numbers, but the words stay the same."""
    return re.sub(r"[-+]?[0-9][0-9.,]*(e[-+][0-9]+)?", "#", text)


RESULTS = json.loads(make_conformance.RESULTS.read_text(encoding="utf-8"))


def test_the_scoreboard_shows_the_saved_results():
    assert without_digits(rendered(PAGE, make_conformance.blocks())) == without_digits(PAGE)


def test_every_layer_was_examined_and_nothing_was_missed():
    assert RESULTS.keys() == make_conformance.LAYERS.keys()
    assert {one.get("named", one.get("passed")) for one in RESULTS.values()} == {make_conformance.SEEDS}
    assert "missed the mistake or named another first 0 times" in PAGE
    assert ": 0 false alarms in " in PAGE


@pytest.mark.parametrize("name", list(make_conformance.EXPECTED)[::23])
def test_the_saved_message_is_the_kits_message(name):
    finding = make_conformance.examined(name, 0).findings[0]
    assert finding.code == RESULTS[name]["code"]
    assert without_digits(finding.message) == without_digits(RESULTS[name]["message"])


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", PAGE))))
def test_every_link_leads_to_a_file(target):
    assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^tinygrad-dropout (conformance .*)$", PAGE, re.MULTILINE))))
def test_a_command_parses(command):
    assert cli.parse(command.split()).run


def test_the_example_test_passes_only_for_a_right_layer():
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    page = {"MyDropout": nn.Dropout}
    exec(shown, page)
    page["test_my_dropout"]()
    page["MyDropout"] = lambda p, rng: nn.Dropout(1 - p, rng=rng)
    with pytest.raises(AssertionError, match="p-is-taken-for-the-probability-of-keeping"):
        page["test_my_dropout"]()


def test_the_readme_shows_the_same_report():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```\n(\$ tinygrad-dropout conformance .*?)```", readme, re.DOTALL)
    assert [line for line in block.splitlines() if line != "..." and line not in PAGE] == []
    counted = f"{len(make_conformance.WRONG)} wrong layers, {len(make_conformance.RIGHT)} right ones"
    assert counted in " ".join(readme.split())
