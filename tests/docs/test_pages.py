"""Every page of the docs: its links lead to files, its commands parse, and its snippets print what is shown."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from tinygrad_dropout import cli

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def prose(page: Path) -> str:
    """The page without its blocks of code, in which brackets are no links."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@each_page
def test_every_link_leads_to_a_file(page):
    text = re.sub(r"`[^`\n]+`", "", prose(page))
    targets = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target}
    assert {target for target in targets if target and not (DOCS / target).exists()} == set()


@each_page
def test_every_command_parses(page):
    for command in set(re.findall(r"`(tinygrad-dropout [a-z][^`|\n]*)`", prose(page))):
        arguments = [word for word in shlex.split(command)[1:] if word != "--help"]
        if not any(word.isupper() or "..." in word for word in arguments):
            assert cli.parse(arguments).run


#: Whose snippets other tests run, because they need something that comes before them.
ELSEWHERE = {"new_exercise.md", "the_whole_idea.md", "your_own_data.md"}


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ELSEWHERE], ids=lambda page: page.name)
def test_every_snippet_prints_what_is_shown(page):
    failures, _ = doctest.testfile(str(page), module_relative=False)
    assert failures == 0


@each_page
def test_the_readme_or_another_page_links_to_each_page(page):
    first = [DOCS.parent / "README.md", DOCS.parent / "CONTRIBUTING.md"]
    others = [*first, *(other for other in PAGES if other != page)]
    assert any(re.search(rf"[(/]{page.name}[)#]", other.read_text(encoding="utf-8")) for other in others)
