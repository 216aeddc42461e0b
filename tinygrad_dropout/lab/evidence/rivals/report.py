"""Dropout and its rivals in words: the table, and what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of
from tinygrad_dropout.lab.comparison.budget import may_change
from tinygrad_dropout.lab.comparison.report import (
    data_in_words,
    epochs_in_words,
    layers_in_words,
    none_beats_baseline,
    number,
    scope,
)
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, hold_together
from tinygrad_dropout.lab.evidence.held_back import NOISY_VALIDATION, brief, too_few
from tinygrad_dropout.lab.evidence.rivals.tries import (
    DROPOUT,
    INPUT_PART,
    PLAIN_NETWORK,
    SEEN_SEEDS,
    STOPPING,
    SYMBOLS,
    try_of,
)
from tinygrad_dropout.lab.evidence.seen import which_seeds
from tinygrad_dropout.lab.text import counted, listed, new_table
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

AGAINST_PLAIN = {
    "helps": ("does better than", "do better than"),
    "no effect shown": ("shows no difference from", "show no difference from"),
    "hurts": ("does worse than", "do worse than"),
}
"""By the verdict: the words for one method, and for several."""

AGAINST_RIVALS = {
    "helps": ("does better than {}", "and", "each of the others"),
    "hurts": ("does worse than {}", "and", "each of the others"),
    "no effect shown": ("shows no difference from {}", "or", "any of the others"),
    "diverged": ("has no verdict against {}, because the training diverged", "or", "any of the others"),
}
"""By the verdict: the words for dropout, how its rivals are listed, and the words for all of them."""


CHOSEN_BY = {
    False: "log-loss on its validation part (accuracy might lead to other choices)",
    True: "RMSE on its validation part",
}
"""By whether it is a regression."""


def describe(options: Options, figures: Figures) -> str:
    """What was done, in one line."""
    return (
        f"{data_in_words(options, figures['rows'], 'for choosing')}; {layers_in_words(options['hidden'])}; "
        f"{epochs_in_words(options)}; {len(options['methods'][DROPOUT])} strengths of each method (inputs get "
        f"{INPUT_PART:g} times its p); {counted(figures['seeds'], 'seed')}"
    )


def tables(options: Options, figures: Figures) -> Sequence[Table]:
    """The methods, the best first, then the plain network and the baseline; and how often each strength was chosen."""
    key = headline_of(options)
    measure, looks = measures_of(options)[key], figures["looks"]
    scores = new_table(
        "method", measure.label.replace(" ", "\n", 1), f"minus\n{PLAIN_NETWORK}", "dropout\nminus method"
    )
    choices = new_table("method", "strength (how often chosen)")
    for name in by_score(options, figures):
        found, against = figures["methods"][name], figures["against"].get(name)
        scores.add_row(
            name,
            number(found["mean"], measure.scale),
            brief(options, figures, found["difference"], looks),
            "" if against is None else brief(options, figures, against, looks),
        )
        tried = ", ".join(f"{one} ({times})" for one, times in found["chosen"].items())
        choices.add_row(name, SYMBOLS.get(name, "") + tried)
    scores.add_row(PLAIN_NETWORK, number(figures["plain"], measure.scale), "", "")
    scores.add_row("baseline", number(figures["baseline"][key], measure.scale), "", "")
    return [scores, choices]


def notes(options: Options, figures: Figures) -> Sequence[str]:
    """Which methods help, and how dropout compares with each; then what to know before you believe it."""
    if figures["seeds"] < MIN_PAIRS:
        return [too_few(figures["seeds"], MIN_PAIRS)]
    key = headline_of(options)
    every = (figures["plain"], *(found["mean"] for found in figures["methods"].values()))
    reached = [score for score in every if score is not None]
    chosen_by = CHOSEN_BY[options["classes"] is None]
    return [
        f"{conditions(options)}: {against_plain(options, figures)} {against_rivals(figures['against'])}",
        hold_together(figures["looks"]),
        *may_change([listed(figures["improving"])] if figures["improving"] else []),
        f"For each seed, the strength of a method was chosen by the {chosen_by}. No test row of the same seed affected "
        "the choice.",
        *tries_that_diverged(figures),
        *(none_beats_baseline(figures["baseline"], reached, key, measures_of(options)[key]) if reached else []),
        *seen_before(options),
        *at_an_end(figures, -1, "strong"),
        *at_an_end(figures, 0, "weak"),
        *([NOISY_VALIDATION] if options["label_noise"] else []),
        *scope(options, figures),
        "Early stopping also chooses its epoch on the validation part, so it has more tries than the others. Its "
        "longest patience never has a higher validation loss than a shorter one.",
        "Here, DropConnect draws one mask of weights for each batch, and uses the mean weights at test time. Wan et "
        "al. (2013) draw one mask for each example, and average over a Gaussian at test time.",
    ]


def by_score(options: Options, figures: Figures) -> list[str]:
    """The methods, the best first, those without a score last."""
    sign = -1 if measures_of(options)[headline_of(options)].higher_is_better else 1
    scores = {name: found["mean"] for name, found in figures["methods"].items()}
    return sorted(scores, key=lambda name: math.inf if scores[name] is None else sign * scores[name])


def with_verdict(differences: Mapping[str, Figures], verdict: str) -> list[str]:
    """The names of the differences that have this verdict."""
    return [name for name, found in differences.items() if found["verdict"] == verdict]


def against_plain(options: Options, figures: Figures) -> str:
    """One sentence, as it goes on after a colon: which methods do better than the plain network, and which don't."""
    if figures["plain"] is None:
        return f"there is no verdict on any method, because the training of the {PLAIN_NETWORK} diverged."
    differences = {name: figures["methods"][name]["difference"] for name in by_score(options, figures)}
    parts, network = [], f"the {PLAIN_NETWORK}"
    for verdict, (does, do) in AGAINST_PLAIN.items():
        names = with_verdict(differences, verdict)
        if len(names) == len(differences):
            return f"each of the {len(names)} methods {does} {network}."
        if names:
            parts.append(f"{listed(names)} {do if len(names) > 1 else does} {network}")
            network = "it"
    if names := with_verdict(differences, "diverged"):
        parts.append(f"there is no verdict on {listed(names)}, because the training diverged")
    return f"{'; '.join(parts)}."


