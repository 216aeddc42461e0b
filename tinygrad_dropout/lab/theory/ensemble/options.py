"""The options of the ensemble experiment."""

from __future__ import annotations

from dataclasses import dataclass

from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.theory.ensemble.network import TEST_SIZE
from tinygrad_dropout.lab.theory.masks import as_unit_count
from tinygrad_dropout.lab.theory.options import LARGEST_SEED, as_dropout_rate, as_whole_number

MAX_UNITS = 16
MAX_SAMPLES = 1000


@dataclass(frozen=True)
class Options:
    """The options.

    Attributes:
        p: the probability that a hidden unit is dropped, 0 < p < 1.
        units: the number of hidden units, over all hidden layers: 2^units subnetworks.
        layers: the numbers of hidden layers; one network for each.
        samples: the largest k of the Monte Carlo average.
        seed: of the split, the initial weights, the order of the examples and the masks.

    Raises:
        OptionError: a value is not allowed.
    """

    p: float = 0.5
    units: int = 14
    layers: tuple[int, ...] = (1, 2)
    samples: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        layers = tuple(self.layers)
        if not layers or len(set(layers)) < len(layers) or not set(layers) <= {1, 2}:
            raise OptionError("layers", f"expected 1, 2 or both as 1,2; got {','.join(map(str, layers)) or 'none'}")
        checked = {
            "p": as_dropout_rate("p", self.p, above=True, why="at 0 or 1 there is only one subnetwork"),
            "units": as_unit_count("units", self.units, max(layers), MAX_UNITS, TEST_SIZE),
            "layers": tuple(sorted(layers)),
            "samples": as_whole_number("samples", self.samples, 1, MAX_SAMPLES),
            "seed": as_whole_number("seed", self.seed, 0, LARGEST_SEED),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def widths(self, layers: int) -> tuple[int, ...]:
        """The number of units in each of this many hidden layers, spread evenly."""
        return tuple((self.units + layer) // layers for layer in reversed(range(layers)))
