"""The output folder stays valid, and is refused if it belongs to something else."""

import errno
import json
import os
from dataclasses import replace

import pytest

from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout.lab import LabError
from tinygrad_dropout.lab.trials import Trial
from tinygrad_dropout.lab.trials import folder as folder_module
from tinygrad_dropout.lab.trials.folder import JOURNAL, RESULTS, Folder

COUNTING = Counting()
OPTIONS = COUNTING.as_json(Numbers(seeds=3), "the data")
VERSIONS = {"numpy": "9.9"}


def record_of(trial, value=None):
    return trial.record({"value": 0.1 * trial.seed if value is None else value})


def outcome_of(records=0, **options):
    """An outcome in which so many trials are finished."""
    outcome = COUNTING.outcome(OPTIONS | options, VERSIONS)
    return outcome.with_records(map(record_of, outcome.trials[:records]))


class Counted(tuple):
    """As if it had so many records."""

    def __new__(cls, length):
        made = super().__new__(cls)
        made.length = length
        return made

    def __len__(self):
        return self.length


def keep_all(folder, outcome):
    """Keep the records one after the other, as a run does."""
    growing = outcome_of()
    for record in outcome.records:
        growing = growing.with_records([record])
        folder.keep(growing, record)


def journal_line(record):
    return json.dumps([record, folder_module.digest_of(record)]) + "\n"


def rewrite(folder, **changed):
    """Change what results.json holds, which then has no digest."""
    results = json.loads((folder / RESULTS).read_text()) | changed
    del results["digest"]
    (folder / RESULTS).write_text(json.dumps(results))


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_an_outcome_is_read_back_to_the_last_bit(tmp_path):
    outcome = outcome_of(6)
    Folder(tmp_path).write(outcome)
    assert Folder(tmp_path).read([COUNTING]) == outcome
    assert os.listdir(tmp_path) == [RESULTS]
    assert list(json.loads((tmp_path / RESULTS).read_text())) == [
        "experiment", "options", "versions", "records", "summary", "notes", "digest",
    ]  # fmt: skip


def test_a_folder_without_results_has_none(tmp_path):
    assert Folder(tmp_path).read([COUNTING]) is None
    assert Folder(tmp_path / "not there").read([COUNTING]) is None


def test_a_few_records_are_rewritten_each_time_and_many_are_appended_as_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "REWRITE_GROWTH", 2)
    folder, outcome, growing, seen = Folder(tmp_path), outcome_of(6), outcome_of(), []
    for record in outcome.records:
        growing = growing.with_records([record])
        folder.keep(growing, record)
        lines = (tmp_path / JOURNAL).read_text().splitlines() if (tmp_path / JOURNAL).exists() else []
        seen.append((len(json.loads((tmp_path / RESULTS).read_text())["records"]), len(lines)))
        assert Folder(tmp_path).read([COUNTING]) == growing
    assert seen == [(1, 0), (2, 0), (2, 1), (4, 0), (4, 1), (4, 2)]


def test_ten_thousand_records_do_not_rewrite_the_file_ten_thousand_times(tmp_path, monkeypatch):
    written, folder, outcome = [], Folder(tmp_path), outcome_of(0)
    monkeypatch.setattr(Folder, "_write_file", lambda self, name, write: written.append(name))
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    for records in range(1, 10_001):
        folder.keep(replace(outcome, records=Counted(records)), {})
    assert 10 < len(written) < 100


@pytest.mark.parametrize("tail", ["", '{"arm": "odd", "se', "\0\0\0"])
def test_an_incomplete_line_at_the_end_of_the_journal_is_ignored(tmp_path, monkeypatch, tail):
    monkeypatch.setattr(folder_module, "REWRITE_GROWTH", 100)
    keep_all(Folder(tmp_path), outcome_of(4))
    with (tmp_path / JOURNAL).open("a") as journal:
        journal.write(tail)
    assert Folder(tmp_path).read([COUNTING]) == outcome_of(4)


def test_a_journal_whose_records_are_already_in_the_results_is_not_damage(tmp_path, monkeypatch):
    """The run was killed after results.json was written, and before the journal was removed."""
    monkeypatch.setattr(folder_module, "REWRITE_GROWTH", 100)
    keep_all(Folder(tmp_path), outcome_of(4))
    journal = (tmp_path / JOURNAL).read_bytes()
    Folder(tmp_path).write(outcome_of(4))
    assert not (tmp_path / JOURNAL).exists()
    (tmp_path / JOURNAL).write_bytes(journal)
    assert Folder(tmp_path).read([COUNTING]) == outcome_of(4)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"config": {}, "pairs": []}', "\x00\xff", "[" * 100_000])
def test_another_file_with_the_name_of_the_results_is_refused(tmp_path, content):
    (tmp_path / RESULTS).write_text(content)
    with pytest.raises(LabError, match=r"results\.json: .*(damaged|got another file)"):
        Folder(tmp_path).read([COUNTING])


