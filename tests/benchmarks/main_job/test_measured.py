"""The main job's times: all contenders in turn, after a check; and one very small complete run."""

from dataclasses import dataclass, field

import pytest

from benchmarks.agreement import Disagreement
from benchmarks.main_job import measured
from benchmarks.main_job.measured import MainJob, measure_main_job
from benchmarks.main_job.programs import Job
from tests.benchmarks.main_job.pairs import made_up


@dataclass
class Pretended:
    """A program that takes no time and gives these pairs."""

    key: str
    pairs: list
    log: list = field(default_factory=list)
    name: str = "a program"

    def run(self, job):
        self.log.append(self.key)
        return float(len(self.log)), self.pairs


@pytest.fixture
def pretend(monkeypatch):
    """Puts two programs in the place of the real ones; what comes back is the order in which they ran."""

    def pretend_pairs(ours, theirs):
        log, handed_over = [], []
        monkeypatch.setattr(measured, "our_program", lambda cores: Pretended("ours", ours, log))
        monkeypatch.setattr(
            measured,
            "pytorch_programs",
            lambda cores, epochs: handed_over.append(epochs) or [Pretended("pytorch", theirs, log)],
        )
        return log, handed_over

    return pretend_pairs


def test_programs_run_once_for_the_check_and_then_in_turn(pretend):
    log, handed_over = pretend(made_up(0), made_up(1))
    found = measure_main_job(Job(10, 3), 1, rounds=3, machine={}, say=lambda *lines: None)
    assert log == ["ours", "pytorch", "ours", "pytorch", "pytorch", "ours", "ours", "pytorch"]
    assert found.seconds == {"ours": [3, 6, 7], "pytorch": [4, 5, 8]}
    assert handed_over == [[1, 3]]  # PyTorch measures after the same epochs as ours
    assert found.job == {"pairs": 10, "epochs": 3, "measured": [1, 3]}
    assert found.test_accuracy["ours"]["with"] == pytest.approx(0.8, abs=0.02)


def test_programs_that_disagree_are_not_timed(pretend):
    theirs = made_up(1)
    theirs[0]["shared"]["split"] = "another"
    log, _ = pretend(made_up(0), theirs)
    with pytest.raises(Disagreement, match="a program, pair 0: expected the split and labels"):
        measure_main_job(Job(10, 3), 1, rounds=3, machine={}, say=lambda *lines: None)
    assert log == ["ours", "pytorch"]


def test_ours_is_compared_with_each_way_round_by_round_the_faster_first(main_job):
    assert main_job.others == ["pytorch_processes", "pytorch_threads"]
    assert main_job.times_ours("pytorch_processes").median == 2


def test_figures_come_back_from_a_file_as_they_were(main_job, tmp_path):
    main_job.save(tmp_path / "compare.json")
    assert MainJob.load(tmp_path / "compare.json") == main_job


@pytest.mark.usefixtures("torch")
def test_the_real_programs_do_the_same_job():
    found = measure_main_job(Job(pairs=2, epochs=12), cores=1, rounds=0, machine={}, say=lambda *lines: None)
    assert found.names == {"ours": "tinygrad_dropout", "pytorch": "PyTorch"}
    assert found.job["measured"][-1] == 12
