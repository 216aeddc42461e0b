"""Some words have a vector of zeros, and some reviews have the same word twice."""

from pathlib import Path

import numpy as np

from tinygrad_dropout.drills.grader.hunt import Hunt, Plant
from tinygrad_dropout.drills.grader.hunt_hidings import (
    ALL_DROPPED,
    EVAL_MODE,
    NO_MASK,
    ONE_ROW_OF_A_MEAN,
    Hiding,
    no_gradient,
    one_row,
)
from tinygrad_dropout.drills.grader.hunt_input import TRAINING, Argument, P
from tinygrad_dropout.drills.grader.judge import Judge

KNOWN = 15
NO_ZEROS = Hiding(
    "no-exact-zeros",
    lambda given, seen: given["words"].max() < KNOWN,
    "None of these words has a vector with a 0 in it, so every 0 after dropout was dropped.",
    "When is an output 0 although it was kept?",
)
EACH_WORD_ONCE = Hiding(
    "each-word-once",
    lambda given, seen: len(np.unique(given["words"])) == given["words"].size,
    "No word of this input occurs twice, so no vector has a second use.",
    "How often must a vector be used for the wrong line to lose something?",
)

HUNT = Hunt(
    Path(__file__).parent,
    listed=(
        "bias-gradient-averaged",
        "eval-mode-scales",
        "later-use-overwrites-the-gradient",
        "mask-inferred-from-the-output",
        "mask-redrawn-in-backward",
        "mask-shared-by-rows",
        "max-over-the-whole-batch",
        "scale-is-one-over-p",
    ),
    arguments=(
        Argument("words", ("reviews", "length"), below=20),
        Argument("kinds", ("reviews",), below=2),
        P,
        TRAINING,
    ),
    plants=(
        Plant(
            "mask-inferred-from-the-output",
            right="np.where(kept, grad / (1 - p), 0)",
            wrong="np.where(y != 0, grad / (1 - p), 0)",
            hidings=(
                EVAL_MODE,
                NO_ZEROS,
                ALL_DROPPED,
            ),
        ),
        Plant(
            "later-use-overwrites-the-gradient",
            right="np.add.at(d_vectors, words, take_back(d_read))",
            wrong="d_vectors[words] = take_back(d_read)",
            hidings=(
                EACH_WORD_ONCE,
                ALL_DROPPED,
            ),
        ),
        Plant(
            "mask-redrawn-in-backward",
            right="np.where(kept, grad / (1 - p), 0)",
            wrong="np.where(rng.random(x.shape) >= p, grad / (1 - p), 0)",
            hidings=(
                EVAL_MODE,
                NO_MASK,
                ALL_DROPPED,
            ),
        ),
        Plant(
            "bias-gradient-averaged",
            right='"d_bias": d_scores.sum(axis=0)',
            wrong='"d_bias": d_scores.mean(axis=0)',
            hidings=(
                one_row("words", ONE_ROW_OF_A_MEAN.question),
                no_gradient("d_bias"),
            ),
        ),
    ),
)
TOPIC, MINUTES = "dropout", 10
KINDS = ("exposing", *HUNT.kinds)


def check(judge: Judge) -> None:
    HUNT.check(judge)
