"""The verdicts on the claims about co-adaptation, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tinygrad_dropout.lab.comparison.budget import capitalized
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, hold_together
from tinygrad_dropout.lab.evidence.claim import (
    HIGHER,
    HOLDS,
    LOWER,
    NO_INTERVAL,
    NOT_SHOWN,
    OPPOSITE,
    TOO_FEW,
    Claim,
    Parts,
)
from tinygrad_dropout.lab.evidence.coadaptation.claims import LAYERS, NETWORK
from tinygrad_dropout.lab.evidence.coadaptation.classifier import ROWS
from tinygrad_dropout.lab.evidence.coadaptation.options import LABEL_NOISE, SEEN_SEEDS
from tinygrad_dropout.lab.evidence.seen import which_seeds
from tinygrad_dropout.lab.text import counted, listed
from tinygrad_dropout.lab.trials import Figures, Options

IN_WORDS = {
    HOLDS: "holds for",
    OPPOSITE: "the opposite holds for",
    HIGHER: "higher with dropout for",
    LOWER: "lower with dropout for",
    NO_INTERVAL: "the same change in every pair, so no interval, for",
    NOT_SHOWN: "not shown for",
}
REMARKS = (
    "Accuracy kept: the units of one layer are set to 0 one after another, in random order, without scaling the others "
    "to compensate. The measure is the mean of the resulting accuracy curve, up to p or past it, as a share of the "
    f"whole network's accuracy, on up to {ROWS} test examples.",
    "Effect: the increase in the loss on these examples if a unit is removed. If all units matter less, the mean "
    "|effect| is lower. Largest/mean effect shows how much the most important unit stands out.",
    "Interaction (also called synergy): the increase in the loss if both units of a pair are removed, minus the "
    "effects of each, divided by the mean |effect|. Above 0, they can replace each other; below 0, they need each"
    " other.",
    "Accuracy of one unit: the accuracy of a linear classifier that sees only this unit. Activations are measured at "
    "test time with inverted dropout: they are not multiplied by 1 - p. Near 0: below a hundredth of the layer's mean.",
)


class Found(NamedTuple):
    """A claim, and the verdict on it in one setting and part."""

    setting: str
    part: str
    claim: Claim
    verdict: str


def describe(options: Options, figures: Figures) -> str:
    """What was compared, in one line."""
    pairs, units = min(shown["pairs"] for shown in figures.values()), options["hidden"]
    return (
        f"{counted(pairs, 'pair')} in each setting: {options['train_size']:,} training digits; "
        f"classifiers with hidden layers {units}, {units} after {options['epochs']:,} epochs of adam, an autoencoder "
        f"with one of {units} after {options['autoencoder_epochs']:,}; p = {options['p']:g}, inputs 0. Noisy digits: "
        f"{100 * LABEL_NOISE:g}% of the training labels are random"
    )


def sentences(options: Options, parts: Mapping[str, Parts], figures: Figures, looks: int) -> list[str]:
    """How many of the claims hold, which hold in which settings, and what the measures are.

    Args:
        options: the options of the run.
        parts: the claims of each setting.
        figures: the results.
        looks: how many intervals are looked at together.
    """
    every = list(all_found(parts, figures))
    remarks = [
        *REMARKS,
        "The autoencoder's training time, the claims, the measures and the number of pairs were chosen after seeing "
        f"results of {which_seeds(options, SEEN_SEEDS)} on these 1,797 digits.",
    ]
    if any(found.verdict == TOO_FEW for found in every):
        return [f"Too few pairs for a verdict: at least {MIN_PAIRS} are needed.", *remarks]
    inside: dict[str, list[Found]] = {}
    for found in every:
        if found.part != NETWORK:
            inside.setdefault(found.claim.sentence, []).append(found)
    tested = {claim: where for claim, where in inside.items() if not where[0].claim.disputed}
    uniform = {
        words: [claim for claim, where in tested.items() if verdicts(where) == {verdict}]
        for words, verdict in (("Shown wherever we looked", HOLDS), ("Shown nowhere", NOT_SHOWN))
    }
    mixed = [claim for claim in inside if all(claim not in claims for claims in uniform.values())]
    network = [found for found in every if found.part == NETWORK]
    return [
        headline(list(map(verdicts, tested.values()))),
        sentence_of(network[0].claim.sentence, network),
        *(f"{words}: {'; '.join(claims)}." for words, claims in uniform.items() if claims),
        *(sentence_of(claim, inside[claim]) for claim in mixed),
        *caution(network, every),
        hold_together(looks),
        *remarks,
    ]


def all_found(parts: Mapping[str, Parts], figures: Figures) -> Iterator[Found]:
    """The verdict on each claim in each setting and part."""
    for setting, of_setting in parts.items():
        for part, claims in of_setting.items():
            for name, claim in claims.items():
                yield Found(setting, part, claim, figures[setting]["parts"][part][name]["verdict"])


def verdicts(found: Sequence[Found]) -> set[str]:
    """The verdicts that occur."""
    return {one.verdict for one in found}


def headline(tested: Sequence[set[str]]) -> str:
    """How many claims hold everywhere, somewhere, and nowhere; `tested` has the verdicts of each."""
    kinds = {
        "shown wherever we looked": lambda found: found == {HOLDS},
        "shown only in some places": lambda found: HOLDS in found and OPPOSITE not in found and found != {HOLDS},
        "shown in some places and reversed in others": lambda found: found >= {HOLDS, OPPOSITE},
        "reversed": lambda found: OPPOSITE in found and HOLDS not in found,
        "shown nowhere": lambda found: not found & {HOLDS, OPPOSITE},
    }
    counts = {kind: sum(map(of_kind, tested)) for kind, of_kind in kinds.items()}
    parts = [f"{count} {kind}" for kind, count in counts.items() if count]
    return f"Of {len(tested)} claims about what dropout does inside a network: {listed(parts)}."


def sentence_of(claim: str, found: Sequence[Found]) -> str:
    """A claim, and the settings for which it holds."""
    parts = []
    for verdict, words in IN_WORDS.items():
        layers: dict[str, list[str]] = {}
        for one in found:
            if one.verdict == verdict:
                layers.setdefault(one.setting, []).append(one.part)
        if layers:
            parts.append(f"{words} {listed(place(setting, where, found) for setting, where in layers.items())}")
    return f"{capitalized(claim)}: {'; '.join(parts)}."


def place(setting: str, layers: Sequence[str], found: Sequence[Found]) -> str:
    """A setting and some of its layers in words: `noisy digits (layer 2)`; some of its layers are always named."""
    if sum(one.setting == setting for one in found) == 1:
        return setting
    return f"{setting} ({'both layers' if len(layers) == len(LAYERS) else listed(layers)})"


def caution(network: Sequence[Found], every: Sequence[Found]) -> list[str]:
    """A sentence if measures change as claimed although dropout is not shown to make the network better.

    Args:
        network: the verdicts on the claim that the network is better, in each setting.
        every: the verdicts on all claims.
    """
    parts = []
    for setting, _, _, verdict in network:
        tested = [
            one for one in every if (one.setting, one.part != NETWORK, one.claim.disputed) == (setting, True, False)
        ]
        changed = sum(one.verdict == HOLDS for one in tested)
        if changed and verdict != HOLDS:
            better = "which it makes worse" if verdict == OPPOSITE else "which it is not shown to make better"
            parts.append(f"{changed} of {len(tested)} in {setting}, {better}")
    if not parts:
        return []
    return [
        f"Measures change as claimed even if dropout does not help: {'; '.join(parts)}. A change inside a network is "
        "not necessarily what makes it better."
    ]
