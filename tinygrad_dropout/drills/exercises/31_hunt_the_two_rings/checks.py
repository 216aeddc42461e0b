"""Two rings around a point that the network never sees."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant
from tinygrad_dropout.drills.grader.hunt_hidings import (
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_A_MEAN,
    Hiding,
    never_zero,
    no_gradient,
    nothing_in,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

GRADIENTS_CANCEL = Hiding(
    "gradients-cancel",
    lambda given, seen: given["outer"][~seen["before"].any(axis=1)].mean() == 0.5,
    "The points that show the bug have opposite labels: what one adds to the gradient, the other subtracts.",
    "What is the gradient of the biases for each of these points by itself?",
)

HUNT = Hunt(
    Path(__file__).parent,
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
    arguments=(Argument("x", ("rows", 2)), Argument("outer", ("rows",), below=2), P, TRAINING),
    plants=(
        Plant(
            "relu-gradient-one-at-zero",
            right="d_before = np.where(before <= 0, 0, d_hidden)",
            wrong="d_before = np.where(before < 0, 0, d_hidden)",
            hidings=(
                *never_zero("before"),
                GRADIENTS_CANCEL,
            ),
        ),
        Plant(
            "weight-gradient-forgets-the-mask",
            right='"d_weight2": d_score.T @ dropped',
            wrong='"d_weight2": d_score.T @ np.maximum(before, 0)',
            hidings=(
                EVAL_MODE,
                NO_MASK,
                nothing_in("dropped", "the hidden units"),
            ),
        ),
        Plant(
            "bias-gradient-averaged",
            right='"d_bias1": d_before.sum(axis=0)',
            wrong='"d_bias1": d_before.mean(axis=0)',
            hidings=(
                ONE_ROW_OF_A_MEAN,
                no_gradient("d_bias1"),
            ),
        ),
    ),
)
TOPIC, MINUTES = "backprop", 8
KINDS = ("exposing", *HUNT.kinds)


def check(judge: Judge) -> None:
    HUNT.check(judge)
