"""The conformance kit grades dropout exercises: its findings are sorted into claims, with a question for each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from re import fullmatch, match, sub
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.conformance import Finding, check_dropout
from tinygrad_dropout.conformance.guarded import Make
from tinygrad_dropout.drills.grader.answer import raised
from tinygrad_dropout.drills.grader.dropout_claims import FAMILIES, NOT_ASKED, QUESTIONS, STRICT, Family, family_of
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text
from tinygrad_dropout.drills.grader.unwritten import WholeLayers

Array = npt.NDArray[Any]
Shown = tuple[tuple[str, str], ...]

#: The kit's names -> the tasks' names.
WORDS = {"g": "grad"}

DTYPES = ("float64", "float32", "float16")

#: Findings after which nothing more can be examined.
BROKEN = "cannot-be-made|has-no-.*|forward-(raises|returns-.*|changes-the-shape)|training-cannot-be-set"


def examine(
    judge: Judge,
    make: Make,
    asked: Sequence[str],
    *,
    strict: Collection[str] = (),
    claims: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    example: Callable[[Finding], Mapping[str, Any]] | None = None,
    dtypes: Sequence[str] = DTYPES,
    **options: Any,
) -> None:
    """Grade a dropout layer, or a part of one that an adapter completes, with the conformance kit.

    Args:
        judge: the judge of the answer.
        make: as in `conformance.check_dropout`.
        asked: the names of the families that this exercise is about; findings of other families are ignored.
        strict: codes of remarks, a matter of taste elsewhere, that are wrong here, in addition to `STRICT`.
        claims: name of a family -> its claim, if this exercise has better words.
        words: names in `mistakes.WORDS` -> what this exercise calls them, if the learner did not write a whole layer.
        example: label -> value of what the learner's function was given and returned; None for the layer's x and y.
        dtypes: the dtypes that the layer must keep.
        options: further options of `check_dropout`.
    """
    said = claims or {}
    families = [
        replace(family, claim=said.get(family.name, family.claim)) for family in FAMILIES if family.name in asked
    ]
    layers = WholeLayers(make)
    report = check_dropout(layers, seed=judge.seed, allow=NOT_ASKED, dtypes=dtypes, **options)
    if layers.unwritten is not None:
        raise Rejected(Rejection(*raised(layers.unwritten, "Your code")))
    if not report.examined:
        raise Rejected(Rejection("cannot-be-examined", report.problem, "Which methods does the task ask for?"))
    findings = [*report.findings, *(remark for remark in report.remarks if remark.code in {*STRICT, *strict})]
    for remark in report.remarks:
        judge.note(remark.code)
    by_name = {family.name: family for family in families}
    wrong = [(by_name[name], finding) for finding in findings if (name := family_of(finding.code).name) in by_name]
    reached = families.index(wrong[0][0]) if wrong else len(families)
    if wrong and fullmatch(BROKEN, wrong[0][1].code):
        reached = 0  # it did not get to the earlier claims
    for family in families[:reached]:
        if all(family is not another for another, _ in wrong):
            with judge.claim(family.claim):
                pass
    if wrong:
        family, finding = wrong[0]
        shown = small_example(judge, make, family.name, finding.code) if example is None else shown_of(example, finding)
        raise Rejected(rejection(family, finding, shown, words or {}))


def refuse_unseeded(judge: Judge, draw: Callable[[np.random.Generator], object]) -> None:
    """Check that the same seed gives the same masks again, so that the generator is the only source.

    Args:
        judge: the judge of the answer.
        draw: draws masks from a generator, with so many elements that two do not agree by chance.
    """
    with judge.claim("the same seed gives the same masks again"):
        seed = int(judge.rng.integers(2**31))
        one, again = (np.asarray(draw(np.random.default_rng(seed))) for _ in range(2))
        if not np.array_equal(one, again):
            judge.reject(
                "seed-does-not-repeat",
                "Two generators with the same seed gave different masks: they depend on something else, too.",
                "Which source of random numbers does the caller not know about?",
                kind="randomness",
                shown={"with one generator": one, "with another of the same seed": again},
            )


def small_example(judge: Judge, make: Make, family: str, code: str) -> Shown:
    """What the layer does with a small input, in the finding's mode and at its p; nothing if the layer fails."""
    p = 0.0 if "p=0" in code else 1.0 if "p=1" in code else 0.35
    x, grad = judge.numbers(3, 4), judge.numbers(3, 4)
    shown = [(f"a small x, p = {p:g}", as_text(x))]
    try:
        layer = make(p, judge.rng.spawn(1)[0])
        if family == "eval":
            if code != "never-drops-again":
                shown.append(("your y in training", as_text(layer.forward(x.copy()))))
            layer.training = False
        shown.append(("your y in eval mode" if family == "eval" else "your y", as_text(layer.forward(x.copy()))))
        if code == "never-drops-again":
            layer.training = True
            shown.append(("in training after it", as_text(layer.forward(x.copy()))))
        elif family in ("backward", "state", "eval", "edges"):
            shown += [("grad", as_text(grad)), ("your dx", as_text(layer.backward(grad.copy())))]
    except Exception:
        return tuple(shown) if len(shown) > 1 else ()
    return tuple(shown)


def shown_of(example: Callable[[Finding], Mapping[str, Any]], finding: Finding) -> Shown:
    """An exercise's own example; nothing if the learner's function fails on it."""
    try:
        return tuple((label, as_text(value)) for label, value in example(finding).items())
    except Exception:
        return ()


def rejection(family: Family, finding: Finding, example: Shown, words: Mapping[str, str]) -> Rejection:
    """A finding in the grader's words: what the kit calls g is grad in the tasks."""
    names = {**WORDS, **words}
    message, expected = finding.message_in(**names), finding.expected_in(**names)
    message = sub(r"\bg\b", names["g"], message)  # as the name of an array, which is no template
    if not match(r"dL/dx|dx\b|x\b|\w*_", message):  # a name stays as it is
        message = message[:1].upper() + message[1:]
    given = any(label == "expected dx" for label, _ in example)
    return Rejection(
        finding.code,
        f"{message}.",
        QUESTIONS.get(finding.code, family.question),
        claim=family.claim,
        shown=example if given else (("expected", expected), *example),
        kind=finding.mistake.kind,
    )
