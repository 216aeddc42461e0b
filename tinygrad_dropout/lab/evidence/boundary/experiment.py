"""Networks with and without dropout on two moons: where their boundaries are, how long, and in how many pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.evidence.boundary.claims import IN_PLANE
from tinygrad_dropout.lab.evidence.boundary.lines import boundary, grid, length, regions, simplified
from tinygrad_dropout.lab.evidence.boundary.options import BoundaryOptions
from tinygrad_dropout.lab.evidence.boundary.pictures import FARTHEST, REACH, draw
from tinygrad_dropout.lab.evidence.boundary.words import describe, sentences
from tinygrad_dropout.lab.evidence.examined import ExaminedPairs, Subject, Trained
from tinygrad_dropout.lab.evidence.packed import packed, unpacked
from tinygrad_dropout.lab.trials import Draw, Figures, Options, Record
from tinygrad_dropout.training import predict

FINE = 301  # points on a side of the grid on which the boundary is measured
TOLERANCE = 0.01  # largest error of the saved line, in standard deviations of the inputs


class Plane(Subject):
    """A network that classifies points in the plane."""

    parts = IN_PLANE

    def examine(self, options: BoundaryOptions, trained: Trained) -> dict[str, Any]:
        """The measures.

        Returns:
            measured; boundary: its lines; leaning: the probability of the second class minus that of the first, on a
            coarse grid; points: the training points of each class, as they are labeled. All but the first are packed.
        """
        model, split = trained.model.double(), trained.split

        def log_odds(points: Numbers) -> Numbers:
            outputs = predict(model, points.reshape(-1, 2))
            odds: Numbers = (outputs[:, 1] - outputs[:, 0]).reshape(points.shape[:-1])
            return odds

        fine = log_odds(grid(REACH, FINE))
        lines = boundary(fine, REACH)
        measured = {
            "accuracy": trained.final["test_accuracy"],
            "length": length(lines),
            "regions": regions(fine),
        }
        return {
            "measured": {"": measured},
            "boundary": [packed(simplified(line, TOLERANCE), REACH) for line in lines],
            "leaning": packed(np.tanh(log_odds(grid(REACH, options.grid)) / 2), 1),
            "points": [packed(split.x_train[split.y_train == label], FARTHEST) for label in (0, 1)],
        }

    def can_be_drawn(self, options: Options, record: Record) -> bool:
        points = sum(unpacked(own, FARTHEST).size for own in record["points"])
        whole = len(record["points"]) == 2 and points == 2 * options["train_size"]
        lines = all(unpacked(line, REACH).size % 2 == 0 for line in record["boundary"])
        return whole and unpacked(record["leaning"], 1).size == options["grid"] ** 2 and lines


PLANE = Plane()


@dataclass(frozen=True)
class Boundary(ExaminedPairs):
    """The decision boundary, with and without dropout."""

    name: str = "boundary"
    quick: ClassVar[Mapping[str, Any]] = {"seeds": 6, "epochs": 600}

    @property
    def options_class(self) -> type[BoundaryOptions]:
        return BoundaryOptions

    def subject(self, setting: str) -> Subject:
        return PLANE

    def describe(self, options: Options, figures: Figures) -> str:
        return describe(options, figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        return sentences(options, figures, self.looks(options))

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"boundary.png": draw}


BOUNDARY = Boundary()
