"""The main job: train the pairs of a comparison, keep every finished one, and go on where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tinygrad_dropout.lab import datasets, plots, results
from tinygrad_dropout.lab.comparison import Comparison
from tinygrad_dropout.lab.config import Config
from tinygrad_dropout.lab.errors import LabError, OptionError, require_extras
from tinygrad_dropout.lab.workers import run_pairs

Progress = Callable[[int, int, int], None]
"""Called now and then with the epochs done, the epochs there are to do, and the number of pairs that are finished."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a comparison; `comparison` has the pairs that were finished by then."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(comparison)
        self.comparison = comparison


def no_progress(done: int, total: int, pairs: int) -> None:
    """Show nothing."""


def tell_nobody(sentence: str) -> None:
    """Show nothing."""


def compare(
    config: Config,
    *,
    out: str | Path | None = None,
    workers: int = 1,
    progress: Progress = no_progress,
    tell: Callable[[str], object] = tell_nobody,
) -> Comparison:
    """Train an MLP with and without dropout, in pairs that share all but dropout.

    Args:
        config: the data, the network, how it is trained, how many pairs.
        out: the folder to which results.json is written after every pair, and the pictures at the end. A folder in
            which the same comparison was begun is gone on with; one that is finished is only read.
        workers: how many processes train at once; the numbers do not depend on it. With more than 1, a script must
            call this under `if __name__ == "__main__":`.
        progress: is called now and then.
        tell: is called with each sentence about how the data were read, before anything is trained.

    Returns:
        The comparison, with as many pairs as `config.seeds`.

    Raises:
        LabError: a package, the data or the folder will not do; what was expected is in the message.
        Interrupted: Ctrl-C; the finished pairs are kept.
    """
    if workers < 1:
        raise OptionError("workers", f"expected at least 1, got {workers}")
    require_extras()
    dataset = datasets.load(config)
    for sentence in dataset.told:
        tell(sentence)
    if dataset.classes is None:
        raise LabError(
            f"{config.csv}: column {config.target!r} holds numbers (regression), which cannot be compared yet: "
            "expected classes; --no-regression takes whole numbers for classes"
        )
    if config.train_size is None:
        config = replace(config, train_size=dataset.default_train_size)
    options = config.as_json() | {"data": dataset.digest[:16]}
    folder = None if out is None else Path(out)
    wanted = Comparison(options, results.versions(), ())
    if folder is None:
        return run(config, dataset, wanted, None, workers, progress)
    found = read_if_there(folder, wanted)
    if found.finished and plots.are_drawn(folder):
        return found
    results.prepare_folder(folder)
    with results.owned(folder):
        return run(config, dataset, read_if_there(folder, wanted), folder, workers, progress)


def run(
    config: Config,
    dataset: datasets.Dataset,
    comparison: Comparison,
    folder: Path | None,
    workers: int,
    progress: Progress,
) -> Comparison:
    """Train the pairs that are missing, write each, and draw the pictures."""
    missing = comparison.missing_seeds
    epochs = len(missing) * 2 * config.epochs

    def on_epochs(done: int) -> None:
        progress(done, epochs, len(comparison.pairs))

    try:
        with closing(run_pairs(config, dataset, missing, workers, on_epochs)) as pairs:
            for pair in pairs:
                comparison = comparison.with_pair(pair)
                if folder is not None:
                    comparison.write_results(folder)
                    plots.import_matplotlib()  # while the workers train the next pairs
        if missing:
            on_epochs(epochs)
        if folder is not None:
            comparison.draw(folder)
    except KeyboardInterrupt:
        if folder is not None and comparison.pairs:
            comparison.write_results(folder)  # Ctrl-C may have come while the last pair was being written
        raise Interrupted(comparison) from None
    return comparison


def read_if_there(folder: Path, wanted: Comparison) -> Comparison:
    """What the folder already holds of the wanted comparison.

    Raises:
        LabError: the folder holds another one, or one that was begun with other versions or measured otherwise.
    """
    found = results.read_results(folder)
    if found is None:
        return wanted
    results.check_same(folder, "options", found["config"], wanted.options)
    results.check_pairs(folder, found["config"], found["pairs"])
    comparison = Comparison(found["config"], found["versions"], tuple(found["pairs"]))
    if not comparison.finished:
        results.check_same(folder, "versions", found["versions"], wanted.versions)
        results.check_measured_now(folder, found["config"], found["pairs"])
    return comparison
