"""Measurements on one scale, and never an exact 0: bugs that need other inputs do not show."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant
from tinygrad_dropout.drills.grader.hunt_hidings import (
    ALL_DROPPED,
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_A_MEAN,
    ONE_ROW_OF_SCORES,
    SMALL_SCORES,
    never_zero,
    no_gradient,
    nothing_in,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

HUNT = Hunt(
    Path(__file__).parent,
    listed=(
        "bias-gradient-averaged",
        "keep-and-drop-swapped",
        "loss-gradient-not-divided-by-n",
        "max-over-the-whole-batch",
        "relu-gradient-one-at-zero",
        "relu-mask-from-the-gradient",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    arguments=(Argument("x", ("rows", 5)), Argument("labels", ("rows",), below=3), P, TRAINING),
    plants=(
        Plant(
            "max-over-the-whole-batch",
            right="scores - scores.max(axis=1, keepdims=True)",
            wrong="scores - scores.max()",
            hidings=(
                ONE_ROW_OF_SCORES,
                *SMALL_SCORES,
            ),
        ),
        Plant(
            "relu-gradient-one-at-zero",
            right="np.where(before > 0, d_scores @ weight2, 0)",
            wrong="np.where(before >= 0, d_scores @ weight2, 0)",
            hidings=never_zero("before"),
        ),
        Plant(
            "weight-gradient-forgets-the-mask",
            right='"d_weight1": d_before.T @ seen_x',
            wrong='"d_weight1": d_before.T @ x',
            hidings=(
                EVAL_MODE,
                NO_MASK,
                ALL_DROPPED,
                nothing_in("seen_x", "the measurements"),
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
