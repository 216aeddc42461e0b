"""`python -m benchmarks` as its users call it: one run, forced kernels, wrong arguments, a folder it cannot write."""

import json
import os
import platform
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import __main__, kernels, machine, memory

ROOT = Path(__file__).parents[2]


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return python("-m", "benchmarks", *arguments, **variables)


def python(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python in an environment in which nothing forces a kernel but these variables."""
    environment = {name: value for name, value in os.environ.items() if name not in kernels.VARIABLES}
    environment |= {"PYTHONPATH": str(ROOT)} | variables
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_quick_run_prints_the_machine_the_agreement_and_the_ratios(tmp_path):
    done = run("--quick", "--only", "W1", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "1 thread; Python" in done.stdout
    assert "; NumPy on " in done.stdout
    assert "With dropout off, all contenders compute the same." in done.stdout
    assert " x ours" in done.stdout
    figures = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert {"ours", "numpy_naive", "numpy_tricks", "products_alone"} <= set(figures["seconds"]["W1"])
    assert figures["machine"]["kernels"] in done.stdout
    assert (tmp_path / "speed.png").exists()


def test_packages_that_are_not_installed_are_left_out_by_name(tmp_path):
    hidden = "mygrad", "torch", "jax", "threadpoolctl"
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({hidden})); from benchmarks.__main__ import main;"
        f"sys.exit(main(['--quick', '--only', 'W1', '--out', {str(tmp_path)!r}]))"
    )
    done = python("-c", program)
    assert done.returncode == 0, done.stderr
    assert "left out: MyGrad (mygrad is not installed: pip install mygrad)" in done.stdout
    assert "left out: PyTorch eager (torch is not installed: pip install torch)" in done.stdout
    assert "(kernel unknown: threadpoolctl is not installed)" in done.stdout


# Instead of measuring, this run shows its machine and starts a process; without PyTorch and JAX, to be quick.
PROGRAM = """
import sys
sys.modules.update(torch=None, jax=None)
from benchmarks import machine, memory, report, run
from benchmarks.workloads import Training

def workloads(keys, threads, out, quick):
    print(report.machine_line(machine.described(threads)))
    memory.peak_of("ours", Training("small", (8, 8, 2), 4))
    if "W2" in keys:
        raise run.Disagreement("they disagree")

run.workloads = workloads
from benchmarks.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
NOTE_ENVIRONMENT = "import os; print(os.environ.get('NPY_DISABLE_CPU_FEATURES'), file=open({log!r}, 'a'))"
FORCED = "NPY_DISABLE_CPU_FEATURES=X86_V4"  # NumPy always reads this one, whatever BLAS it uses


@pytest.fixture
def small_run(tmp_path):
    """Runs PROGRAM with W1, or what is given; also the variable as it was in each of its processes, in order."""
    log = tmp_path / "log"
    (tmp_path / "sitecustomize.py").write_text(NOTE_ENVIRONMENT.format(log=str(log)), encoding="utf-8")

    def run_program(*options, only="W1", **variables):
        path = os.pathsep.join([str(tmp_path), str(ROOT)])
        arguments = ["--only", only, "--out", str(tmp_path), *options]
        done = python("-c", PROGRAM, *arguments, PYTHONPATH=path, **variables)
        return done, log.read_text(encoding="utf-8").split()

    return run_program


needs_memory = pytest.mark.skipif(
    not memory.MEASURABLE, reason="only Linux tells the peak of a part of a process's life"
)


@needs_memory
def test_with_a_forced_kernel_the_command_runs_itself_again_without(small_run):
    done, seen = small_run(NPY_DISABLE_CPU_FEATURES="X86_V4")
    assert done.returncode == 0, done.stderr
    said, machine_line = done.stdout.splitlines()
    assert said.startswith(f"Running again without {FORCED}, so that libraries choose their own kernels")
    assert "forced" not in machine_line
    assert seen == ["X86_V4", "None", "None"]  # the last one is that of the memory


@needs_memory
def test_keep_kernel_keeps_the_kernel_and_the_machine_line_says_so(small_run):
    done, seen = small_run("--keep-kernel", NPY_DISABLE_CPU_FEATURES="X86_V4")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"; kernels forced by {FORCED}\n")
    assert "Running again" not in done.stdout
    assert seen == ["X86_V4", "X86_V4"]


@needs_memory
def test_the_exit_code_is_that_of_the_second_run(small_run):
    done, seen = small_run(only="W2", NPY_DISABLE_CPU_FEATURES="X86_V4")
    assert done.returncode == 1
    assert done.stderr == "benchmarks: they disagree\n"
    assert len(seen) == 3


@needs_memory
def test_variables_of_libraries_that_are_not_used_are_nothing_to_speak_of(small_run):
    done, seen = small_run(XLA_FLAGS="--xla_cpu_max_isa=AVX2", ATEN_CPU_CAPABILITY="avx2", NVPL_BLAS_DEBUG_CPU_TYPE="1")
    assert done.returncode == 0, done.stderr
    assert "Running again" not in done.stdout
    assert "forced" not in done.stdout
    assert len(seen) == 2


@needs_memory
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernel that is forced is one for x86 processors")
@pytest.mark.parametrize(("options", "forced"), [(["--keep-kernel"], True), ([], False)])
def test_the_machine_line_names_the_kernel_that_really_computes(small_run, options, forced):
    if "OpenBLAS" not in kernels.used()[0]:
        pytest.skip("NumPy does not use OpenBLAS")
    done, _ = small_run(*options, OPENBLAS_CORETYPE="Nehalem")  # an old one, which no processor of today would choose
    assert ("(Nehalem)" in done.stdout) == forced


@pytest.fixture
def refused(monkeypatch, capsys):
    """Runs the command, here and on as many threads as there are now, until it exits with 2: what it said."""

    def accept():
        raise AssertionError("expected the arguments to be refused, and it goes on to measure")

    monkeypatch.setattr(machine, "set_threads", lambda count: None)
    monkeypatch.setattr(__main__, "run_again_if_forced", accept)

    def refuse(*arguments):
        with pytest.raises(SystemExit) as end:
            __main__.main(list(arguments))
        assert end.value.code == 2
        said = capsys.readouterr()
        assert said.out == ""
        return said.err

    return refuse


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--threads", "0"], "--threads: expected 1 to"),
        (["--threads", "100000"], "--threads: expected 1 to"),
        (["--only", "W1,W9"], "--only: expected some of W1, W2"),
        (["--out", "/dev/null/here"], "--out: cannot write to /dev/null/here"),
        (["--fast"], "unrecognized arguments: --fast"),
        (["--growth", "--compare"], "--compare: not allowed with argument --growth"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(refused, arguments, sentence):
    assert sentence in refused(*arguments)


def test_a_comparison_with_pytorch_needs_pytorch(refused, monkeypatch):
    monkeypatch.setattr(__main__, "find_spec", lambda name: None if name == "torch" else find_spec(name))
    assert "--compare: expected PyTorch to be installed: pip install torch" in refused("--compare")


def test_the_shell_sees_the_exit_code_of_a_mistake():
    done = run("--fast")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].endswith("unrecognized arguments: --fast")
    assert "Traceback" not in done.stderr
