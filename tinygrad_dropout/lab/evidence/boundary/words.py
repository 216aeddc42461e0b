"""What dropout does to a boundary, in sentences."""

from __future__ import annotations

from typing import NamedTuple

from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, hold_together
from tinygrad_dropout.lab.datasets.moons import TEST_SIZE
from tinygrad_dropout.lab.evidence.boundary.claims import CLAIMS
from tinygrad_dropout.lab.evidence.boundary.options import SEEN_SEEDS
from tinygrad_dropout.lab.evidence.boundary.pictures import REACH
from tinygrad_dropout.lab.evidence.claim import HOLDS, NO_INTERVAL, NOT_SHOWN, OPPOSITE, TOO_FEW
from tinygrad_dropout.lab.evidence.seen import which_seeds
from tinygrad_dropout.lab.text import listed
from tinygrad_dropout.lab.trials import Figures, Options


class Effect(NamedTuple):
    """The words for what dropout can do to a measure."""

    holds: str
    opposite: str
    what: str

    def verbs(self) -> dict[str, str]:
        """The verb for each verdict."""
        return {
            HOLDS: self.holds,
            OPPOSITE: self.opposite,
            NO_INTERVAL: "has the same effect in every pair (so there is no interval) on",
            NOT_SHOWN: "shows no effect on",
        }


EFFECTS = {
    "length": Effect("shortens", "lengthens", "the boundary"),
    "regions": Effect("lowers", "raises", "the number of regions"),
    "accuracy": Effect("raises", "lowers", "the test accuracy"),
}


def describe(options: Options, figures: Figures) -> str:
    """What was done, in one line."""
    pairs, units, few = min(shown["pairs"] for shown in figures.values()), options["hidden"], options["few"]
    return (
        f"{pairs:,} pair{'' if pairs == 1 else 's'} in each setting: {options['train_size']:,} training points, "
        f"{TEST_SIZE:,} test points with true labels; hidden layers {units}, {units} (few units: {few}, {few}); "
        f"p = {options['p']:g}, inputs 0; {options['epochs']:,} steps of sgd on all points. Noisy moons: "
        f"{100 * options['label_noise']:g}% of the training labels are random"
    )


def sentences(options: Options, figures: Figures, looks: int) -> list[str]:
    """The effect of dropout in each setting, what the measures are, and how the settings were chosen."""
    found = [shown["parts"][""] for shown in figures.values()]
    if any(one["verdict"] == TOO_FEW for measures in found for one in measures.values()):
        verdict = [f"Too few pairs for a verdict: at least {MIN_PAIRS} are needed."]
    else:
        effects = "; it ".join(effect_on(measure, figures, len(options["configurations"])) for measure in EFFECTS)
        verdict = [
            f"Dropout {effects}.",
            hold_together(looks),
        ]
    return [
        *verdict,
        f"The claims about networks with dropout: {listed(claim.sentence for claim in CLAIMS.values())}.",
        f"Boundary: where both classes are equally likely, within {REACH:g} standard deviations of the center in each "
        "direction; its length is in standard deviations of the inputs. Regions: connected areas of one prediction; "
        "a single line from edge to edge makes 2, and each further line or island adds one.",
        f"The settings were chosen after seeing results of {which_seeds(options, SEEN_SEEDS)}. The one with few units "
        "was chosen to show when a shorter boundary costs accuracy.",
    ]


def effect_on(measure: str, figures: Figures, settings: int) -> str:
    """The effect on a measure in each setting: `raises the test accuracy with a, and lowers it with b`.

    Args:
        measure: its name.
        figures: of the settings that have a finished pair.
        settings: how many there are in all.
    """
    parts: list[str] = []
    what = EFFECTS[measure].what
    for verdict, verb in EFFECTS[measure].verbs().items():
        names = [setting for setting, shown in figures.items() if shown["parts"][""][measure]["verdict"] == verdict]
        if names:
            where = f"with {listed(names)}"
            if len(names) == settings:
                where = "in any setting" if verdict == NOT_SHOWN else "in every setting"
            parts.append(f"{verb} {'it' if parts else what} {where}")
    *others, last = parts
    return f"{', '.join(others)}, and {last}" if others else last
