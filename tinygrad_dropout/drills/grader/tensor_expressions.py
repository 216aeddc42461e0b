"""Runs formulas with a learner's Tensors, and compares the result and each gradient with this framework's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout.drills.grader.answer import Answer, reject_errors
from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake
from tinygrad_dropout.drills.grader.result import Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text

Array = npt.NDArray[Any]
OURS: Mapping[str, Any] = {
    "Tensor": td.Tensor,
    "relu": F.relu,
    "log_softmax": F.log_softmax,
    "cross_entropy": F.cross_entropy,
    "np": np,
}


class Expression:
    """A formula with arrays for its letters, and the gradient of its result.

    Args:
        text: a Python expression; x, y and z are Tensors, and other names are arrays or numbers.
        values: name -> array or number.
        upstream: the gradient of the result; None to draw it, of the result's shape and dtype.
        rng: draws the gradient.
    """

    def __init__(
        self, text: str, values: Mapping[str, Any], rng: np.random.Generator, upstream: Array | None = None
    ) -> None:
        self.text, self.values = text, dict(values)
        self.letters = sorted({"x", "y", "z"} & set(re.findall(r"\b[xyz]\b", text)))
        if upstream is None:
            result = self.result(OURS)[0].data
            upstream = np.asarray(rng.uniform(0.3, 2.0, result.shape) * rng.choice([-1, 1], result.shape))
            upstream = upstream.astype(result.dtype)
        self.upstream = upstream

    def __repr__(self) -> str:
        return self.text

    def result(self, names: Mapping[str, Any]) -> tuple[Any, list[Any]]:
        """The result, and the Tensors that stand for the letters.

        Args:
            names: `Tensor`, and the functions that the formula uses.
        """
        made = {letter: names["Tensor"](np.array(self.values[letter]), requires_grad=True) for letter in self.letters}
        return eval(self.text, {**names, "np": np}, {**self.values, **made}), list(made.values())

    def parts(self, names: Mapping[str, Any]) -> list[Array]:
        """The result, then the gradient of each letter.

        Raises:
            Rejected: the code raised an error, or the result is not a Tensor of the expected shape.
        """
        typed = f"`{self.text}`"
        result, inputs = reject_errors(lambda: self.result(names), typed, typed, self.shown)
        if not hasattr(result, "backward"):
            raise Rejected(self.no_tensor(result))
        if result.data.shape != self.upstream.shape:
            message = f"{self.text} has shape {result.data.shape}; expected {self.upstream.shape}."
            raise Rejected(
                Rejection(
                    "wrong-shape", message, "Which axes stay, and which disappear?", shown=self.shown(), kind="shapes"
                )
            )
        call = f"backward of {typed}"
        reject_errors(lambda: result.backward(self.upstream.copy()), call, call, self.shown)
        return [result.data, *(one.grad for one in inputs)]

    def shown(self) -> tuple[tuple[str, str], ...]:
        """The arrays and numbers of the formula, as texts."""
        return tuple((name, as_text(value)) for name, value in self.values.items())

    def no_tensor(self, result: Any) -> Rejection:
        """The rejection of a result that is not a Tensor; an array's own operator gives an array of Tensors."""
        found = {np.ndarray: "a NumPy array", type(None): "None"}.get(type(result), f"a {type(result).__name__}")
        message, question = f"`{self.text}` is {found}; expected a Tensor", "Is a `return` missing?"
        if isinstance(result, np.ndarray):
            message += ": the array's own operator computed it without asking your Tensor"
            question = (
                "An array on the left uses its own operator first, and treats a Tensor as a single element. What does "
                "NumPy do if the Tensor's class says `__array_ufunc__ = None`?"
            )
        return Rejection("result-is-no-tensor", f"{message}.", question, shown=self.shown())

    def right(self) -> list[Array]:
        """The parts, computed by this framework."""
        return self.parts(OURS)


#: name of a part -> the known mistakes that show there; their formulas take the expression
Known = Mapping[str, Sequence[KnownMistake]]


def compare_expressions(
    judge: Judge,
    claim: str,
    expressions: Sequence[Expression],
    known: Known | None = None,
    *,
    question: str = "",
    kind: str = "chain-rule",
    rtol: float = 1e-9,
    atol: float = 1e-12,
) -> None:
    """Check that the learner's Tensors give the right result and gradients, in the right dtype.

    Args:
        judge: the judge of the package.
        claim: the claim about all the parts.
        expressions: the expressions, all with the same letters.
        known: the known mistakes.
        question: what to think about if no known mistake matches.
        kind: the kind of mistake if none matches.
        rtol, atol: as for `Judge.compare`.
    """
    graded = Answer(
        lambda expression: expression.parts(judge.namespace),
        "your code",
        ("formula",),
        said=lambda expression: f"`{expression.text}`",
    )
    names = ["the result", *(f"{letter}.grad" for letter in expressions[0].letters)]
    with judge.claim(claim):
        inner = Judge(judge.namespace, source=judge.source, seed=judge.seed)
        runs = judge.run(graded, [(one,) for one in expressions], repeat=False)
        try:
            for index, name in enumerate(names):
                inner.compare(
                    name,
                    [part_of(run.arguments[0], run.value[index]) for run in runs],
                    lambda expression, *arrays, index=index: expression.right()[index],
                    name=name,
                    known=(known or {}).get(name, ()),
                    question=question,
                    kind=kind,
                    rtol=rtol,
                    atol=atol,
                    dtype=True,
                )
        except Rejected as rejected:
            raise Rejected(replace(rejected.rejection, claim=claim)) from rejected.__cause__


def part_of(expression: Expression, value: Any) -> Run:
    """One part of the results of an expression, with everything it was computed from."""
    parameters = ("formula", *expression.values, "gradient of the result")
    return Run(expression.text, parameters, (expression, *expression.values.values(), expression.upstream), value)


def mistake(
    code: str, formula: Callable[[Expression], Any], description: str, question: str, kind: str = "chain-rule"
) -> KnownMistake:
    """A known mistake whose formula takes only the expression."""
    return KnownMistake(code, lambda expression, *arrays: formula(expression), description, question, kind)
