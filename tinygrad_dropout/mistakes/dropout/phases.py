"""Calls that raise, return something wrong or change their input: forward and backward, in training and eval mode."""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, ERROR, Mistake


@dataclass(frozen=True)
class Phase:
    """One of the four calls of a layer, with the mistakes that it can make.

    Args:
        name: `forward`, `backward`, `eval` or `eval-backward`: the codes of its mistakes begin with this.
        call: its name in the templates, such as `forward` or `eval_backward`.
        array: its argument, `x` or `g`.
        severity_of_raising: how serious an exception is.
    """

    name: str
    call: str
    array: str
    severity_of_raising: str = ERROR

    def mistake(self, code: str, kind: str, message: str, expected: str, severity: str = ERROR) -> Mistake:
        """A mistake of this phase; in the templates, `[call]` is the call and `[array]` its argument."""
        for mark, text in (("[call]", f"{{{self.call}}}"), ("[array]", f"{{{self.array}}}")):
            code, message, expected = (part.replace(mark, text) for part in (code, message, expected))
        return Mistake(f"{self.name}-{code.replace('{', '').replace('}', '')}", kind, message, expected, "", severity)

    @property
    def raises(self) -> Mistake:
        """It raises an exception."""
        message = "[call], for [array] of shape {shape}, raised {error}"
        return self.mistake("raises", "python", message, "an array of that shape", self.severity_of_raising)

    @property
    def returns_none(self) -> Mistake:
        """It has no `return`."""
        return self.mistake("returns-none", "python", "[call] returned None", "an array: is a `return` missing?")

    @property
    def returns_no_array(self) -> Mistake:
        """It returns something else."""
        return self.mistake("returns-no-array", "python", "[call] returned a {type}", "a NumPy array")

    @property
    def returns_a_mask(self) -> Mistake:
        """It returns booleans: which elements were kept, instead of their values."""
        message = "[call] returned booleans: the mask, not the values"
        return self.mistake("returns-the-mask", "python", message, "the values, in the dtype of [array]")

    @property
    def changes_the_shape(self) -> Mistake:
        """It returns an array of another shape."""
        message = "[call] returned shape {got} for [array] of shape {shape}"
        return self.mistake("changes-the-shape", "shapes", message, "shape {shape}")

    @property
    def changes_the_kind(self) -> Mistake:
        """It returns numbers that are not floating point."""
        message = "[call] returned {got} for [array] of {dtype}"
        return self.mistake("changes-the-kind", "precision", message, "{dtype}")

    @property
    def changes_the_dtype(self) -> Mistake:
        """It returns another floating dtype."""
        message = "[call] returned {got} for [array] of {dtype}"
        return self.mistake("changes-the-dtype", "precision", message, "{dtype}", EDGE_CASE)

    @property
    def reshapes_its_input(self) -> Mistake:
        """It changes the shape or dtype of the caller's own array."""
        message = "[call] changed the shape or dtype of the [array] it was given"
        return self.mistake("changes-[array]", "ownership", message, "[array] left unchanged: work on a copy")

    @property
    def changes_its_input(self) -> Mistake:
        """It writes into the caller's own array."""
        message = "[call] changed the [array] it was given: [array]{index} was {before:.4g} and is now {after:.4g}"
        return self.mistake("changes-[array]", "ownership", message, "[array] left unchanged: work on a copy")


FORWARD = Phase("forward", "forward", "x")
BACKWARD = Phase("backward", "backward", "g")
EVAL = Phase("eval", "eval_forward", "x")
#: Few users ask for gradients in eval mode, and some frameworks have none there. The exception tells those who do.
EVAL_BACKWARD = Phase("eval-backward", "eval_backward", "g", EDGE_CASE)
