"""Damaged and hostile files: each is refused in one clear sentence and little memory, or loads correctly."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import tinygrad_dropout as td
from tests.saving import hostile

ROOT = Path(__file__).parents[2]
in_linux = pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")


def in_little_memory(*arguments: object) -> list[str]:
    """Run `python -m tests.saving.hostile` with its limit on memory, and return its output."""
    command = [sys.executable, "-m", "tests.saving.hostile", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(("file", "words"), hostile.HOSTILE.values(), ids=hostile.HOSTILE.keys())
def test_a_hostile_file_is_refused_in_one_clear_sentence(tmp_path, file, words):
    (tmp_path / "file").write_bytes(file)
    with pytest.raises(td.CheckpointError, match=words) as caught:
        td.load(tmp_path / "file")
    assert re.fullmatch(r"load: \S+ cannot be read: expected .*found .*", str(caught.value))


@in_linux
def test_a_hostile_file_is_refused_in_little_memory(tmp_path):
    for number, (file, _) in enumerate(hostile.HOSTILE.values()):
        (tmp_path / str(number)).write_bytes(file)
    said = in_little_memory("hostile", tmp_path)
    assert [line for line in said if "cannot be read" not in line] == []
    assert len(said) == len(hostile.HOSTILE)


@in_linux
def test_a_damaged_file_is_refused_or_loads_correctly():
    counted = Counter()
    for line in in_little_memory(400)[:-1]:
        kind, outcome, number = re.fullmatch(r"(\w+) +(\w.*\w) +(\d+)", line).groups()
        counted[kind if outcome == "loaded something else" else outcome] += int(number)
    assert counted.keys() <= {"refused", "loaded what was saved", "inside"}
    assert counted["refused"] > 200


def test_nothing_is_executed(tmp_path):
    """A file of PyTorch's, a zip with a pickle in it, is refused before anything looks at the pickle."""
    (tmp_path / "model.pt").write_bytes(hostile.npz("1").replace(b"structure.json", b"archive/da.pkl"))
    with pytest.raises(td.CheckpointError, match=r"model.pt cannot be read: expected a file that td.save wrote"):
        td.load(tmp_path / "model.pt")
