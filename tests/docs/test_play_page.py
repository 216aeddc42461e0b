"""docs/play.md shows what was measured; its pictures and links exist, and its commands parse."""

import re
import shlex
from pathlib import Path

import make_play
import pytest
from blocks import rendered

from tinygrad_dropout import cli
from tinygrad_dropout.play.settings import Settings

PAGE = make_play.PAGE.read_text(encoding="utf-8")


def test_the_figures_match_the_saved_measurements():
    assert rendered(PAGE, make_play.blocks()) == PAGE


def test_at_least_twenty_updates_a_second_were_measured():
    assert float(re.search(r"were drawn ([\d.]+) times a second", PAGE)[1]) >= 20


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGE))))
def test_a_link_leads_to_a_file(target):
    assert Path(make_play.DOCS, target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"^(tinygrad-dropout play.*)$", PAGE, re.MULTILINE))))
def test_a_command_parses_and_its_link_can_be_read(command):
    options = cli.parse(shlex.split(command)[1:])
    assert Settings.from_fragment(options.link)


@pytest.mark.parametrize("settings", [settings for settings, *_ in make_play.PICTURES.values()])
def test_the_pictures_have_valid_settings(settings):
    assert Settings.from_fragment(settings)
