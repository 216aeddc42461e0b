"""`python -m benchmarks` as its users call it: one run, wrong arguments, a folder that cannot be written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_quick_run_prints_the_machine_the_agreement_and_the_ratios(tmp_path):
    done = run("--quick", "--only", "W1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "1 thread; Python" in done.stdout
    assert "With dropout off, all contenders compute the same." in done.stdout
    assert " x ours" in done.stdout
    figures = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert {"ours", "numpy_naive", "numpy_tricks", "products_alone"} <= set(figures["seconds"]["W1"])
    assert (tmp_path / "speed.png").exists()


def test_a_contender_that_is_not_installed_is_left_out_by_name(tmp_path):
    program = (
        "import sys; sys.modules['mygrad'] = None; from benchmarks.__main__ import main;"
        f"sys.exit(main(['--quick', '--only', 'W1', '--out', {str(tmp_path)!r}]))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "left out: MyGrad (mygrad is not installed: pip install mygrad)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--threads", "0"], "--threads: expected 1 to"),
        (["--threads", "100000"], "--threads: expected 1 to"),
        (["--only", "W1,W9"], "--only: expected some of W1, W2"),
        (["--out", "/dev/null/here"], "--out: cannot write to /dev/null/here"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(arguments, sentence):
    done = run(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
