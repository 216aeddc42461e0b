"""The result of grading an answer: what is right, then the first thing that is wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

NOT_WRITTEN = "not-written"  # the gap is unchanged
PART_NOT_WRITTEN = "part-not-written"
SEEN_IN_A_REPLAY = "seen-in-a-replay"  # a note: what is wrong with a package is the gradient of one operation


@dataclass(frozen=True)
class Rejection:
    """The first thing that is wrong.

    Attributes:
        code: its name, which stays the same from version to version: `bias-gradient-averaged`.
        message: what was seen, in a sentence.
        question: what to think about; "" if the message says it all.
        claim: what was being checked; "" if the grading did not get that far.
        shown: (label, value) of everything that shows it: the arguments, your result, the expected one.
        kind: the kind of mistake, from `mistakes.KINDS`: what to repeat.
        traceback: the traceback if the answer raised an error; "" otherwise.
    """

    code: str
    message: str
    question: str = ""
    claim: str = ""
    shown: tuple[tuple[str, str], ...] = ()
    kind: str = "python"
    traceback: str = ""


@dataclass(frozen=True)
class Grade:
    """What the grader found.

    Attributes:
        right: the claims that passed, in order.
        rejection: the first thing that is wrong; None if nothing is.
        notes: what the answer does that is not wrong but worth a question: `float-mask`.
        printed: what the answer printed, cut off where it is long.
    """

    right: tuple[str, ...] = ()
    rejection: Rejection | None = None
    notes: tuple[str, ...] = ()
    printed: str = ""

    @property
    def solved(self) -> bool:
        """Whether nothing is wrong."""
        return self.rejection is None

    @property
    def unfinished(self) -> bool:
        """Whether the gap, or a part of it, is not written yet."""
        return self.rejection is not None and self.rejection.code in (NOT_WRITTEN, PART_NOT_WRITTEN)

    def as_json(self) -> dict[str, Any]:
        """The grade as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Grade:
        """The inverse of `as_json`."""
        rejection = plain["rejection"]
        if rejection:
            rejection = Rejection(**{**rejection, "shown": tuple((label, text) for label, text in rejection["shown"])})
        return cls(tuple(plain["right"]), rejection, tuple(plain["notes"]), plain["printed"])


class Rejected(Exception):
    """Ends the grading: something is wrong."""

    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.message)
        self.rejection = rejection
