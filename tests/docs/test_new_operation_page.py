"""docs/new_operation.md adds an operation that works: its row, its spelling and its rule are run as shown."""

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

from tests.differential import spellings
from tests.functional import table
from tests.study.worked.reading import check
from tests.study.worked.test_operations import entries, recorded_call
from tinygrad_dropout import functional
from tinygrad_dropout.functional import _activations
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.worked import elementwise, explain
from tinygrad_dropout.study.worked.rules import RULES

PAGE = (Path(__file__).parents[2] / "docs" / "new_operation.md").read_text(encoding="utf-8")
ROW, SPELLING, RULE = re.findall(r"```(?:text|python)\n(?!>>>)(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def softplus(monkeypatch):
    """The operation, where the page puts it."""
    session = {}
    for example in doctest.DocTestParser().get_examples(PAGE)[:6]:
        exec(example.source, session)
    monkeypatch.setattr(functional, "softplus", session["softplus"], raising=False)
    monkeypatch.setattr(_activations, "softplus_backward", session["softplus_backward"], raising=False)
    return session["softplus"]


@pytest.fixture
def row(softplus):
    (row,) = eval(f"[{ROW}]", vars(table))
    return row


def test_the_row_is_correct(row):
    inputs = [row.domain(np.random.default_rng(0), shape) for shape in row.calls.always[0].shapes]
    np.testing.assert_allclose(row.ours(*inputs).data, row.numpy(*inputs), rtol=1e-12)


def test_the_row_names_pytorchs_function(row, torch):
    x = np.linspace(-3, 3, 7)
    theirs = torch.nn.functional.softplus(torch.from_numpy(x))
    assert row.torch == "nn.functional.softplus"
    np.testing.assert_allclose(row.ours(x).data, theirs.numpy(), rtol=1e-6)


def test_the_spelling_is_correct_on_both_sides():
    ((name, row),) = eval(f"{{{SPELLING}}}", vars(spellings)).items()
    assert name == "softplus"
    assert row == spellings.Row("F.softplus({a})", "torch.nn.functional.softplus({a})", "unary")


def test_the_rule_explains_every_entry(row):
    try:
        exec(RULE, dict(vars(elementwise)))
        recorded = recorded_call(row, row.calls.always[-1])
        for number, position, entry, value in entries(recorded):
            worked = explain(Derivatives(recorded), number, position, entry)
            assert worked.by_rule
            check(worked, value)
    finally:
        del RULES[_activations.softplus_backward]


def test_the_package_does_not_have_the_operation_yet():
    assert "softplus" not in functional.__all__
