"""check_dropout: the one question, put together from all the others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from tinygrad_dropout.conformance.declaration import Keeping, declaration
from tinygrad_dropout.conformance.examination import (
    CONVENTIONS,
    INVERTED,
    KEEP_PROBABILITY,
    MASK,
    NOISES,
    USUAL,
    Examination,
    Options,
)
from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.conformance.guarded import Make
from tinygrad_dropout.conformance.observation import Cell, Observation, cells, observe
from tinygrad_dropout.conformance.plan import Ask, questions
from tinygrad_dropout.conformance.report import CannotDrive, Report, StopCheck, report_of
from tinygrad_dropout.mistakes import ERROR, Finding
from tinygrad_dropout.mistakes.dropout import layer as layer_mistakes
from tinygrad_dropout.mistakes.dropout import structure as structure_mistakes
from tinygrad_dropout.mistakes.dropout.phases import FORWARD
from tinygrad_dropout.sandbox import described

ALL_DTYPES = ("float64", "float32")


def check_dropout(
    make: Make,
    *,
    seed: int = 0,
    depth: str = USUAL,
    dtypes: Sequence[str] = (),
    shapes: Sequence[tuple[int, ...]] = (),
    rates: Sequence[float] = (),
    shared_axes: Sequence[int] = (),
    forward_only: bool = False,
    convention: str = INVERTED,
    noise: str = MASK,
    allow: Collection[str] = (),
) -> Report:
    """Examine a dropout layer, whoever wrote it: is its randomness right, and is its gradient?

    A right layer, in training mode, sets each element to 0 with probability p, independently of every other element,
    call and layer and of x, and divides the others by 1 - p exactly (inverted dropout); backward multiplies by the
    very same factors. In eval mode both are the identity. What it draws from, and how, is its own affair.

    Args:
        make: `make(p, rng)` returns a new layer with `forward(x) -> y` and `backward(grad) -> dL/dx` on ndarrays and an
            attribute `training` that can be set; p is the probability of dropping and rng a numpy.random.Generator
            that it may draw from. It may say in attributes `dtypes`, `shapes`, `shared_axes` and `noise` what it can
            take and what it does, for the options of these names. `of` makes such layers of classes, functions and
            modules.
        seed: of all inputs and generators. A right layer passes whatever the seed is (but for once in a million); a
            wrong one fails.
        depth: `quick`, `usual` or `thorough`: how many questions are asked, and with how many arrays.
        dtypes: of the arrays, the main one first: `float64`, `float32` or `float16`. Without: float64 and float32, or
            what the layer says it can take.
        shapes: of the arrays, where a layer takes no others. Without: the kit's own, of one to four axes.
        rates: values of p to examine with. Without: the kit's own, one half and both sides of it among them.
        shared_axes: along these axes all elements share a draw, as in channel dropout, `(2, 3)`, or one mask for all
            rows, `(0,)`.
        forward_only: there is no backward to examine.
        convention: `inverted`; `original`, the scheme of 2012, which scales in eval mode instead; or
            `keep-probability`, for layers made with the probability of keeping.
        noise: `mask`, or `gaussian` for factors with mean 1 and variance p/(1 - p) instead of a mask.
        allow: codes of findings that are known and accepted; they are listed apart, and fail nothing.

    Returns:
        Report: `ok`, `errors`, `edge_cases`, `remarks`, and readable as a text. What the layer raises is a finding,
        too; what the kit cannot call is a report that says so and what to write instead.

    Raises:
        ValueError: an option is not one of those above.
    """
    if convention not in CONVENTIONS or noise not in NOISES:
        Options(convention=convention, noise=noise)  # raises, with the choices
    made = make if convention != KEEP_PROBABILITY else Keeping(make)
    options = Options(
        depth,
        tuple(dtypes) or ALL_DTYPES,
        shapes=tuple(tuple(shape) for shape in shapes),
        rates=tuple(rates),
        shared_axes=tuple(shared_axes),
        forward_only=forward_only,
        convention=convention,
        noise=noise,
    )
    with own_global_state(seed):
        try:
            declared = declaration(made, seed)
            given = {"dtypes": dtypes, "shapes": shapes, "shared_axes": shared_axes, "noise": noise != MASK}
            options = replace(options, **{name: value for name, value in declared.options.items() if not given[name]})
            return examine(Examination(made, seed, options, not_checked=[*declared.not_checked]), allow)
        except CannotDrive as obstacle:
            return obstacle.report


def assert_dropout(make: Make, *, seeds: int = 3, strict: bool = False, **options: object) -> None:
    """Fail, with everything that is wrong, unless `check_dropout` finds no error: one line in your tests.

    Args:
        make: as for `check_dropout`.
        seeds: how many seeds to examine with.
        strict: whether edge cases fail, too.
        options: further options of `check_dropout`.

    Raises:
        AssertionError: its message is the report.
    """
    for seed in range(seeds):
        report = check_dropout(make, seed=seed, **options)  # type: ignore[arg-type]
        if report.exit_code(strict):
            raise AssertionError(f"seed {seed}: {report}")


def examine(examination: Examination, allow: Collection[str] = ()) -> Report:
    """Everything that the options ask for."""
    failed: set[Ask] = set()
    findings = examination.findings
    unusual: list[Finding] = []  # of arrays that show no mask, where others do: what the others show is more telling
    with noting(findings):
        for cell in cells(examination):
            observed = observe_or_name(examination, cell)
            if isinstance(observed, Observation):
                examination.observations.append(observed)
            else:
                unusual.append(observed)
    if examination.observations:  # else every other answer would be about something else
        for question in questions(examination):
            if failed.isdisjoint(question.unless):
                before = len(findings)
                with noting(findings):
                    findings.extend(question.ask(examination))
                if any(finding.severity == ERROR for finding in findings[before:]):
                    failed.add(question.ask)
    return report_of([*findings, *unusual], examination.not_checked, allow)


def observe_or_name(examination: Examination, cell: Cell) -> Observation | Finding:
    """A forward; or what is wrong with this kind of array, where another kind can be examined."""
    try:
        return observe(examination, cell)
    except StopCheck as stop:
        if not examination.observations:
            raise
        return named_by_its_cell(cell, stop.finding, examination.observations)


def named_by_its_cell(cell: Cell, finding: Finding, observations: list[Observation]) -> Finding:
    """A forward that shows no mask, where one with another number of axes does: that is what is wrong."""
    if any(one.x.ndim == len(cell.shape) for one in observations):
        return finding
    for mistake, what in ((layer_mistakes.NEVER_DROPS, "nothing"), (layer_mistakes.DROPS_EVERYTHING, "everything")):
        if finding.mistake is mistake:
            return structure_mistakes.BY_AXES.seen(shape=cell.shape, what=what)
    if finding.code != FORWARD.raises.code:
        return finding
    return structure_mistakes.TWO_AXES_ONLY.seen(shape=cell.shape, problem=finding.message)


@contextmanager
def noting(findings: list[Finding]) -> Iterator[None]:
    """Inside, a StopCheck ends the block and becomes a finding; so does what nobody has thought of."""
    try:
        yield
    except StopCheck as stop:
        findings.append(stop.finding)
    except CannotDrive:
        raise
    except Exception as error:
        findings.append(layer_mistakes.CANNOT_BE_EXAMINED.seen(error=described(error)))
