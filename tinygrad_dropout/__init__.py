"""A from-scratch reverse-mode autograd framework on NumPy, whose subject is dropout.

`import tinygrad_dropout as td` gives the Tensor, `td.nn` the layers, `td.optim` the optimisers and `td.functional`
the operations. This project has nothing to do with the framework tinygrad.
"""

from tinygrad_dropout import functional, methods, nn, optim
from tinygrad_dropout.anomaly import AnomalyError, detect_anomaly
from tinygrad_dropout.errors import ShapeError
from tinygrad_dropout.grad_mode import enable_grad, is_grad_enabled, no_grad
from tinygrad_dropout.gradcheck import GradcheckError, gradcheck
from tinygrad_dropout.mask_picture import show_mask
from tinygrad_dropout.nn.monte_carlo import mc_forward
from tinygrad_dropout.random import manual_seed
from tinygrad_dropout.tensor import Tensor

__version__ = "0.1.0"

__all__ = [
    "AnomalyError",
    "GradcheckError",
    "ShapeError",
    "Tensor",
    "detect_anomaly",
    "enable_grad",
    "functional",
    "gradcheck",
    "is_grad_enabled",
    "manual_seed",
    "mc_forward",
    "nn",
    "no_grad",
    "optim",
    "show_mask",
]
del methods  # imported for what it does to Tensor
