"""Layers on tensors: ours, PyTorch's and a user's own small framework's."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.conformance.adapters.styles import BRIEFLY, factors
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.conformance import check_dropout, of

# Ours -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        nn.Dropout,
        F.dropout,
        lambda p: nn.Sequential(nn.Dropout(p)),
        nn.GaussianDropout,
        partial(nn.Dropout, shared_axes=0),
    ],
    ids=["nn.Dropout", "F.dropout", "Sequential", "GaussianDropout", "shared_axes"],
)
def test_ours_pass(target):
    report = check_dropout(of(target), depth="quick")
    assert not report.findings, str(report)
    assert report.not_checked == ()


@pytest.mark.parametrize("seed", [7, 13, 26])
def test_gaussian_noise_may_make_small_numbers_underflow(seed):
    report = check_dropout(of(nn.GaussianDropout), seed=seed)
    assert not report.findings, str(report)


class OverwritesItsMask(nn.Module):
    """Backward reads the mask from the layer, where the next forward has overwritten it."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training:
            return x
        self.factors = factors(self.rng.random(x.shape), self.p, x.dtype)
        return record(x.data * self.factors, (x,), self.masked_backward)

    def masked_backward(self, grad, x):
        return (grad * self.factors,)


def test_a_mask_overwritten_by_the_next_forward_is_named():
    for seed in range(3):
        report = check_dropout(of(OverwritesItsMask), seed=seed, **BRIEFLY)
        assert [finding.code for finding in report.findings] == ["mask-overwritten-by-the-next-forward"], str(report)
        assert "the first one used the other forward's mask" in report.findings[0].message


def test_a_module_that_returns_no_tensor_is_named():
    class ReturnsAnArray(nn.Dropout):
        def forward(self, x):
            return x.data

    report = check_dropout(of(ReturnsAnArray))
    assert report.findings[0].code == "forward-raises"
    assert "expected the module to return a Tensor, got ndarray" in report.findings[0].message


def test_a_module_that_cuts_the_graph_is_named():
    class Detached(nn.Dropout):
        def forward(self, x):
            return td.Tensor(super().forward(x).data) if self.training else x

    assert "backward-raises" in [finding.code for finding in check_dropout(of(Detached), **BRIEFLY).findings]


# A user's own framework -----------------------------------------------------------------------------------------------


class Tensor:
    """Multiplication, a sum, and their gradients."""

    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = np.asarray(data), parents, None

    def __mul__(self, other):
        factor = other.data if isinstance(other, Tensor) else other
        return Tensor(self.data * factor, ((self, lambda grad: grad * factor),))

    def sum(self):
        return Tensor(self.data.sum(), ((self, lambda grad: grad * np.ones_like(self.data)),))

    def backward(self, grad=1.0):
        self.grad = grad if self.grad is None else self.grad + grad
        for parent, derivative in self.parents:
            parent.backward(derivative(grad))


class OfTensors:
    def __init__(self, p):
        self.p, self.training = p, True

    def forward(self, x) -> Tensor:
        return x * factors(np.random.random(x.data.shape), self.p, x.data.dtype) if self.training else x


class TakesUndeclaredTensors(OfTensors):
    def forward(self, x):
        return x * factors(np.random.random(x.data.shape), self.p, x.data.dtype) if self.training else x


class StartsAtZero(Tensor):
    """Its gradient is the number 0 until a gradient arrives."""

    def __init__(self, data, parents=()):
        super().__init__(data, parents)
        self.grad = 0


class OfTensorsThatStartAtZero(TakesUndeclaredTensors):
    tensors = StartsAtZero

    def forward(self, x):
        return Tensor(0 * x.data) if self.p == 1 and self.training else super().forward(x)


class DeclaresItsTensors(TakesUndeclaredTensors):
    tensors = Tensor


@pytest.mark.parametrize(
    "make",
    [of(OfTensors), of(TakesUndeclaredTensors, tensors=Tensor), of(DeclaresItsTensors), of(OfTensorsThatStartAtZero)],
    ids=["annotated", "named", "an attribute", "of gradients that are 0 at first"],
)
def test_a_users_own_tensors_are_made_and_differentiated(make):
    report = check_dropout(make, **BRIEFLY)
    assert not report.findings, str(report)
    assert report.examined


