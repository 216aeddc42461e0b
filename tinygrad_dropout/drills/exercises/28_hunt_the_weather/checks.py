"""The rate and the scale are right, but the mask is misused: across rows, in backward, or for the weights."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant, drawn_from
from tinygrad_dropout.drills.grader.hunt_hidings import (
    ALL_DROPPED,
    CLOSE_TO_AN_END,
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_MASKS,
    alone_in_its_column,
    nothing_in,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

HUNT = Hunt(
    Path(__file__).parent,
    listed=(
        "keep-and-drop-swapped",
        "loss-gradient-not-divided-by-n",
        "mask-inferred-from-the-output",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "relu-gradient-one-at-zero",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    arguments=(Argument("x", ("rows", 6)), Argument("rain", ("rows", 1)), P, TRAINING),
    plants=(
        Plant(
            "mask-shared-by-rows",
            right="self.rng.random(x.shape)",
            wrong="self.rng.random(x.shape[1])",
            hidings=(
                EVAL_MODE,
                ONE_ROW_OF_MASKS,
                NO_MASK,
                alone_in_its_column("hidden"),
                CLOSE_TO_AN_END,
            ),
            drawn=drawn_from("dropped"),
        ),
        Plant(
            "mask-redrawn-in-backward",
            right="return grad * self.factor",
            wrong="return self.forward(grad)",
            hidings=(
                EVAL_MODE,
                NO_MASK,
                nothing_in("hidden", "the hidden units"),
                ALL_DROPPED,
            ),
        ),
        Plant(
            "weight-gradient-forgets-the-mask",
            right='"d_weight2": d_error.T @ dropped',
            wrong='"d_weight2": d_error.T @ hidden',
            hidings=(
                EVAL_MODE,
                NO_MASK,
                nothing_in("hidden", "the hidden units"),
            ),
        ),
    ),
)
TOPIC, MINUTES = "dropout", 8
KINDS = ("exposing", *HUNT.kinds)


def check(judge: Judge) -> None:
    HUNT.check(judge)
