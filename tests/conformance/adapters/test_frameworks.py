"""The adapters against real frameworks: `REQUIRE_FRAMEWORKS=1 pytest tests/conformance/adapters/test_frameworks.py`.

Without the variable nothing runs, because importing the frameworks takes longer than all other adapter tests. With it,
a missing framework is a failure.
"""

import os
from importlib import import_module

import pytest

from tests.conformance.adapters.frameworks import WELL_MAINTAINED
from tinygrad_dropout.conformance import check_dropout, of

pytestmark = [
    pytest.mark.skipif(os.environ.get("REQUIRE_FRAMEWORKS") != "1", reason="set REQUIRE_FRAMEWORKS=1 to run it"),
    pytest.mark.filterwarnings("ignore"),  # frameworks warn about each other
]


@pytest.fixture(autouse=True, scope="module")
def imported_frameworks():
    """Import them before any test, since importing some of them draws from NumPy's global state."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "jax")
        for module in ("torch", "flax.linen", "flax.nnx", "equinox", "haiku", "keras", "mygrad"):
            import_module(module)


@pytest.mark.parametrize("case", WELL_MAINTAINED, ids=lambda case: case.name)
def test_a_dropout_has_no_error_and_only_the_known_edge_cases(case):
    for seed in range(2):
        report = case.report(seed=seed, depth="quick" if seed or "Spatial" in case.target else "usual")
        assert not report.errors, str(report)
        assert {finding.code for finding in report.edge_cases} <= set(case.edge_cases), str(report)


# Wrong dropouts, whose mistakes must show through each framework's tape -----------------------------------------------


def linen():
    module = import_module("flax.linen")

    class IgnoresTheMode(module.Module):
        rate: float

        @module.compact
        def __call__(self, x, deterministic: bool):
            return module.Dropout(self.rate)(x, deterministic=False)

    return IgnoresTheMode


def nnx():
    module = import_module("flax.nnx")

    class Unscaled(module.Module):
        def __init__(self, rate, rngs):
            self.rate, self.dropout = rate, module.Dropout(rate, rngs=rngs)

        def __call__(self, x):
            return x if self.dropout.deterministic else self.dropout(x) * (1 - self.rate)

    return Unscaled


def equinox():
    jax, module = import_module("jax"), import_module("equinox")

    class StraightThrough(module.Module):
        dropout: module.nn.Dropout

        def __init__(self, p):
            self.dropout = module.nn.Dropout(p)

        def __call__(self, x, key):
            return x + jax.lax.stop_gradient(self.dropout(x, key=key) - x)

    return StraightThrough


def haiku():
    module = import_module("haiku")
    return lambda rng, rate, x: module.dropout(rng, rate, x, broadcast_dims=(0,) if x.ndim > 1 else ())


def keras():
    module = import_module("keras")

    class IgnoresTheMode(module.layers.Layer):
        def __init__(self, rate):
            super().__init__()
            self.rate, self.seeds = rate, module.random.SeedGenerator()

        def call(self, x, training=False):
            return module.random.dropout(x, self.rate, seed=self.seeds)

    return IgnoresTheMode


def jax_function():
    random = import_module("jax").random

    def dropout(x, p, key, training):
        return x * random.bernoulli(key, p, x.shape) / (1 - p) if training else x

    return dropout


def mygrad_function():
    mygrad, numpy = import_module("mygrad"), import_module("numpy")

    def dropout(x, p, rng, training):
        return mygrad.multiply(x, (rng.random(x.shape) >= p).astype(numpy.float32)) if training else x

    return dropout


WRONG = {
    linen: "drops-in-eval",
    nnx: "scale-missing",
    equinox: "backward-is-the-identity",
    haiku: "shared-by-rows",
    keras: "drops-in-eval",
    jax_function: "drops-with-1-p",
    mygrad_function: "scale-missing",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_a_wrong_dropout_of_a_framework_is_named(wrong):
    report = check_dropout(of(wrong()), depth="quick")
    assert WRONG[wrong] in [finding.code for finding in report.errors], str(report)


def test_jax_is_examined_in_float64_if_x64_is_enabled():
    jax = import_module("jax")
    dtypes = set()

    def dropout(x, p, key, training):
        dtypes.add(str(x.dtype))
        if p == 1 and training:
            return 0 * x
        return jax.numpy.where(jax.random.bernoulli(key, 1 - p, x.shape), x / (1 - p), 0) if training else x

    try:
        for enabled, expected in ((False, {"float32"}), (True, {"float32", "float64"})):
            dtypes.clear()
            jax.config.update("jax_enable_x64", enabled)
            assert not check_dropout(of(dropout), depth="quick").findings
            assert dtypes == expected
    finally:
        jax.config.update("jax_enable_x64", False)
