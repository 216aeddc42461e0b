"""docs/build_it_yourself.md shows what the commands print; no mistake in its saved counts was missed."""

import json
import re

import make_build
import pytest
from blocks import rendered

from tests.docs.test_drills_page import without_digits
from tinygrad_dropout import cli
from tinygrad_dropout.drills.stage import stages

TEXT = make_build.PAGE.read_text(encoding="utf-8")
COUNTS = json.loads(make_build.RESULTS.read_text(encoding="utf-8"))


def test_the_page_shows_what_the_commands_print():
    assert without_digits(rendered(TEXT, make_build.blocks())) == without_digits(TEXT)


def test_the_saved_counts_cover_all_packages_and_no_mistake_was_missed():
    assert COUNTS.keys() == {one.slug for one in stages()}
    for one in stages():
        assert COUNTS[one.slug]["wrong"].keys() == {f"{sample.name}: {sample.description}" for sample in one.wrong}
        assert COUNTS[one.slug]["right"].keys() == {"ours", *(sample.name for sample in one.right)}
    assert {n for one in COUNTS.values() for kind in one.values() for n in kind.values()} == {make_build.SEEDS}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_a_link_leads_to_a_file(target):
    assert (make_build.DOCS / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(build [a-z-]+[^`|]*)`", TEXT))))
def test_a_command_parses(command):
    assert cli.parse(command.replace(" N", " 3").split()).run
