"""The gradient of ReLU is 1 at 0. Without an input of exactly 0 it shows nowhere."""

from pathlib import Path

import numpy as np

from tinygrad_dropout.drills.grader.hunt import TRAINING, Argument, Hiding, Hunt, P
from tinygrad_dropout.drills.grader.judge import Judge

TOPIC, MINUTES = "backprop", 8
KINDS = ("exposing", "kinks")

HUNT = Hunt(
    Path(__file__).parent,
    bug="relu-gradient-one-at-zero",
    kind="kinks",
    listed=(
        "bias-gradient-averaged",
        "keep-and-drop-swapped",
        "loss-gradient-not-divided-by-n",
        "mask-inferred-from-the-output",
        "relu-gradient-one-at-zero",
        "relu-mask-from-the-gradient",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    planted="d_before = np.where(before < 0, 0, d_hidden)\n",
    corrected="d_before = np.where(before <= 0, 0, d_hidden)\n",
    arguments=(Argument("x", ("rows", 2)), Argument("outer", ("rows",), below=2), P, TRAINING),
    hidings=(
        Hiding(
            "nearly-zero-is-not-zero",
            lambda given, seen: seen["before"].all() and np.abs(seen["before"]).min() < 1e-3,
            "An input of the ReLU is close to 0, but none is exactly 0.",
            "At which single number do the wrong line and the right one differ?",
        ),
        Hiding(
            "no-exact-zeros",
            lambda given, seen: seen["before"].all(),
            "On this input no hidden unit is at the one value at which the wrong line matters.",
            "The biases begin at 0. Which point gives a weighted sum of a value that you know beforehand?",
        ),
        Hiding(
            "gradients-cancel",
            lambda given, seen: given["outer"][~seen["before"].any(axis=1)].mean() == 0.5,
            "The points that show the bug have opposite labels: what one adds to the gradient, the other takes away.",
            "What is the gradient of the biases for each of these points alone?",
        ),
    ),
)


def check(judge: Judge) -> None:
    HUNT.check(judge)
