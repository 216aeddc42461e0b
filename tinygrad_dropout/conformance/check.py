"""check_dropout: is this dropout layer correct?"""

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
    """Examine any dropout layer: are its masks random in the right way, and are its gradients correct?

    In training mode, a correct layer sets each element to 0 with probability p, independently of x and of every other
    element, call and layer, and divides the others by exactly 1 - p (inverted dropout). Backward multiplies by the same
    factors. In eval mode both are the identity. How the layer draws its masks does not matter.

    Args:
        make: `make(p, rng)` returns a new layer that has `forward(x) -> y` and `backward(grad) -> dL/dx` on ndarrays,
            and an attribute `training` that can be set. p is the probability of dropping, and rng is a
            numpy.random.Generator that the layer may draw from. Attributes `dtypes`, `shapes`, `shared_axes` and
            `noise` of the layer set the options of the same names. `of` makes such layers from classes, functions and
            modules.
        seed: the seed for all inputs and generators. A correct layer passes with every seed (except once in a million);
            a wrong one fails.
        depth: `quick`, `usual` or `thorough`: how many questions to ask, and with how many arrays.
        dtypes: the dtypes of the arrays, the main one first: `float64`, `float32` or `float16`. By default float64 and
            float32, or the dtypes that the layer declares.
        shapes: the shapes of the arrays, for a layer that accepts no others. By default the kit's own, with one to four
            axes.
        rates: the values of p. By default the kit's own: 0.5, and values below and above it.
        shared_axes: the axes along which all elements share a draw: `(2, 3)` for channel dropout, or `(0,)` for one
            mask for all rows.
        forward_only: whether to skip backward, for a layer without one.
        convention: `inverted`; `original` for the scheme of 2012, which scales in eval mode instead; or
            `keep-probability` for layers that are made with the probability of keeping.
        noise: `mask`, or `gaussian` for factors with mean 1 and variance p/(1 - p) instead of a mask.
        allow: codes of findings that you know and accept. They are listed separately and fail nothing.

    Returns:
        Report: has `ok`, `errors`, `edge_cases` and `remarks`; `str()` makes it readable text. An exception in the
        layer is a finding, too. If the kit cannot call the layer, the report says why and shows what to write instead.

    Raises:
        ValueError: an option has none of the values above.
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
    """Raise an AssertionError that lists everything wrong if `check_dropout` finds an error: one line in your tests.

    Args:
        make: as for `check_dropout`.
        seeds: how many seeds to examine with.
        strict: whether edge cases also fail.
        options: further options of `check_dropout`.

    Raises:
        AssertionError: its message is the report.
    """
    for seed in range(seeds):
        report = check_dropout(make, seed=seed, **options)  # type: ignore[arg-type]
        if report.exit_code(strict):
            raise AssertionError(f"seed {seed}: {report}")


def examine(examination: Examination, allow: Collection[str] = ()) -> Report:
    """Ask all questions that the options select, and report the findings."""
    failed: set[Ask] = set()
    findings = examination.findings
    unusual: list[Finding] = []  # about arrays that show no mask; they come last, since other arrays tell more
    with noting(findings):
        for cell in cells(examination):
            observed = observe_or_name(examination, cell)
            if isinstance(observed, Observation):
                examination.observations.append(observed)
            else:
                unusual.append(observed)
    if examination.observations:  # without any mask, other questions would only repeat that finding
        for question in questions(examination):
            if failed.isdisjoint(question.unless):
                before = len(findings)
                with noting(findings):
                    findings.extend(question.ask(examination))
                if any(finding.severity == ERROR for finding in findings[before:]):
                    failed.add(question.ask)
    return report_of([*findings, *unusual], examination.not_checked, allow)


def observe_or_name(examination: Examination, cell: Cell) -> Observation | Finding:
    """A forward; or the finding for this kind of array, if another kind can be examined."""
    try:
        return observe(examination, cell)
    except StopCheck as stop:
        if not examination.observations:
            raise
        return named_by_its_cell(cell, stop.finding, examination.observations)


def named_by_its_cell(cell: Cell, finding: Finding, observations: list[Observation]) -> Finding:
    """The finding for a forward that shows no mask although forwards with another number of axes do."""
    if any(observed.x.ndim == len(cell.shape) for observed in observations):
        return finding
    for mistake, what in ((layer_mistakes.NEVER_DROPS, "nothing"), (layer_mistakes.DROPS_EVERYTHING, "everything")):
        if finding.mistake is mistake:
            return structure_mistakes.BY_AXES.seen(shape=cell.shape, what=what)
    if finding.code != FORWARD.raises.code:
        return finding
    return structure_mistakes.TWO_AXES_ONLY.seen(shape=cell.shape, problem=finding.message)


@contextmanager
def noting(findings: list[Finding]) -> Iterator[None]:
    """Inside, a StopCheck or any unexpected exception ends the block and becomes a finding."""
    try:
        yield
    except StopCheck as stop:
        findings.append(stop.finding)
    except CannotDrive:
        raise
    except Exception as error:
        findings.append(layer_mistakes.CANNOT_BE_EXAMINED.seen(error=described(error)))
