"""The tools of an exercise's checks: claims about the learner's functions, and comparisons with right answers.

A check runs the function on several inputs and compares. If the results are wrong, it tries the known wrong formulas,
and the one that matches on every input names the mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.answer import Answer, callable_of, reject_errors
from tinygrad_dropout.drills.grader.calls import Run, is_plain, refuse_shared_results
from tinygrad_dropout.drills.grader.differences import (
    capital,
    common_ratio,
    described,
    only_float32,
    refuse_dtypes,
    rounded_to_float32,
    with_names,
)
from tinygrad_dropout.drills.grader.inputs import extremes, other_layouts, without_coincidences
from tinygrad_dropout.drills.grader.result import PART_NOT_WRITTEN, Grade, Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text
from tinygrad_dropout.drills.layout import counted

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class KnownMistake:
    """A known mistake.

    Args:
        code: its name: `bias-gradient-averaged`.
        formula: gives the result of this mistake for the same arguments; None if the numbers do not show the mistake.
        description: what the answer did, in a sentence: `db is the mean of grad over the batch; expected the sum.`
        question: what to think about: a question, not the answer.
        kind: the kind of mistake, from `mistakes.KINDS`.
    """

    code: str
    formula: Callable[..., Any] | None
    description: str
    question: str
    kind: str

    def rejection(self, shown: tuple[tuple[str, str], ...]) -> Rejection:
        """The rejection of an answer with this mistake."""
        return Rejection(self.code, self.description, self.question, shown=shown, kind=self.kind)


class Judge:
    """Grades one answer.

    Args:
        namespace: what the learner's file defines.
        seed: the seed of all inputs.
        on_claim: called for every claim, before it is checked and once it has passed.

    Attributes:
        rng: draws the inputs.
        source: the learner's file.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        *,
        source: str = "",
        seed: int = 0,
        on_claim: Callable[[str, str], None] = lambda event, claim: None,
    ) -> None:
        self.namespace, self.source, self.seed, self.on_claim = namespace, source, seed, on_claim
        self.rng = np.random.default_rng(seed)
        self.right: list[str] = []
        self.notes: list[str] = []

    # the parts of the answer

    def function(self, name: str, *parameters: str) -> Answer:
        """The learner's function; errors in it become rejections."""
        return Answer(callable_of(self.namespace, name, parameters), name, parameters)

    def make(self, name: str, *parameters: str) -> Answer:
        """The learner's class; errors in it become rejections."""
        return Answer(callable_of(self.namespace, name, parameters, "class"), name, parameters)

    def method(self, instance: Any, name: str, *parameters: str) -> Answer:
        """A method of an instance of the learner's class."""
        kind = type(instance).__name__
        found = {name: getattr(instance, name, None)}
        return Answer(callable_of(found, name, parameters, f"method of {kind},"), f"{kind}.{name}", parameters)

    def value(self, name: str, kind: type | tuple[type, ...], what: str) -> Any:
        """A value that the learner's file sets.

        Args:
            name: the name of the variable.
            kind: its expected type.
            what: the expected value in words: `the name of a bug, as a string`.
        """
        found = self.namespace.get(name)
        if found is None or found is ...:
            self.reject(
                PART_NOT_WRITTEN, f"{name} is not set yet; expected {what}.", "Read the task, then fill the gap."
            )
        if not isinstance(found, kind):
            self.reject("wrong-type", f"{name} is a {type(found).__name__}; expected {what}.")
        return found

    # claims about it

    @contextmanager
    def claim(self, claim: str) -> Iterator[None]:
        """Check a claim inside a `with`: it is true if nothing is rejected.

        Args:
            claim: what is checked, as a statement that is true of a right answer: `dL/db is the sum of grad`.
        """
        self.on_claim("checking", claim)
        with self.about(claim):
            yield
        self.right.append(claim)
        self.on_claim("right", claim)

    @contextmanager
    def about(self, claim: str) -> Iterator[None]:
        """Name a claim in every rejection inside a `with`, for calls that come before the claim is checked."""
        try:
            yield
        except Rejected as rejected:
            raise Rejected(replace(rejected.rejection, claim=rejected.rejection.claim or claim)) from rejected.__cause__

    def reject(
        self,
        code: str,
        message: str,
        question: str = "",
        *,
        kind: str = "python",
        shown: Mapping[str, Any] | None = None,
    ) -> None:
        """Report a mistake and end the grading.

        Args:
            code: the code of the mistake.
            message: what is wrong, with the numbers.
            question: what to think about.
            kind: the kind of mistake, from `mistakes.KINDS`.
            shown: label -> value that shows it.
        """
        texts = tuple(
            (label, value if isinstance(value, str) else as_text(value)) for label, value in (shown or {}).items()
        )
        raise Rejected(Rejection(code, message, question, shown=texts, kind=kind))

    def note(self, note: str) -> None:
        """Record something that is not wrong but worth an interviewer's question: `float-mask`."""
        if note not in self.notes:
            self.notes.append(note)

    def run(
        self,
        function: Answer,
        cases: Sequence[tuple[Any, ...]],
        *,
        known: Mapping[type[BaseException], KnownMistake] | None = None,
        repeat: bool | None = None,
    ) -> list[Run]:
        """Call the function on every case, the smallest first.

        Args:
            function: the learner's function.
            cases: the arguments of each call.
            known: type of an exception -> the mistake that it shows.
            repeat: whether to check that a second call gives the same numbers in new arrays. By default this is
                checked unless a function or a generator is among the arguments, which may remember the first call.
        """
        runs = []
        for case in cases:
            try:
                value = function(*case)
            except Rejected as rejected:
                cause = rejected.__cause__
                for kind, mistake in (known or {}).items():
                    if isinstance(cause, kind):
                        raise Rejected(
                            replace(rejected.rejection, code=mistake.code, question=mistake.question, kind=mistake.kind,
                                    message=mistake.description)
                        ) from cause  # fmt: skip
                raise
            runs.append(Run(function.call(case), function.parameters, case, value))
        if repeat or (repeat is None and runs and all(map(is_plain, runs[0].arguments))):
            refuse_shared_results(function, runs)
        return runs

    def raises(self, function: Answer, case: tuple[Any, ...], error: type[Exception]) -> bool:
        """Whether a call raises this error; any other error is rejected.

        Args:
            function: of the learner's.
            case: the arguments.
            error: the expected one: `ValueError`.
        """
        try:
            function(*case, may_return_none=True)
        except Rejected as rejected:
            cause = rejected.__cause__
            if isinstance(cause, error):
                return True
            if cause is None or rejected.rejection.code != "raises":
                raise
            message = rejected.rejection.message.removesuffix(".")
            question = f"A caller who catches {error.__name__} does not catch this one. What does the task ask for?"
            raise Rejected(
                replace(rejected.rejection, code="another-exception", message=f"{message}; expected {error.__name__}.",
                        question=question, kind="python")
            ) from cause  # fmt: skip
        return False

    def parts(self, runs: Sequence[Run], *names: str) -> list[list[Run]]:
        """For functions that return several arrays: the runs with only the first, with only the second, ..."""
        several = [values_of(run) for run in runs]
        for run, values in zip(runs, several, strict=True):
            if values is None or len(values) != len(names):
                got = (
                    one_of(run.value)
                    if values is None or isinstance(run.value, np.ndarray)
                    else counted(len(values), "value")
                )
                wanted = f"{len(names)} values" if got.startswith("one ") else str(len(names))
                message = f"{run.call} returned {got}; expected {wanted}: {', '.join(names)}."
                raise Rejected(Rejection("wrong-number-of-values", message, shown=run.shown))
        return [
            [replace(run, value=values[index]) for run, values in zip(runs, several, strict=True) if values is not None]
            for index in range(len(names))
        ]

    def compare(
        self,
        claim: str,
        runs: Sequence[Run],
        expected: Callable[..., Any],
        *,
        name: str = "the result",
        entries: Callable[..., Sequence[str]] | None = None,
        known: Sequence[KnownMistake] = (),
        question: str = "",
        kind: str = "chain-rule",
        rtol: float = 1e-7,
        atol: float = 1e-9,
        dtype: bool = False,
    ) -> None:
        """Compare the results with the right ones.

        Args:
            claim: as for `claim`.
            runs: of `run` or `parts`.
            expected: gives the right result for the same arguments.
            name: of what is compared: `dL/db`.
            entries: gives a name for each entry, from the same arguments: `["x.grad", "y.grad"]`.
            known: the known mistakes. The first that matches on every input is named.
            question: what to think about if no known mistake matches.
            kind: the kind of mistake if no known mistake matches.
            rtol: the tolerance, relative to the expected values.
            atol: the absolute tolerance, added to it.
            dtype: whether the dtype must be the expected one, too.
        """
        with self.claim(claim):
            rights = [np.asarray(expected(*run.arguments)) for run in runs]
            gots = [array_of(run, name) for run in runs]
            for i, right in enumerate(rights):
                if isinstance(runs[i].value, list) and gots[i].size == right.size == 0:
                    gots[i] = gots[i].reshape(right.shape)  # an empty list has lost the other axes

            def close(one: Array, other: Array) -> bool:
                return one.shape == other.shape and np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True)

            wrong = [i for i in range(len(runs)) if not close(gots[i], rights[i])]
            if not wrong:
                if dtype:
                    refuse_dtypes(runs, gots, rights, name)
                return
            worst = min(wrong, key=lambda i: runs[i].size)
            names = entries(*runs[worst].arguments) if entries else ()
            both = ("yours", gots[worst]), ("expected", rights[worst])
            shown = (*runs[worst].shown, *((label, with_names(value, names)) for label, value in both))
            for mistake in known:
                if mistake.formula and all(
                    fits(mistake.formula, run, got, close) for run, got in zip(runs, gots, strict=True)
                ):
                    raise Rejected(mistake.rejection(shown))
            if only_float32(gots, rights):
                if dtype:
                    refuse_dtypes([runs[worst]], [gots[worst]], [rights[worst]], name)
                raise Rejected(rounded_to_float32(name, shown))
            code, message = described(gots[worst], rights[worst], name, names)
            ratio = common_ratio([gots[i] for i in wrong], [rights[i] for i in wrong])
            agrees = np.allclose(gots[worst], rights[worst], rtol=1e-4, atol=0) if code == "wrong-values" else False
            if agrees and ratio is not None and abs(ratio - 1) < 1e-5:
                message = f"{message.partition(', ratio')[0]}. That is nearly right: the first digits agree."
                raise Rejected(Rejection("inexact", message, question, shown=shown, kind="precision"))
            if ratio is not None and code == "wrong-values" and abs(ratio - 1) > 1e-5:
                if ratio == -1:
                    code, message = "wrong-sign", f"{capital(name)} has the wrong sign."
                else:
                    message += f" Every value is {ratio:.6g} times the expected one."
            raise Rejected(
                Rejection(code, message, question, shown=shown, kind="shapes" if code == "wrong-shape" else kind)
            )

    # inputs

    def numbers(self, *shape: int, low: float = 0.2, high: float = 2.0) -> Array:
        """Random float64: both signs, no zeros, no repeats, nothing near 0."""
        return without_coincidences(self.rng, shape, low, high)

    def layouts(self, case: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The same case with its arrays in other memory layouts: transposed, with gaps, and reversed."""
        return varied(case, [other_layouts(one) if isinstance(one, np.ndarray) else [] for one in case])

    def corners(self, case: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The same case in other layouts, with huge numbers, tiny ones, and zeros at other places in each array."""
        arrays = [extremes(one, place) if isinstance(one, np.ndarray) else [] for place, one in enumerate(case)]
        return [*self.layouts(case), *varied(case, arrays)]

    def grade(self, rejection: Rejection | None = None) -> Grade:
        """The grade of the answer."""
        return Grade(tuple(self.right), rejection, tuple(self.notes))


def varied(case: tuple[Any, ...], variants: Sequence[Sequence[Array]]) -> list[tuple[Any, ...]]:
    """A case with all its arrays replaced by their first variants, by their second ones, ..."""
    return [
        tuple(others[index] if others else one for one, others in zip(case, variants, strict=True))
        for index in range(max(map(len, variants), default=0))
    ]


def array_of(run: Run, name: str) -> Array:
    """The run's value as an array of numbers."""
    try:
        got = np.asarray(run.value)
    except Exception:
        got = np.asarray(None)
    if got.dtype.kind not in "biufc":
        kind = type(run.value).__name__
        message = f"{capital(name)}: {run.call} returned a {kind}; expected an array of numbers."
        raise Rejected(Rejection("wrong-type", message, shown=run.shown))
    return got


def fits(formula: Callable[..., Any], run: Run, got: Array, close: Callable[[Array, Array], bool]) -> bool:
    """Whether a known mistake gives what the learner's function gave."""
    try:
        with np.errstate(all="ignore"):
            return close(got, np.asarray(formula(*run.arguments)))
    except Exception:
        return False  # not for arguments of these shapes


def values_of(run: Run) -> list[Any] | None:
    """The values that a function returned as a tuple, a list, an array or a generator; None for anything else."""
    if isinstance(run.value, (str, bytes, Mapping, Set)) or not isinstance(run.value, Iterable):
        return None
    if isinstance(run.value, np.ndarray) and not run.value.ndim:
        return None
    values: list[Any] = reject_errors(lambda: list(run.value), run.call, run.call, lambda: run.shown)
    return values


def one_of(value: Any) -> str:
    """`one array`, for a message about a function that should have returned several values."""
    return "one array" if isinstance(value, np.ndarray) else f"one {type(value).__name__}"
