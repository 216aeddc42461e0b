"""The public face: every promised name exists, and it needs only NumPy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tinygrad_dropout as td

PACKAGE = Path(td.__file__).parent

CONTRACT = {
    "tinygrad_dropout": (
        td,
        "Tensor no_grad enable_grad is_grad_enabled manual_seed detect_anomaly gradcheck mc_forward "
        "show_mask functional nn optim save load get_rng_state set_rng_state",
    ),
    "Tensor": (
        td.Tensor,
        "data grad requires_grad is_leaf shape ndim size dtype name item numpy detach backward zero_grad retain_grad "
        "__len__ __repr__ __getitem__ __abs__ __neg__ __lt__ __le__ __gt__ __ge__ __add__ __radd__ __sub__ __rsub__ "
        "__mul__ __rmul__ __truediv__ __rtruediv__ __pow__ __rpow__ __matmul__ __rmatmul__ sum mean var max min "
        "reshape permute transpose T squeeze unsqueeze flatten exp log sqrt tanh sigmoid relu clip abs softmax "
        "log_softmax",
    ),
    "functional": (
        td.functional,
        "linear embedding layer_norm batch_norm leaky_relu gelu l1_loss "
        "cross_entropy nll_loss mse_loss binary_cross_entropy_with_logits dropout gaussian_dropout relu sigmoid "
        "tanh softmax log_softmax where maximum minimum concatenate stack exp log sqrt abs clip matmul",
    ),
    "nn": (
        td.nn,
        "Parameter Buffer Module Sequential ModuleList ReLU Sigmoid Tanh Flatten Linear Dropout GaussianDropout "
        "DropConnect RandomLayer LeakyReLU GELU Softmax LogSoftmax Identity LayerNorm BatchNorm1d Embedding init "
        "NLLLoss L1Loss CrossEntropyLoss MSELoss BCEWithLogitsLoss",
    ),
    "Module": (
        td.nn.Module,
        "parameters named_parameters buffers named_buffers modules named_modules children train eval training float "
        "double zero_grad state_dict load_state_dict __call__ forward __repr__",
    ),
    "optim": (td.optim, "SGD Adam AdamW max_norm clip_grad_norm_ lr_scheduler"),
}


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(owner, name, id=f"{label}.{name}")
        for label, (owner, names) in CONTRACT.items()
        for name in names.split()
    ],
)
def test_a_promised_name_exists(owner, name):
    assert hasattr(owner, name)


@pytest.mark.parametrize("module", [td, td.functional, td.nn], ids=lambda module: module.__name__)
def test_all_lists_every_existing_name_once(module):
    assert all(hasattr(module, name) for name in module.__all__)
    assert len(set(module.__all__)) == len(module.__all__)


@pytest.mark.parametrize("owner", [td, td.functional, td.nn], ids=lambda module: module.__name__)
def test_every_public_name_has_a_docstring(owner):
    assert [name for name in owner.__all__ if not getattr(owner, name).__doc__] == []


def test_the_package_is_typed():
    assert (PACKAGE / "py.typed").exists()


ALONE_WITH_NUMPY = """
import sys

class OnlyNumPy:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ("numpy", "tinygrad_dropout"):
            raise ImportError(f"{name} was asked for")

sys.meta_path.insert(0, OnlyNumPy())
import tinygrad_dropout as td
x = td.Tensor([1.0, 2.0], requires_grad=True)
td.nn.Dropout(0.5)(x).sum().backward()
above = [name for name in sys.modules if name.startswith(("tinygrad_dropout.lab", "tinygrad_dropout.cli"))]
assert not above, f"the core imported {above}"
"""


def test_the_core_needs_only_numpy():
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", ALONE_WITH_NUMPY], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
