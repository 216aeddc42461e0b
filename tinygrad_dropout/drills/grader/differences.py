"""Describes in a sentence how a result differs from the right one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.result import Rejected, Rejection
from tinygrad_dropout.drills.grader.shown import as_text

Array = npt.NDArray[Any]


def capital(name: str) -> str:
    """A name at the start of a sentence: `The gradient`; a name in the code, such as `dx`, stays."""
    return f"T{name[1:]}" if name.startswith("the ") else name


def with_names(values: Array, names: Sequence[str]) -> str:
    """`x.grad = 1, y.grad = 2`; without names, the array."""
    if not names or values.shape != (len(names),):
        return as_text(values)
    texts = [f"{name} = {value:.6g}" for name, value in zip(names, values, strict=True)]
    return (", " if len(names) <= 4 else "\n").join(texts)


def described(got: Array, right: Array, name: str, entries: Sequence[str] = ()) -> tuple[str, str]:
    """The code and message if no known mistake matches."""
    has = "have" if name.startswith("the ") and re.search("[^s]s$", name) else "has"  # the gradients; the loss
    if got.shape != right.shape:
        return "wrong-shape", f"{capital(name)} {has} shape {got.shape}; expected {right.shape}."
    finite = np.isfinite(got)
    if not finite.all() and np.isfinite(right).all():
        count = f"{int((~finite).sum())} of {got.size} values"
        return "not-finite", f"{capital(name)} {has} {count} that are NaN or infinite."
    index: tuple[int, ...] = ()
    if got.ndim:
        off = np.abs(got - right) / np.maximum(np.abs(right), 1e-12)
        index = tuple(int(i) for i in np.unravel_index(int(np.argmax(off)), got.shape))
    mine, wanted = got[index], right[index]
    ratio = f", ratio {mine / wanted:.6g}" if wanted else ""
    place = str(list(index)) if index else ""
    entry = f"Entry {place} of {name}" if place and " " in name else f"{capital(name)}{place}"
    if entries and len(index) == 1:
        entry = entries[index[0]]
    digits = 8 if f"{mine:.8g}" != f"{wanted:.8g}" else 17
    return "wrong-values", f"{entry} is {mine:.{digits}g}; expected {wanted:.{digits}g}{ratio}."


def common_ratio(gots: Sequence[Array], rights: Sequence[Array]) -> float | None:
    """The one factor between all results and the right ones; None if there is none."""
    if any(got.shape != right.shape for got, right in zip(gots, rights, strict=True)):
        return None
    got = np.concatenate([one.ravel() for one in gots]).astype(np.float64)
    right = np.concatenate([one.ravel() for one in rights]).astype(np.float64)
    if not np.isfinite(got).all() or not (right @ right):
        return None
    ratio = round(float(got @ right) / float(right @ right), 9)
    return ratio if ratio and np.allclose(got, right * ratio, rtol=1e-6, atol=1e-12) else None


def refuse_dtypes(runs: Sequence[Run], gots: Sequence[Array], rights: Sequence[Array], name: str) -> None:
    """Reject right numbers in the wrong dtype, or in a list."""
    for run, got, right in zip(runs, gots, rights, strict=True):
        if right.ndim and not isinstance(run.value, np.ndarray):
            message = f"{name} is a {type(run.value).__name__} of the right numbers; expected an array."
            question = "What can the caller do with an array but not with a list?"
            raise Rejected(Rejection("list-for-an-array", message, question, shown=run.shown))
        if got.dtype != right.dtype:
            given = ", ".join(dict.fromkeys(str(one.dtype) for one in run.arguments if isinstance(one, np.ndarray)))
            message = f"{name} is {got.dtype} for an input of {given or 'plain numbers'}; expected {right.dtype}."
            question = (
                "Which of your arrays or factors has that dtype? NumPy converts silently, and float64 takes "
                "twice the memory of float32."
            )
            raise Rejected(Rejection("changes-the-dtype", message, question, shown=run.shown, kind="precision"))


def only_float32(gots: Sequence[Array], rights: Sequence[Array]) -> bool:
    """Whether results that should be float64 are right to the precision of float32, whatever their dtype is now."""
    with np.errstate(all="ignore"):
        return all(
            got.shape == right.shape
            and right.dtype != np.float32
            and np.array_equal(got, got.astype(np.float32))
            and np.max(np.abs(got - right), initial=0) <= 1e-5 * np.max(np.abs(right), initial=0)
            for got, right in zip(gots, rights, strict=True)
        )


def rounded_to_float32(name: str, shown: tuple[tuple[str, str], ...]) -> Rejection:
    """The rejection of results that have lost the digits beyond the seventh."""
    message = f"{capital(name)}: only as precise as float32; expected the precision of float64."
    question = "Where does your code go through float32: an astype, a dtype=, or an array that was made with it?"
    return Rejection("rounded-to-float32", message, question, shown=shown, kind="precision")
