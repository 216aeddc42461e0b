"""A plain class, a Module of ours and one of PyTorch's are all examined, and graphs with two forwards waiting."""

import numpy as np
import pytest

import tinygrad_dropout as td
from tests.conformance.wrong_layers import Dropout
from tinygrad_dropout import nn
from tinygrad_dropout.autograd.recording import record
from tinygrad_dropout.conformance import check_dropout, of

OVERWRITTEN = "mask-overwritten-by-the-next-forward"


def test_a_class_that_takes_rng_is_given_it():
    rng = np.random.default_rng(0)
    assert of(Dropout)(0.3, rng).rng is rng


@pytest.mark.parametrize("make", [lambda p: Dropout(p, np.random.default_rng()), lambda p, seed=0: Dropout(p, seed)])
def test_one_that_does_not_take_rng_is_not(make):
    made = of(make)(0.3, np.random.default_rng(0))
    assert made.p == 0.3


def test_one_that_takes_any_keyword_is_given_rng():
    given = {}
    of(lambda p, **options: given.update(options))(0.3, np.random.default_rng(0))
    assert given.keys() == {"rng"}


def test_one_that_hands_any_keyword_on_to_a_base_without_rng_is_not():
    class Base(Dropout):
        def __init__(self, p):
            super().__init__(p, np.random.default_rng())

    class HandsOn(Base):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)

    assert check_dropout(of(HandsOn)).ok


def test_our_layer_passes_and_its_graph_is_looked_at():
    report = check_dropout(of(nn.Dropout))
    assert report.ok
    assert report.not_checked == ()


def test_a_layer_without_a_graph_is_not_asked_for_two_forwards_and_the_report_says_so():
    report = check_dropout(of(Dropout))
    assert report.ok
    assert "two forwards" in str(report)


def test_the_original_scheme_of_ours_is_named():
    report = check_dropout(lambda p, rng: of(lambda p: nn.Dropout(p, scaling="test", rng=rng))(p, rng))
    assert [finding.code for finding in report.findings] == ["original-scheme", "eval-scales-by-1-p"]


class OverwritesItsMask(nn.Module):
    """Backward looks the mask up in the layer, where the next forward has put its own."""

    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def forward(self, x):
        if not self.training:
            return x
        self.mask = self.rng.random(x.shape) >= self.p
        return record(x.data * self.factors(x.dtype), (x,), self.masked_backward)

    def factors(self, dtype):
        return self.mask.astype(dtype) * (dtype.type(1 / (1 - self.p)) if self.p < 1 else 0)

    def masked_backward(self, grad, x):
        return (grad * self.factors(grad.dtype),)


def test_a_mask_overwritten_by_the_next_forward_is_named():
    for seed in range(5):
        report = check_dropout(of(OverwritesItsMask), seed=seed)
        assert [finding.code for finding in report.findings] == [OVERWRITTEN], str(report)
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

    assert "backward-raises" in [finding.code for finding in check_dropout(of(Detached)).findings]


# PyTorch --------------------------------------------------------------------------------------------------------------


def test_pytorchs_dropout_passes(torch):
    for seed in range(3):
        report = check_dropout(of(torch.nn.Dropout), seed=seed)
        assert report.ok, str(report)
        assert report.not_checked == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("AlphaDropout", "noise-instead-of-a-mask"),
        ("Identity", "never-drops"),
        ("ReLU", "drops-everything"),
    ],
)
def test_other_layers_of_pytorch_are_no_dropout(torch, name, code):
    layers = {"AlphaDropout": torch.nn.AlphaDropout, "Identity": torch.nn.Identity}
    layers["ReLU"] = lambda p: torch.nn.Threshold(1e9, 0.0)
    assert check_dropout(of(layers[name])).findings[0].code == code


def test_one_of_pytorchs_that_drops_in_eval_mode_is_named(torch):
    class Functional(torch.nn.Module):
        def __init__(self, p):
            super().__init__()
            self.p = p

        def forward(self, x):
            return torch.nn.functional.dropout(x, self.p)  # training=True is its default

    assert check_dropout(of(Functional)).findings[0].code == "drops-in-eval"
