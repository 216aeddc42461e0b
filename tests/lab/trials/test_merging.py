"""Folders of one experiment are merged into one; folders that do not fit together are refused by name."""

import json
import os

import pytest

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.trials import run
from tinygrad_dropout.lab.trials.folder import RESULTS, Folder, differences_between
from tinygrad_dropout.lab.trials.merging import merge

EXPERIMENTS = [Counting()]


@pytest.fixture
def folder(tmp_path):
    """Have a folder with a finished run."""

    def make(name, experiment=EXPERIMENTS[0], **options):
        run(experiment, Numbers(**options), out=tmp_path / name)
        return tmp_path / name

    return make


def change(folder, how):
    """Change what results.json holds, which then has no digest."""
    results = json.loads((folder / RESULTS).read_text())
    del results["digest"]
    how(results)
    (folder / RESULTS).write_text(json.dumps(results))


def test_merging_two_machines_gives_the_same_files_as_one_run(tmp_path, folder):
    parts = [folder("b", seeds=3, first_seed=2), folder("a", seeds=2)]
    outcome = merge(parts, tmp_path / "merged", EXPERIMENTS)
    whole = folder("whole", seeds=5)
    assert outcome.finished
    for file in (RESULTS, "sum.png"):
        assert (tmp_path / "merged" / file).read_bytes() == (whole / file).read_bytes()


def test_seeds_in_both_folders_count_once(tmp_path, folder):
    outcome = merge([folder("a", seeds=3), folder("b", seeds=3, first_seed=1)], tmp_path / "merged", EXPERIMENTS)
    assert [record["seed"] for record in outcome.records] == [0, 0, 1, 1, 2, 2, 3, 3]


def test_a_folder_can_be_merged_into_an_existing_one(tmp_path, folder):
    merge([folder("a", seeds=1), folder("b", seeds=1, first_seed=1)], tmp_path / "a", EXPERIMENTS)
    assert len(Folder(tmp_path / "a").read(EXPERIMENTS).records) == 4


def test_records_already_in_the_target_folder_are_kept(tmp_path, folder):
    outcome = merge([folder("a", seeds=1)], folder("b", seeds=1, first_seed=1), EXPERIMENTS)
    assert [record["seed"] for record in outcome.records] == [0, 0, 1, 1]


@pytest.mark.skipif(os.name != "posix", reason="there are no locks on Windows")
def test_a_folder_that_another_command_writes_to_is_refused(tmp_path, folder):
    parts = [folder("a", seeds=1)]
    (tmp_path / "merged").mkdir()
    with Folder(tmp_path / "merged").owned(), pytest.raises(LabError, match="another command is writing"):
        merge(parts, tmp_path / "merged", EXPERIMENTS)


def test_seeds_in_no_folder_are_missing_and_can_be_run(tmp_path, folder):
    merged = tmp_path / "merged"
    outcome = merge([folder("a", seeds=1), folder("b", seeds=1, first_seed=3)], merged, EXPERIMENTS)
    assert sorted({trial.seed for trial in outcome.missing}) == [1, 2]
    assert os.listdir(merged) == [RESULTS]
    run(Counting(), Numbers(seeds=4), out=merged)
    assert (merged / RESULTS).read_bytes() == (folder("whole", seeds=4) / RESULTS).read_bytes()


def test_other_options_are_refused_by_name(tmp_path, folder):
    parts = [folder("a", seeds=1), folder("b", seeds=1, first_seed=1, factor=0.5)]
    with pytest.raises(
        LabError,
        match=r"cannot merge .*b with .*a, because they were made differently \(factor 0.5, not 0.1",
    ):
        merge(parts, tmp_path / "merged", EXPERIMENTS)


def test_other_versions_are_refused_by_name(tmp_path, folder):
    parts = [folder("a", seeds=1), folder("b", seeds=1, first_seed=1)]
    change(parts[1], lambda results: results["versions"].update(numpy="9.9"))
    with pytest.raises(LabError, match=r"made differently \(numpy 9.9, not "):
        merge(parts, tmp_path / "merged", EXPERIMENTS)


def test_a_different_record_of_the_same_trial_is_refused(tmp_path, folder):
    parts = [folder("a", seeds=2), folder("b", seeds=2)]
    change(parts[1], lambda results: results["records"][2].update(value=7.0))
    with pytest.raises(
        LabError, match=r"b has a different record of a trial that an earlier folder has \(odd, seed 1\)"
    ):
        merge(parts, tmp_path / "merged", EXPERIMENTS)


def test_another_experiment_is_refused_by_name(tmp_path, folder):
    other = Counting("other")
    parts = [folder("a", seeds=1), folder("b", other, seeds=1, first_seed=1)]
    with pytest.raises(LabError, match=r"cannot merge .* made differently \(experiment other, not counting\)"):
        merge(parts, tmp_path / "merged", [*EXPERIMENTS, other])


def test_options_of_different_experiments_are_not_compared():
    found, wanted = {"experiment": "when", "p": 0.5}, {"experiment": "ridge", "features": 3}
    assert differences_between(found, wanted) == "experiment when, not ridge"


@pytest.mark.parametrize("wrong", ["nowhere", "file"])
def test_a_folder_without_results_is_refused(tmp_path, folder, wrong):
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match=f"{wrong}: expected a folder with a results.json"):
        merge([folder("a"), tmp_path / wrong], tmp_path / "merged", EXPERIMENTS)
    assert not (tmp_path / "merged").exists()


def test_seeds_too_far_apart_are_refused(tmp_path, folder):
    """All between would be missing: a list of them could fill the memory."""
    parts = [folder("a", seeds=1), folder("b", seeds=1, first_seed=4_000_000_000)]
    with pytest.raises(LabError, match=r"at most 10,000 from the lowest to the highest, got 0 to 4000000000"):
        merge(parts, tmp_path / "merged", EXPERIMENTS)
