"""Wrong answers that need not be written out: the results of the formulas of known mistakes.

The results of a formula replace those of the solution, and a DerivingJudge sees for each claim whether the mistake is
named.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from tinygrad_dropout.conformance.global_state import own_global_state
from tinygrad_dropout.drills.grader import answer
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected


@dataclass(frozen=True)
class Derived:
    """An answer that makes a known mistake, and its rejection.

    Attributes:
        code: the code of the mistake.
        claim: the claim for which it was tried.
        rejection: None if the formula gives the right result for every input of the claim.
    """

    code: str
    claim: str
    rejection: object


class DerivingJudge(Judge):
    """Tries every known mistake that has a formula, instead of a right answer's results."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.derived = []

    def compare(self, claim, runs, expected, *, known=(), **options):
        for mistake in known:  # if several formulas have the same code, it is enough that one is named
            if mistake.formula is not None and not self.is_named(mistake.code, claim):
                self.derive(mistake, claim, runs, expected, known, options)
        super().compare(claim, runs, expected, known=known, **options)

    def is_named(self, code, claim):
        return any(
            one.claim == claim and one.code == code and one.rejection is not None and one.rejection.code == code
            for one in self.derived
        )

    def derive(self, mistake, claim, runs, expected, known, options):
        """Grade the results of a mistake's formula; skip it if the formula cannot take the inputs of this claim."""
        kept = list(self.right)
        try:
            with np.errstate(all="ignore"):
                wrong = [replace(run, value=np.asarray(mistake.formula(*run.arguments))) for run in runs]
        except Exception:
            return
        rejection = None
        try:
            super().compare(claim, wrong, expected, known=known, **options)
        except Rejected as rejected:
            rejection = rejected.rejection
        self.right = kept
        self.derived.append(Derived(mistake.code, claim, rejection))


def judged(exercise, seed):
    """All answers that are derived while the solution is graded."""
    judge = DerivingJudge({}, source=exercise.solution, seed=seed)
    with own_global_state(seed), np.errstate(all="ignore"):
        judge.namespace = answer.run(exercise.solution, refused=exercise.refused)
        exercise.check(judge)
    return judge.derived


@cache
def tried(exercise, seed=0):
    """All answers derived from the formulas of an exercise."""
    return tuple(judged(exercise, seed))


def derived(exercise, seed=0):
    """The derived answers that are rejected under their own name."""
    return [one for one in tried(exercise, seed) if one.rejection is not None and one.rejection.code == one.code]