def against_rivals(against: Mapping[str, Figures]) -> str:
    """One sentence: which rivals dropout beats, and which beat it."""
    parts = []
    for verdict, (said, word, all_of_them) in AGAINST_RIVALS.items():
        if names := with_verdict(against, verdict):
            parts.append(said.format(all_of_them if len(names) == len(against) else listed(names, word)))
    return f"Dropout {'; it '.join(parts)}."


def conditions(options: Options) -> str:
    """The conditions of the verdicts, at the start of a sentence."""
    noise = f" with {100 * options['label_noise']:g}% of the training labels random" if options["label_noise"] else ""
    epochs = f"{options['epochs']} epoch{'s' if options['epochs'] > 1 else ''}"
    return f"On {options['csv'] or options['dataset']}{noise}, after {epochs}"


def tries_that_diverged(figures: Figures) -> list[str]:
    """A sentence about tries that could not be chosen, if there are any."""
    found = {name: one["diverged"] for name, one in figures["methods"].items() if one["diverged"]}
    if not found:
        return []
    tries = listed(f"{name} ({times} of {figures['seeds'] * len(figures['methods'][name]['chosen'])} tries)"
                   for name, times in found.items())  # fmt: skip
    return [f"A try whose training diverged counts as the worst; this happened with {tries}."]


def at_an_end(figures: Figures, place: int, kind: str) -> list[str]:
    """A sentence if the first or last of a method's strengths was chosen for most seeds; none about patience."""
    ends = {name: list(found["chosen"].items())[place] for name, found in figures["methods"].items()}
    names = [try_of(name, strength) for name, (strength, times) in ends.items()
             if 2 * times > figures["seeds"] and name != STOPPING]  # fmt: skip
    if not names:
        return []
    return [
        f"For most seeds, the {kind}est strength was chosen for {listed(names)}. A {kind}er strength might do better."
    ]


def seen_before(options: Options) -> list[str]:
    """A sentence about how the strengths were chosen, for the data set that they were chosen on."""
    if options["csv"] is not None or options["dataset"] != "digits":
        return []
    which = which_seeds(options, SEEN_SEEDS)
    return [f"The strengths to try were chosen after seeing results of {which} on these digits."]
