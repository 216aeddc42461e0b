"""Kept elements are exactly x/(1-p), each element is dropped independently, and the dtype does not change."""

import numpy as np

from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.dropout_corners import Corners
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "dropout", 8
KINDS = ("rescaling", "rate", "independence", "ownership", "precision", "mask")

LEFT_OVER = 7.25e77
WORDS = {
    "forwards": "calls",
    "two_layers": "two calls gave",
    "forward": "dropout_forward",
}
ASKED = ("ownership", "precision", "forward", "scale", "structure", "rate", "randomness", "calls")


def check(judge: Judge) -> None:
    forward = judge.function("dropout_forward", "x", "p", "rng")

    class Layer:
        """The learner's forward as a layer without a backward; in eval mode the identity."""

        training = True

        def __init__(self, p, rng):
            self.p, self.rng = p, rng

        def forward(self, x):
            return forward.function(x, self.p, self.rng) if self.training else x

    def example(finding):
        x = judge.numbers(3, 4)
        return {"x": x, "p": 0.35, "your y": forward(x, 0.35, judge.rng.spawn(1)[0], may_change=True)}

    with judge.claim("the result: an array of x's shape, with every element set"):
        for _ in range(3):
            refuse_malformed_y(judge, forward)
    examine(judge, Layer, ASKED, words=WORDS, example=example, forward_only=True)
    x = judge.numbers(20, 30)
    refuse_unseeded(judge, lambda rng: forward(x, 0.35, rng) != 0)
    corners = Corners(
        judge,
        lambda p, rng: lambda x: (forward.function(x, p, rng), None),
        call="dropout_forward(x, p, rng)",
        backward=False,
    )
    corners.refuse_inexact_numbers()
    corners.refuse_unusual_shapes(())
    corners.refuse_wrong_zeros()
    corners.refuse_wrong_near_the_ends()
    corners.refuse_a_fixed_count()
    corners.refuse_wrong_at_zero()


def refuse_malformed_y(judge: Judge, forward) -> None:
    x = judge.numbers(12, 10)
    left_over = [np.full(x.shape, LEFT_OVER) for _ in range(7)]
    del left_over  # NumPy reuses this memory: np.empty_like returns these numbers, or others
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
            "The kept elements of y are right, but the others hold whatever was in memory; expected 0.",
            "What does np.empty_like put into an array?",
            kind="mask",
            shown={"x": x, "yours": y},
        )
