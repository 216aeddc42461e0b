"""The output folder stays valid, and is refused where it belongs to something else."""

import errno
import os

import pytest

from tests.lab.small import made_up_pair
from tinygrad_dropout.lab import LabError, results
from tinygrad_dropout.lab.epochs import measured_epochs
from tinygrad_dropout.lab.results import FILE, check_same, prepare_folder, read_results, write_file, write_results

RESULTS = {"config": {}, "versions": {}, "pairs": [{"loss": 0.1 + 0.2}], "summary": None}


def test_what_is_written_is_read_back_to_the_last_bit(tmp_path):
    write_results(tmp_path, RESULTS)
    assert read_results(tmp_path) == RESULTS
    assert os.listdir(tmp_path) == [FILE]


def test_a_folder_without_results_has_none(tmp_path):
    assert read_results(tmp_path) is None
    assert read_results(tmp_path / "not there") is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"config": {}}', "\x00\xff"])
def test_another_file_of_that_name_is_refused(tmp_path, content):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(LabError, match=r"results\.json: .*(damaged|got another file)"):
        read_results(tmp_path)


def test_a_folder_is_made_with_its_parents(tmp_path):
    prepare_folder(tmp_path / "a" / "b")
    prepare_folder(tmp_path / "a" / "b")
    assert os.listdir(tmp_path / "a" / "b") == []


@pytest.mark.parametrize(("folder", "reason"), [("file", "File exists"), ("file/folder", "Not a directory")])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, folder, reason):
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match=f"{folder}: the output folder cannot be written: {reason}"):
        prepare_folder(tmp_path / folder)


def test_a_folder_that_takes_no_files_is_named(tmp_path, monkeypatch):
    def no_file(**options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.TemporaryFile", no_file)
    with pytest.raises(LabError, match="the output folder cannot be written: Permission denied"):
        prepare_folder(tmp_path)


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write_results(tmp_path, RESULTS)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabError, match=r"results\.json could not be written \(No space left on device\)"):
        write_results(tmp_path, {**RESULTS, "pairs": []})
    assert read_results(tmp_path) == RESULTS
    assert os.listdir(tmp_path) == [FILE]


def test_an_interruption_while_writing_leaves_the_old_file_and_no_other(tmp_path):
    def write(file):
        file.write(b"half")
        raise KeyboardInterrupt

    (tmp_path / "file").write_text("whole")
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "file", write)
    assert (tmp_path / "file").read_text() == "whole"
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be replaced on Windows")
def test_whoever_reads_while_the_file_is_written_reads_the_old_one_whole(tmp_path):
    (tmp_path / "file").write_text("old")
    with (tmp_path / "file").open() as reader:
        write_file(tmp_path / "file", lambda file: file.write(b"new"))
        assert reader.read() == "old"
    assert (tmp_path / "file").read_text() == "new"


def test_numbers_that_json_does_not_know_are_never_written(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_results(tmp_path, {**RESULTS, "pairs": [float("nan")]})
    assert os.listdir(tmp_path) == []


def test_every_option_that_differs_is_named(tmp_path):
    found = {"p": 0.5, "hidden": [256, 256], "csv": None, "epochs": 80, "old": 1}
    wanted = {"p": 0.3, "hidden": [8], "csv": "a.csv", "epochs": 80}
    with pytest.raises(LabError) as error:
        check_same(tmp_path, "options", found, wanted)
    assert str(error.value) == (
        f"{tmp_path} was made with other options (p 0.5, not 0.3; hidden 256,256, not 8; csv unset, not a.csv; "
        "old 1, not unset): choose another folder"
    )
    check_same(tmp_path, "options", found, dict(found))


WHOLE = made_up_pair(0, 0.8, 0.9)
DAMAGED = {
    "pairs that are a number": 5,
    "a pair that is a number": [1],
    "a pair without an arm": [{"seed": 0, "without": WHOLE["without"]}],
    "a pair twice": [WHOLE, WHOLE],
    "a pair of another seed": [{**WHOLE, "seed": 77}],
    "an arm without its records": [{**WHOLE, "with": []}],
    "a record of another epoch": [{**WHOLE, "with": [{**WHOLE["with"][0], "epoch": 2}]}],
    "a record without its epoch": [{**WHOLE, "with": [{"test_accuracy": 0.9}]}],
    "a record without a measure": [{**WHOLE, "with": [{"epoch": 1}]}],
    "an accuracy that is a text": [{**WHOLE, "with": [{**WHOLE["with"][0], "test_accuracy": "0.9"}]}],
    "an accuracy that is not a number": [{**WHOLE, "with": [{**WHOLE["with"][0], "test_accuracy": float("nan")}]}],
}


@pytest.mark.parametrize("pairs", DAMAGED.values(), ids=DAMAGED)
def test_damaged_pairs_are_refused(tmp_path, pairs):
    with pytest.raises(LabError, match="damaged"):
        results.check_pairs(tmp_path, {"seeds": 2, "epochs": 1}, pairs)


def test_whole_pairs_are_accepted(tmp_path):
    results.check_pairs(tmp_path, {"seeds": 2, "epochs": 1}, [WHOLE])


NOW, EARLIER = measured_epochs(30), range(1, 31)  # after which epochs this version measures, and an earlier one did
CONFIG = {"seeds": 2, "epochs": 30}


def pair_measured_after(epochs, seed=0):
    arms = {arm: [{**WHOLE[arm][0], "epoch": epoch} for epoch in epochs] for arm in ("without", "with")}
    return {"seed": seed, **arms}


@pytest.mark.parametrize("epochs", [NOW, EARLIER], ids=["now", "earlier"])
def test_pairs_measured_now_or_after_every_epoch_are_accepted(tmp_path, epochs):
    results.check_pairs(tmp_path, CONFIG, [pair_measured_after(epochs, seed) for seed in (0, 1)])


@pytest.mark.parametrize(
    "pairs",
    [
        [pair_measured_after(NOW[:-1])],
        [pair_measured_after(EARLIER[:-1])],
        [pair_measured_after(reversed(NOW))],
        [pair_measured_after(NOW), pair_measured_after(EARLIER, seed=1)],
        [{**pair_measured_after(NOW), "with": pair_measured_after(EARLIER)["with"]}],
    ],
    ids=["the last is missing", "the last of all is missing", "backwards", "mixed pairs", "mixed arms"],
)
def test_pairs_measured_after_any_other_epochs_are_refused(tmp_path, pairs):
    with pytest.raises(LabError, match="damaged, or of another version"):
        results.check_pairs(tmp_path, CONFIG, pairs)


def test_only_pairs_measured_now_can_be_added_to(tmp_path):
    results.check_measured_now(tmp_path, CONFIG, [])
    results.check_measured_now(tmp_path, CONFIG, [pair_measured_after(NOW)])
    with pytest.raises(LabError, match=f"{tmp_path.name} was begun by an earlier version, which measured after every"):
        results.check_measured_now(tmp_path, CONFIG, [pair_measured_after(EARLIER)])


def test_a_folder_belongs_to_one_command_at_a_time(tmp_path):
    refused = pytest.raises(LabError, match="another command is writing")
    with results.owned(tmp_path), refused, results.owned(tmp_path):
        pass
    with results.owned(tmp_path):
        pass


def test_what_a_killed_command_left_half_written_is_removed(tmp_path):
    (tmp_path / ".results.json.0123456789abcdef.tmp").write_text("{")
    with results.owned(tmp_path):
        assert list(tmp_path.iterdir()) == []
