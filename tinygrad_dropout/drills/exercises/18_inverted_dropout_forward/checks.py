"""Survivors are exactly x/(1-p), each dropped by a draw of its own, and the dtype is kept."""

import numpy as np

from tinygrad_dropout.drills.grader.dropout_checks import examine
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 8
KINDS = ("rescaling", "rate", "independence", "ownership", "precision", "mask")

LEFT_OVER = 7.25e77
WORDS = {
    "forwards": "calls",
    "two_layers": "two calls gave",
    "forward": "dropout_forward",
}


def check(judge: Judge) -> None:
    forward = judge.function("dropout_forward", "x", "p", "rng")

    class Layer:
        """The learner's forward, completed to a layer: the backward is told from its output."""

        training = True

        def __init__(self, p, rng):
            self.p, self.rng = p, rng

        def forward(self, x):
            if not self.training:
                return x
            y = forward.function(x, self.p, self.rng)
            self.factors = y / x
            return y

        def backward(self, grad):
            return grad * self.factors if self.training else grad

    def example(finding):
        x = judge.numbers(3, 4)
        return {"x": x, "p": 0.35, "your y": forward(x, 0.35, judge.rng.spawn(1)[0], may_change=True)}

    with judge.claim("what is returned: an array of x's shape, all of it set"):
        for _ in range(3):
            refuse_what_is_no_y(judge, forward)
    asked = ("ownership", "precision", "forward", "scale", "structure", "rate", "calls")
    examine(judge, Layer, asked, words=WORDS, example=example)


def refuse_what_is_no_y(judge: Judge, forward) -> None:
    x = judge.numbers(12, 10)
    left_over = [np.full(x.shape, LEFT_OVER) for _ in range(7)]
    del left_over  # NumPy hands this memory out again: np.empty_like has these numbers in it, or others
    y = forward(x, 0.3, judge.rng, may_change=True)
    if not isinstance(y, np.ndarray):
        judge.reject(
            "returns-no-array",
            f"dropout_forward(x, p, rng) returned a {type(y).__name__}; expected an array.",
            shown={"x": x, "yours": y},
        )
    if y.shape != x.shape:
        judge.reject("wrong-shape", f"y has shape {y.shape}; expected {x.shape}.", kind="shapes",
                     shown={"x": x, "yours": y})  # fmt: skip
    scaled = np.isclose(y, x / 0.7)
    others = (y / x)[~scaled & (y != 0)]
    if (0.4 < scaled.mean() < 0.95 and len(np.unique(others)) > 3) or (y == LEFT_OVER).any():
        judge.reject(
            "dropped-units-not-set",
            "The kept elements of y are right; the others hold numbers that happen to be in memory, in place of 0.",
            "What does np.empty_like put into an array?",
            kind="mask",
            shown={"x": x, "yours": y},
        )
