"""The harness finds faults: each one planted in the framework is reported within a few hundred programs."""

import pytest

from tests.differential.faults import FAULTS
from tests.differential.script import script

ENOUGH = 1000  # programs


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.wrong)
def test_a_planted_fault_is_reported(differential, monkeypatch, fault):
    monkeypatch.setattr(fault.where, fault.replacement)
    outcome = differential.search(ENOUGH, shrink=False)
    assert outcome.found is not None, f"{outcome.programs} programs did not show it"


def test_a_disagreement_becomes_a_short_script(differential, monkeypatch):
    monkeypatch.setattr("tinygrad_dropout.functional._activations.relu_backward", lambda grad, x, out: (grad,))
    found = differential.search(ENOUGH).found
    assert 3 <= sum(line is not None for line in found.program) <= 7  # a leaf, relu, a backward, and not much else
    text = script(found)
    assert "F.relu(" in text
    assert "torch.relu(" in text
    values: dict = {}
    exec(text, values)
    ours, theirs = (
        [value for name, value in values.items() if name[0] == letter and name[1:].isdigit()] for letter in "vt"
    )
    assert (ours[0].grad != theirs[0].grad.numpy()).any()
