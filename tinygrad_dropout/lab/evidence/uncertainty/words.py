"""The sentences of `lab uncertainty`: what was done, and what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tinygrad_dropout.lab.comparison.measures import RMSE, Measure
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, hold_together
from tinygrad_dropout.lab.evidence.seen import which_seeds
from tinygrad_dropout.lab.evidence.uncertainty.analysis import (
    CALIBRATION_ERROR,
    LOG_LIKELIHOOD,
    NOT_SHOWN,
    compared_with_scaling,
    verdict_on_coverage,
)
from tinygrad_dropout.lab.evidence.uncertainty.options import SEEN_SEEDS
from tinygrad_dropout.lab.evidence.uncertainty.predictions import (
    BINS,
    CONFIDENCE,
    MONTE_CARLO,
    ONE_MASK,
    WEIGHT_SCALING,
)
from tinygrad_dropout.lab.evidence.uncertainty.problems import PLACES, TABLE
from tinygrad_dropout.lab.evidence.uncertainty.published import published_note
from tinygrad_dropout.lab.evidence.uncertainty.report import (
    TWO_MOONS,
    both_rounded,
    digits,
    name_of_table,
    published_line,
)
from tinygrad_dropout.lab.text import alternatives, counted, listed
from tinygrad_dropout.lab.trials import Figures, Options


def describe(options: Options, figures: Figures) -> str:
    """What was done, in one line."""
    epochs = counted(options["epochs"], "epoch")
    hidden = "-".join(map(str, options["hidden"]))
    table = figures["regressions"][TABLE]
    drawn = "given split" if options["splits"] or options["uci"] else "seed"
    return (
        f"Three networks with dropout, p = {options['p']:g}, {epochs}: a function "
        f"with a gap in its data, {TWO_MOONS}, and {name_of_table(options)} ({table['train']:,} training and "
        f"{table['test']:,} test rows, {hidden} hidden units); {counted(table['seeds'], drawn)}; {MONTE_CARLO} with "
        f"{options['samples']} masks"
    )


def notes(options: Options, figures: Figures) -> Sequence[str]:
    """Whether Monte Carlo's bands are too narrow, then the other results, then how they were measured."""
    line = published_line(options)
    return [
        on_bands(options, figures),
        *(on_log_likelihood(options, figures, method) for method in (MONTE_CARLO, ONE_MASK)),
        on_errors(options, figures),
        on_distance(figures),
        *([] if line is None else [published_note(line)]),
        f"{MONTE_CARLO} estimates the arithmetic mean over masks: of densities for a regression, of probabilities for "
        f"classes. {WEIGHT_SCALING.capitalize()} approximates the geometric mean. The two differ, however many masks "
        "there are.",
        "The noise of each method is the maximum-likelihood estimate on a fifth of the training rows, for a network "
        "trained on the others. The network that is scored is trained on all of them. A band is the mean ± 1.96 · "
        f"sqrt(spread over masks² + noise²); with {WEIGHT_SCALING} and {ONE_MASK}, the spread is 0.",
        f"The calibration error is the expected calibration error, with {BINS} equally wide bins of confidence from 0 "
        "to 1. Distances are measured from the center of the moons, in standard deviations of an input.",
        f"The function with the gap was changed after seeing results of {which_seeds(options, SEEN_SEEDS)}. New seeds "
        "guard against luck, but not against the choice of the function.",
        f"{hold_together(figures['looks'])} On {name_of_table(options)}, they cover other splits of the same rows."
        + (f" There are none yet: {MIN_PAIRS} seeds are needed." if too_few(figures) else ""),
    ]


def too_few(figures: Figures) -> bool:
    """Whether there are too few seeds for intervals."""
    return any(part["seeds"] < MIN_PAIRS for part in (*figures["regressions"].values(), figures["classification"]))


def places(options: Options) -> dict[str, str]:
    """The words for the place of each regression, by its name in the figures."""
    return {**{place: place for place in PLACES}, TABLE: f"on {name_of_table(options)}"}


