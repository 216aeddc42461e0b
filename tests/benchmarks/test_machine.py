"""The machine: its description names what the figures depend on."""

import pytest

from benchmarks import kernels, machine


@pytest.fixture(autouse=True)
def nothing_forced(monkeypatch):
    """Whatever is set where the tests run."""
    for variable in kernels.VARIABLES:
        monkeypatch.delenv(variable, raising=False)


def test_the_description_names_the_kernels_and_the_versions():
    described = machine.described(2)
    assert described["threads"] == 2
    assert described["kernels"].startswith("NumPy on ")
    assert "numpy 2." in described["versions"]
    assert "forced" not in described


def test_a_variable_that_forces_a_kernel_is_part_of_the_description(monkeypatch):
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "X86_V4")
    assert machine.described(1)["forced"] == "NPY_DISABLE_CPU_FEATURES=X86_V4"
