"""Every operation works out each entry of its gradient in a line that you can check with a calculator."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.functional.calls import Call
from tests.functional.table import OPERATIONS, Operation
from tests.study.worked.reading import check, main
from tinygrad_dropout import functional, study
from tinygrad_dropout.study.derivatives import Derivatives
from tinygrad_dropout.study.trace import Pass
from tinygrad_dropout.study.worked import explain
from tinygrad_dropout.study.worked.rules import RULES

MAX_ENTRIES = 8  # of one gradient that are looked at
#: Their local derivatives are 1, -1 or 0, so the line only says where the gradient comes from.
PASSED_ON = {
    "add", "subtract", "negative", "clone", "cast", "sum", "reshape", "permute", "getitem", "concatenate", "stack",
    "embedding",
}  # fmt: skip


def recorded_call(operation: Operation, call: Call, dtype: type = np.float64) -> Pass | None:
    """Record one pass through the operation with a random upstream gradient; None if the result has no elements."""
    rng = np.random.default_rng(7)
    inputs = [td.Tensor(operation.domain(rng, shape).astype(dtype), requires_grad=True) for shape in call.shapes]
    out = operation.ours(*inputs, **call.options)
    if out.is_leaf or not out.size:
        return None
    with study.record() as replay:
        out.backward(np.asarray(rng.uniform(0.5, 1.5, out.shape), dtype))
    return replay.passes[0]


def entries(recorded: Pass):
    """Yield (step, position, entry, value) for some entries of each gradient in a pass."""
    for number, step in enumerate(recorded.steps):
        for position, contribution in enumerate(step.contributions):
            if contribution.value is not None:
                size = contribution.value.size
                for entry in range(0, size, max(1, size // MAX_ENTRIES)):
                    yield number, position, entry, float(contribution.value.reshape(-1)[entry])


@pytest.mark.parametrize("operation", OPERATIONS, ids=repr)
def test_every_entry_is_worked_out_by_a_rule_and_its_numbers_give_the_result(operation):
    for call in operation.calls.always:
        recorded = recorded_call(operation, call)
        if recorded is None:
            continue
        derivatives = Derivatives(recorded)
        for number, position, entry, value in entries(recorded):
            node = recorded.nodes[recorded.steps[number].node]
            worked = explain(derivatives, number, position, entry)
            assert worked is not None, f"{node.operation}, {call}"
            assert worked.by_rule, f"{node.operation}, {call}"
            check(worked, value)
            symbols = main(worked).symbols
            local = symbols.replace("Σ", "").replace("upstream", "").strip("−[], 0123456789+…")
            bias = node.operation == "linear" and position == 2
            assert local or bias or node.operation in PASSED_ON, f"{node.operation}: {main(worked)}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=repr)
def test_rounding_in_float32_does_not_hide_the_rule(operation):
    recorded = recorded_call(operation, operation.calls.always[-1], np.float32)
    if recorded is None:
        return
    derivatives = Derivatives(recorded)
    for number, position, entry, value in entries(recorded):
        worked = explain(derivatives, number, position, entry)
        assert worked is not None
        assert worked.by_rule
        check(worked, value)


def test_every_operation_of_the_package_has_a_rule():
    found = set()
    for module in vars(functional).values():
        path = getattr(module, "__name__", "")
        if path.startswith("tinygrad_dropout.functional._"):
            found |= {f for name, f in vars(module).items() if name.endswith("_backward") and f.__module__ == path}
    assert len(found) > 40
    assert found <= set(RULES)
