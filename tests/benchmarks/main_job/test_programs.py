"""How the experiment is started: on all cores, with the same size, with a folder that is new and is gone again."""

import json
from pathlib import Path

import pytest

from benchmarks.main_job import programs
from benchmarks.main_job.programs import MAIN_JOB, Job, Program, our_program, pytorch_programs
from tinygrad_dropout import cli
from tinygrad_dropout.lab import Config


def test_the_main_job_is_compare_with_its_defaults():
    """Its size is given on the command line, and nothing else that decides the numbers."""
    arguments = our_program(2).arguments[1:] + programs.size_of(MAIN_JOB)
    given = vars(cli.parse(arguments))
    assert given.pop("workers") == 2
    given.pop("run")
    assert Config(**given) == Config()


@pytest.mark.parametrize(
    ("cores", "expected"),
    [
        (1, {"PyTorch": ()}),
        (3, {"PyTorch, 3 processes": ("--workers", "3"), "PyTorch, 3 threads": ("--threads", "3")}),
    ],
)
def test_pytorch_uses_the_same_cores_in_both_ways(cores, expected):
    script = ("benchmarks.main_job.in_pytorch", "--measured", "1,4")
    found = {program.name: program.arguments for program in pytorch_programs(cores, [1, 4])}
    assert found == {name: script + options for name, options in expected.items()}


def test_a_run_has_a_folder_of_its_own_and_its_pairs_come_back(monkeypatch):
    folders = []

    def pretended(arguments, doing):
        assert arguments[:-1] == ["a_module", "--seeds", "2", "--epochs", "3", "--out"]
        out = Path(arguments[-1])
        assert not out.exists()
        out.mkdir()
        (out / "results.json").write_text(json.dumps({"pairs": [len(folders)]}), encoding="utf-8")
        folders.append(out)

    monkeypatch.setattr(programs, "output_of", pretended)
    program = Program("key", "name", ("a_module",))
    (seconds, first), (_, second) = program.run(Job(2, 3)), program.run(Job(2, 3))
    assert seconds > 0
    assert (first, second) == ([0], [1])
    assert not any(folder.exists() for folder in folders)
