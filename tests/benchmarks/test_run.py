"""A run from start to end: what it prints and keeps, where the measurements themselves are tested elsewhere."""

import pytest

from benchmarks import run
from benchmarks.main_job.measured import MainJob
from benchmarks.main_job.programs import MAIN_JOB


@pytest.mark.parametrize(("quick", "rounds"), [(True, 2), (False, 5)])
def test_the_main_job_is_printed_and_kept(main_job, monkeypatch, tmp_path, capsys, quick, rounds):
    asked = []
    monkeypatch.setattr(run, "measure_main_job", lambda *arguments: asked.append(arguments) or main_job)
    run.compare(2, tmp_path, quick)
    (job, cores, given_rounds, machine, _) = asked[0]
    assert (job, cores, given_rounds, machine["threads"]) == (MAIN_JOB, 2, rounds, 2)
    assert "     PyTorch, 2 processes              21.0 s     2.00 x ours" in capsys.readouterr().out
    assert MainJob.load(tmp_path / "compare.json") == main_job
