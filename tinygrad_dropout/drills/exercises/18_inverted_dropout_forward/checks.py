"""Survivors are exactly x/(1-p), each dropped by a draw of its own, and the dtype is kept."""

from tinygrad_dropout.drills.battery import examine
from tinygrad_dropout.drills.judge import Judge

TOPIC, MINUTES = "dropout", 8
TRAINS = ("rescaling", "rate", "independence", "ownership", "precision", "mask")


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

    forward(judge.numbers(2, 3), 0.3, judge.rng, may_change=True)
    examine(judge, Layer, ("ownership", "precision", "forward", "scale", "structure", "rate", "calls"))
