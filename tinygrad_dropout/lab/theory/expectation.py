"""What the next layer sees in training and at test time: without scaling, and with each of the two ways to scale.

A layer of activations h goes through dropout, with m_i = 1 if unit i is kept and E[m_i] = 1 - p:

    scheme        training         its expectation    test
    no scaling    m * h            (1 - p) h          h            larger by 1 / (1 - p)
    original      m * h            (1 - p) h          (1 - p) h    the same (Hinton et al. 2012, Srivastava et al. 2014)
    inverted      m * h / (1 - p)  h                  h            the same (what every framework does)

The expectation is measured here, over many masks drawn as the framework draws them, and compared with the test-time
value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.lab.arrays import Numbers
from tinygrad_dropout.lab.errors import OptionError
from tinygrad_dropout.lab.intervals import half_width
from tinygrad_dropout.lab.plots import BLUE, GREEN, VERMILION, new_figure, save
from tinygrad_dropout.lab.text import new_table
from tinygrad_dropout.lab.theory.options import LARGEST_SEED, as_dropout_rate, as_whole_number
from tinygrad_dropout.lab.trials import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.table import Table

NEURONS = 32  # of the next layer
BINS = 41  # of the histogram
MAX_DRAWS = 5 * 10**7  # units times samples
DRAWS_AT_ONCE = 2**18

SCHEMES = {  # the layer's `scaling`, and whether dropout runs at test time too
    "no scaling": ("test", False),
    "original": ("test", True),
    "inverted": ("train", False),
}


@dataclass(frozen=True)
class Options:
    """The options.

    Attributes:
        p: the probability that a unit is dropped, 0 <= p < 1.
        units: the number of activations that go through dropout.
        samples: the number of masks drawn.
        seed: decides the activations, the next layer's weights and the masks.

    Raises:
        OptionError: a value is not allowed.
    """

    p: float = 0.5
    units: int = 512
    samples: int = 10_000
    seed: int = 0

    def __post_init__(self) -> None:
        checked = {
            "p": as_dropout_rate("p", self.p, above=False, why="at 1 nothing is left to compare"),
            "units": as_whole_number("units", self.units, 1, 1_000_000),
            "samples": as_whole_number("samples", self.samples, 2, 1_000_000),
            "seed": as_whole_number("seed", self.seed, 0, LARGEST_SEED),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.units * self.samples > MAX_DRAWS:
            most = MAX_DRAWS // self.units
            raise OptionError(
                "samples",
                f"expected at most {most:,} with {self.units:,} units ({MAX_DRAWS:,} draws), got {self.samples:,}",
            )


def measure(options: Options) -> Figures:
    """Measure all three schemes, with the same masks in each.

    Returns:
        factor: 1 / (1 - p); schemes: by the name of the scheme, what `measure_scheme` returns.

    Raises:
        OptionError: there are so few samples that the interval of the mean input reaches 0.
    """
    for_activations, for_weights, for_masks = np.random.SeedSequence(options.seed).spawn(3)
    activations = np.abs(np.random.default_rng(for_activations).normal(size=options.units))  # ReLUs that are on
    weights_rng = np.random.default_rng(for_weights)
    next_layer = nn.Linear(options.units, NEURONS, bias=False, dtype=np.float64, rng=weights_rng)
    schemes = {}
    for scheme in SCHEMES:
        masks = np.random.default_rng(for_masks)
        schemes[scheme] = measure_scheme(scheme, options, activations, next_layer, masks)
    return {"factor": 1 / (1 - options.p), "schemes": schemes}


def measure_scheme(
    scheme: str, options: Options, activations: Numbers, next_layer: nn.Linear, rng: np.random.Generator
) -> Figures:
    """Measure one scheme in training and at test time.

    Args:
        scheme: one of SCHEMES.
        options: the rate and the number of samples.
        activations: shape (units,), positive.
        next_layer: the layer after dropout.
        rng: draws the masks.

    Returns:
        train: the mean input of the next layer over all masks, with its 95% interval; test: the mean input at test
        time; ratio: test / train, with its interval; spread: the standard deviation between masks in training;
        histogram: of the mean input, mask by mask; neurons: the weighted sum that each neuron of the next layer gets
        (train: its mean over the masks; reach: half the width of that mean's interval; test: at test time);
        after_relu: the mean output of those neurons' ReLUs (train, test).
    """
    scaling, scaled_at_test = SCHEMES[scheme]
    dropout = nn.Dropout(options.p, scaling=scaling, rng=rng)
    inputs, sums, outputs = [], [], 0.0
    with td.no_grad():
        for rows in sample_counts(options):
            seen = dropout.train()(td.Tensor(np.broadcast_to(activations, (rows, options.units))))
            inputs.append(seen.data.mean(axis=1))
            sums.append(next_layer(seen).data)
            outputs += F.relu(sums[-1]).data.sum()
        whole_layer = td.Tensor(activations[None])
        seen_at_test = dropout.eval()(whole_layer) if scaled_at_test else whole_layer
        sums_at_test = next_layer(seen_at_test).data[0]
    samples, every_sum = np.concatenate(inputs), np.concatenate(sums)
    mean, reach, test = float(samples.mean()), float(half_width(samples)), float(seen_at_test.data.mean())
    if mean - reach <= 0:
        raise OptionError(
            "samples",
            f"expected more, got {options.samples}: with p = {options.p} and units = {options.units} the mean input "
            "in training is not clearly above 0, so it cannot be divided by",
        )
    counts, edges = np.histogram(samples, BINS)
    return {
        "train": {"mean": mean, "low": mean - reach, "high": mean + reach},
        "test": test,
        "ratio": {"mean": test / mean, "low": test / (mean + reach), "high": test / (mean - reach)},
        "spread": float(samples.std(ddof=1)),
        "histogram": {"counts": counts.tolist(), "edges": edges.tolist()},
        "neurons": {
            "train": every_sum.mean(axis=0).tolist(),
            "reach": half_width(every_sum).tolist(),
            "test": sums_at_test.tolist(),
        },
        "after_relu": {"train": float(outputs) / every_sum.size, "test": float(np.maximum(sums_at_test, 0).mean())},
    }


def sample_counts(options: Options) -> Iterator[int]:
    """The sizes of the batches in which the masks are drawn; their sum is the number of samples."""
    at_once = max(1, DRAWS_AT_ONCE // options.units)
    for first in range(0, options.samples, at_once):
        yield min(at_once, options.samples - first)


def describe(options: Figures, figures: Figures) -> str:
    """The measurements."""
    return (
        f"{options['units']:,} activations through dropout with p = {options['p']}; {options['samples']:,} masks, "
        f"the same for all schemes; seed {options['seed']}"
    )


def tables(figures: Figures) -> Sequence[Table]:
    """The mean input of the next layer in both phases, and their ratio."""
    table = new_table("scheme", "in training", "at test", "test / training")
    for scheme, found in figures["schemes"].items():
        table.add_row(scheme, within(found["train"], 4), f"{found['test']:.4f}", within(found["ratio"], 4))
    return [table]


def within(interval: Figures, digits: int) -> str:
    """`2.001 (1.999 to 2.003)`."""
    mean, low, high = (f"{interval[key]:.{digits}f}" for key in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def notes(figures: Figures) -> Sequence[str]:
    """What scaling does, and that nonlinear layers still see a difference."""
    factor, ratios = figures["factor"], {name: found["ratio"] for name, found in figures["schemes"].items()}
    measured = ratios["no scaling"]
    outside = "" if contains(measured, factor) else " (outside this interval, as in one of twenty runs)"
    aligned = all(contains(ratios[scheme], 1) for scheme in ("original", "inverted"))
    inverted = within(ratios["inverted"], 4)
    scaled = "it sees the same in both phases" if aligned else f"the ratio is near 1: {inverted}"
    verdict = (
        "Nothing is dropped at p = 0, so scaling changes nothing."
        if factor == 1
        else f"Without scaling, the next layer sees {within(measured, 3)} times as much at test time as in training; "
        f"1/(1-p) is {factor:.3f}{outside}. With either kind of scaling, {scaled}."
    )
    relu = figures["schemes"]["inverted"]["after_relu"]
    return [
        verdict,
        "The table shows the mean input of the next layer, with its 95% interval over the masks in parentheses.",
        f"Scaling matches the means only of quantities that are linear in the mask. After the ReLUs of the next layer "
        f"({NEURONS} neurons), the means differ: with inverted dropout {relu['train']:.4f} in training and "
        f"{relu['test']:.4f} at test time.",
    ]


def contains(interval: Figures, value: float) -> bool:
    """Whether the value lies in the interval, up to rounding."""
    slack = 1e-9 * value
    return bool(interval["low"] - slack <= value <= interval["high"] + slack)


def draw(file: BinaryIO, figures: Figures, title: str, caption: str) -> None:
    """A column for each scheme: above, the next layer's mean input, mask by mask; below, each of its neurons."""
    figure = new_figure(width=11, height=7.2)
    grid = figure.subplots(2, len(figures["schemes"]), sharey="row")
    end = 1.08 * max(max(found["histogram"]["edges"][-1], found["test"]) for found in figures["schemes"].values())
    neurons = [found["neurons"] for found in figures["schemes"].values()]
    reach = 1.1 * max(abs(value) for each in neurons for value in (*each["train"], *each["test"]))
    for (above, below), (scheme, found) in zip(grid.T, figures["schemes"].items(), strict=True):
        draw_mean_input(above, found, end)
        draw_neurons(below, found["neurons"], reach)
        above.set_title(f"{scheme}: test / training = {found['ratio']['mean']:.3f}", fontsize=11)
    grid[0, 0].set_ylabel("number of masks")
    grid[1, 0].set_ylabel("weighted sum at test time")
    note = "Above: the mean of the next layer's inputs. Below: the weighted sum that each of its neurons forms."
    labeled = grid[0, 0]
    labeled.errorbar([], [], fmt="o", xerr=[], ms=4, color=GREEN, label="one neuron, 95% interval")
    labeled.plot([], [], color="black", lw=1, label="test = training")
    save(figure, file, title, f"{caption}\n{note}", labeled, columns=5)


def draw_mean_input(axes: Axes, found: Figures, end: float) -> None:
    """Draw a histogram over the masks, its mean, and the value at test time."""
    counts, edges = found["histogram"]["counts"], found["histogram"]["edges"]
    axes.stairs(counts, edges, fill=True, color=BLUE, alpha=0.35, label="training, each mask")
    axes.axvspan(found["train"]["low"], found["train"]["high"], color=BLUE, lw=0)
    axes.axvline(found["train"]["mean"], color=BLUE, lw=3, label="training, mean")
    axes.axvline(found["test"], color=VERMILION, lw=2, ls="--", label="test time")
    axes.set(xlabel="mean input of the next layer", xlim=(0, end))


def draw_neurons(axes: Axes, neurons: Figures, reach: float) -> None:
    """Plot each neuron's weighted sum at test time against its mean in training; on the diagonal they are equal."""
    axes.axline((0, 0), slope=1, color="black", lw=1)
    axes.errorbar(neurons["train"], neurons["test"], xerr=neurons["reach"], fmt="o", ms=4, color=GREEN, lw=1)
    axes.set(xlabel="weighted sum in training, mean over masks", xlim=(-reach, reach), ylim=(-reach, reach))
