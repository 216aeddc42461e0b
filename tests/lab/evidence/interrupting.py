"""A run that is interrupted and continued."""

import pytest

from tinygrad_dropout.lab import Interrupted
from tinygrad_dropout.lab.trials import run, running
from tinygrad_dropout.lab.trials.folder import RESULTS
from tinygrad_dropout.lab.trials.processes import run_here


def assert_resumed_to_the_same_bytes(experiment, options, folder, monkeypatch, *, after):
    """Run once without a break, and once with Ctrl-C after this many trials: the files are the same."""

    def interrupted(job, wanted, on_epochs):
        yield from run_here(job, wanted[:after], on_epochs)
        raise KeyboardInterrupt

    whole = run(experiment, options, out=folder / "whole")
    monkeypatch.setattr(running, "run_here", interrupted)
    with pytest.raises(Interrupted) as interruption:
        run(experiment, options, out=folder / "parts")
    monkeypatch.setattr(running, "run_here", run_here)
    assert len(interruption.value.outcome.records) == after
    run(experiment, options, out=folder / "parts")
    for file in (RESULTS, *experiment.pictures):
        assert (folder / "parts" / file).read_bytes() == (folder / "whole" / file).read_bytes()
    return whole
