"""This framework and PyTorch run the same random programs: all values, gradients, flags and errors agree."""

import pytest

from tests.differential.leaves import FLOATS, INTEGERS, LAYOUTS
from tests.differential.script import script
from tests.differential.spellings import ROWS


def test_800_programs_agree(outcome):
    assert outcome.found is None, script(outcome.found)
    assert outcome.programs == 800


KINDS = [
    *(f"operation: {name}" for name, row in ROWS.items() if row.kind != "in place"),
    *(f"dtype: {dtype}" for dtype in FLOATS + INTEGERS),
    *(f"layout: {layout}" for layout in LAYOUTS),
    *(f"leaf: {axes} axes" for axes in range(5)),
    "leaf: empty",
    "leaf: requires_grad=True",
    "leaf: requires_grad=False",
    *(f"mode: {mode}" for mode in ("no_grad", "enable_grad")),
    *(f"reduction: {reduction}" for reduction in ("mean", "sum", "none")),
    "backward: seed",
    "backward: no seed",
    "backward: retain_graph=True",
    "backward: retain_graph=False",
    "backward: a second one",
    "backward: through a freed graph",
    "backward: of changed values",
    "graph: a value is used again",
    "graph: the same operand twice",
    "shapes: broadcasting or others that differ",
    "dtypes: several in one operation",
    "in place: a leaf that requires gradients, under no_grad",
    "in place: a result",
    "in place: a view",
    "in place: through detach()",
    "in place: recorded",
    *(f"error: {operation}" for operation in ("leaf", "getitem", "a product of misfits")),
    "error: in place on a leaf that requires gradients",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_program_occurs(outcome, kind):
    if outcome.found:
        pytest.skip("a disagreement ended the search early")
    assert outcome.counts[kind] > 0
