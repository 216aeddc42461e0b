"""Small functions, each with its backward: bugs that training does not reach do not show."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant, drawn_from
from tinygrad_dropout.drills.grader.hunt_hidings import (
    CLOSE_TO_AN_END,
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_MASKS,
    ONE_ROW_OF_SCORES,
    SMALL_SCORES,
    TRAINING_MODE,
    alone_in_its_column,
    never_zero,
    nothing_in,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

HUNT = Hunt(
    Path(__file__).parent,
    listed=(
        "eval-mode-scales",
        "keep-and-drop-swapped",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "relu-gradient-one-at-zero",
        "scale-is-one-over-p",
        "weight-gradient-forgets-the-mask",
    ),
    arguments=(Argument("x", ("rows", 8)), Argument("labels", ("rows",), below=3), P, TRAINING),
    plants=(
        Plant(
            "eval-mode-scales",
            right="if training else 1.0",
            wrong="if training else 1 - p",
            hidings=(
                TRAINING_MODE,
                NO_MASK,
                nothing_in("active", "the units before dropout"),
            ),
        ),
        Plant(
            "relu-gradient-one-at-zero",
            right="grad * (x > 0)",
            wrong="grad * (x >= 0)",
            hidings=never_zero("before1", "before2"),
        ),
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
            "mask-shared-by-rows",
            right="mask = rng.random(x.shape) >= p",
            wrong="mask = rng.random(x.shape[1]) >= p",
            hidings=(
                EVAL_MODE,
                ONE_ROW_OF_MASKS,
                NO_MASK,
                alone_in_its_column("active"),
                CLOSE_TO_AN_END,
            ),
            drawn=drawn_from("dropped"),
        ),
    ),
)
TOPIC, MINUTES = "dropout", 8
KINDS = ("exposing", *HUNT.kinds)


def check(judge: Judge) -> None:
    HUNT.check(judge)
