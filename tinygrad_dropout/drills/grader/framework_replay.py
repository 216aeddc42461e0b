"""A learner's Tensor or Value instead of an operation's backward, for the replay: the first operation that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout.drills.grader.answer import Answer, reject_errors
from tinygrad_dropout.drills.grader.bug import bug_of
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.scalar_rules import derivatives
from tinygrad_dropout.study import Bug

Array = npt.NDArray[Any]


class Operation(NamedTuple):
    """An operation that both a learner's package and this framework have.

    Attributes:
        compute: computes the result from a package's names, the operands, and the other arguments of the backward.
        operands: the number of operands.
        written: the function to show, found in the learner's names.
        more: the other arguments of its backward.
        of_values: whether the operands are Values, which are single numbers.
    """

    compute: Callable[..., Any]
    operands: int
    written: Callable[[Mapping[str, Any]], Any]
    more: tuple[Any, ...] = ()
    of_values: bool = False


def method(name: str, kind: str = "Tensor") -> Callable[[Mapping[str, Any]], Any]:
    """The learner's method."""
    return lambda names: getattr(names[kind], name)


def scalar(compute: Callable[..., Any], operands: int, name: str) -> Operation:
    """An operation on Values, with the name of its method."""
    return Operation(compute, operands, method(name, "Value"), of_values=True)


SCALAR = {
    "add": scalar(lambda names, x, y: x + y, 2, "__add__"),
    "multiply": scalar(lambda names, x, y: x * y, 2, "__mul__"),
    "subtract": scalar(lambda names, x, y: x - y, 2, "__sub__"),
    "divide": scalar(lambda names, x, y: x / y, 2, "__truediv__"),
    "exp": scalar(lambda names, x, *_: x.exp(), 1, "exp"),
    "tanh": scalar(lambda names, x, *_: x.tanh(), 1, "tanh"),
}
ELEMENTWISE = {
    "add": Operation(lambda names, x, y: x + y, 2, method("__add__")),
    "multiply": Operation(lambda names, x, y: x * y, 2, method("__mul__")),
    "subtract": Operation(lambda names, x, y: x - y, 2, method("__sub__")),
    "divide": Operation(lambda names, x, y: x / y, 2, method("__truediv__")),
    "exp": Operation(lambda names, x, *_: x.exp(), 1, method("exp")),
    "log": Operation(lambda names, x, *_: x.log(), 1, method("log")),
    "tanh": Operation(lambda names, x, *_: x.tanh(), 1, method("tanh")),
}
REDUCTIONS = {
    "sum": Operation(lambda names, x, axis, keepdims: x.sum(axis, keepdims), 1, method("sum"), (1, False)),
    "mean": Operation(lambda names, x, axis, keepdims: x.mean(axis, keepdims), 1, method("mean"), (1, False)),
    "matmul": Operation(lambda names, x, y: x @ y, 2, method("__matmul__")),
}
LOSS = {
    "relu": Operation(lambda names, x, *_: names["relu"](x), 1, lambda names: names["relu"]),
    "cross_entropy": Operation(
        lambda names, x, *rest: names["cross_entropy"](x, rest[-2]),
        1,
        lambda names: names["cross_entropy"],
        (None, None, np.array([0, 2, 1]), "mean"),
    ),
}
OURS = {"relu": F.relu, "cross_entropy": F.cross_entropy}


def bug_among(judge: Judge, operations: Mapping[str, Operation]) -> Bug:
    """The first of these operations whose gradients are wrong; the first of all if none is."""
    backwards = {name: backward_by(judge.namespace, operation) for name, operation in operations.items()}
    wrong = (name for name, operation in operations.items() if is_wrong(operation, backwards[name]))
    name = next(wrong, next(iter(operations)))
    written = operations[name].written(judge.namespace)
    return bug_of(name, backwards[name], Answer(written, getattr(written, "__qualname__", name), ()))


def shows_a_mistake(bug: Bug) -> bool:
    """Whether a replay with this backward, from `bug_among`, differs from the right one."""
    return is_wrong({**ELEMENTWISE, **REDUCTIONS, **LOSS}[bug.operation], bug.backward)


def backward_by(names: Mapping[str, Any], operation: Operation) -> Callable[..., tuple[Array, ...]]:
    """A backward as this framework calls it, which runs the learner's forward and backward."""

    def backward(grad: Array, *given: Any) -> tuple[Array, ...]:
        operands = [one.data.copy() for one in given[: operation.operands]]
        compute = of_values if operation.of_values else of_tensors
        more = given[operation.operands :]
        gradients: tuple[Array, ...] = reject_errors(
            lambda: compute(names, operation, grad.copy(), operands, more), "your code"
        )
        return gradients

    return backward


def of_tensors(names: Mapping[str, Any], operation: Operation, grad: Array, operands: list[Array], more: Any) -> Any:
    """The gradients of the operands, by the learner's Tensors."""
    tensors = [names["Tensor"](one, True) for one in operands]
    operation.compute(names, *tensors, *more).backward(grad)
    return tuple(one.grad for one in tensors)


def of_values(names: Mapping[str, Any], operation: Operation, grad: Array, operands: list[Array], more: Any) -> Any:
    """The gradients of the operands, element by element, by the learner's Values."""
    gradients = [np.zeros(grad.shape) for _ in operands]
    for place in np.ndindex(grad.shape):
        values = [names["Value"](float(np.broadcast_to(one, grad.shape)[place])) for one in operands]
        for gradient, slope in zip(gradients, derivatives(operation.compute(names, *values), values), strict=True):
            gradient[place] = grad[place] * slope
    return tuple(gradients)


def is_wrong(operation: Operation, backward: Callable[..., tuple[Array, ...]]) -> bool:
    """Whether it gives other gradients than this framework's own operation does."""
    rng = np.random.default_rng(0)
    operands = [td.Tensor(rng.uniform(0.5, 2.0, (3, 3)), requires_grad=True) for _ in range(operation.operands)]
    result = operation.compute(OURS, *operands, *operation.more)
    grad = rng.normal(size=result.shape)
    result.backward(grad)
    try:
        found = backward(np.asarray(grad), *operands, *operation.more)
    except Exception:
        return True
    return any(
        np.shape(one) != operand.shape or not np.allclose(one, np.asarray(operand.grad))
        for one, operand in zip(found, operands, strict=True)
    )
