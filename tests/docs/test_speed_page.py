"""docs/speed.md and the README show what the saved runs found; commands parse, and links lead to files."""

import json
import re
import shlex
from pathlib import Path

import make_speed
import pytest
from blocks import rendered

from benchmarks.__main__ import parser
from benchmarks.results import Results
from benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[2]
SPEED = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["docs/speed.md", "README.md"])
def test_the_figures_match_the_saved_runs(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert rendered(text, make_speed.blocks()[file]) == text


@pytest.mark.parametrize("threads", [1, 2])
def test_a_saved_run_has_every_workload_and_the_memory(threads):
    kept = Results.load(ROOT / "docs" / "benchmarks" / f"threads-{threads}.json")
    assert kept.machine["threads"] == threads
    assert set(kept.seconds) == set(WORKLOADS)
    assert kept.left_out == {}
    assert set(kept.counts) == {"W1", "W5"}
    assert set(kept.peak_bytes) == {contender.key for contender in kept.contenders() if contender.computes}


@pytest.mark.parametrize("run", make_speed.RUNS)
def test_a_saved_run_names_its_kernels_and_none_was_forced(run):
    machine = json.loads(make_speed.kept(run).read_text(encoding="utf-8"))["machine"]
    assert "NumPy on " in machine["kernels"]
    assert "PyTorch on " in machine["kernels"]
    assert "forced" not in machine


@pytest.mark.parametrize("options", sorted(set(re.findall(r"(?:benchmarks |`)(--[^`]+)`", SPEED))))
def test_an_option_parses(options):
    parser().parse_args(shlex.split(options))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", SPEED))))
def test_a_link_leads_to_a_file(target):
    assert (ROOT / "docs" / target).exists()


def test_a_missing_block_is_reported():
    with pytest.raises(ValueError, match="expected one block `<!-- made: figures -->`"):
        rendered("no blocks here", {"figures": "1"})
