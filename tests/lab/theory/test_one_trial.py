"""A theory experiment from its options to its files: what is written, refused, and the same every time."""

import json
import os

import pytest

from tests.lab.theory.small import SMALL, run_small, small_outcome
from tinygrad_dropout.lab import LabError, errors, read, save
from tinygrad_dropout.lab.theory import expectation


@pytest.mark.parametrize("name", SMALL)
def test_the_saved_files_are_the_figures_and_the_picture(name, tmp_path):
    save(small_outcome(name), tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(["results.json", f"{name}.png"])
    assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    kept = json.loads((tmp_path / "results.json").read_text())
    assert kept["experiment"] == name
    assert kept["records"][0]["figures"] == kept["summary"]


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("name", SMALL)
def test_saved_results_print_the_same_report(name, tmp_path):
    save(small_outcome(name), tmp_path)
    assert str(read(tmp_path)) == str(small_outcome(name))


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("name", SMALL)
def test_the_same_options_give_the_same_bytes(name, tmp_path):
    for folder in ("one", "other"):
        run_small(name, out=tmp_path / folder)
    one, other = ((tmp_path / folder / "results.json").read_bytes() for folder in ("one", "other"))
    assert one == other


def test_all_options_are_saved():
    assert small_outcome("ridge").options == {"p": [0.0, 0.5], "features": 2, "examples": 6, "seed": 0}


@pytest.mark.usefixtures("blank_pictures")
def test_each_experiment_needs_its_own_folder(tmp_path):
    save(small_outcome("ridge"), tmp_path)
    with pytest.raises(LabError, match="holds the results of ridge, not of expectation: choose another folder"):
        save(small_outcome("expectation"), tmp_path)


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_made_with_other_options_is_refused_before_the_work(tmp_path, monkeypatch):
    save(small_outcome("expectation"), tmp_path)
    monkeypatch.setattr(expectation, "measure_scheme", lambda *arguments: pytest.fail("measured in vain"))
    with pytest.raises(LabError) as error:
        run_small("expectation", p=0.25, out=tmp_path)
    assert str(error.value) == f"{tmp_path} was made with other options (p 0.5, not 0.25): choose another folder"


@pytest.mark.usefixtures("blank_pictures")
def test_another_seed_is_another_option(tmp_path):
    save(small_outcome("ridge"), tmp_path)
    with pytest.raises(LabError, match=r"made with other options \(seed 0, not 1\)"):
        run_small("ridge", seed=1, out=tmp_path)


@pytest.mark.usefixtures("blank_pictures")
def test_figures_that_this_version_does_not_measure_are_refused_when_they_are_read(tmp_path):
    save(small_outcome("ensemble"), tmp_path)
    path = tmp_path / "results.json"
    kept = json.loads(path.read_text())
    del kept["digest"]  # which says that the file is not damaged
    for network in kept["records"][0]["figures"]["networks"]:
        del network["hidden_units"]
    path.write_text(json.dumps(kept))
    with pytest.raises(LabError, match="the records in this folder are damaged, or of another version"):
        read(tmp_path)


def test_a_missing_package_is_named_with_the_experiment(monkeypatch):
    monkeypatch.setattr(errors, "find_spec", lambda name: None if name == "matplotlib" else object())
    with pytest.raises(LabError) as error:
        run_small("ridge")
    assert "the experiment ridge" in str(error.value)
    assert "type `pip install matplotlib`" in str(error.value)


@pytest.mark.parametrize("name", SMALL)
def test_a_report_fits_a_terminal_of_80_columns_and_holds_no_colors(name):
    text = str(small_outcome(name))
    table = [line for line in text.splitlines() if "─" in line]
    assert table
    assert max(map(len, table)) <= 80
    assert "\x1b" not in text


@pytest.mark.parametrize("name", SMALL)
def test_the_repr_of_an_outcome_is_one_line_with_its_result(name):
    outcome = small_outcome(name)
    assert repr(outcome) == f"<Outcome of {name}, 1 of 1 trials: {outcome.notes[0]}>"
    assert "\n" not in repr(outcome)
