"""Kinds of dropout that frameworks have under their own names: which the kit can examine, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinygrad_dropout.conformance.adapters.reading import name_of, root_of
from tinygrad_dropout.conformance.report import CannotDrive

#: framework -> name -> the axes along which all elements share a draw
SHARED_AXES: dict[str, dict[str, tuple[int, ...]]] = {
    "torch": {
        "Dropout1d": (2,),
        "Dropout2d": (2, 3),
        "Dropout3d": (2, 3, 4),
        "dropout1d": (2,),
        "dropout2d": (2, 3),
        "dropout3d": (2, 3, 4),
        "feature_dropout": (2, 3),
    },
    "keras": {"SpatialDropout1D": (1,), "SpatialDropout2D": (1, 2), "SpatialDropout3D": (1, 2, 3)},
    "paddle": {"Dropout2D": (2, 3), "Dropout3D": (2, 3, 4), "dropout2d": (2, 3), "dropout3d": (2, 3, 4)},
    "mlx": {"Dropout2d": (1, 2), "Dropout3d": (1, 2, 3)},
}
# (rows, axes that share a draw, channels): small arrays for most questions, large ones for rates and structure
IN_1D = ((32, 3, 64), (96, 4, 128))
IN_2D = ((32, 2, 3, 64), (96, 3, 2, 128))
IN_3D = ((32, 2, 3, 2, 64), (80, 2, 2, 3, 96))
#: layers that accept only one number of axes, which the shared axes do not show, or that treat others differently
SHAPES: dict[str, dict[str, tuple[tuple[int, ...], ...]]] = {
    "keras": {"SpatialDropout1D": IN_1D, "SpatialDropout2D": IN_2D, "SpatialDropout3D": IN_3D},
    "mlx": {"Dropout2d": IN_2D, "Dropout3d": IN_3D},
}
GAUSSIAN = {"keras": ("GaussianDropout",), "tinygrad_dropout": ("GaussianDropout",)}
ALPHA = ("AlphaDropout", "FeatureAlphaDropout", "alpha_dropout", "feature_alpha_dropout")


def refuse_wrong_kinds(target: Callable[..., Any]) -> None:
    """Refuse alpha dropout, which sets nothing to 0.

    Raises:
        CannotDrive: the target is an alpha dropout.
    """
    if name_of(target).rpartition(".")[2] in ALPHA:
        raise CannotDrive(
            f"{name_of(target)} gives dropped elements a negative value and shifts all elements, as networks with SELU "
            "need. The kit examines only masks of zeros and Gaussian noise."
        )


def declare_kind(layer: Any, kind: Any) -> Any:
    """Give a layer the shared axes and the noise that its framework's name for it implies.

    Args:
        layer: made by `of`.
        kind: the framework's layer, or the function that the layer calls.
    """
    package, name = root_of(kind), name_of(kind).rpartition(".")[2]
    if package == "tinygrad_dropout":
        layer.shared_axes = getattr(kind, "shared_axes", ())
    axes = SHARED_AXES.get(package, {}).get(name)
    if axes is not None:
        layer.shared_axes = axes
        layer.shapes = SHAPES.get(package, {}).get(name, ())
    if name in GAUSSIAN.get(package, ()):
        layer.noise = "gaussian"
    return layer
