"""A frame: everything that the page draws at one moment, as bytes.

The bytes are the length of a JSON text (four bytes, little-endian), that text, and then the arrays in order. The key
"arrays" of the text describes them: name -> [dtype, shape].
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from tinygrad_dropout.autograd.tensor import Array
from tinygrad_dropout.play.last_step import LastStep
from tinygrad_dropout.play.measures import accuracy_alone, activation_counts, loss_and_accuracy, weight_norms
from tinygrad_dropout.play.plane import layer_outputs, plane_pictures
from tinygrad_dropout.play.signals import signals_of
from tinygrad_dropout.play.training import Training


@np.errstate(all="ignore")  # networks that have diverged are shown, too
def make_frame(training: Training, example: int) -> tuple[dict[str, Any], dict[str, Array]]:
    """Collect the numbers and arrays that show the current state of both networks.

    Args:
        training: the two networks; not changed.
        example: the index of the example to follow in the last batch, modulo the batch size.

    Returns:
        The numbers as JSON values, and the arrays by name: `without.plane`, `with.units`, ...
    """
    points, arrays = training.points, dict[str, Array]()
    facts: dict[str, Any] = {
        "step": training.steps,
        "epoch": training.networks.order.epochs if training.networks else 0.0,
        "diverged": training.diverged,
        "changes": len(training.changes),
        "networks": {},
    }
    if training.networks is None:
        return facts, arrays
    models = training.networks.models
    hidden = {name: layer_outputs(model, points.x_test)[0] for name, model in models.items()}
    largest = [max(float(layer.max(initial=0)) for layer in layers) for layers in zip(*hidden.values(), strict=True)]
    for name, model in models.items():
        masks = np.random.default_rng([training.steps, 1])
        arrays[f"{name}.plane"], arrays[f"{name}.units"] = plane_pictures(model)
        if len(points.y_test):
            arrays[f"{name}.alone"] = np.stack([accuracy_alone(layer, points.y_test) for layer in hidden[name]])
        facts["networks"][name] = {
            "measured": {
                part: [loss_and_accuracy(model, x, y, rng) for rng in (None, masks)]
                for part, x, y in (("train", points.x_train, points.y_train), ("test", points.x_test, points.y_test))
            },
            "batch_loss": training.networks.losses.get(name),
            "norms": weight_norms(model),
            "activations": activation_counts(hidden[name], largest),
            "largest": largest,
        }
        if name in training.last:
            facts["networks"][name]["example"] = add_signals(arrays, name, training.last[name], example)
    return facts, arrays


def add_signals(arrays: dict[str, Array], name: str, step: LastStep, example: int) -> dict[str, Any]:
    """Add the arrays that show one example; returns a description of the example."""
    example %= len(step.y)
    signals = signals_of(step, example)
    for layer, (values, grads, kept) in enumerate(zip(signals.values, signals.grads, signals.kept, strict=True)):
        arrays[f"{name}.values{layer}"], arrays[f"{name}.grads{layer}"] = values, grads
        arrays[f"{name}.kept{layer}"] = kept.astype(np.uint8)
    for direction in ("forward", "backward"):
        for layer, lines in enumerate(getattr(signals, direction)):
            arrays[f"{name}.{direction}{layer}"] = np.stack([lines.sources, lines.targets])
            arrays[f"{name}.{direction}{layer}.strengths"] = lines.strengths
    return {"index": example, "of": len(step.y), "label": int(step.y[example]), "x": step.x[example].tolist()}


def packed(facts: dict[str, Any], arrays: dict[str, Array]) -> bytes:
    """Pack a frame into bytes."""
    described = {name: [array.dtype.name, array.shape] for name, array in arrays.items()}
    text = json.dumps({**finite(facts), "arrays": described}, separators=(",", ":"), allow_nan=False).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *(array.tobytes() for array in arrays.values())])


def finite(value: Any) -> Any:
    """The same value, with None for every number that JSON cannot express."""
    if isinstance(value, dict):
        return {key: finite(held) for key, held in value.items()}
    if isinstance(value, list):
        return [finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
