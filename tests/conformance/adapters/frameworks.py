"""The dropouts of frameworks: how a user would examine each, and its known edge cases.

test_frameworks.py examines the dropouts of well-maintained packages. docs/make_conformance_adapters.py examines all of
them and makes a table of the findings.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tinygrad_dropout.conformance import Report, check_dropout, of


def is_installed(package: str) -> bool:
    """Whether pip has installed a package."""
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


@dataclass(frozen=True)
class Case:
    """A dropout of a framework.

    Args:
        packages: the packages to install, by their pip names, the framework first.
        imports: the lines before the expression.
        target: the expression to pass to `check_dropout`.
        options: options of `check_dropout`, as code.
        edge_cases: codes of edge cases that some versions have.
        environment: variables to set before the framework is imported.
    """

    packages: tuple[str, ...]
    imports: str
    target: str
    options: str = ""
    edge_cases: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """A name that is unique among all cases."""
        on = f" on {self.packages[1]}" if self.packages[0] == "keras" else ""
        return f"{self.packages[0]}{on}: {self.written}"

    @property
    def written(self) -> str:
        """The call's arguments."""
        return f"{self.target}{', ' if self.options else ''}{self.options}"

    def report(self, **options: Any) -> Report:
        """Run the check with further options."""
        names: dict[str, Any] = {"of": of}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # frameworks warn about each other
            exec(self.imports, names)
            given = eval(f"dict({self.options})", names)
            return check_dropout(eval(self.target, names), **{**given, **options})


def keras(backend: str, *targets: str, edge_cases: tuple[str, ...] = ()) -> list[Case]:
    """Layers of Keras on one of its backends."""
    packages = ("keras", {"tensorflow": "tensorflow-cpu"}.get(backend, backend))
    environment = {"KERAS_BACKEND": backend}
    return [Case(packages, "import keras", target, "", edge_cases, environment) for target in targets]


REFUSED = ("p=1-fails",)  # a ValueError, or an assertion, in the call
#: well-maintained packages, which `pip install "tinygrad-dropout[frameworks]"` installs (in addition to PyTorch)
WELL_MAINTAINED = [
    Case(("torch",), "from torch import nn", "of(nn.Dropout)"),
    Case(("torch",), "from torch import nn", "of(nn.Dropout)", 'dtypes=["float16"]'),
    Case(("torch",), "from torch import nn", "of(lambda p: nn.Dropout(p, inplace=True))"),
    Case(("torch",), "import torch.nn.functional as F", "of(F.dropout)"),
    Case(("torch",), "from torch import nn", "of(nn.Dropout1d)"),
    Case(("torch",), "from torch import nn", "of(nn.Dropout2d)"),
    Case(("torch",), "from torch import nn", "of(nn.Dropout3d)"),
    Case(("flax", "jax"), "from flax import linen", "of(linen.Dropout)"),
    Case(("flax", "jax"), "from flax import nnx", "of(nnx.Dropout)"),
    Case(("equinox", "jax"), "import equinox", "of(equinox.nn.Dropout)", "", ("p=1-gives-nan",)),
    Case(("dm-haiku", "jax"), "import haiku", "of(haiku.dropout)", "", REFUSED),
    *keras(
        "jax",
        "of(keras.layers.Dropout)",
        "of(keras.layers.SpatialDropout1D)",
        "of(keras.layers.SpatialDropout2D)",
        "of(keras.layers.SpatialDropout3D)",
        "of(keras.layers.GaussianDropout)",
    ),
]
PYDYNET = ("eval-backward-raises", "backward-changes-the-dtype", "empty-arrays-fail", *REFUSED)
TINYTORCH = ("forward-changes-the-dtype", "backward-changes-the-dtype", "backward-follows-the-mode", "p=1-gives-nan")
#: dropouts that are examined only for the page
OTHERS = [
    *keras("torch", "of(keras.layers.Dropout)", "of(keras.layers.SpatialDropout2D)", edge_cases=REFUSED),
    *keras("tensorflow", "of(keras.layers.Dropout)", "of(keras.layers.SpatialDropout2D)", edge_cases=REFUSED),
    Case(("tensorflow-cpu",), "import tensorflow as tf", "of(tf.nn.dropout)", "", REFUSED),
    Case(("paddlepaddle",), "import paddle", "of(paddle.nn.Dropout)"),
    Case(("paddlepaddle",), "import paddle", "of(paddle.nn.Dropout2D)"),
    Case(("paddlepaddle",), "import paddle", "of(paddle.nn.functional.dropout)"),
    Case(("mlx",), "from mlx import nn", "of(nn.Dropout)"),
    Case(("mlx",), "from mlx import nn", "of(nn.Dropout2d)"),
    Case(("mlx",), "from mlx import nn", "of(nn.Dropout3d)"),
    Case(("tinygrad",), "from tinygrad import Tensor", "of(Tensor.dropout)", "", REFUSED, {"DEV": "CPU"}),
    Case(("thinc",), "from thinc.api import Dropout", "of(Dropout)"),
    Case(
        ("mynn", "mygrad"),
        "from mynn.layers.dropout import dropout",
        'of(lambda x, p: dropout(p)(x), tensors="mygrad")',
        "",
        ("forward-changes-the-dtype", *REFUSED),
    ),
    Case(("syna",), "from syna.functions.function import dropout", "of(dropout)", "", ("p=1-gives-nan",)),
    Case(("pydynet",), "from pydynet import nn", "of(nn.Dropout)", "", PYDYNET),
    Case(("knoxtinytorch",), "from tinytorch.layers import Dropout", "of(Dropout)", "", TINYTORCH),
]
CASES = [*WELL_MAINTAINED, *OTHERS]