def test_an_unknown_framework_is_a_value_error():
    with pytest.raises(ValueError, match="expected a class or one of keras, flax"):
        of(OfTensors, tensors="theano")


# PyTorch --------------------------------------------------------------------------------------------------------------


def test_pytorchs_modules_and_functions_pass(torch):
    modules, functions = torch.nn, torch.nn.functional
    targets = (
        modules.Dropout,
        partial(modules.Dropout, inplace=True),
        lambda p: modules.Sequential(modules.Identity(), modules.Dropout(p)),
        functions.dropout,
    )
    for target in targets:
        report = check_dropout(of(target), **BRIEFLY)
        assert not report.findings, str(report)
        assert report.not_checked == ()
    assert not check_dropout(of(modules.Dropout2d), depth="quick").findings


def test_pytorchs_dropout_passes_in_half_precision(torch):
    assert not check_dropout(of(torch.nn.Dropout), dtypes=("float16",), **BRIEFLY).findings


@pytest.mark.parametrize("name", ["AlphaDropout", "FeatureAlphaDropout"])
def test_alpha_dropout_is_neither_right_nor_wrong(torch, name):
    report = check_dropout(of(getattr(torch.nn, name)))
    assert f"{name} gives dropped elements a negative value" in report.problem


def test_the_report_on_a_pytorch_function_written_in_c_shows_a_wrapper_that_works(torch):
    report = check_dropout(of(torch.dropout))
    assert "the parameters of torch.dropout cannot be read" in report.problem
    names = {"torch": torch}
    exec(report.instead, names)
    assert not check_dropout(of(names["dropout"]), **BRIEFLY).findings


def test_other_pytorch_layers_are_not_dropouts(torch):
    never = check_dropout(of(torch.nn.Identity)).errors[0].code
    everything = check_dropout(of(lambda p: torch.nn.Threshold(1e9, 0.0))).errors[0].code
    assert (never, everything) == ("never-drops", "drops-everything")


def test_a_pytorch_module_that_drops_in_eval_mode_is_named(torch):
    class Functional(torch.nn.Module):
        def __init__(self, p):
            super().__init__()
            self.p = p

        def forward(self, x):
            return torch.nn.functional.dropout(x, self.p)  # training=True is its default

    assert check_dropout(of(Functional), **BRIEFLY).errors[0].code == "drops-in-eval"


def test_a_function_with_its_own_backward_is_examined_with_it(torch):
    class Masked(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, p, training):
            ctx.factors = torch.from_numpy(factors(np.random.random(x.shape), p if training else 0, x.numpy().dtype))
            return x * ctx.factors

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.factors, None, None

    class Unmasked(Masked):
        @staticmethod
        def backward(ctx, grad):
            return grad, None, None

    assert not check_dropout(of(Masked), **BRIEFLY).findings
    assert "backward-is-the-identity" in [finding.code for finding in check_dropout(of(Unmasked), **BRIEFLY).errors]


def test_a_plain_class_on_pytorch_tensors_is_called_with_its_own_backward(torch):
    class ByHand:
        training = True

        def __init__(self, p):
            self.p = p

        def forward(self, x):
            uniform = torch.rand_like(x).numpy()
            self.factors = torch.from_numpy(factors(uniform, self.p if self.training else 0, uniform.dtype))
            return x * self.factors

        def backward(self, grad):
            return grad * self.factors

    report = check_dropout(of(ByHand), **BRIEFLY)
    assert not report.findings, str(report)


def test_the_adapters_import_no_framework():
    code = (
        "import sys; from tinygrad_dropout.conformance import check_dropout, of; from tinygrad_dropout import nn;"
        "check_dropout(of(nn.Dropout), depth='quick');"
        "print({'torch', 'jax', 'flax', 'keras', 'equinox', 'mygrad', 'autograd'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
