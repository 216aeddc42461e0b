"""A learner's operations instead of ours: the first wrong one is found, and right ones are right everywhere."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.drills.bundle import joined
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.framework_replay import (
    ELEMENTWISE,
    LOSS,
    OURS,
    REDUCTIONS,
    SCALAR,
    backward_by,
    bug_among,
    is_wrong,
)  # fmt: skip
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.drills.stage import FRAMEWORKS, framework

TABLES = {"SCALAR": SCALAR, "ELEMENTWISE": ELEMENTWISE, "REDUCTIONS": REDUCTIONS, "LOSS": LOSS}
PACKAGES = [folder.name for folder in sorted(FRAMEWORKS.iterdir())]
EVERY = [(table, name) for table, operations in TABLES.items() for name in operations]


@cache
def names_of(package="reference", change=("", "", "")):
    """What a package defines, after a text that occurs once in one of its files is replaced."""
    files, (name, old, new) = framework(package, 10), change
    if name:
        assert files[name].count(old) == 1
        files = files | {name: files[name].replace(old, new)}
    return answer.run(joined(files))


def bug_in(operations, names):
    return bug_among(Judge(names, source=""), operations)


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("table", TABLES)
def test_in_a_right_package_no_operation_is_wrong(package, table):
    names = names_of(package)
    wrong = [name for name, one in TABLES[table].items() if is_wrong(one, backward_by(names, one))]
    assert wrong == []
    assert bug_in(TABLES[table], names).operation == next(iter(TABLES[table]))


def of_value(old, new):
    return "value.py", old, new


def of_tensor(old, new):
    return "tensor.py", old, new


MEAN = "return Tensor(self.data.mean(axis, keepdims=keepdims), parents=(total,), rule=lambda g: (g,))"
WRONG = {
    ("SCALAR", "add"): of_value("(1.0, 1.0)", "(1.0, 2.0)"),
    ("SCALAR", "multiply"): of_value("(other.data, self.data)", "(self.data, other.data)"),
    ("SCALAR", "subtract"): of_value("self + -as_value(other)", "self + Value(-as_value(other).data)"),
    ("SCALAR", "divide"): of_value("self * as_value(other) ** -1", "self * Value(as_value(other).data ** -1)"),
    ("SCALAR", "exp"): of_value("(result,)", "(1.0,)"),
    ("SCALAR", "tanh"): of_value("(1 - result**2,)", "(1 - result,)"),
    ("ELEMENTWISE", "add"): of_tensor("rule=lambda g: (g, g)", "rule=lambda g: (g, 2 * g)"),
    ("ELEMENTWISE", "multiply"): of_tensor("(g * y, g * x)", "(g * x, g * y)"),
    ("ELEMENTWISE", "subtract"): of_tensor("self + -as_tensor(other, self)", "self + Tensor(-other.data, True)"),
    ("ELEMENTWISE", "divide"): of_tensor("-g * x / y**2", "g * x / y**2"),
    ("ELEMENTWISE", "exp"): of_tensor("(g * result,)", "(g,)"),
    ("ELEMENTWISE", "log"): of_tensor("(g / x,)", "(1 / x,)"),
    ("ELEMENTWISE", "tanh"): of_tensor("(g * (1 - result**2),)", "(g * (1 + result**2),)"),
    ("REDUCTIONS", "sum"): of_tensor("(np.broadcast_to(g", "(np.broadcast_to(2 * g"),
    ("REDUCTIONS", "mean"): of_tensor("return total * (total.data.size / self.data.size)", MEAN),
    ("REDUCTIONS", "matmul"): of_tensor("(g @ y.T, x.T @ g)", "(g @ y, x @ g)"),
    ("LOSS", "relu"): ("functional.py", "kept = x.data > 0", "kept = x.data > 1"),
    ("LOSS", "cross_entropy"): ("functional.py", "(-1 / len(target))", "-1"),
}


def test_the_table_has_every_operation():
    assert set(WRONG) == set(EVERY)


@pytest.mark.parametrize(("table", "operation"), WRONG, ids=lambda part: part)
def test_the_operation_that_is_wrong_is_found(table, operation):
    bug = bug_in(TABLES[table], names_of(change=WRONG[table, operation]))
    assert bug.operation == operation


@pytest.mark.parametrize(
    ("table", "operation", "shown"),
    [
        ("SCALAR", "divide", "Value.__truediv__"),
        ("REDUCTIONS", "matmul", "Tensor.__matmul__"),
        ("LOSS", "relu", "relu"),
    ],
)
def test_the_learners_own_function_is_shown(table, operation, shown):
    bug = bug_in(TABLES[table], names_of(change=WRONG[table, operation]))
    assert bug.backward.__wrapped__.__qualname__ == shown
    assert bug.description == f"your {shown}"


def operands_of(operation):
    rng = np.random.default_rng(1)
    return [td.Tensor(rng.uniform(0.5, 2.0, (2, 2)), requires_grad=True) for _ in range(operation.operands)]


@pytest.mark.parametrize("name", SCALAR)
def test_values_give_the_gradient_of_every_element(name):
    operation, rng = SCALAR[name], np.random.default_rng(2)
    operands = operands_of(operation)
    result = operation.compute(OURS, *operands)
    grad = rng.normal(size=result.shape)
    result.backward(grad)
    found = backward_by(names_of(), operation)(grad, *operands)
    assert [np.allclose(one, operand.grad) for one, operand in zip(found, operands, strict=True)] == [True] * len(found)


def test_methods_may_be_inherited_by_value():
    names = names_of(change=of_value("(1.0, 1.0)", "(1.0, 1.0)"))
    names["Value"].__add__.__qualname__ = "Base.__add__"
    backward = backward_by({"Value": names["Value"]}, SCALAR["add"])
    found = backward(np.full((2, 2), 3.0), *operands_of(SCALAR["add"]))
    assert [one.tolist() for one in found] == [[[3.0, 3.0], [3.0, 3.0]]] * 2


def test_the_learners_code_gets_copies():
    operands = operands_of(ELEMENTWISE["exp"])
    before, grad = operands[0].data.copy(), np.ones((2, 2))

    class Changing:
        def __init__(self, data, requires_grad=False):
            self.data, self.grad = data, data

        def exp(self):
            self.data *= 0
            return SimpleNamespace(backward=lambda grad: grad.fill(0))

    backward_by({"Tensor": Changing}, ELEMENTWISE["exp"])(grad, *operands)
    assert np.array_equal(operands[0].data, before)
    assert grad.tolist() == [[1, 1], [1, 1]]


def test_an_error_in_the_learners_code_is_reported_with_its_line():
    names = names_of(change=of_tensor("result = np.exp(self.data)", "result = np.exp(self.dato)"))
    operation = ELEMENTWISE["exp"]
    assert is_wrong(operation, backward_by(names, operation))
    with pytest.raises(Rejected) as raised:
        backward_by(names, operation)(np.ones((2, 2)), *operands_of(operation))
    assert "AttributeError in line" in raised.value.rejection.message
    assert "framework/tensor.py" in raised.value.rejection.message


def test_a_gradient_of_another_shape_is_wrong():
    assert is_wrong(ELEMENTWISE["exp"], lambda grad, x: (np.ones((3, 1)),))


def test_a_missing_gradient_is_wrong():
    assert is_wrong(ELEMENTWISE["exp"], lambda grad, x: (None,))
