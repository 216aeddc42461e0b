"""Kernels: what NumPy and PyTorch compute with, in words, and the variables that force something else."""

import pytest

from benchmarks import kernels
from benchmarks.kernels import forced, numpy_blas, torch_blas, used, without


def library(api="blas", called="openblas", version="0.3.31.188.0", folder="numpy.libs", **more):
    """A row of threadpoolctl's table."""
    path = f"/site-packages/{folder}/lib{called}.so"
    return {"user_api": api, "internal_api": called, "version": version, "filepath": path, **more}


OPENBLAS = library(architecture="SkylakeX")
SCIPYS = library(version="0.3.29", folder="scipy.libs", architecture="Haswell")
OPENMP = library("openmp", "openmp", None)


@pytest.mark.parametrize(
    ("loaded", "in_words"),
    [
        ([OPENMP, OPENBLAS], "OpenBLAS 0.3.31 (SkylakeX)"),
        ([SCIPYS, OPENBLAS], "OpenBLAS 0.3.31 (SkylakeX)"),
        ([SCIPYS, library(folder="numpy/.dylibs", architecture="VORTEX")], "OpenBLAS 0.3.31 (VORTEX)"),
        ([library(called="mkl", version="2024.2-Product", folder="lib")], "oneMKL 2024.2 (kernel unknown)"),
        ([library(called="blis", version="1.0", folder="lib", architecture="zen3")], "BLIS 1.0 (zen3)"),
        ([library(called="flexiblas", version=None, folder="lib")], "flexiblas (kernel unknown)"),
    ],
)
def test_numpys_library_is_named_with_its_version_and_kernel(loaded, in_words):
    assert numpy_blas(loaded).in_words == in_words


@pytest.mark.parametrize(
    ("loaded", "why"),
    [(None, "threadpoolctl is not installed"), ([OPENMP], "threadpoolctl does not know this library")],
)
def test_without_a_table_the_library_is_known_but_not_its_kernel(loaded, why):
    blas = numpy_blas(loaded)
    assert blas.name
    assert blas.in_words.endswith(f"(kernel unknown: {why})")


def test_what_numpy_loads_is_what_it_was_built_with():
    pytest.importorskip("threadpoolctl")
    assert numpy_blas(kernels.loaded_libraries()).name == numpy_blas(None).name


@pytest.mark.parametrize(
    ("built_with", "name", "in_words"),
    [
        (
            "- Intel(R) oneAPI Math Kernel Library Version 2024.2-Product Build 20240605\n BLAS_INFO=mkl, BUILD_TYPE=",
            "oneMKL",
            "oneMKL 2024.2 and its own kernels (AVX512)",
        ),
        ("BLAS_INFO=open, BUILD_TYPE=Release", "OpenBLAS", "OpenBLAS and its own kernels (AVX512)"),
        ("BLAS_INFO=accelerate, ", "Accelerate", "Accelerate and its own kernels (AVX512)"),
        ("CPU_CAPABILITY", "unknown BLAS", "unknown BLAS and its own kernels (AVX512)"),
    ],
)
def test_pytorchs_library_is_named_with_its_version_and_pytorchs_own_kernels(built_with, name, in_words):
    blas = torch_blas(built_with, "AVX512")
    assert (blas.name, blas.in_words) == (name, in_words)


def test_the_real_pytorch_says_what_it_was_built_with(torch):
    blas = torch_blas(torch.__config__.show(), torch.backends.cpu.get_cpu_capability())
    assert blas.name in kernels.NAMES.values()


def test_packages_that_are_not_installed_compute_nothing(monkeypatch):
    monkeypatch.setattr(kernels, "find_spec", lambda name: None)
    libraries, in_words = used()
    assert libraries == {"NumPy", numpy_blas(None).name}
    assert "PyTorch" not in in_words


NUMPY, TORCH, JAX = {"NumPy", "OpenBLAS"}, {"PyTorch", "oneMKL"}, {"JAX", "oneDNN"}


@pytest.mark.parametrize(
    ("variable", "value", "libraries"),
    [
        ("OPENBLAS_CORETYPE", "Haswell", NUMPY),
        ("OPENBLAS_L2_SIZE", "512", NUMPY),
        ("OPENBLAS_BLOCK_FACTOR", "2", NUMPY),
        ("NPY_DISABLE_CPU_FEATURES", "X86_V4 X86_V3", NUMPY),
        ("NPY_ENABLE_CPU_FEATURES", "X86_V3", NUMPY),
        ("MKL_ENABLE_INSTRUCTIONS", "AVX2", TORCH),
        ("MKL_CBWR", "AVX2,STRICT", TORCH),
        ("ATEN_CPU_CAPABILITY", "avx2", TORCH),
        ("BLIS_ARCH_TYPE", "zen3", {"NumPy", "BLIS"}),
        ("ONEDNN_MAX_CPU_ISA", "AVX2", JAX),
        ("DNNL_MAX_CPU_ISA", "AVX2", JAX),
        ("XLA_FLAGS", "--xla_cpu_max_isa=AVX2", JAX),
        ("XLA_FLAGS", "--xla_cpu_prefer_vector_width=128", JAX),
    ],
)
def test_a_variable_counts_if_its_library_is_used_and_is_then_left_out(variable, value, libraries):
    environment = {"HOME": "/home", variable: value}
    assert forced(environment, libraries) == {variable: value}
    assert forced(environment, {"another"}) == {}
    assert without(environment, {variable: value}) == {"HOME": "/home"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENBLAS_CORETYPE", ""),
        ("OPENBLAS_NUM_THREADS", "1"),
        ("NVPL_BLAS_DEBUG_CPU_TYPE", "1"),
        ("MKL_DEBUG_CPU_TYPE", "5"),  # oneMKL has not read it since 2020
        ("MKL_NUM_THREADS", "1"),
        ("XLA_FLAGS", "--xla_force_host_platform_device_count=2"),
    ],
)
def test_a_variable_that_forces_no_kernel_does_not_count(variable, value):
    assert forced({variable: value}, NUMPY | TORCH | JAX) == {}


def test_other_options_of_xla_stay():
    environment = {"XLA_FLAGS": "--xla_a=1 --xla_cpu_max_isa=AVX2 --xla_b=2", "MKL_CBWR": "AVX2"}
    forcing = forced(environment, JAX | TORCH)
    assert forcing == {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2", "MKL_CBWR": "AVX2"}
    assert without(environment, forcing) == {"XLA_FLAGS": "--xla_a=1 --xla_b=2"}
    assert kernels.settings(forcing) == "MKL_CBWR=AVX2 and XLA_FLAGS=--xla_cpu_max_isa=AVX2"
