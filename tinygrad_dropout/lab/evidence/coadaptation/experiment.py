"""Networks with and without dropout, examined unit by unit to test claims about co-adaptation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from tinygrad_dropout.lab.evidence.coadaptation.autoencoder import Autoencoder
from tinygrad_dropout.lab.evidence.coadaptation.classifier import Classifier
from tinygrad_dropout.lab.evidence.coadaptation.options import AUTOENCODER, CLEAN, NOISY, CoadaptationOptions
from tinygrad_dropout.lab.evidence.coadaptation.pictures import draw_coadaptation, draw_features
from tinygrad_dropout.lab.evidence.coadaptation.words import describe, sentences
from tinygrad_dropout.lab.evidence.examined import ExaminedPairs, Subject
from tinygrad_dropout.lab.trials import Draw, Figures, Options

SUBJECTS: dict[str, Subject] = {NOISY: Classifier(), CLEAN: Classifier(), AUTOENCODER: Autoencoder()}


@dataclass(frozen=True)
class Coadaptation(ExaminedPairs):
    """What dropout changes inside a network."""

    name: str = "coadaptation"
    quick: ClassVar[Mapping[str, Any]] = {
        "seeds": 5,
        "hidden": 128,
        "epochs": 60,
        "autoencoder_epochs": 150,
        "orders": 5,
        "pairs": 100,
    }

    @property
    def options_class(self) -> type[CoadaptationOptions]:
        return CoadaptationOptions

    def subject(self, setting: str) -> Subject:
        return SUBJECTS[setting]

    def describe(self, options: Options, figures: Figures) -> str:
        return describe(options, figures)

    def notes(self, options: Options, figures: Figures) -> Sequence[str]:
        parts = {setting: self.subject(setting).parts for setting in figures}
        return sentences(options, parts, figures, self.looks(options))

    @property
    def pictures(self) -> Mapping[str, Draw]:
        return {"coadaptation.png": draw_coadaptation, "features.png": draw_features}


COADAPTATION = Coadaptation()
