"""How far a training is: one line that is overwritten on a terminal, about ten lines anywhere else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from time import perf_counter

LINES = 10  # about as many if there is no terminal


class ProgressLine:
    """Call it after every epoch: it shows the epoch, its figures and the seconds left on stderr.

    Args:
        epochs: the maximum number of epochs.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.terminal = sys.stderr.isatty()
        self.started = perf_counter()
        self.shown = 0  # epochs, without those of an earlier call

    def __call__(self, history: Mapping[str, Sequence[float]]) -> None:
        """Show the last epoch of the history, if it is time to."""
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
        """End the line, so that the next output begins on a new one."""
        if self.terminal and self.shown:
            print(file=sys.stderr)
