"""Dropout layers that are wrong, each in one way. Everything that a class does not override is correct.

`WRONG` maps each class to the code it must get; docs/make_conformance.py makes the scoreboard from it.
"""

from tests.conformance.wrong_layers import (
    backward,
    calls,
    dropping,
    edges,
    elements,
    evaluation,
    gradients,
    later,
    magnitudes,
    options,
    output,
    phases,
    precision,
    rate,
    scale,
    sequences,
    shortcuts,
    sizes,
    structure,
)
from tests.conformance.wrong_layers.base import CODES, OPTIONS, Dropout

PARTS = (
    *(output, dropping, scale, rate, structure, calls, backward, evaluation, edges),
    *(phases, precision, sizes, magnitudes, later, options),
    *(elements, sequences, gradients, shortcuts),
)
WRONG = {layer: code for part in PARTS for layer, code in CODES.items() if layer.__module__ == part.__name__}

__all__ = ["OPTIONS", "WRONG", "Dropout"]
