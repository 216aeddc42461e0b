"""The tables of `lab uncertainty`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.measures import MAX_DIGITS, rounded, two_digits_of
from tinygrad_dropout.lab.evidence.uncertainty.analysis import COMPARED, OTHERS, as_difference
from tinygrad_dropout.lab.evidence.uncertainty.predictions import METHODS, MONTE_CARLO, WEIGHT_SCALING
from tinygrad_dropout.lab.evidence.uncertainty.problems import PLACES, TABLE
from tinygrad_dropout.lab.evidence.uncertainty.published import Published, published_for
from tinygrad_dropout.lab.text import new_table
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

LONGEST = 15  # characters of a name in a table, so that a line fits into 80 columns
TWO_MOONS = "two moons"


def name_of_table(options: Options) -> str:
    """The name of the table in sentences."""
    return str(options["uci"] or (options["csv"] or "diabetes").removesuffix(".csv"))


def labels(options: Options) -> dict[str, str]:
    """The name of each regression in the tables."""
    name = name_of_table(options)
    return {**{place: place for place in PLACES}, TABLE: name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"}


def published_line(options: Options) -> Published | None:
    """The published results for the table; None if there are none."""
    return published_for(name_of_table(options), options["rows"])


def tables(options: Options, figures: Figures) -> Sequence[Table]:
    """The scores of the regressions and of the classification, differences from weight scaling, published figures."""
    line = published_line(options)
    return [
        regression_table(options, figures),
        classification_table(figures),
        difference_table(options, figures),
        *([] if line is None else [published_table(line, figures["regressions"][TABLE])]),
    ]


def regression_table(options: Options, figures: Figures) -> Table:
    """For each place and method: the error, the log-likelihood, and the share of new values in the bands."""
    table = new_table("regression", "predicted by", "RMSE", "log-likelihood\n(nats)", "in the\n95% band", "half-width")
    table.columns[1].justify = "left"
    for name, label in labels(options).items():
        for method, scores in figures["regressions"][name]["scores"].items():
            table.add_row(
                label if method == METHODS[0] else "",
                method,
                two_digits(scores["rmse"]),
                two_digits(scores["log_likelihood"]),
                f"{100 * scores['coverage']:.1f}%",
                two_digits(scores["width"]),
            )
    return table


def classification_table(figures: Figures) -> Table:
    """For each method: how good its probabilities are near the data, and how sure it is far from them."""
    found = figures["classification"]
    ends = [f"confidence\nat {distance:g}" for distance in (found["distances"][0], found["distances"][-1])]
    table = new_table(TWO_MOONS, "accuracy", "log-likelihood\n(nats)", "calibration\nerror", *ends)
    for method, scores in found["scores"].items():
        confidence = found["confidence"][method]
        table.add_row(
            method,
            f"{100 * scores['accuracy']:.1f}%",
            f"{scores['log_likelihood']:.3f}",
            f"{scores['calibration_error']:.3f}",
            *(f"{100 * confidence[place]:.1f}%" for place in (0, -1)),
        )
    return table


def difference_table(options: Options, figures: Figures) -> Table:
    """The differences of one mask and Monte Carlo from weight scaling, with intervals."""
    table = new_table(f"minus\n{WEIGHT_SCALING}", *OTHERS)
    for label, regression, found in parts(options, figures):
        table.add_row(label)
        for measure in COMPARED[regression]:
            differences = (
                as_difference(measure, found["differences"][method][measure.name], found) for method in OTHERS
            )
            name = measure.label.removeprefix("test ").removesuffix(" error")
            table.add_row(f" {name}", *(one.brief for one in differences))
    return table


def parts(options: Options, figures: Figures) -> list[tuple[str, bool, Figures]]:
    """Each part with its label, and whether it is a regression."""
    regressions = [(label, True, figures["regressions"][name]) for name, label in labels(options).items()]
    return [*regressions, (TWO_MOONS, False, figures["classification"])]


def published_table(line: Published, found: Figures) -> Table:
    """RMSE and log-likelihood of a table as found here, in the paper, and in its authors' later run."""
    table = new_table(f"{line.name}: mean ± standard deviation", "RMSE", "log-likelihood\n(nats)")
    for method in (MONTE_CARLO, WEIGHT_SCALING):
        both = ((found[of][method][score] for of in ("scores", "spread")) for score in ("rmse", "log_likelihood"))
        written = (f"{two_digits(mean)} ± {rounded(spread, digits(mean))}" for mean, spread in both)
        table.add_row(f"here, {method}", *written)
    table.add_row("Gal & Ghahramani 2016, table 1", *line.paper)
    table.add_row("their later run, 2018", *line.later)
    return table


def two_digits(value: float) -> str:
    """A number to two digits, but at least to two decimals."""
    return rounded(value, digits(value))


def both_rounded(first: float, second: float, decimals: int, *, differ: bool) -> tuple[str, str]:
    """Round two numbers to this many decimals, or to more if they `differ` but would look the same."""
    while differ and first != second and rounded(first, decimals) == rounded(second, decimals):
        decimals += 1
    return rounded(first, decimals), rounded(second, decimals)


def digits(size: float) -> int:
    """The decimals of two digits, but at least two decimals, except of a number that is written with an exponent."""
    two = two_digits_of(abs(size))
    return two if abs(size) >= 10**MAX_DIGITS else max(2, two)
