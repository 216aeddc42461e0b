"""What a comparison gives: its pairs, and what they show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab import plots, report
from tinygrad_dropout.lab.pair import Pair
from tinygrad_dropout.lab.results import MEASURES, check_same, prepare_folder, read_results, write_results
from tinygrad_dropout.lab.verdict import Difference, paired_difference

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Comparison:
    """The finished pairs of one comparison. `print` shows the table and the verdict.

    Attributes:
        options: what decides the numbers: the configuration, and the digest of the data.
        versions: what the numbers were made with.
        pairs: the finished pairs in the order of their seeds (see `pair.run_pair`).
    """

    options: dict[str, Any]
    versions: dict[str, str]
    pairs: tuple[Pair, ...]

    @property
    def missing_seeds(self) -> list[int]:
        """The seeds of the pairs that are still to be trained."""
        finished = {pair["seed"] for pair in self.pairs}
        return [seed for seed in range(self.options["seeds"]) if seed not in finished]

    @property
    def finished(self) -> bool:
        """Whether no pair is missing."""
        return not self.missing_seeds

    @property
    def difference(self) -> Difference:
        """With dropout minus without, in percentage points of test accuracy after the last epoch.

        Raises:
            ValueError: fewer than two pairs are finished.
        """
        without, with_dropout = ([pair[arm][-1]["test_accuracy"] for pair in self.pairs] for arm in ("without", "with"))
        return paired_difference(without, with_dropout)

    @property
    def summary(self) -> dict[str, Any] | None:
        """Both arms' means after the last epoch, the paired difference, the verdict; None for fewer than two pairs."""
        if len(self.pairs) < 2:
            return None
        means = {
            arm: {measure: fmean(pair[arm][-1][measure] for pair in self.pairs) for measure in MEASURES}
            for arm in ("without", "with")
        }
        difference = self.difference
        interval = {"mean": difference.mean, "low": difference.low, "high": difference.high}
        return {"pairs": len(self.pairs), **means, "difference": interval, "verdict": difference.verdict}

    def with_pair(self, pair: Pair) -> Comparison:
        """The same comparison with one finished pair more."""
        return replace(self, pairs=tuple(sorted((*self.pairs, pair), key=itemgetter("seed"))))

    def write_results(self, folder: Path) -> None:
        """Write results.json to a folder that is there."""
        results = {"config": self.options, "versions": self.versions, "pairs": self.pairs, "summary": self.summary}
        write_results(folder, results)

    def draw(self, folder: Path) -> None:
        """Write the pictures, learning_curves.png and comparison.png, to a folder that is there."""
        caption = report.describe(self.options)
        plots.draw_learning_curves(folder / plots.LEARNING_CURVES, self.pairs, self.difference, caption)
        plots.draw_comparison(folder / plots.COMPARISON, self.pairs, self.difference, caption)

    def save(self, folder: str | Path) -> None:
        """Write results.json, and from two pairs on the pictures, to a folder, which is made if need be.

        Raises:
            LabError: the folder holds another comparison, or it or a file cannot be written.
        """
        folder = Path(folder)
        found = read_results(folder)
        if found is not None:
            check_same(folder, "options", found["config"], self.options)
        prepare_folder(folder)
        self.write_results(folder)
        if self.summary is not None:
            self.draw(folder)

    def show(self, console: Console) -> None:
        """Print the table and the verdict to a rich console, or that there are too few pairs for one."""
        summary = self.summary
        if summary is None:
            console.print(f"Fewer than two of {self.options['seeds']} pairs are finished: too few for a verdict.")
        else:
            report.show(console, self.options, summary)

    def __str__(self) -> str:
        return report.as_text(self.show)
