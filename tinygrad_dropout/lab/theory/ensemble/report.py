"""The experiment in words: what was measured, the tables, and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.text import new_table
from tinygrad_dropout.lab.theory.ensemble.defects import ADVICE, EXACT, defects, depth_of, why_nothing_is_shown
from tinygrad_dropout.lab.theory.ensemble.figures import REPETITIONS
from tinygrad_dropout.lab.theory.ensemble.network import TEST_SIZE, TRAIN_SIZE
from tinygrad_dropout.lab.trials import Figures

if TYPE_CHECKING:
    from rich.table import Table

SAME_AS_SHOWN = 5e-4  # distances below it are 0.000 in the table
SHOWN_SAMPLES = (1, 10, 50, 100, 1000)  # the numbers k of Monte Carlo samples in the table


def describe(options: Figures, figures: Figures) -> str:
    """The measurements."""
    hidden = " and ".join("-".join(map(str, network["hidden"])) for network in figures["networks"])
    return (
        f"scikit-learn's digits, {TRAIN_SIZE:,} training and {TEST_SIZE} test examples; hidden units {hidden}, "
        f"p = {options['p']}; all {figures['networks'][0]['subnetworks']:,} subnetworks; seed {options['seed']}"
    )


def tables(figures: Figures) -> Sequence[Table]:
    """A table for each network: its averages, Monte Carlo and a single subnetwork."""
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
    """`0` if it is exactly 0, `2e-16` if it is only a rounding error, `0.301` otherwise."""
    return f"{distance:.0e}" if 0 < distance < EXACT else f"{distance:.3f}" if distance else "0"


def spread(found: Figures, digits: int) -> str:
    """Mean and standard deviation: `6.9 ± 0.1`."""
    return f"{found['mean']:.{digits}f} ± {found['sd']:.{digits}f}"


def notes(figures: Figures) -> Sequence[str]:
    """The verdict, what is wrong with a network, what the table shows, and how many subnetworks there are."""
    networks, wide = figures["networks"], figures["wide_layer"]
    wrong = [sentence for sentence in map(defects, networks) if sentence]
    return [
        f"Weight scaling compared with the renormalized geometric mean: {', '.join(map(exactness, networks))}. "
        f"{monte_carlo_limit(networks)}",
        *([" ".join([*wrong, ADVICE])] if wrong or any(map(why_nothing_is_shown, networks)) else []),
        f"Monte Carlo k is the mean of k drawn subnetworks, ± one standard deviation over {REPETITIONS} repetitions. "
        "One subnetwork: the mean and standard deviation over all of them. Distance: half the sum of |difference| over "
        "the classes, averaged over the examples.",
        "The mean of drawn subnetworks converges to the arithmetic mean E_z[f(x, z)]. Weight scaling is in general a "
        "different number, computed in one pass.",
        f"A layer of {wide['units']:,} units has {wide['subnetworks']} subnetworks, far too many to run.",
    ]


def exactness(network: Figures) -> str:
    """Whether weight scaling is the geometric mean of this network, or why that proves nothing here."""
    if reason := why_nothing_is_shown(network):
        return f"no conclusion with {depth_of(network)} ({reason})"
    gap = network["averages"]["geometric mean"]["most_from_scaling"]
    return f"{'exact' if gap < EXACT else 'not exact'} with {depth_of(network)} (off by {gap:.2g})"


def monte_carlo_limit(networks: Sequence[Figures]) -> str:
    """What Monte Carlo converges to, judged by the networks whose arithmetic mean differs from weight scaling."""
    differing = [each for each in networks if each["averages"]["arithmetic mean"]["from_scaling"] >= SAME_AS_SHOWN]
    if not differing:
        return "The limit of Monte Carlo cannot be seen: the arithmetic mean and weight scaling are nearly the same."
    last = [network["monte_carlo"][-1] for network in differing]
    if all(found["from_arithmetic"]["mean"] < found["from_scaling"]["mean"] for found in last):
        return "Monte Carlo converges to the arithmetic mean."
    return f"At k = {last[0]['k']}, Monte Carlo is not yet near the arithmetic mean."
