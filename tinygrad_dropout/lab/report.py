"""A comparison in words: the table of both arms, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab.verdict import Difference

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 100  # of a report that goes to no terminal

ROWS = {  # the measure, what it is called, and whether it is shown in percent
    "train_loss_dropout_on": ("train loss, dropout on", False),
    "train_loss": ("train loss, dropout off", False),
    "train_accuracy": ("train accuracy", True),
    "test_loss": ("test loss", False),
    "test_accuracy": ("test accuracy", True),
}
NOISY_AND_TRUE = (
    "Train figures are against the labels as trained on, random ones included; test figures against the true."
)
WHY_TWO_TRAIN_LOSSES = (
    "Compare test loss with the train loss with dropout off; with it on, training is harder than testing."
)


def as_text(show: Callable[[Console], None]) -> str:
    """What `show` prints, without colours."""
    from rich.console import Console

    file = StringIO()
    show(Console(file=file, width=WIDTH, markup=False, emoji=False))
    return file.getvalue().rstrip()


def show(console: Console, options: dict[str, Any], summary: dict[str, Any]) -> None:
    """Print the report.

    Args:
        console: where to.
        options, summary: of the `Comparison`.
    """
    whole_lines = not console.is_terminal  # a terminal would break them inside words
    console.print(describe(options), highlight=False, soft_wrap=whole_lines)
    console.print(table(summary))
    difference = Difference(**summary["difference"], pairs=summary["pairs"])
    console.print(str(difference), style="bold", highlight=False, soft_wrap=whole_lines)
    explanation = NOISY_AND_TRUE if options["label_noise"] else WHY_TWO_TRAIN_LOSSES
    console.print(explanation, style="dim", highlight=False, soft_wrap=whole_lines)


def describe(options: dict[str, Any]) -> str:
    """What was compared, in one line."""
    noise = f", {100 * options['label_noise']:g} % of their labels random" if options["label_noise"] else ""
    return (
        f"{options['csv'] or options['dataset']}: {options['train_size']:,} training examples{noise}; "
        f"hidden layers {', '.join(map(str, options['hidden']))}; p = {options['p']:g}, inputs {options['input_p']:g}; "
        f"{options['epochs']} epochs of {options['optimizer']}"
    )


def table(summary: dict[str, Any]) -> Table:
    """Both arms after the last epoch, means over the pairs, and with minus without."""
    from rich import box
    from rich.table import Table

    result = Table("mean after the last epoch", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("without dropout", "with dropout", "difference"):
        result.add_column(heading, justify="right")
    for measure, (name, in_percent) in ROWS.items():
        without, with_dropout = summary["without"][measure], summary["with"][measure]
        if in_percent:
            cells = (
                f"{100 * without:.1f} %",
                f"{100 * with_dropout:.1f} %",
                f"{100 * (with_dropout - without):+.1f} points",
            )
        else:
            cells = f"{without:.3f}", f"{with_dropout:.3f}", f"{with_dropout - without:+.3f}"
        result.add_row(name, *cells)
    return result
