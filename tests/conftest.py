"""What holds for every test: seed, name, no use of NumPy's global state, Ctrl-C heard, PyTorch if there is one."""

import gc
import importlib
import os
import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import none

import tinygrad_dropout as td
from tinygrad_dropout.lab.trials.processes import usable_cores

settings.register_profile("core", derandomize=True, max_examples=12, deadline=None, database=None)
settings.load_profile("core")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as where a shell runs pytest in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """The whole suite runs on all cores; tests that are named run in this process, where a debugger reaches them."""
    return usable_cores() if config.args_source is config.ArgsSource.TESTPATHS else 0


def pytest_collection_modifyitems(items):
    """A test has the same name in every process, or pytest-xdist could not share the tests out."""
    if changing := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        raise pytest.UsageError(f"expected names without addresses, got {changing[0]}; give the parameters ids=")


@pytest.fixture(autouse=True)
def framework_seed():
    """Every test starts from the same seed, so that none depends on which tests ran before it."""
    td.manual_seed(0)


@pytest.fixture(autouse=True)
def numpy_global_random_state():
    """Nothing in the package may draw from, or seed, NumPy's global generator."""
    before = np.random.get_state(legacy=False)  # noqa: NPY002 (to see that nothing uses it)
    yield
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert after["state"]["pos"] == before["state"]["pos"]
    assert np.array_equal(after["state"]["key"], before["state"]["key"])
    assert after["gauss"] == before["gauss"]


@pytest.fixture
def joblib_workers():
    """End joblib's processes after the test: it keeps them for minutes, and other tests count what is left running."""
    yield
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


@pytest.fixture(scope="session")
def torch():
    """PyTorch. Where it is missing the test is skipped, unless REQUIRE_TORCH=1 asks that it fail."""
    try:
        module = importlib.import_module("torch")
    except ImportError:
        if os.environ.get("REQUIRE_TORCH") == "1":
            pytest.fail("REQUIRE_TORCH=1, but PyTorch cannot be imported")
        pytest.skip("PyTorch is not installed: pip install torch")
    module.set_num_threads(1)
    return module


def pytest_collection_finish():
    """The tests themselves live to the end: the collector need not look at them, nor for garbage as often."""
    given(none())(lambda _: None)()  # Hypothesis looks for who holds NumPy's random state; what is frozen is not found
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