def test_another_experiment_is_refused_by_name(tmp_path):
    Folder(tmp_path).write(outcome_of(6))
    with pytest.raises(LabError, match="holds the results of counting, not of compare: choose another folder"):
        Folder(tmp_path).read([Counting("compare")])


@pytest.mark.parametrize("damage", [(b"0.2", b"0.3"), (b'"seeds": 3', b'"seeds": 9'), (b'"numpy": "9', b'"numpy": "8')])
def test_a_damaged_digit_is_not_taken_for_a_result(tmp_path, damage):
    Folder(tmp_path).write(outcome_of(6))
    content = (tmp_path / RESULTS).read_bytes()
    assert damage[0] in content
    (tmp_path / RESULTS).write_bytes(content.replace(*damage, 1))
    with pytest.raises(LabError, match="its records have changed since they were written"):
        Folder(tmp_path).read([COUNTING])


def test_a_damaged_digit_in_the_journal_is_not_taken_for_a_result(tmp_path):
    Folder(tmp_path).write(outcome_of(0))
    (tmp_path / JOURNAL).write_text(journal_line(record_of(Trial("", "odd", 2))).replace("0.2", "0.3"))
    with pytest.raises(LabError, match="the records in this folder are damaged"):
        Folder(tmp_path).read([COUNTING])


def test_results_of_earlier_versions_are_read_without_a_digest(tmp_path):
    Folder(tmp_path).write(outcome_of(6))
    rewrite(tmp_path)
    assert Folder(tmp_path).read([COUNTING]) == outcome_of(6)


WHOLE = record_of(Trial("", "odd", 0))
DAMAGED = {
    "a record that is a number": [1],
    "a record without its trial": [{"value": 0.0}],
    "a record without its figures": [Trial("", "odd", 0).record({})],
    "a figure that is a text": [WHOLE | {"value": "0"}],
    "a trial twice, with two results": [WHOLE, WHOLE | {"value": 7.0}],
    "a trial of another seed": [WHOLE | {"seed": 77}],
    "an arm that is a list": [WHOLE | {"arm": []}],
}


@pytest.mark.parametrize("records", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("file", [RESULTS, JOURNAL])
def test_damaged_records_are_refused(tmp_path, records, file):
    Folder(tmp_path).write(outcome_of(0))
    if file == JOURNAL:
        (tmp_path / JOURNAL).write_text("".join(map(journal_line, records)))
    else:
        rewrite(tmp_path, records=records)
    with pytest.raises(LabError, match="the records in this folder are damaged"):
        Folder(tmp_path).read([COUNTING])


def test_a_journal_damaged_in_the_middle_is_refused(tmp_path):
    Folder(tmp_path).write(outcome_of(0))
    (tmp_path / JOURNAL).write_text('{"arm": \n' + journal_line(WHOLE))
    with pytest.raises(LabError, match="damaged"):
        Folder(tmp_path).read([COUNTING])


def test_a_journal_that_cannot_be_read_is_refused(tmp_path):
    Folder(tmp_path).write(outcome_of(0))
    (tmp_path / JOURNAL).write_text("[" * 100_000 + "\n")
    with pytest.raises(LabError, match="damaged"):
        Folder(tmp_path).read([COUNTING])
    (tmp_path / JOURNAL).unlink()
    (tmp_path / JOURNAL).mkdir()
    with pytest.raises(LabError, match="damaged"):
        Folder(tmp_path).read([COUNTING])
    with pytest.raises(LabError, match=r"journal\.jsonl could not be written"):
        Folder(tmp_path).write(outcome_of(6))


@pytest.mark.parametrize("missing", ["permission", "locks"])
def test_a_folder_that_cannot_be_locked_is_named(tmp_path, monkeypatch, missing):
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr(os, "open", full) if missing == "permission" else monkeypatch.setattr(fcntl, "flock", full)
    with pytest.raises(LabError, match="the output folder cannot be locked: No space left"), Folder(tmp_path).owned():
        pass


def test_old_pictures_are_removed_before_their_records_are_replaced(tmp_path):
    """Or else a run that is killed between its last record and its pictures would look finished, with old pictures."""
    Folder(tmp_path).save(outcome_of(6))
    assert (tmp_path / "sum.png").exists()
    Folder(tmp_path).keep(outcome_of(5), outcome_of(5).records[-1])
    assert os.listdir(tmp_path) == [RESULTS]


def test_pictures_are_kept_if_their_records_are(tmp_path):
    Folder(tmp_path).save(outcome_of(6))
    (tmp_path / RESULTS).unlink()
    (tmp_path / RESULTS).mkdir()
    with pytest.raises(LabError, match="could not be written"):
        Folder(tmp_path).write(outcome_of(5))
    assert (tmp_path / "sum.png").exists()


def test_an_outcome_does_not_overwrite_another(tmp_path):
    Folder(tmp_path).save(outcome_of(6))
    with pytest.raises(LabError, match=r"was made with other options \(factor 0\.1, not 0\.5\)"):
        Folder(tmp_path).save(outcome_of(6, factor=0.5))


def test_a_folder_is_created_with_its_parents(tmp_path):
    for _ in range(2):
        Folder(tmp_path / "a" / "b").prepare()
    assert os.listdir(tmp_path / "a" / "b") == []


@pytest.mark.parametrize(("folder", "reason"), [("file", "File exists"), ("file/folder", "Not a directory")])
def test_a_folder_that_cannot_be_created_is_named(tmp_path, folder, reason):
    (tmp_path / "file").touch()
    with pytest.raises(LabError, match=f"{folder}: the output folder cannot be written: {reason}"):
        Folder(tmp_path / folder).prepare()


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    def no_file(**options):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.TemporaryFile", no_file)
    with pytest.raises(LabError, match="the output folder cannot be written: Permission denied"):
        Folder(tmp_path).prepare()


def test_a_full_disk_leaves_the_old_results_and_no_other_file(tmp_path, monkeypatch):
    Folder(tmp_path).write(outcome_of(2))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabError, match=r"results\.json could not be written \(No space left on device\)"):
        Folder(tmp_path).write(outcome_of(4))
    assert Folder(tmp_path).read([COUNTING]) == outcome_of(2)
    assert os.listdir(tmp_path) == [RESULTS]


