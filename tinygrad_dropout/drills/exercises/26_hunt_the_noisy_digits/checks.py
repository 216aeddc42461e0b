"""Half of the units are dropped in training, which hides what is wrong with p; and only training is run."""

from pathlib import Path

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant, drawn_from
from tinygrad_dropout.drills.grader.hunt_hidings import (
    ALL_DROPPED,
    CLOSE_TO_AN_END,
    CLOSE_TO_ONE_HALF,
    EVAL_MODE,
    NO_MASK,
    ONE_HALF,
    ONE_ROW_OF_MASKS,
    TRAINING_MODE,
    alone_in_its_column,
    nothing_in,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

HUNT = Hunt(
    Path(__file__).parent,
    listed=(
        "bias-gradient-averaged",
        "eval-mode-scales",
        "keep-and-drop-swapped",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "relu-gradient-one-at-zero",
        "scale-is-one-over-p",
    ),
    arguments=(Argument("x", ("rows", 16)), Argument("labels", ("rows",), below=4), P, TRAINING),
    plants=(
        Plant(
            "keep-and-drop-swapped",
            right="kept = rng.random(hidden.shape) >= p",
            wrong="kept = rng.random(hidden.shape) < p",
            hidings=(
                EVAL_MODE,
                nothing_in("hidden", "the hidden units"),
                ONE_HALF,
                CLOSE_TO_ONE_HALF,
            ),
            drawn=drawn_from("dropped"),
        ),
        Plant(
            "scale-is-one-over-p",
            right="factor = kept / (1 - p)",
            wrong="factor = kept / p",
            hidings=(
                EVAL_MODE,
                nothing_in("hidden", "the hidden units"),
                ONE_HALF,
                ALL_DROPPED,
            ),
        ),
        Plant(
            "eval-mode-scales",
            right="factor = np.ones(hidden.shape)",
            wrong="factor = np.full(hidden.shape, 1 - p)",
            hidings=(
                TRAINING_MODE,
                NO_MASK,
                nothing_in("hidden", "the hidden units"),
            ),
        ),
        Plant(
            "mask-shared-by-rows",
            right="kept = rng.random(hidden.shape)",
            wrong="kept = rng.random(hidden.shape[1])",
            hidings=(
                EVAL_MODE,
                ONE_ROW_OF_MASKS,
                NO_MASK,
                alone_in_its_column("hidden"),
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
