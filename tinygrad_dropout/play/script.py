"""Copy as Python: a script that repeats the training of both networks bit for bit."""

from __future__ import annotations

from inspect import getsource
from typing import Any

from tinygrad_dropout import __version__
from tinygrad_dropout.play import two_networks
from tinygrad_dropout.play.settings import DRAWN
from tinygrad_dropout.play.training import Training

BEGINNING = '''\
"""Two networks, one without dropout and one with it, that train on the same batches.

Written by `tinygrad-dropout play` (version {version}) after {steps:,} steps. It repeats them, bit for bit on the same
machine. It needs tinygrad-dropout, {needs}.
"""
'''

MAIN = """

points = {points}
networks = TwoNetworks(
    points.x_train,
    points.y_train,
{settings}
)

# Changes during training: the step before which it was made (counted from 0), the setting, its new value.
changes = {changes}

for step in range({steps}):
    for changed_at, name, value in changes:
        if changed_at == step:
            networks.change(name, value)
    networks.step()

for name, model in networks.models.items():
    model.eval()
    for part, x, y in (("train", points.x_train, points.y_train), ("test", points.x_test, points.y_test)):
        if len(y):
            with td.no_grad():
                logits = model(td.Tensor(x))
            loss = td.functional.cross_entropy(logits, y).item()
            accuracy = (logits.argmax(axis=1) == y).mean()
            print(f"{{name + ' dropout':<15}} {{part:<5}}  loss {{loss:.4f}}  accuracy {{accuracy:.1%}}")
"""


def as_python(training: Training) -> str:
    """The script that repeats what a tab has trained since its last reset.

    It contains the settings of the first step, and every later change with its step.
    """
    start = training.started_with
    drawn = start.data == DRAWN
    if drawn:
        lines = "".join(f"        ({x}, {y}, {label}),\n" for x, y, label in start.drawn)
        points = f"drawn_points(\n    [  # x, y, class\n{lines}    ]\n)"
    else:
        chosen = {name: getattr(start, name) for name in ("points", "noise", "label_noise", "seed")}
        points = f"make_points({start.data!r}, {', '.join(f'{name}={value!r}' for name, value in chosen.items())})"
    code = getsource(two_networks).split('"""\n', 1)[1]
    imports, _, definitions = code.partition("\n\n\n")
    function = "drawn_points" if drawn else "make_points"
    ours = "from tinygrad_dropout import nn, optim\n"
    imports = imports.replace(ours, f"{ours}from tinygrad_dropout.play.datasets import {function}\n")
    beginning = BEGINNING.format(
        version=__version__,
        steps=training.steps,
        needs="with scikit-learn for the digits" if start.data == "digits" else "which needs NumPy",
    )
    return f"{beginning}{imports}\n\n\n{definitions.rstrip()}\n" + MAIN.format(
        points=points,
        settings="\n".join(f"    {name}={value!r}," for name, value in start.training().items()),
        changes=changes_as_python(training.changes),
        steps=training.steps,
    )


def changes_as_python(changes: list[tuple[int, str, Any]]) -> str:
    """The changes as a Python list, one per line."""
    if not changes:
        return "[]"
    return "[\n" + "".join(f"    {change!r},\n" for change in changes) + "]"