def test_a_full_disk_is_reported_in_one_sentence_for_the_journal_too(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "REWRITE_GROWTH", 100)
    folder = Folder(tmp_path)
    keep_all(folder, outcome_of(3))
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(LabError, match=r"journal\.jsonl could not be written \(No space left on device\)"):
        folder.keep(outcome_of(4), outcome_of(4).records[-1])


def test_nothing_is_appended_to_an_incomplete_line(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_module, "REWRITE_GROWTH", 100)
    keep_all(Folder(tmp_path), outcome_of(3))
    with (tmp_path / JOURNAL).open("a") as journal:
        journal.write('{"half')
    folder = Folder(tmp_path)
    for records in (4, 5):
        folder.keep(outcome_of(records), outcome_of(records).records[-1])
        assert Folder(tmp_path).read([COUNTING]) == outcome_of(records)


def test_numbers_that_json_does_not_support_are_never_written(tmp_path):
    outcome = outcome_of().with_records([record_of(Trial("", "odd", 0), float("nan"))])
    with pytest.raises(ValueError, match="not JSON compliant"):
        Folder(tmp_path).write(outcome)
    assert os.listdir(tmp_path) == []


def test_an_interruption_while_drawing_leaves_the_old_picture_and_no_other_file(tmp_path):
    class Interrupted(Counting):
        def draw(self, outcome, file):
            file.write(b"half")
            raise KeyboardInterrupt

        @property
        def pictures(self):
            return {"sum.png": self.draw}

    Folder(tmp_path).draw(outcome_of(6))
    before = (tmp_path / "sum.png").read_bytes()
    with pytest.raises(KeyboardInterrupt):
        Folder(tmp_path).draw(Interrupted().outcome(OPTIONS, VERSIONS).with_records(outcome_of(6).records))
    assert (tmp_path / "sum.png").read_bytes() == before
    assert os.listdir(tmp_path) == ["sum.png"]


@pytest.mark.parametrize("records", [0, 1])
def test_too_few_records_are_not_drawn(tmp_path, records):
    Folder(tmp_path).save(outcome_of(records))
    assert os.listdir(tmp_path) == [RESULTS]


def test_every_option_that_differs_is_named(tmp_path):
    found = {"p": 0.5, "hidden": [256, 256], "csv": None, "epochs": 80, "old": 1}
    wanted = {"p": 0.3, "hidden": [8], "csv": "a.csv", "epochs": 80}
    with pytest.raises(LabError) as error:
        Folder(tmp_path).check_same("options", found, wanted)
    assert str(error.value) == (
        f"{tmp_path} was made with other options (p 0.5, not 0.3; hidden 256,256, not 8; csv unset, not a.csv; "
        "old 1, not unset): choose another folder"
    )
    Folder(tmp_path).check_same("options", found, dict(found))


def test_a_folder_can_be_used_by_only_one_command_at_a_time(tmp_path):
    refused = pytest.raises(LabError, match="another command is writing")
    with Folder(tmp_path).owned(), refused, Folder(tmp_path).owned():
        pass
    with Folder(tmp_path).owned():
        pass


def test_temporary_files_of_a_killed_command_are_removed(tmp_path):
    (tmp_path / ".results.json.0123456789abcdef.tmp").write_text("{")
    with Folder(tmp_path).owned():
        assert list(tmp_path.iterdir()) == []
