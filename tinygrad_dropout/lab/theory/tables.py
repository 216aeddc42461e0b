"""The experiments in words: what was measured, the tables, and what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab.theory.ensemble import REPETITIONS, TEST_SIZE, TRAIN_SIZE
from tinygrad_dropout.lab.theory.expectation import NEURONS
from tinygrad_dropout.lab.theory.ridge import AGREEMENT

if TYPE_CHECKING:
    from rich.table import Table

Figures = dict[str, Any]

EXACT = 1e-12  # probabilities that differ by less are the same, but for rounding
SHOWN_SAMPLES = (1, 10, 50, 100, 1000)  # of the numbers k of Monte Carlo samples


def new_table(first: str, *others: str) -> Table:
    """A table with these headings; all columns but the first are numbers."""
    from rich import box
    from rich.table import Table

    result = Table(first, box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in others:
        result.add_column(heading, justify="right")
    return result


def within(interval: Figures, digits: int) -> str:
    """`2.001 (1.999 to 2.003)`."""
    mean, low, high = (f"{interval[key]:.{digits}f}" for key in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def describe_expectation(options: Figures, figures: Figures) -> str:
    """What was measured."""
    return (
        f"{options['units']:,} activations through dropout with p = {options['p']}; {options['samples']:,} masks, "
        f"the same for all schemes; seed {options['seed']}"
    )


def expectation_tables(figures: Figures) -> Sequence[Table]:
    """The mean input of the next layer in both phases, and after its ReLU."""
    table = new_table("scheme", "in training", "at test", "test / training")
    for scheme, found in figures["schemes"].items():
        table.add_row(scheme, within(found["train"], 4), f"{found['test']:.4f}", within(found["ratio"], 4))
    return [table]


def expectation_notes(figures: Figures) -> Sequence[str]:
    """What scaling does, and where its line-up ends."""
    factor, ratios = figures["factor"], {name: found["ratio"] for name, found in figures["schemes"].items()}
    measured = ratios["no scaling"]
    beside = "" if holds(measured, factor) else ", outside it, as in one run of twenty"
    aligned = all(holds(ratios[scheme], 1) for scheme in ("original", "inverted"))
    scaled = "lines the phases up" if aligned else f"comes near: {within(ratios['inverted'], 4)}"
    verdict = (
        f"Without scaling the next layer sees {within(measured, 3)} times as much at test time; "
        f"1/(1-p) is {factor:.3f}{beside}. Either scaling {scaled}."
    )
    relu = figures["schemes"]["inverted"]["after_relu"]
    return [
        verdict,
        "Table: the mean input of the next layer; in brackets its 95 % interval over the masks.",
        f"The line-up is of what is linear in the mask. Behind the ReLUs of the next layer ({NEURONS} neurons) the "
        f"means differ: inverted {relu['train']:.4f} in training, {relu['test']:.4f} at test time.",
    ]


def holds(interval: Figures, value: float) -> bool:
    """Whether the value lies in the interval, but for rounding."""
    slack = 1e-9 * value
    return bool(interval["low"] - slack <= value <= interval["high"] + slack)


def describe_ensemble(options: Figures, figures: Figures) -> str:
    """What was measured."""
    hidden = " and ".join("-".join(map(str, network["hidden"])) for network in figures["networks"])
    return (
        f"scikit-learn's digits, {TRAIN_SIZE:,} training and {TEST_SIZE} test examples; hidden units {hidden}, "
        f"p = {options['p']}; all {figures['networks'][0]['subnetworks']:,} subnetworks; seed {options['seed']}"
    )


def ensemble_tables(figures: Figures) -> Sequence[Table]:
    """For every network its averages, one subnetwork alone, and Monte Carlo."""
    tables = []
    for network in figures["networks"]:
        table = new_table(
            depth_of(network),
            "test error\n(%)",
            "test loss\n(nats)",
            "distance to\nscaling",
            "distance to\narithmetic",
        )
        for name, score in network["averages"].items():
            distances = (exact_or_rounded(score[key]) for key in ("from_scaling", "from_arithmetic"))
            table.add_row(name, f"{score['error']:.1f}", f"{score['loss']:.3f}", *distances)
        for found in network["monte_carlo"]:
            if found["k"] in SHOWN_SAMPLES or found is network["monte_carlo"][-1]:
                cells = (
                    spread(found[key], digits)
                    for key, digits in (("error", 1), ("loss", 3), ("from_scaling", 3), ("from_arithmetic", 3))
                )
                table.add_row(f"Monte Carlo {found['k']}", *cells)
        table.add_row("one subnetwork", spread(network["one_subnetwork"]["error"], 1), "", "", "")
        tables.append(table)
    return tables


def exact_or_rounded(distance: float) -> str:
    """0 as it is; what only rounding errors keep from 0 as 2e-16; anything else as 0.301."""
    return f"{distance:.0e}" if 0 < distance < EXACT else f"{distance:.3f}" if distance else "0"


def depth_of(network: Figures) -> str:
    """`1 hidden layer`, or `2 hidden layers`."""
    layers = len(network["hidden"])
    return f"{layers} hidden layer{'s' if layers > 1 else ''}"


def spread(found: Figures, digits: int) -> str:
    """`6.9 ± 0.1`, say."""
    return f"{found['mean']:.{digits}f} ± {found['sd']:.{digits}f}"


def ensemble_notes(figures: Figures) -> Sequence[str]:
    """Which mean is which, where scaling is exact, and how many subnetworks a wide layer has."""
    exact = []
    for network in figures["networks"]:
        gap = network["averages"]["geometric mean"]["most_from_scaling"]
        exact.append(f"{'exact' if gap < EXACT else 'not exact'} with {depth_of(network)} (off by {gap:.2g})")
    last = [network["monte_carlo"][-1] for network in figures["networks"]]
    nearer = all(found["from_arithmetic"]["mean"] < found["from_scaling"]["mean"] for found in last)
    goes = "goes to" if nearer else f"is at k = {last[0]['k']} not yet near"
    wide = figures["wide_layer"]
    return [
        f"Weight scaling as the renormalised geometric mean: {', '.join(exact)}. "
        f"Monte Carlo {goes} the arithmetic mean.",
        f"Monte Carlo k is the mean of k drawn subnetworks, ± one standard deviation over {REPETITIONS} repetitions; "
        "one subnetwork: over all of them. Distance: half the sum of |difference| over the classes, mean of examples.",
        "The arithmetic mean E_z[f(x, z)] is what the mean of drawn subnetworks converges to; weight scaling is "
        "another number, computed in one pass.",
        f"A layer of {wide['units']:,} units has {wide['subnetworks']} subnetworks: nobody can run them all.",
    ]


def describe_ridge(options: Figures, figures: Figures) -> str:
    """What was measured."""
    return (
        f"linear regression, {options['examples']} examples, {options['features']} features; all "
        f"{figures['masks']:,} masks of an example enumerated, nothing sampled; seed {options['seed']}"
    )


def ridge_tables(figures: Figures) -> Sequence[Table]:
    """For every rate the penalty, the size of the weights, and how far enumeration is from the closed form."""
    table = new_table("p", "penalty p/(1-p)", "size of weights", "loss", "gradient", "minimum", "trained")
    for found in figures["rates"]:
        differences = (f"{found['differences'][key]:.0e}" for key in ("loss", "gradient", "solved", "trained"))
        table.add_row(f"{found['p']:g}", f"{found['penalty']:.4g}", f"{found['size']:.3f}", *differences)
    return [table]


def ridge_notes(figures: Figures) -> Sequence[str]:
    """Whether the two sides are the same."""
    largest = max(max(found["differences"].values()) for found in figures["rates"])
    rates = len(figures["rates"])
    verdict = "is ridge regression" if largest <= AGREEMENT else "is not ridge regression here"
    return [
        f"Linear regression with dropout on its inputs {verdict}: the largest relative difference at "
        f"{rates} rate{'s' if rates > 1 else ''} is {largest:.0e}; 1e{round(math.log10(AGREEMENT))} was allowed.",
        "Size: |G v| relative to least squares. Loss to trained: the relative difference between all masks enumerated "
        "and the closed form.",
        "The penalty is p / (1 - p) times the square of |G v|, G = diag(X'X)^(1/2): each weight is counted by the size "
        "of its own feature.",
    ]
