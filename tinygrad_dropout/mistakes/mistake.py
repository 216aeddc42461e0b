"""A mistake, and a finding: a mistake that was seen, with the figures that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ERROR, EDGE_CASE, REMARK = "error", "edge case", "remark"

#: What the templates call things. To use other words, pass them to `Finding.message_in` and `Finding.expected_in`.
WORDS = {
    "x": "x",
    "y": "y",
    "g": "g",
    "dx": "dL/dx",
    "forward": "forward in training mode",
    "backward": "backward after a forward in training mode",
    "eval_forward": "forward in eval mode",
    "eval_backward": "backward after a forward in eval mode",
    "forwards": "forwards of one layer",
    "two_layers": "two layers drew",
    "output": "the output",
}


@dataclass(frozen=True)
class Mistake:
    """A way in which dropout or a backward pass goes wrong.

    Args:
        code: its name, which stays the same from version to version: `scale-is-1/p`.
        kind: one of `kinds.KINDS`.
        message: what is seen: a template with `{figures}`, where `{x}`, `{y}`, `{g}` and `{dx}` name the arrays.
        expected: what correct code does instead; also a template.
        formula: the wrong result as a formula; "" if no formula describes it.
        severity: `ERROR`, `EDGE_CASE` (wrong only in a corner that most users never reach) or `REMARK` (a matter of
            taste).
        description: the mistake in a sentence without figures; "" if only the conformance kit reports it.
    """

    code: str
    kind: str
    message: str
    expected: str
    formula: str = ""
    severity: str = ERROR
    description: str = ""

    def seen(self, **figures: Any) -> Finding:
        """Return a finding: this mistake with the figures for its templates."""
        return Finding(self, figures)


@dataclass(frozen=True)
class Finding:
    """A mistake that was seen.

    Attributes:
        mistake: which one.
        figures: the values for its templates.
    """

    mistake: Mistake
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The mistake's name."""
        return self.mistake.code

    @property
    def severity(self) -> str:
        """`ERROR`, `EDGE_CASE` or `REMARK`."""
        return self.mistake.severity

    @property
    def message(self) -> str:
        """What was seen, with the numbers that show it."""
        return self.message_in()

    @property
    def expected(self) -> str:
        """What correct code does."""
        return self.expected_in()

    def message_in(self, **words: str) -> str:
        """The message, with other names for the arrays: `message_in(g="grad", dx="dx")`."""
        return self.mistake.message.format_map({**WORDS, **words, **self.figures})

    def expected_in(self, **words: str) -> str:
        """What was expected, with other names for the arrays."""
        return self.mistake.expected.format_map({**WORDS, **words, **self.figures})

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}\n     expected: {self.expected}"
