"""The command `tinygrad-dropout lab paper`: settings are chosen first, then the networks trained with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.cli.experiment import default_folder, show_experiment

if TYPE_CHECKING:
    from tinygrad_dropout.lab.trials import Experiment


def run_paper(paper: Experiment, options: Any, name: str, *, out: str | None = None, **where: Any) -> int:
    """Choose the settings, in a folder inside the other one, then train with them; both are shown.

    Args:
        paper, options, name, out, where: see `show_experiment`; the options have no settings yet.

    Returns:
        The exit code.

    Raises:
        LabError: the folder has other results, or something cannot be run.
    """
    from tinygrad_dropout import lab
    from tinygrad_dropout.lab.evidence.paper import CHOICE, with_choice

    folder = default_folder(name) if out is None else Path(out)
    if (folder / "results.json").exists() and lab.read(folder).experiment != paper:
        raise lab.LabError(f"{folder} holds the results of another experiment: choose another folder")
    code = show_experiment(CHOICE, options, name, out=folder / "choice", go_on=folder, **where)
    if code:
        return code
    print()
    return show_experiment(paper, with_choice(options, lab.read(folder / "choice")), name, out=folder, **where)
