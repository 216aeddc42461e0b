"""What Gal & Ghahramani 2016 (arXiv:1506.02142) report in table 1 for Monte Carlo dropout, next to our results.

The figures of the paper, and those of the authors' later run, are as their repository gives them
(github.com/yaringal/DropoutUncertaintyExps, readme.md). Its note of 2018 says that the paper chose p and the noise once
for all splits, on rows that were test rows of later splits, and that the later run chooses them for each split, by a
grid search on a fifth of the training rows, with ten times the epochs. The numbers of rows were compared with
github.com/hughsalimbeni/bayesian_benchmarks (bayesian_benchmarks/data.py), which reads the same tables from UCI.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A line of the table.

    Attributes:
        name: the beginning of the name of the data set's file or folder.
        rows: the number of rows of the data set.
        paper: RMSE and log-likelihood in the paper, each a mean and a standard deviation over the given splits.
        later: the means of the later run.
        splits, hidden: the number of given splits, and of units in the hidden layer.
    """

    name: str
    rows: int
    paper: tuple[str, str]
    later: tuple[str, str]
    splits: int = 20
    hidden: int = 50


TABLE_1 = (
    Published("boston", 506, ("2.97 ± 0.85", "-2.46 ± 0.25"), ("2.90", "-2.40")),
    Published("concrete", 1030, ("5.23 ± 0.53", "-3.04 ± 0.09"), ("4.82", "-2.93")),
    Published("energy", 768, ("1.66 ± 0.19", "-1.99 ± 0.09"), ("0.54", "-1.21")),
    Published("kin8nm", 8192, ("0.10 ± 0.00", "0.95 ± 0.03"), ("0.08", "1.14")),
    Published("naval", 11934, ("0.01 ± 0.00", "3.80 ± 0.05"), ("0.00", "4.45")),
    Published("power", 9568, ("4.02 ± 0.18", "-2.80 ± 0.05"), ("4.01", "-2.80")),
    Published("protein", 45730, ("4.36 ± 0.04", "-2.89 ± 0.01"), ("4.27", "-2.87"), splits=5, hidden=100),
    Published("wine", 1599, ("0.62 ± 0.04", "-0.93 ± 0.06"), ("0.62", "-0.93")),
    Published("yacht", 308, ("1.11 ± 0.38", "-1.55 ± 0.12"), ("0.67", "-1.25")),
)


def published_for(name: str, rows: int) -> Published | None:
    """The line of a table, known by its name and its number of rows; None if there is none."""
    named = (line for line in TABLE_1 if name.lower().startswith(line.name))
    return next((line for line in named if line.rows == rows), None)


def published_note(line: Published) -> str:
    """One sentence about how the published figures differ from ours."""
    return (
        f"Gal & Ghahramani: {line.splits} given splits, one hidden layer of {line.hidden} units, dropout on the inputs "
        "too, p and the noise chosen by the likelihood of validation rows. According to the authors' repository, the "
        "paper chose them once for all splits, on rows that are test rows of other splits; the later run chose them "
        "for each split, and trained for ten times as many epochs."
    )
