"""For all tests: a fixed seed, stable names, NumPy's global state untouched, working Ctrl-C, optional PyTorch."""

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
    """Run the whole suite on all cores, but tests that you name in this process, where a debugger can reach them."""
    return usable_cores() if config.args_source is config.ArgsSource.TESTPATHS else 0


def pytest_collection_modifyitems(items):
    """Refuse test names that differ between processes, because pytest-xdist could not distribute such tests."""
    if changing := [item.nodeid for item in items if " at 0x" in item.nodeid]:
        raise pytest.UsageError(f"expected names without addresses, got {changing[0]}; give the parameters ids=")


@pytest.fixture(autouse=True)
def framework_seed():
    """Start every test from the same seed, so that no test depends on earlier ones."""
    td.manual_seed(0)


@pytest.fixture(autouse=True)
def numpy_global_random_state():
    """Check that the package neither draws from nor seeds NumPy's global generator."""
    before = np.random.get_state(legacy=False)  # noqa: NPY002 (to see that nothing uses it)
    yield
    after = np.random.get_state(legacy=False)  # noqa: NPY002
    assert after["state"]["pos"] == before["state"]["pos"]
    assert np.array_equal(after["state"]["key"], before["state"]["key"])
    assert after["gauss"] == before["gauss"]


@pytest.fixture
def joblib_workers():
    """End joblib's processes after the test. They live for minutes, and other tests count running processes."""
    yield
    from joblib.externals.loky import get_reusable_executor

    get_reusable_executor().shutdown(wait=True)


@pytest.fixture(scope="session")
def torch():
    """PyTorch. If it is missing, the test is skipped, or fails if REQUIRE_TORCH=1."""
    try:
        module = importlib.import_module("torch")
    except ImportError:
        if os.environ.get("REQUIRE_TORCH") == "1":
            pytest.fail("REQUIRE_TORCH=1, but PyTorch cannot be imported")
        pytest.skip("PyTorch is not installed: pip install torch")
    module.set_num_threads(1)
    return module


def pytest_collection_finish():
    """Freeze the collected tests, which live to the end, so that the garbage collector skips them."""
    given(none())(lambda _: None)()  # Hypothesis does not find frozen objects
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
