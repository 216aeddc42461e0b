"""docs/drills.md shows the grader's answers; its saved counts cover every exercise, and no mistake was missed."""

import json
import re
from pathlib import Path

import make_drills
import pytest
from blocks import rendered

from tests.drills.graded import graded
from tinygrad_dropout import cli
from tinygrad_dropout.drills.exercise import exercises

ROOT = Path(__file__).parent.parent.parent
TEXT = make_drills.PAGE.read_text(encoding="utf-8")
COUNTS = json.loads(make_drills.RESULTS.read_text(encoding="utf-8"))


def without_digits(text: str) -> str:
    """Another version of NumPy can draw other numbers, and Python 3.10 words one error differently."""
    text = re.sub(
        "can't set attribute '(.*?)'|property '(.*?)' of '.*?' object has no setter", r"no setter: \1\2", text
    )
    return re.sub(r"[-+]?[0-9][0-9.,]*(e[-+][0-9]+)?", "#", text)


def test_the_pages_show_the_graders_answers(monkeypatch):
    monkeypatch.setattr(make_drills, "grade", graded)
    for path, its_blocks in make_drills.blocks().items():
        text = path.read_text(encoding="utf-8")
        assert without_digits(rendered(text, its_blocks)) == without_digits(text), path.name


def test_the_saved_counts_cover_all_answers_and_no_mistake_was_missed():
    assert COUNTS.keys() == {one.slug for one in exercises()}
    for one in exercises():
        assert COUNTS[one.slug]["wrong"].keys() == {sample.name for sample in one.wrong}
        assert COUNTS[one.slug]["right"].keys() == {"the solution", *(sample.name for sample in one.right)}
    counted = {count for one in COUNTS.values() for kind in one.values() for count in kind.values()}
    assert counted == {make_drills.SEEDS}


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"`(?:tinygrad-dropout )?(drill [a-z]+[^`|]*)`", TEXT))))
def test_a_command_parses(command):
    arguments = [word for word in command.replace(" N", " 11").split() if word != "..."]
    if arguments[1] in ("hint", "solution") and len(arguments) == 2:
        arguments.append("11")
    if arguments[1:] == ["plan"]:
        arguments += ["--date", "2027-01-15"]
    assert cli.parse(arguments).run


def test_a_new_exercise_is_added_to_the_counts_and_its_author_sees_the_graders_answers(capsys, monkeypatch, tmp_path):
    others = {slug: counts for slug, counts in COUNTS.items() if slug != "11_linear_backward"}
    kept = tmp_path / "drills.json"
    kept.write_text(json.dumps({**others, "47_removed": {}}), encoding="utf-8")
    monkeypatch.setattr(make_drills, "RESULTS", kept)
    monkeypatch.setattr(make_drills, "SEEDS", 2)
    monkeypatch.setattr(make_drills, "render", list)
    assert make_drills.main(["11"]) == 0
    counts = json.loads(kept.read_text(encoding="utf-8"))
    assert list(counts) == list(COUNTS)
    assert counts.pop("11_linear_backward")["right"]["the solution"] == 2
    assert counts == others
    shown = capsys.readouterr().out
    assert "-- bias-gradient-averaged: the mean over the batch. Named with 2 of 2 seeds." in shown
    assert "-- right: einsum, passed with 2 of 2 seeds" in shown
