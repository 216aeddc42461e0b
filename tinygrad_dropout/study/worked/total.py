"""Sums of similar formulas. Only the largest terms are written out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tinygrad_dropout.study.preview import number
from tinygrad_dropout.study.worked.formula import ATOM, SUM, Formula, join_terms, parenthesize_if

MAX_TERMS = 6  # that are written out; the others are added up


@dataclass(eq=False)
class Total(Formula):
    """A sum of similar formulas.

    Args:
        terms: the formulas. A single one is written as itself, and an empty sum as 0.
        remark: says what is added up. It replaces the remarks about each term.
    """

    terms: Sequence[Formula]
    remark: str = ""

    def __post_init__(self) -> None:
        self.value = math.fsum(term.value for term in self.terms) if self.finite() else math.nan
        self.magnitude = sum(term.magnitude for term in self.terms)
        self.precedence = self.terms[0].precedence if len(self.terms) == 1 else SUM if self.terms else ATOM

    def remarks(self) -> Iterator[str]:
        if self.remark:
            yield self.remark
        else:
            yield from super().remarks()

    def finite(self) -> bool:
        """Return whether all terms are finite."""
        return all(math.isfinite(term.value) for term in self.terms)

    def parts(self) -> Sequence[Formula]:
        return self.terms

    def symbols(self) -> str:
        if not self.terms:
            return "0"
        first = self.terms[0].symbols()
        if len(self.terms) == 1:
            return first
        written = [term.symbols() for term in self.terms]
        if len(set(written)) == 1:
            return f"Σ {parenthesize_if(first, self.terms[0].precedence == SUM)}"
        return " + ".join([*written[:3], "…"] if len(written) > 3 else written)

    def numbers(self, digits: int = 4) -> str:
        largest, others = self.split()
        written = [parenthesize_if(term.numbers(digits), term.precedence == SUM) for term in largest]
        if others:
            written.append(f"({len(others)} more: {number(self.rest(others), digits)})")
        if len(self.terms) == 1:
            return self.terms[0].numbers(digits)
        return join_terms(written) or "0"

    def rounded(self, digits: int) -> float:
        largest, others = self.split()
        return sum(term.rounded(digits) for term in largest) + float(f"{self.rest(others):.{digits}g}")

    def split(self) -> tuple[list[Formula], list[Formula]]:
        """Split the terms into the largest, which are written out, and the others."""
        if len(self.terms) <= MAX_TERMS:
            return list(self.terms), []
        order = sorted(range(len(self.terms)), key=lambda index: -abs(self.terms[index].value))
        largest = set(order[:MAX_TERMS])
        return (
            [term for index, term in enumerate(self.terms) if index in largest],
            [term for index, term in enumerate(self.terms) if index not in largest],
        )

    def rest(self, others: Sequence[Formula]) -> float:
        """Return the sum of the other terms."""
        return math.fsum(term.value for term in others)
