"""A from-scratch reverse-mode autograd framework on NumPy, whose subject is dropout.

`import tinygrad_dropout as td` gives the Tensor, `td.nn` the layers, `td.optim` the optimizers, `td.functional`
the operations and `td.training` the training loop. This project has nothing to do with the framework tinygrad.
"""

from tinygrad_dropout import debug, functional, nn, optim, training
from tinygrad_dropout.autograd.creation import from_numpy, ones, randn, tensor, zeros
from tinygrad_dropout.autograd.grad_mode import enable_grad, is_grad_enabled, no_grad
from tinygrad_dropout.autograd.tensor import Tensor
from tinygrad_dropout.debug import AnomalyError, GradcheckError, detect_anomaly, gradcheck
from tinygrad_dropout.errors import CheckpointError, DtypeError, ShapeError
from tinygrad_dropout.nn.mask_picture import show_mask
from tinygrad_dropout.nn.monte_carlo import mc_forward
from tinygrad_dropout.rng import get_rng_state, manual_seed, set_rng_state
from tinygrad_dropout.saving import load, save

__version__ = "0.2.0"

__all__ = [
    "AnomalyError",
    "CheckpointError",
    "DtypeError",
    "GradcheckError",
    "ShapeError",
    "Tensor",
    "debug",
    "detect_anomaly",
    "enable_grad",
    "from_numpy",
    "functional",
    "get_rng_state",
    "gradcheck",
    "is_grad_enabled",
    "load",
    "manual_seed",
    "mc_forward",
    "nn",
    "no_grad",
    "ones",
    "optim",
    "randn",
    "save",
    "set_rng_state",
    "show_mask",
    "tensor",
    "training",
    "zeros",
]
