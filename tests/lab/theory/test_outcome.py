"""An experiment from its options to its files: what is written, kept apart, refused, and the same every time."""

import errno
import json
import os

import pytest

from tests.lab.theory.small import SMALL, small_outcome
from tinygrad_dropout.lab import LabError, errors, results, theory
from tinygrad_dropout.lab.theory import EXPERIMENTS, Outcome, expectation


@pytest.mark.parametrize("name", SMALL)
def test_the_files_are_the_figures_and_the_picture(name, tmp_path):
    outcome = small_outcome(name)
    outcome.save(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [f"{name}.json", f"{name}.png"]
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    kept = json.loads((tmp_path / f"{name}.json").read_text())
    assert list(kept) == ["experiment", "options", "versions", "figures"]
    assert kept["experiment"] == name
    assert kept["versions"].keys() == {"tinygrad_dropout", "python", "numpy", "scipy", "scikit-learn"}


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("name", SMALL)
def test_what_was_kept_prints_the_same_report(name, tmp_path):
    small_outcome(name).save(tmp_path)
    assert str(Outcome.load(tmp_path / f"{name}.json")) == str(small_outcome(name))


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("name", SMALL)
def test_the_same_options_give_the_same_bytes(name, tmp_path):
    for folder in ("one", "other"):
        theory.run(name, EXPERIMENTS[name].Options(**SMALL[name]), out=tmp_path / folder)
    one, other = ((tmp_path / folder / f"{name}.json").read_bytes() for folder in ("one", "other"))
    assert one == other


def test_all_options_are_kept():
    assert small_outcome("ridge").options == {"p": [0.0, 0.5], "features": 2, "examples": 6, "seed": 0}


@pytest.mark.usefixtures("blank_pictures")
def test_the_experiments_share_a_folder(tmp_path):
    for name in SMALL:
        small_outcome(name).save(tmp_path)
    assert len(os.listdir(tmp_path)) == 2 * len(SMALL)


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_made_with_other_options_is_refused_before_the_work(tmp_path, monkeypatch):
    small_outcome("expectation").save(tmp_path)
    monkeypatch.setattr(expectation, "measure_scheme", lambda *arguments: pytest.fail("measured in vain"))
    with pytest.raises(LabError) as error:
        theory.run("expectation", expectation.Options(p=0.25, units=30, samples=200), out=tmp_path)
    assert str(error.value) == f"{tmp_path} was made with other options (p 0.5, not 0.25): choose another folder"


@pytest.mark.usefixtures("blank_pictures")
def test_another_seed_is_another_option(tmp_path):
    small_outcome("ridge").save(tmp_path)
    with pytest.raises(LabError, match=r"made with other options \(seed 0, not 1\)"):
        theory.run("ridge", EXPERIMENTS["ridge"].Options(**SMALL["ridge"], seed=1), out=tmp_path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"experiment": "ridge", "options": 3}', "\x00\xff"])
def test_another_file_of_that_name_is_left_alone(tmp_path, content):
    path = tmp_path / "ridge.json"
    path.write_text(content)
    with pytest.raises(LabError, match=r"ridge\.json: expected the figures of an experiment, got another file"):
        small_outcome("ridge").save(tmp_path)
    assert path.read_text() == content


@pytest.mark.usefixtures("blank_pictures")
def test_figures_that_this_version_does_not_measure_are_refused_when_they_are_read(tmp_path):
    small_outcome("ensemble").save(tmp_path)
    path = tmp_path / "ensemble.json"
    kept = json.loads(path.read_text())
    for network in kept["figures"]["networks"]:
        del network["hidden_units"]
    path.write_text(json.dumps(kept))
    with pytest.raises(LabError, match=r"ensemble\.json: expected the figures of an experiment"):
        Outcome.load(path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match="the output folder cannot be written"):
        theory.run("ridge", EXPERIMENTS["ridge"].Options(**SMALL["ridge"]), out=tmp_path / "file" / "folder")


def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabError, match=r"ridge\.json could not be written \(No space left on device\)"):
        small_outcome("ridge").save(tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_another_command_is_writing_to_is_refused(tmp_path):
    refused = pytest.raises(LabError, match="another command is writing")
    with results.owned(tmp_path), refused:
        small_outcome("ridge").save(tmp_path)


def test_a_missing_package_is_named_with_the_experiment(monkeypatch):
    monkeypatch.setattr(errors, "find_spec", lambda name: None if name == "matplotlib" else object())
    with pytest.raises(LabError) as error:
        theory.run("ridge", EXPERIMENTS["ridge"].Options(**SMALL["ridge"]))
    assert "tinygrad-dropout lab ridge" in str(error.value)
    assert "type `pip install matplotlib`" in str(error.value)


@pytest.mark.parametrize("name", SMALL)
def test_a_report_fits_a_terminal_of_80_columns_and_holds_no_colours(name):
    text = str(small_outcome(name))
    table = [line for line in text.splitlines() if "─" in line]
    assert table
    assert max(map(len, table)) <= 80
    assert "\x1b" not in text


@pytest.mark.parametrize("name", SMALL)
def test_its_repr_is_one_line_that_says_what_was_measured(name):
    outcome = small_outcome(name)
    assert repr(outcome) == f"<Outcome of {name}: {outcome.description}>"
    assert "\n" not in repr(outcome)