def on_bands(options: Options, figures: Figures) -> str:
    """One sentence about the places where Monte Carlo's bands contain too few or too many new values."""
    groups: dict[str, list[str]] = {"too narrow": [], "too wide": [], "": []}
    for name, place in places(options).items():
        held = figures["regressions"][name]["coverage"]
        verdict = verdict_on_coverage(held)
        share, _ = both_rounded(held["mean"], 100 * CONFIDENCE, 0, differ=bool(verdict))
        groups[verdict].append(f"{place} ({share}%)")
    if too_few(figures):
        explained = listed(groups[""]).replace("%)", "% of new values lie in them)", 1)
        return f"Too few seeds for a verdict on the 95% bands of {MONTE_CARLO} dropout {explained}."
    said = [f"{verdict} {listed(named)}" for verdict, named in groups.items() if verdict and named]
    if groups[""]:
        said.append(f"not shown to be too narrow or too wide {alternatives(groups[''])}")
    explained = "; they are ".join(said).replace("%)", "% of new values lie in them)", 1)
    return f"The 95% bands of {MONTE_CARLO} dropout are {explained}."


def on_log_likelihood(options: Options, figures: Figures, method: str) -> str:
    """One sentence that compares a method's log-likelihood with weight scaling's."""
    parts = {place: figures["regressions"][name] for name, place in places(options).items()}
    groups: dict[str, list[str]] = {"better": [], "worse": [], NOT_SHOWN: []}
    for place, part in [*parts.items(), (f"on {TWO_MOONS}", figures["classification"])]:
        groups[compared_with_scaling(LOG_LIKELIHOOD, part, method)].append(place)
    said = [
        f"{verdict} {alternatives(named) if verdict == NOT_SHOWN else listed(named)}"
        for verdict, named in groups.items()
        if named
    ]
    return f"Compared with {WEIGHT_SCALING}, the log-likelihood of {method} is {'; '.join(said)}."


def on_errors(options: Options, figures: Figures) -> str:
    """One sentence that compares Monte Carlo's error on the table, and its calibration, with weight scaling's."""
    table, moons = figures["regressions"][TABLE], figures["classification"]
    on_table = compared(RMSE, table, digits)
    on_moons = compared(CALIBRATION_ERROR, moons, lambda _: 3)
    return (
        f"The RMSE of {MONTE_CARLO} on {name_of_table(options)} is {on_table}; its calibration error on {TWO_MOONS} is "
        f"{on_moons}."
    )


def compared(measure: Measure, part: Figures, decimals: Callable[[float], int]) -> str:
    """Monte Carlo's mean score, and how it compares with weight scaling's."""
    found, other = (part["scores"][method][measure.name] for method in (MONTE_CARLO, WEIGHT_SCALING))
    verdict = compared_with_scaling(measure, part, MONTE_CARLO)
    own, scaled = both_rounded(found, other, decimals(min(found, other)), differ=verdict != NOT_SHOWN)
    return f"{own}, {verdict} {'from' if verdict == NOT_SHOWN else 'than'} the {scaled} of {WEIGHT_SCALING}"


def on_distance(figures: Figures) -> str:
    """One sentence about the confidence far from all data."""
    found = figures["classification"]
    shown = found["farthest"]
    differ = shown["low"] is not None and not shown["low"] <= 0 <= shown["high"]
    relation = ("less than" if shown["mean"] < 0 else "more than") if differ else f"{NOT_SHOWN} from"
    own, other = (100 * found["confidence"][method][-1] for method in (MONTE_CARLO, WEIGHT_SCALING))
    monte_carlo, scaled = both_rounded(own, other, 1, differ=differ)
    return (
        f"At {found['distances'][-1]:g} standard deviations from {TWO_MOONS}, where the data give no information and "
        f"50% would be honest, the mean confidence of {MONTE_CARLO} is {monte_carlo}%, {relation} the {scaled}% of "
        f"{WEIGHT_SCALING}."
    )
