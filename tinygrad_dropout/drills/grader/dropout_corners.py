"""Corner cases of dropout that the conformance kit does not check: exact numbers, unusual shapes, zeros, a small p."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from tinygrad_dropout.drills.grader.answer import reject_errors
from tinygrad_dropout.drills.grader.judge import Array, Judge
from tinygrad_dropout.drills.grader.result import Rejected
from tinygrad_dropout.drills.grader.shown import as_text

Backward = Callable[[Array], Any]
Forward = Callable[[Array], tuple[Any, Backward]]

#: Five axes: so many that a mask cannot be shared along one of them by chance.
MANY_AXES = (3, 4, 5, 4, 3)
SHAPES = ((1,), (7,), (2, 0, 3), MANY_AXES)
RATES = (0.35, 0.7)
EXACT = 1e-13  # relative: allows a few roundings, but neither a float32 in between nor a small number added to 1 - p
SMALL_P, LARGE_P, MANY = 0.001, 0.9999, (400, 500)
CALLS = 8  # their numbers of dropped elements agree by chance less than once in 10^12
SMALL_RATES = (0.0005, 0.0016)  # at least seven standard deviations to either side


def inverse_of_keeping(p: float) -> float:
    """The scale of inverted dropout."""
    return 1 / (1 - p)


@dataclass(frozen=True)
class Corners:
    """The corners of one learner's dropout.

    Args:
        judge: the judge of the answer.
        make: `make(p, rng)` returns the forward of a new layer: x -> y and its own backward.
        call: the code of a forward call, for messages.
        scale: p -> the factor of kept elements.
        words: a kept element as a formula.
        backward: whether there is a backward.
    """

    judge: Judge
    make: Callable[[float, np.random.Generator], Forward]
    call: str = "forward(x)"
    scale: Callable[[float], float] = inverse_of_keeping
    words: str = "x/(1 - p)"
    backward: bool = True

    def forward(self, p: float, x: Array, forward: Forward | None = None) -> tuple[Array, Backward]:
        """y and the backward, of a new layer if no forward is given."""
        forward = self.make(p, self.judge.rng.spawn(1)[0]) if forward is None else forward
        shown = partial(shown_of, x=x, p=p)
        y, backward = reject_errors(lambda: forward(x.copy()), self.call, self.call, shown)
        return self.checked(y, x, "y", self.call, p), backward

    def gradient(self, backward: Backward, p: float, grad: Array) -> Array:
        """What a backward returns."""
        shown = partial(shown_of, grad=grad, p=p)
        dx = reject_errors(lambda: backward(grad.copy()), "backward(grad)", "backward(grad)", shown)
        return self.checked(dx, grad, "dx", "backward(grad)", p)

    def checked(self, out: Any, given: Array, name: str, call: str, p: float) -> Array:
        """The returned array, which must have the shape of the given one."""
        if np.shape(out) != given.shape:
            message = f"{call}: {name} has shape {np.shape(out)}; expected {given.shape}, the shape of what was given."
            self.judge.reject("wrong-shape", message, "Which of your steps changes the number of axes, or their sizes?",
                              kind="shapes", shown={"given": given, "p": p, "yours": out})  # fmt: skip
        return np.asarray(out)

    def refuse_unusual_shapes(self, *more: tuple[int, ...]) -> None:
        """Check arrays with one number, with none, and with many axes; `more` are shapes that only some tasks
        mention."""
        p = 0.35
        with self.judge.claim("any number of axes: each element has its own draw"):
            for shape in (*more, *SHAPES):
                x, grad = (np.asarray(self.judge.numbers(*shape)) for _ in range(2))
                y, backward = self.forward(p, x)
                self.refuse_wrong_numbers(p, x, y, f"x of shape {shape}")
                if shape == MANY_AXES:
                    self.refuse_a_shared_axis(y != 0, p)
                if self.backward:
                    dx = self.gradient(backward, p, grad)
                    right = grad * np.where(y != 0, self.scale(p), 0)
                    if not np.allclose(dx, right, rtol=1e-6, atol=0):
                        self.judge.reject(
                            "backward-differs-with-the-number-of-axes",
                            f"For grad of shape {shape}, dx is not grad times the factors of the forward.",
                            "Does your backward treat all axes the same way?",
                            kind="shapes",
                            shown={"y": y, "grad": grad, "your dx": dx, "expected dx": right},
                        )

    def refuse_wrong_numbers(self, p: float, x: Array, y: Array, where: str) -> None:
        """Reject elements that are neither 0 nor x times the scale."""
        if not ((y == 0) | np.isclose(y, x * self.scale(p), rtol=1e-6, atol=0)).all():
            self.judge.reject(
                "differs-with-the-number-of-axes",
                f"For {where}, y has elements that are neither 0 nor {self.words}; with two axes it has none.",
                "Does your code treat all axes the same way?",
                kind="shapes",
                shown={"x": x, "p": p, "your y": y},
            )

    def refuse_a_shared_axis(self, kept: Array, p: float) -> None:
        """Reject one draw for all elements along an axis."""
        axis = shared_axis(kept)
        if axis is not None:
            self.judge.reject(
                "shared-along-an-axis",
                f"For x of shape {kept.shape}, all elements along axis {axis} share a draw.",
                "How many random numbers are drawn for an input with five axes?",
                kind="independence",
                shown={"p": p, "shape of x": kept.shape},
            )

    def refuse_inexact_numbers(self) -> None:
        """Reject kept elements, or their gradients, of which only the first digits are right."""
        with self.judge.claim(self.exactness):
            for name in ("y", "dx") if self.backward else ("y",):
                factors = {p: self.factor(p, name) for p in RATES}
                for p, factor in factors.items():
                    if abs(factor / self.scale(p) - 1) > EXACT:
                        self.refuse_factor(name, p, factors)

    def refuse_a_nudged_scale(self) -> None:
        """Reject a small number that was added to 1 - p; other checks report an answer that cannot be called."""
        factors: dict[float, float] = {}
        with suppress(Exception):
            factors = {p: self.factor(p, "y") for p in RATES}
        if factors and is_nudged(factors, self.scale):
            with self.judge.claim(self.exactness):
                self.refuse_factor("y", RATES[0], factors)

    @property
    def exactness(self) -> str:
        """The claim about exact factors."""
        return f"exactness: kept elements are {self.words} to the last digit"

    def factor(self, p: float, name: str) -> float:
        """The factor of y's kept elements, or of their gradients: the one that is farthest off."""
        x = self.judge.numbers(10, 12)
        y, backward = self.forward(p, x)
        out = y if name == "y" else self.gradient(backward, p, x)
        factors = (out / x)[out != 0]
        return float(factors[np.argmax(np.abs(factors - self.scale(p)))]) if factors.size else self.scale(p)

    def refuse_factor(self, name: str, p: float, factors: dict[float, float]) -> None:
        """Reject a factor that is not exact, and say why if that can be seen."""
        what, right = f"At p = {p:g}, {name} is {factors[p]:.15g}", f"expected {self.scale(p):.15g}"
        times = "x" if name == "y" else "grad"
        message = f"{what} times {times} where it is kept; {right}."
        if is_nudged(factors, self.scale):
            question = "A small number in the denominator makes every p wrong. Which p was it for?"
            self.judge.reject("scale-is-nudged", message, question, kind="precision")
        self.judge.reject(
            "scale-is-inexact",
            message,
            "x is float64, with 16 digits. Which of your steps keeps only some of them?",
            kind="precision",
        )

    def refuse_wrong_zeros(self) -> None:
        """Check that an x of 0 gives 0, kept or dropped."""
        with self.judge.claim("zeros in x: they stay 0, and all others are dropped or kept as usual"):
            x = self.judge.numbers(9, 14)
            x[self.judge.rng.random(x.shape) < 0.5] = 0
            y, _ = self.forward(0.35, x)
            right = (y == 0) | np.isclose(y, x * self.scale(0.35), rtol=1e-6, atol=0)
            if not right.all() or not y.any():
                self.judge.reject(
                    "wrong-for-zeros",
                    f"Where x is 0, y should be 0; elsewhere 0 or {self.words}. Here {int((~right).sum())} of {x.size} "
                    "elements are wrong.",
                    "Does any of your steps divide by x, or test whether x is 0?",
                    kind="kinks",
                    shown={"x": x[:3, :6], "p": 0.35, "your y": y[:3, :6]},
                )

    def refuse_wrong_near_the_ends(self) -> None:
        """Reject a p that is compared with a number of few digits, or that is kept away from 1."""
        x = self.judge.rng.uniform(1, 2, MANY)
        with self.judge.claim("a small p: a fraction p is dropped"):
            y, _ = self.forward(SMALL_P, x)
            refuse_small_rate(self.judge, float(np.mean(y == 0)))
        with self.judge.claim("a large p: few elements are kept, and their factor is large"):
            y, _ = self.forward(LARGE_P, x)
            kept = y != 0
            if not 0 < kept.sum() < 4 * kept.size * (1 - LARGE_P):
                self.judge.reject(
                    "rate-is-wrong-near-the-ends",
                    f"At p = {LARGE_P:g}, {int(kept.sum())} of {kept.size:,} elements were kept; "
                    f"expected about {kept.size * (1 - LARGE_P):.0f}.",
                    "How does your comparison treat a p close to 1?",
                    kind="rate",
                )
            factors = y[kept] / x[kept]
            right = self.scale(LARGE_P)
            if not np.allclose(factors, right, rtol=1e-9, atol=0):
                self.judge.reject(
                    "scale-is-limited",
                    f"At p = {LARGE_P:g}, kept units are multiplied by {factors[0]:.8g}; expected {right:.8g}.",
                    "Is 1 - p replaced by something larger when it is small? Which p was that for?",
                    kind="edges",
                )

    def refuse_a_fixed_count(self) -> None:
        """Reject an answer that drops exactly a fraction p of a large x."""
        with self.judge.claim("large arrays: the number of dropped elements is random"):
            layer, x = self.make(0.35, self.judge.rng.spawn(1)[0]), self.judge.numbers(40, 60)
            refuse_equal_counts(self.judge, [self.forward(0.35, x, layer)[0] for _ in range(CALLS)])

    def refuse_overwritten_results(self, what: str = "results: a later call does not change them") -> None:
        """Reject an array that is returned twice."""
        with self.judge.claim(what):
            layer, p = self.make(0.35, self.judge.rng.spawn(1)[0]), 0.35
            outputs: list[tuple[Any, Array]] = []
            gradients: list[tuple[Any, Array]] = []
            for _ in range(3):
                y, backward = self.forward(p, self.judge.numbers(5, 6), layer)
                outputs.append((y, y.copy()))
                if self.backward:
                    for again in range(2):
                        with suppress(
                            *((Rejected,) if again else ())
                        ):  # refusing a second backward is not a mistake here
                            dx = self.gradient(backward, p, self.judge.numbers(5, 6))
                            gradients.append((dx, dx.copy()))
            self.refuse_overwritten(outputs, "output-is-overwritten", "y", self.call)
            self.refuse_overwritten(gradients, "gradient-is-overwritten", "dx", "backward(grad)")

    def refuse_overwritten(self, results: Sequence[tuple[Any, Array]], code: str, name: str, call: str) -> None:
        """Reject results that have changed, or that share memory."""
        for number, (out, before) in enumerate(results):
            shared = any(np.may_share_memory(out, other) for other, _ in results[:number])
            if shared or not np.array_equal(out, before):
                self.judge.reject(
                    code,
                    f"A later call of {call} overwrote the {name} that an earlier call had returned.",
                    "The caller still has that array. Where is it created: once, or in each call?",
                    kind="ownership",
                )

    def refuse_wrong_at_zero(self) -> None:
        """Check that p = 0 drops nothing and scales nothing."""
        with self.judge.claim("p = 0: y is x"):
            x = self.judge.numbers(6, 9)
            y, _ = self.forward(0.0, x)
            if not np.allclose(y, x, rtol=1e-12, atol=0):
                self.judge.reject(
                    "p=0-forward-is-wrong",
                    "At p = 0, y differs from x.",
                    "At p = 0 nothing is dropped. What is the scale then, and is any random number below 0?",
                    kind="edges",
                    shown={"x": x[:2, :4], "your y": y[:2, :4]},
                )


