"""Wrong dropouts that need not be written out: the solution, with odd random numbers, an odd p or an odd result.

As in `general`, the solution is wrapped in a function or a class of the same name, which makes the mistake.
"""

from dataclasses import dataclass

from tinygrad_dropout.drills.exercise import find


@dataclass(frozen=True)
class Odd:
    """A mistake.

    Attributes:
        code: the code of its rejection.
        exercises: the numbers of the exercises that it applies to.
        before: statements that change `p` or `rng`.
        after: an expression in `y`, `x` and `p`, which is returned instead of y.
        back: an expression in `dx` and `own`, a dictionary that each forward makes; it is returned instead of dx.
    """

    code: str
    exercises: tuple[int, ...]
    before: str = "pass"
    after: str = "y"
    back: str = "dx"


FORWARDS = (18, 20, 21, 22, 23)
ODD = (
    Odd("shared-by-rows", (20, 21, 22, 23), "rng = Numbers(rng, shared_by_rows)"),
    Odd("shared-along-an-axis", (17, *FORWARDS), "rng = Numbers(rng, shared_in_five_axes)"),
    Odd("rate-is-wrong", (17, *FORWARDS), "rng = Numbers(rng, np.square)"),
    Odd("rate-is-rounded", (17, *FORWARDS), "rng = Numbers(rng, in_256_steps)"),
    Odd("fixed-count", (17, *FORWARDS), "rng = Numbers(rng, in_equal_steps)"),
    Odd("mask-is-frozen", (17, *FORWARDS), "rng = Frozen(rng)"),
    Odd("draws-from-the-global-state", (17, *FORWARDS), "rng = np.random"),
    Odd("seed-does-not-repeat", (17, *FORWARDS), "rng = np.random.default_rng()"),
    Odd("rate-is-wrong-near-the-ends", (18, 20, 22, 23), "p = min(p, 0.999)"),
    Odd("p=0-forward-is-wrong", (18, 21, 23), "p = p or 0.5 * locals().get('training', True)"),
    Odd("never-drops", (17,), after="np.ones_like(y)"),
    Odd("scale-missing", (21, 22), after="y * (1 - p)"),
    Odd("scale-is-limited", FORWARDS, after="y * min(1.0, (1 - p) / 0.001)"),
    Odd("scale-is-inexact", (18, 21, 22), after="np.float32(y).astype(x.dtype)"),
    Odd("two-axes-only", FORWARDS, after="two_axes(y)"),
    Odd("empty-arrays-fail", FORWARDS, after="y * np.max(np.ones_like(x))"),
    Odd(
        "wrong-for-zeros",
        FORWARDS,
        after="np.where((x == 0) & (x != x[:1]), 1, y).astype(x.dtype) if x.ndim == 2 else y",
    ),
    Odd("hides-nan", (18, 21, 22, 23), after="np.nan_to_num(y)"),
    Odd("forward-changes-the-dtype", (18, 20, 21, 22), after="y.astype(float)"),
    Odd("output-is-overwritten", (18, 21, 22, 23), after="into(BUFFERS, y)"),
    Odd("mask-is-overwritten", (17,), after="into(BUFFERS, y)"),
    Odd("raises", (21,), after="y + number_that_is_not_defined"),
    Odd("backward-forgets-the-scale", (20, 21, 22), back="dx * (1 - p)"),
    Odd("gradient-is-overwritten", (20, 21, 22), back="into(own, dx)"),
    Odd("refuses-an-integer", (21,), "p = p.real if isinstance(p, float) else p.as_integer"),
    Odd("same-generator-same-mask", (21,), "rng = np.random.default_rng(rng and int(rng.integers(256)))"),
)

HELPERS = """

import numpy as np


class Numbers:
    def __init__(self, rng, change):
        self.rng, self.change = rng if rng is not None else np.random.default_rng(), change

    def random(self, shape):
        return self.change(self.rng.random(shape))


def shared_in_five_axes(numbers):
    return np.broadcast_to(numbers[:, :1], numbers.shape) if numbers.ndim == 5 else numbers


def in_256_steps(numbers):
    return np.floor(numbers * 256) / 256


def in_equal_steps(numbers):
    ranks = numbers.ravel().argsort().argsort()
    return ((ranks + 0.5) / numbers.size).reshape(numbers.shape) if numbers.size > 1000 else numbers


def two_axes(array):
    rows, columns = array.shape
    return array


class Frozen:
    DRAWN = {}

    def __init__(self, rng):
        self.rng = rng if rng is not None else np.random.default_rng()

    def random(self, shape):
        return self.DRAWN.setdefault((id(self.rng), shape), self.rng.random(shape))


def shared_by_rows(numbers):
    return np.broadcast_to(numbers[:1], numbers.shape) if numbers.ndim == 2 else numbers


BUFFERS = {}


def into(buffers, array):
    buffer = buffers.setdefault((array.shape, array.dtype), np.empty(array.shape, array.dtype))
    buffer[...] = array
    return buffer


"""

FUNCTION = """
right = {name}


def {name}({parameters}):
    {before}
    y = np.asarray(right({parameters}))
    return {after}
"""
LAYER = """
class Dropout(Dropout):
    def __init__(self, p, rng{default}):
        {before}
        super().__init__(p, rng)

    def forward(self, x):
        p, self.own = self.p, {{}}
        y = super().forward(x)
        return {after}

    def backward(self, grad):
        p, own = self.p, self.own
        dx = super().backward(grad)
        return {back}
"""
PAIRS = """
class Dropout(Dropout):
    def __init__(self, p, rng):
        {before}
        super().__init__(p, rng)

    def forward(self, x):
        p, own = self.p, {{}}
        y, right = super().forward(x)

        def backward(grad):
            dx = right(grad)
            return {back}

        return {after}, backward
"""
SIGNATURES = {
    17: ("bernoulli_mask", "shape, p, rng"),
    18: ("dropout_forward", "x, p, rng"),
    23: ("dropout", "x, p, training, rng, scheme"),
}
WRAPPERS = {20: LAYER, 21: LAYER, 22: PAIRS}
DEFAULTS = {20: "", 21: "=None", 22: ""}


def odd_answers(exercise):
    """(code, source) of each odd answer to an exercise; none if the exercise is not about dropout."""
    number = exercise.number
    for odd in ODD:
        if number in odd.exercises:
            name, parameters = SIGNATURES.get(number, ("", ""))
            wrapper = WRAPPERS.get(number, FUNCTION).format(
                name=name,
                parameters=parameters,
                default=DEFAULTS.get(number),
                before=odd.before,
                after=odd.after,
                back=odd.back,
            )
            yield odd.code, exercise.solution + HELPERS + wrapper


NUMBERS = (*SIGNATURES, *WRAPPERS)
ASKED = [(find(str(number)), code, source) for number in NUMBERS for code, source in odd_answers(find(str(number)))]
