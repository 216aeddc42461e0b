"""Dropout exercises are graded by the conformance kit: its findings, sorted into claims, with what to think about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from re import fullmatch
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.conformance import Finding, check_dropout
from tinygrad_dropout.conformance.guarded import Make
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text


@dataclass(frozen=True)
class Family:
    """Findings that belong to one claim.

    Attributes:
        name: by which an exercise asks for it.
        claim: what holds if there is no finding. Before the colon stands what is examined, the answer behind it.
        codes: of the findings, as a pattern.
        question: what to think about, where nothing more precise is known.
    """

    name: str
    claim: str
    codes: str
    question: str


Array = npt.NDArray[Any]
Shown = tuple[tuple[str, str], ...]

#: What the tasks call what the kit calls otherwise.
WORDS = {"g": "grad"}

#: Findings of what cannot be examined any further.
BROKEN = "cannot-be-made|has-no-.*|forward-(raises|returns-.*|changes-the-shape)|training-cannot-be-set"

#: Corners that no task speaks of.
NOT_ASKED = (
    *("empty-arrays-fail", "backward-follows-the-mode", "backward-follows-the-thread", "backward-follows-the-dtype"),
    *(
        "backward-reads-x",
        "backward-reads-y",
        "hides-nan",
        "draws-in-eval",
        "wrong-for-zeros",
        "wrong-for-another-layout",
    ),
)

#: In the order in which the kit looks at them.
FAMILIES = (
    Family(
        "ownership",
        "the arrays that it is given: they stay as they are",
        "(forward|backward|eval|eval-backward)-changes-(x|g|y)|(output|gradient)-is-overwritten|changes-global-settings",
        "Who else needs that array? Work on a copy, or return a new one.",
    ),
    Family(
        "precision",
        "the dtype: that of the input",
        ".*-changes-the-dtype",
        "Which factor is float64? float32 times a float64 array is float64.",
    ),
    Family(
        "forward",
        "forward: it returns an array of x's shape, with zeros in it",
        "cannot-be-made|has-no-.*|forward-.*|backward-(raises|returns-.*|changes-the-(shape|kind))|never-drops|drops-everything"
        "|ignores-x|noise-instead-of-a-mask|training-cannot-be-set|cannot-be-examined|differs-with-.*|wrong-for-.*",
        "Follow one element of x through the function, once kept and once dropped.",
    ),
    Family(
        "scale",
        "the scale: kept units are x/(1 - p), exactly",
        "scale-.*|original-scheme|p-is-taken-for-the-probability-of-keeping|drops-twice",
        "E[y] should be x. A unit is kept with probability 1 - p: what must it be multiplied by?",
    ),
    Family(
        "structure",
        "the draws: every unit is dropped or kept by one of its own",
        "shared-.*|fixed-count.*|mask-depends-on-x|elements-agree|mask-is-symmetric|depends-.*|rows-differ|columns-differ|rate-depends-on-the-place",
        "How many random numbers are drawn for an input of n rows and m columns?",
    ),
    Family(
        "rate",
        "the rate: a fraction p is dropped",
        "drops-with-1-p|rate-.*",
        "p is the probability of dropping. Put p = 0.9 into your comparison: how many are kept?",
    ),
    Family(
        "randomness",
        "the source of random numbers: the generator that it is given",
        "reseeds-the-global-state|copies-the-generator|loses-a-gaussian|draws-from-the-global-state|ignores-its-generator",
        "What happens to a user's own random numbers when your layer draws or seeds globally?",
    ),
    Family(
        "calls",
        "several calls: each draws a fresh mask",
        "mask-is-frozen|masks-.*|forgets-to-drop-at-times|mask-follows-from-x|same-mask-in-every-layer|.*-by-call|calls-differ"
        "|changes-with-use",
        "When is your mask drawn: once, or in each forward?",
    ),
    Family(
        "backward",
        "the gradient: dL/dx is grad times the forward's mask, divided by 1 - p",
        "backward-(is|has|forgets|scales|inverts|ignores|multiplies|passes|subtracts|averages|adds|clips|transposes|differs"
        "|uses-another|not-finite).*"
        "|mask-inferred-from-the-(output|sign)",
        "Given its mask, dropout is linear: y = x * m/(1 - p). What is dy/dx?",
    ),
    Family(
        "state",
        "what is remembered: each forward keeps its own mask",
        "backward-uses-an-earlier-mask|second-backward-differs|copies-share-state|keeps-memory|layers-share-.*|layers-depend-.*|mask-overwritten-by-the-next-forward",
        "Which mask does backward use after two forwards, or with two layers?",
    ),
    Family(
        "eval",
        "eval mode: the identity both ways, and training mode comes back",
        "eval-.*|drops-in-eval|leaks-in-eval-later|never-drops-again|old-mask-.*",
        "Write down what forward and backward do when training is False, and what of that is remembered afterwards.",
    ),
    Family(
        "edges",
        "the ends of p: p = 0 and p = 1 give x and 0; a p outside 0 ... 1 is refused",
        "p=.*|accepts-a-bad-p|refuses-p=.*",
        "What is 1/(1 - p) at p = 1? And is -0.1 a probability?",
    ),
)

#: code -> what to think about, where a question can be more precise than the family's
QUESTIONS = {
    "scale-missing": "In training a fraction p is gone. What is the mean of y, and what is it in eval mode?",
    "scale-is-1/p": "E[y] = (1 - p) * scale * x. For which scale is that x? Try p = 0.2.",
    "scale-is-1-p": "E[y] = (1 - p) * scale * x. Multiplying by 1 - p makes it smaller still.",
    "scale-ignores-p": "2 is right for one p alone. Which one?",
    "scale-from-the-realised-rate": "With this mask's count in the scale, is E[y_i] still x_i? Are units independent?",
    "original-scheme": "That is the scheme of 2012. In the inverted one, which phase does the scaling?",
    "ignores-x": "What if x is not all ones?",
    "forward-changes-x": "x belongs to the layer before, whose backward may still need it.",
    "shared-by-rows": "The mask has one row. How many examples does the batch have?",
    "shared-by-columns": "A whole example is dropped at once. Is that what dropout does?",
    "mask-is-frozen": "The same subnetwork is trained in every step. Where does the mask have to be drawn?",
    "drops-with-1-p": "rng.random() < p happens with probability p. Is that the event of keeping or of dropping?",
    "backward-is-the-identity": "A unit was 0 in the forward, whatever x was. How much does its x move the loss?",
    "backward-forgets-the-mask": "A unit was 0 in the forward, whatever x was. How much does its x move the loss?",
    "backward-forgets-the-scale": "y = x/(1 - p) where kept. What is dy/dx there?",
    "backward-scales-twice": "Does the mask that you stored hold the scale already?",
    "backward-uses-another-mask": "Hold the zeros of your dx against those of y. Where does each of them come from?",
    "backward-is-wrong": "Given its mask, dropout is linear: y = x * m/(1 - p). Which other factor is in your dx?",
    "backward-scales-by-the-realised-rate": "The forward's divisor was known before any mask was drawn. What is it?",
    "backward-passes-where-dropped": "A unit was 0 in the forward, whatever x was. How much does its x move the loss?",
    "backward-subtracts-p": "In which order does Python compute mask / 1 - p?",
    "backward-averages": "Whose factor is 1/N: that of a mean in the loss, or dropout's? Is it in grad already?",
    "mask-inferred-from-the-sign": "Can a unit that was kept have a negative x, or a negative y?",
    "eval-is-rounded": "Must anything be computed where nothing is to be done? Hand x on as it is.",
    "mask-inferred-from-the-output": "After a ReLU many x are exactly 0. Are they dropped?",
    "drops-in-eval": "What does forward do when training is False?",
    "eval-scales-by-1-p": "Inverted dropout has scaled already while training. What is left for eval mode to do?",
    "never-drops-again": "Something is overwritten in eval mode that training mode needs. p, perhaps?",
    "old-mask-in-eval-backward": "In eval mode y = x. What is dy/dx, and which mask lies about from before?",
    "mask-overwritten-by-the-next-forward": "Two forwards, then backward through the first. Where is its mask by then?",
    "p=0-forward-is-wrong": "At p = 0 nothing is dropped. What is the scale then, and is any number below 0?",
    "p=0-backward-is-wrong": "At p = 0 the forward is y = x. What is dy/dx?",
    "p=0-gives-nan": "At p = 0 nothing is dropped. Which step of yours divides by p?",
    "p=0-fails": "At p = 0 nothing is dropped. Which step of yours cannot be done with 0?",
    "refuses-p=0": "Is 0 a probability? What does a layer do that never drops?",
    "p=1-gives-nan": "0 * inf is NaN. What should y be when everything is dropped?",
    "accepts-a-bad-p": "When does the user learn of p = 50: when the layer is made, or after a night of training?",
    "reseeds-the-global-state": "A seed that you set is a seed that every other user of NumPy gets.",
}  # fmt: skip


def family_of(code: str) -> Family:
    """The family of a finding: the first whose pattern its code has; of an unknown one that of "forward"."""
    general = next(family for family in FAMILIES if family.name == "forward")
    return next((family for family in FAMILIES if fullmatch(family.codes, code)), general)


def examine(
    judge: Judge,
    make: Make,
    asked: Sequence[str],
    *,
    strict: Collection[str] = (),
    claims: Mapping[str, str] | None = None,
    words: Mapping[str, str] | None = None,
    example: Callable[[Finding], Mapping[str, Any]] | None = None,
) -> None:
    """Grade a dropout layer, or a part of one that an adapter completes, with the conformance kit.

    Args:
        judge: of the answer.
        make: as for `conformance.check_dropout`.
        asked: the names of the families that this exercise is about; the findings of others are left to theirs.
        strict: codes of remarks, a matter of taste elsewhere, that are wrong here.
        claims: name of a family -> its claim, where this exercise has better words.
        words: names of `mistakes.WORDS` -> what this exercise calls them, where the learner wrote no whole layer.
        example: label -> value of what the learner's function was given and returned; None for the layer's x and y.
    """
    said = claims or {}
    families = [
        replace(family, claim=said.get(family.name, family.claim)) for family in FAMILIES if family.name in asked
    ]
    report = check_dropout(make, seed=judge.seed, allow=NOT_ASKED)
    if not report.examined:
        raise Rejected(Rejection("cannot-be-examined", report.problem, "Which methods does the task ask for?"))
    findings = [*report.findings, *(remark for remark in report.remarks if remark.code in strict)]
    for remark in report.remarks:
        judge.note(remark.code)
    by_name = {family.name: family for family in families}
    wrong = [(by_name[name], finding) for finding in findings if (name := family_of(finding.code).name) in by_name]
    reached = families.index(wrong[0][0]) if wrong else len(families)
    if wrong and fullmatch(BROKEN, wrong[0][1].code):
        reached = 0  # it did not come to the claims before
    for family in families[:reached]:
        if all(family is not another for another, _ in wrong):
            with judge.claim(family.claim):
                pass
    if wrong:
        family, finding = wrong[0]
        shown = small_example(judge, make, family.name, finding.code) if example is None else shown_of(example, finding)
        raise Rejected(rejection(family, finding, shown, words or {}))


def refuse_unseeded(judge: Judge, draw: Callable[[np.random.Generator], object]) -> None:
    """Whether the same seed gives the same masks again: then the generator, and nothing else, is drawn from.

    Args:
        judge: of the answer.
        draw: what a generator gives: enough elements that it is not the same twice by chance.
    """
    with judge.claim("the same seed gives the same masks again"):
        seed = int(judge.rng.integers(2**31))
        one, again = (np.asarray(draw(np.random.default_rng(seed))) for _ in range(2))
        if not np.array_equal(one, again):
            judge.reject(
                "seed-does-not-repeat",
                "Two generators of the same seed gave different masks: something besides the generator was drawn from.",
                "Which source of random numbers does the caller not know of?",
                kind="randomness",
                shown={"with one generator": one, "with another of the same seed": again},
            )


def small_example(judge: Judge, make: Make, family: str, code: str) -> Shown:
    """What the layer does with a small input, in the mode and at the p of the finding; nothing where it cannot."""
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
    """An exercise's own example; nothing where the learner's function cannot do anything with it."""
    try:
        return tuple((label, as_text(value)) for label, value in example(finding).items())
    except Exception:
        return ()


def rejection(family: Family, finding: Finding, example: Shown, words: Mapping[str, str]) -> Rejection:
    """A finding, as the grader says it: what the kit calls g is grad in the tasks."""
    names = {**WORDS, **words}
    message, expected = finding.message_in(**names), finding.expected_in(**names)
    message = message if message.startswith(("dL/dx", "dx")) else message[:1].upper() + message[1:]
    given = any(label == "expected dx" for label, _ in example)
    return Rejection(
        finding.code,
        f"{message}.",
        QUESTIONS.get(finding.code, family.question),
        claim=family.claim,
        shown=example if given else (("expected", expected), *example),
        kind=finding.mistake.kind,
    )