def is_nudged(factors: Mapping[float, float], scale: Callable[[float], float]) -> bool:
    """Whether the same small number was added to every 1 - p."""
    added = [1 / factor - 1 / scale(p) for p, factor in factors.items()]
    return bool(1e-14 < abs(added[0]) < 1e-2 and np.allclose(added, added[0], rtol=1e-2, atol=0))


def shown_of(**values: Any) -> tuple[tuple[str, str], ...]:
    """The arguments of a call, as texts."""
    return tuple((name, as_text(value)) for name, value in values.items())


def shared_axis(kept: Array) -> int | None:
    """The first axis along which all elements are the same; None if there is none."""
    axes = (axis for axis in range(kept.ndim) if (kept == kept.take([0], axis=axis)).all())
    return next(axes, None)


def refuse_equal_counts(judge: Judge, masks: Sequence[Array]) -> None:
    """Reject large masks that all drop the same number of elements."""
    counts = [int(np.sum(mask == 0)) for mask in masks]
    if len(set(counts)) == 1:
        judge.reject(
            "fixed-count",
            f"In each of {len(masks)} calls, {counts[0]} of {masks[0].size} elements were dropped.",
            "If all elements but one are decided, is the last one still free?",
            kind="independence",
        )


def refuse_small_rate(judge: Judge, dropped: float) -> None:
    """Reject a dropped fraction that is not near `SMALL_P`."""
    if not SMALL_RATES[0] < dropped < SMALL_RATES[1]:
        judge.reject(
            "rate-is-rounded",
            f"At p = {SMALL_P:g}, {dropped:.4g} of {MANY[0] * MANY[1]:,} elements were dropped; expected {SMALL_P:g}.",
            "How many different values of p can your comparison tell apart?",
            kind="rate",
        )
