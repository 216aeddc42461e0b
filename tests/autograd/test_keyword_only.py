"""Options must be named: a call by position is refused, because the next new option could change its meaning."""

import inspect

import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn

OPTIONS = [
    (td.tensor, "dtype requires_grad"),
    (td.zeros, "dtype requires_grad"),
    (td.ones, "dtype requires_grad"),
    (td.randn, "dtype requires_grad rng"),
    (td.Tensor, "dtype name"),
    (td.Tensor.backward, "retain_graph"),
    (F.cross_entropy, "weight label_smoothing reduction"),
    (F.nll_loss, "weight reduction"),
    (F.mse_loss, "reduction"),
    (F.l1_loss, "reduction"),
    (F.binary_cross_entropy_with_logits, "pos_weight reduction"),
    (F.dropout, "mask rng scaling shared_axes"),
    (F.gaussian_dropout, "noise rng"),
    (nn.Parameter, "dtype name"),
    (nn.Buffer, "dtype name"),
    (nn.Linear, "dtype rng"),
    (nn.Dropout, "shared_axes scaling rng"),
    (nn.GaussianDropout, "rng"),
    (nn.DropConnect, "p per_example dtype rng"),
    (nn.CrossEntropyLoss, "weight label_smoothing reduction"),
    (nn.NLLLoss, "weight reduction"),
    (nn.L1Loss, "reduction"),
    (nn.LayerNorm, "dtype"),
    (nn.BatchNorm1d, "dtype"),
    (nn.Embedding, "dtype rng"),
    (nn.init.kaiming_uniform_, "rng"),
    (nn.init.kaiming_normal_, "rng"),
    (nn.init.xavier_uniform_, "rng"),
    (nn.init.xavier_normal_, "rng"),
    (nn.init.uniform_, "rng"),
    (nn.init.normal_, "rng"),
    (nn.MSELoss, "reduction"),
    (nn.BCEWithLogitsLoss, "pos_weight reduction"),
    (td.gradcheck, "eps rtol atol"),
    (td.mc_forward, "apply"),
    (td.show_mask, "p index rows columns"),
]
each_function = pytest.mark.parametrize(
    ("function", "options"), OPTIONS, ids=[function.__qualname__ for function, _ in OPTIONS]
)


@each_function
def test_an_option_must_be_named(function, options):
    parameters = inspect.signature(function).parameters.values()
    assert set(options.split()) <= {
        parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY
    }


@each_function
def test_other_arguments_can_be_named_too(function, options):
    parameters = inspect.signature(function).parameters.values()
    assert [parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_ONLY] == []
