"""The compiled kernels behind NumPy, PyTorch and JAX: which ones compute here, and which variables force others.

A library chooses the fastest kernel that the processor can run when it is loaded, unless an environment variable tells
it otherwise. With such a variable the figures are true of this environment, but not of a user's machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

Loaded = list[dict[str, Any]]

# The usual names, by a part of the name that NumPy, PyTorch or threadpoolctl uses.
NAMES = {"open": "OpenBLAS", "mkl": "oneMKL", "blis": "BLIS", "accelerate": "Accelerate"}

VARIABLES = {  # and the library whose kernels they choose
    "OPENBLAS_CORETYPE": "OpenBLAS",
    "OPENBLAS_L2_SIZE": "OpenBLAS",
    "OPENBLAS_BLOCK_FACTOR": "OpenBLAS",
    "MKL_ENABLE_INSTRUCTIONS": "oneMKL",
    "MKL_CBWR": "oneMKL",
    "BLIS_ARCH_TYPE": "BLIS",
    "NPY_DISABLE_CPU_FEATURES": "NumPy",
    "NPY_ENABLE_CPU_FEATURES": "NumPy",
    "ATEN_CPU_CAPABILITY": "PyTorch",
    "ONEDNN_MAX_CPU_ISA": "oneDNN",
    "DNNL_MAX_CPU_ISA": "oneDNN",
    "XLA_FLAGS": "JAX",
}
XLA_OPTIONS = ("--xla_cpu_max_isa", "--xla_cpu_prefer_vector_width")  # the only parts of XLA_FLAGS that matter here


@dataclass(frozen=True)
class Blas:
    """A library of matrix products: its usual name, and the same with its version and kernel."""

    name: str
    in_words: str

    @classmethod
    def of(cls, called: str, version: str | None, kernel: str = "") -> Blas:
        """A library by its name elsewhere; of its version, the first three numbers are kept."""
        name = next((name for part, name in NAMES.items() if part in called.lower()), called)
        numbers = re.match(r"\d+(\.\d+){0,2}", version or "")
        return cls(name, " ".join(filter(None, (name, numbers and numbers[0], kernel and f"({kernel})"))))


def loaded_libraries() -> Loaded | None:
    """What threadpoolctl knows about the libraries in this process; None if it is not installed."""
    if find_spec("threadpoolctl") is None:
        return None
    from threadpoolctl import threadpool_info

    return list(threadpool_info())


def numpy_blas(loaded: Loaded | None) -> Blas:
    """What NumPy uses: `OpenBLAS 0.3.31 (SkylakeX)`.

    Args:
        loaded: see `loaded_libraries`; without a BLAS among them only what NumPy was built with is known.
    """
    blas = [library for library in loaded or () if library["user_api"] == "blas"]
    if blas:
        own = next(filter(is_numpys, blas), blas[0])
        return Blas.of(own["internal_api"], own["version"], own.get("architecture") or "kernel unknown")
    why = "threadpoolctl is not installed" if loaded is None else "threadpoolctl does not know this library"
    built_with = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return Blas.of(built_with.get("name", "unknown BLAS"), built_with.get("version"), f"kernel unknown: {why}")


def is_numpys(library: dict[str, Any]) -> bool:
    """Whether the library came with NumPy; SciPy brings its own copy."""
    return any(folder.startswith("numpy") for folder in Path(library["filepath"]).parts[-3:-1])


def torch_blas(built_with: str, capability: str) -> Blas:
    """What PyTorch uses: `oneMKL 2024.2 and its own kernels (AVX512)`.

    oneMKL does not say which of its kernels it uses. It need not be what PyTorch chooses for everything else.

    Args:
        built_with: what `torch.__config__.show()` says.
        capability: what `torch.backends.cpu.get_cpu_capability()` says.
    """
    name = re.search(r"BLAS_INFO=(\w+)", built_with)
    version = re.search(r"Math Kernel Library Version ([\d.]+)", built_with)
    blas = Blas.of(name[1] if name else "unknown BLAS", version and version[1])
    return replace(blas, in_words=f"{blas.in_words} and its own kernels ({capability})")


def used() -> tuple[set[str], str]:
    """The libraries whose kernels compute in a run, and in words what NumPy and PyTorch use."""
    blas = numpy_blas(loaded_libraries())
    libraries, in_words = {"NumPy", blas.name}, f"NumPy on {blas.in_words}"
    if find_spec("torch") is not None:
        import torch

        blas = torch_blas(torch.__config__.show(), torch.backends.cpu.get_cpu_capability())
        libraries |= {"PyTorch", blas.name}
        in_words += f", PyTorch on {blas.in_words}"
    if find_spec("jax") is not None:
        libraries |= {"JAX", "oneDNN"}  # oneDNN does XLA's large products; the workloads do not use PyTorch's copy
    return libraries, in_words


def forced(environment: Mapping[str, str], libraries: set[str]) -> dict[str, str]:
    """The variables that force a kernel of one of these libraries, with their values; of XLA_FLAGS only that part."""
    found = {}
    for variable, library in VARIABLES.items():
        value = environment.get(variable, "")
        if variable == "XLA_FLAGS":
            value = " ".join(option for option in value.split() if option.startswith(XLA_OPTIONS))
        if value and library in libraries:
            found[variable] = value
    return found


def without(environment: Mapping[str, str], forcing: Mapping[str, str]) -> dict[str, str]:
    """The environment without the variables that force kernels; other options of XLA_FLAGS stay."""
    rest = dict(environment)
    for variable, value in forcing.items():
        kept = [word for word in rest.pop(variable).split() if word not in value.split()]
        if kept:
            rest[variable] = " ".join(kept)
    return rest


def settings(forcing: Mapping[str, str]) -> str:
    """`OPENBLAS_CORETYPE=Haswell and MKL_CBWR=AVX2`."""
    return " and ".join(f"{variable}={value}" for variable, value in forcing.items())
