"""Figures 9 and 10 of Srivastava et al. (2014), https://jmlr.org/papers/v15/srivastava14a.html, next to a sweep."""

from __future__ import annotations

from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of
from tinygrad_dropout.lab.comparison.arms import WITH
from tinygrad_dropout.lab.comparison.report import number
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT, FIXED_WIDTH, SETTINGS
from tinygrad_dropout.lab.text import listed
from tinygrad_dropout.lab.trials import Figures, Options

PAPER = "Srivastava et al. (2014)"
FIGURE_9 = f"figure 9 of {PAPER}, on MNIST,"
FLAT = (0.2, 0.6)  # in this range, the error of figure 9 hardly changes with the width fixed
SPARSE, ERRORS = "0.9", {FIXED_WIDTH: "2.7%", FIXED_KEPT: "1.7%"}  # approximate errors there

WIDER = (
    f"With a {FIXED_KEPT}, the layers are 1 / (1 - p) times as wide as at p = 0, and as wide as with a {FIXED_WIDTH} "
    f"at p = 0.5. So its differences show the effects of p and width together."
)


def next_to_the_paper(options: Options, figures: Figures) -> list[str]:
    """For a figure of the paper: what it shows, and the same quantity here."""
    found = {9: figure_9, 10: figure_10}.get(options["figure"])
    return [] if found is None else found(options, figures)


def figure_9(options: Options, figures: Figures) -> list[str]:
    """How flat the score is in the middle, and the scores of both series at a high p."""
    measure, scores = measures_of(options)[headline_of(options)], figures["scores"]
    trained = {series: names_with_verdict(figures, series) for series in ERRORS}
    means = [measure.scale * scores[FIXED_WIDTH][name]["mean"] for name in trained[FIXED_WIDTH]
             if FLAT[0] <= float(name) <= FLAT[1]]  # fmt: skip
    said = []
    if len(means) > 1:
        spread = measure.amount(number((max(means) - min(means)) / measure.scale, measure.scale).removesuffix("%"))
        said.append(
            f"In {FIGURE_9} the error with a {FIXED_WIDTH} hardly changes from p = {FLAT[0]} to "
            f"{FLAT[1]}; here, the mean {measure.label} differs by {spread} in that range."
        )
    if all(SPARSE in names for names in trained.values()):
        theirs = listed(f"about {error} with a {series}" for series, error in ERRORS.items())
        reached = [scores[series][SPARSE]["mean"] for series in ERRORS]
        errors = measure.counts_rows
        what = "test error" if errors else measure.label
        ours = listed(number(1 - one if errors else one, measure.scale) for one in reached)
        said.append(f"At p = {SPARSE}, the error in {FIGURE_9} is {theirs}; here, the {what} is {ours}.")
    return [*said, WIDER]


def figure_10(options: Options, figures: Figures) -> list[str]:
    """The number of examples with the largest gain, and the gains with the smallest and the largest number."""
    measure = measures_of(options)[headline_of(options)]
    sign = 1 if measure.higher_is_better else -1
    differences = figures["differences"][WITH.name]
    gains = {name: sign * differences[name]["mean"] for name in names_with_verdict(figures, WITH.name)}
    if not gains:
        return []
    first, *_, last = (*gains, *gains)
    best = max(gains, key=lambda name: gains[name])

    def gain(name: str) -> str:
        shown = number(gains[name] / measure.scale, measure.scale, sign="+").removesuffix("%")
        return measure.amount(shown)

    def size(name: str) -> str:
        return SETTINGS["train_size"].written(int(name))

    gained = gains[best] > 0
    others = [f"{gain(name)} with {size(name)}" for name in dict.fromkeys((first, last)) if name != best or not gained]
    ends = f"; it is {listed(others)}" if others else ""
    most = f"largest with {size(best)} examples, {gain(best)}" if gained else "above 0 with no number of examples"
    return [
        f"In figure 10 of {PAPER}, dropout gains nothing with 100 and 500 examples of MNIST, and the gain rises and "
        f"then declines toward 50,000; here, the mean gain is {most}{ends}."
    ]


def names_with_verdict(figures: Figures, series: str) -> list[str]:
    """The values of a series at which no training diverged."""
    return [name for name, found in figures["differences"][series].items() if found["verdict"] != "diverged"]
