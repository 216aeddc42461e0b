"""The version and its date are the same wherever they are written."""

import re
from pathlib import Path

import tinygrad_dropout as td

PROJECT = Path(__file__).parents[1]


def test_the_changelog_begins_with_this_version():
    first = re.search(r"^## (.*)$", (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.fullmatch(rf"{re.escape(td.__version__)} \(\d{{4}}-\d\d-\d\d\)", first[1])


def test_the_citation_is_of_this_version_and_its_day():
    citation = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    version, day = (
        re.search(rf'^{key}: "?([^"\n]+)"?$', citation, re.MULTILINE)[1] for key in ("version", "date-released")
    )
    assert f"## {version} ({day})" in changelog
    assert version == td.__version__
