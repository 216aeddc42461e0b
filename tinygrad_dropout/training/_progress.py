"""Show the progress of a training run: one line, overwritten, on a terminal; about ten lines anywhere else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from time import perf_counter

LINES = 10  # about this many if stderr is not a terminal


class ProgressLine:
    """Show the epoch, its figures and the seconds left on stderr. Call it after every epoch.

    Args:
        epochs: the maximum number of epochs.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.terminal = sys.stderr.isatty()
        self.started = perf_counter()
        self.shown = 0  # epochs, not counting those of an earlier call

    def __call__(self, history: Mapping[str, Sequence[float]]) -> None:
        """Show the last epoch of the history, if a line is due."""
        self.shown += 1
        epoch = len(history["lr"])
        figures = "".join(f"  {key.replace('_', ' ')} {values[-1]:.4g}" for key, values in history.items())
        left = (perf_counter() - self.started) / self.shown * (self.epochs - epoch)
        line = f"epoch {epoch:{len(str(self.epochs))}} of {self.epochs}{figures}  {left:.0f} s left"
        if self.terminal:
            columns = shutil.get_terminal_size().columns - 1
            print(f"\r{line[:columns]:{columns}}", end="", file=sys.stderr, flush=True)
        elif epoch == self.epochs or epoch * LINES // self.epochs > (epoch - 1) * LINES // self.epochs:
            print(line, file=sys.stderr)

    def close(self) -> None:
        """End the line, so that the next output begins on a new line."""
        if self.terminal and self.shown:
            print(file=sys.stderr)
