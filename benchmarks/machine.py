"""The conditions of a run: its threads, set before other imports, and the processor, versions and kernels."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from importlib.util import find_spec

#: By the name of the module.
PACKAGES = {
    "numpy": "numpy",
    "torch": "torch",
    "jax": "jax",
    "mygrad": "mygrad",
    "sklearn": "scikit-learn",
    "skorch": "skorch",
}


def set_threads(count: int) -> None:
    """Let every library in this process use that many threads, and the process as many cores.

    The libraries read this when they are imported, so this must come first.
    """
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[name] = str(count)
    if hasattr(os, "sched_setaffinity"):  # JAX sizes its pool by the cores that it may use
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[:count])


def usable_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor() -> str:
    """The processor's name, as the system tells it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def described(threads: int) -> dict[str, str | int]:
    """Everything that the figures depend on, apart from the code."""
    from benchmarks import kernels  # imports NumPy, which must come after set_threads

    libraries, in_words = kernels.used()
    versions = {"Python": platform.python_version()}
    versions |= {package: version(package) for module, package in PACKAGES.items() if find_spec(module) is not None}
    found: dict[str, str | int] = {
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "threads": threads,
        "versions": ", ".join(f"{name} {number}" for name, number in versions.items()),
        "kernels": in_words,
    }
    if forced := kernels.forced(os.environ, libraries):
        found["forced"] = kernels.settings(forced)
    return found
