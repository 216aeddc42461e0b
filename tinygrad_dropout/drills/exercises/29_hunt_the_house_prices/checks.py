"""A deeper network, whose gradients are computed in one loop: the wrong line is wrong for every layer."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant, drawn_from
from tinygrad_dropout.drills.grader.hunt_hidings import (
    CLOSE_TO_AN_END,
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_A_MEAN,
    ONE_ROW_OF_MASKS,
    alone_in_its_column,
    never_zero,
    no_gradient,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

HUNT = Hunt(
    Path(__file__).parent,
    listed=(
        "bias-gradient-averaged",
        "keep-and-drop-swapped",
        "later-use-overwrites-the-gradient",
        "loss-gradient-not-divided-by-n",
        "mask-inferred-from-the-output",
        "mask-shared-by-rows",
        "relu-gradient-one-at-zero",
        "relu-mask-from-the-gradient",
    ),
    arguments=(Argument("x", ("rows", 4)), Argument("prices", ("rows", 1)), P, TRAINING),
    plants=(
        Plant(
            "bias-gradient-averaged",
            right="= grad.sum(axis=0)",
            wrong="= grad.mean(axis=0)",
            hidings=(
                ONE_ROW_OF_A_MEAN,
                no_gradient("d_bias"),
            ),
        ),
        Plant(
            "relu-gradient-one-at-zero",
            right="slope[before <= 0] = 0",
            wrong="slope[before < 0] = 0",
            hidings=(
                *never_zero("before0", "before1"),
                no_gradient("d_bias"),
            ),
        ),
        Plant(
            "mask-shared-by-rows",
            right="rng.random(before.shape) >= p",
            wrong="rng.random(before.shape[1]) >= p",
            hidings=(
                EVAL_MODE,
                ONE_ROW_OF_MASKS,
                NO_MASK,
                alone_in_its_column("output0", "output1"),
                CLOSE_TO_AN_END,
            ),
            drawn=drawn_from("output0", "output1"),
        ),
    ),
)
TOPIC, MINUTES = "backprop", 8
KINDS = ("exposing", *HUNT.kinds)


def check(judge: Judge) -> None:
    HUNT.check(judge)
