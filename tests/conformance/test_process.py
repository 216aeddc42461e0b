"""An examination in a separate process ends, whatever the layer does."""

import os
import shlex
import signal
import subprocess
import sys

import pytest

from tinygrad_dropout.conformance import process
from tinygrad_dropout.conformance.process import check_target
from tinygrad_dropout.conformance.target import TargetError

FORKS = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
LAYERS = """
import os, subprocess, sys, time
import numpy as np
import tinygrad_dropout as td
from tinygrad_dropout import nn

class Never(nn.Dropout):
    def forward(self, x):
        while True:
            time.sleep(0.01)

class Ends(nn.Dropout):
    def forward(self, x):
        os._exit(0)

class LeavesAChild(nn.Dropout):
    def forward(self, x):
        child = os.fork()
        if child:
            os._exit(3)
        time.sleep(100)
        os._exit(0)

class Forks(nn.Dropout):
    def forward(self, x):
        os.fork()
        return super().forward(x)

class ForksAndExits(nn.Dropout):
    def forward(self, x):
        if os.fork() == 0:
            sys.exit(0)
        return super().forward(x)

class ForksAndWaits(nn.Dropout):
    forked = False
    def forward(self, x):
        if not ForksAndWaits.forked:
            ForksAndWaits.forked = True
            child = os.fork()
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
        return super().forward(x)

class PressesCtrlC(nn.Dropout):
    def forward(self, x):
        raise KeyboardInterrupt

class PrintsItsProcessesAndWaits(nn.Dropout):
    def forward(self, x):
        print(os.getpid(), subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
        time.sleep(60)

class Floods(nn.Dropout):
    def forward(self, x):
        while True:
            print("x" * 100_000)

class Needs(nn.Dropout):
    def forward(self, x):
        return np.ones(10**13)

class IsKilled(nn.Dropout):
    def forward(self, x):
        os.kill(os.getpid(), 9)

class Escapes(nn.Dropout):
    def forward(self, x):
        print("\x1b[31mprinted\u202e")
        raise type("Odd\u200b", (Exception,), {})("\x1b]0;title\x07")

class Exits(nn.Dropout):
    def forward(self, x):
        sys.exit(0)

class Stubborn(nn.Dropout):
    def forward(self, x):
        while True:
            try:
                time.sleep(10)
            except BaseException:
                pass

class Rarely:
    def __init__(self, p, rng):
        self.layer = nn.Dropout(p, rng=rng)
        if rng.bit_generator.seed_seq.entropy == 2:
            raise RuntimeError("the seed is 2")
    training = property(lambda self: self.layer.training, lambda self, mode: self.layer.train(mode))
    def forward(self, x):
        self.x = td.Tensor(x, requires_grad=True)
        self.y = self.layer(self.x)
        return self.y.data
    def backward(self, grad):
        self.y.backward(grad)
        return self.x.grad
"""


COMMAND = [sys.executable, "-m", "tinygrad_dropout", "conformance"]


@pytest.fixture
def layers(tmp_path):
    file = tmp_path / "layers.py"
    file.write_text(LAYERS)
    return file


@pytest.fixture
def examine(layers):
    return lambda name, seeds=1, time_limit=60.0: check_target(f"{layers}:{name}", seeds=seeds, time_limit=time_limit)


def test_a_right_layer_passes_in_a_separate_process():
    assert check_target("tinygrad_dropout.nn:Dropout", seeds=2, time_limit=60).ok


@pytest.mark.parametrize("name", ["Never", "Stubborn"])
def test_a_layer_that_never_returns_is_stopped(examine, name):
    (finding,) = examine(name, time_limit=1).findings
    assert finding.code == "never-returns"
    assert "within 1 s" in finding.message


def test_a_layer_that_ends_the_process_is_named(examine):
    """An exit code of 0 does not count as success."""
    (finding,) = examine("Ends").findings
    assert finding.code == "ends-the-process"
    assert "exit code 0" in finding.message


@FORKS
def test_a_layer_that_ends_the_process_and_leaves_a_child_is_named_without_waiting(examine):
    """The child keeps the pipes of the examination open."""
    (finding,) = examine("LeavesAChild", time_limit=100).findings
    assert finding.code == "ends-the-process"
    assert "exit code 3" in finding.message


@FORKS
@pytest.mark.parametrize("name", ["Forks", "ForksAndExits"])
def test_a_layer_whose_forked_child_returns_is_named(examine, name):
    (finding,) = examine(name).findings
    assert finding.code == "forks-and-goes-on"
    assert "the child process also returned" in finding.message


@FORKS
def test_a_layer_whose_forked_child_ends_inside_it_passes(examine):
    assert examine("ForksAndWaits").ok


def test_a_layer_that_raises_keyboard_interrupt_is_not_mistaken_for_the_user(examine):
    (finding,) = examine("PressesCtrlC").findings
    assert finding.code == "raises-keyboard-interrupt"
    assert "layers.py, line " in finding.message


def test_a_layer_that_floods_the_output_is_stopped(examine, monkeypatch, capsys):
    monkeypatch.setattr(process, "MAX_OUTPUT", 200_000)
    (finding,) = examine("Floods").findings
    assert finding.code == "floods-the-output"
    assert "more than 200,000 bytes" in finding.message
    assert len(capsys.readouterr().err) <= 200_010


def test_a_layer_that_runs_out_of_memory_is_named(examine):
    assert "MemoryError" in examine("Needs").findings[0].message


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_layer_that_the_system_kills_for_its_memory_is_named(examine):
    (finding,) = examine("IsKilled").findings
    assert finding.code == "out-of-memory"
    assert "(ended by SIGKILL)" in finding.message


def test_output_goes_to_stderr_and_cannot_control_the_terminal(examine, capsys):
    report = str(examine("Escapes"))
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "\\x1b[31mprinted\\u202e\n")
    assert "Odd\\u200b: \\x1b]0;title\\x07" in report
    assert "\x1b" not in report


def test_a_layer_that_exits_is_named(examine):
    assert examine("Exits").findings[0].code == "forward-raises"
    assert "SystemExit: 0" in examine("Exits").findings[0].message


def test_seeds_are_tried_until_one_finds_something(examine):
    assert examine("Rarely", seeds=2).ok
    assert "the seed is 2" in examine("Rarely", seeds=3).findings[0].message


def test_a_missing_class_is_an_error_and_not_a_finding(examine):
    with pytest.raises(TargetError, match="has no Nothing"):
        examine("Nothing")


def test_a_system_problem_is_reported_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(TargetError, match=r"^a\.py:B cannot be examined: no temporary folder can be created: No"):
        check_target("a.py:B", seeds=1, time_limit=60)


STREAMS = {
    "the output": (">&-", 2, "tinygrad-dropout: the output could not be written: it is closed\n"),
    "the input and the errors": ("<&- 2>&-", 1, ""),
}


@pytest.mark.skipif(os.name == "nt", reason="shells close streams differently on Windows")
@pytest.mark.parametrize(("closed", "code", "errors"), STREAMS.values(), ids=STREAMS)
def test_the_command_works_with_streams_closed_by_the_shell(layers, closed, code, errors):
    command = f"{shlex.join([*COMMAND, f'{layers}:PressesCtrlC'])} {closed}"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (code, errors)
    assert ("[raises-keyboard-interrupt]" in run.stdout) == (code == 1)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent differently on Windows")
def test_ctrl_c_ends_the_command_and_all_processes_of_the_layer(layers):
    with subprocess.Popen(
        [*COMMAND, f"{layers}:PrintsItsProcessesAndWaits"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        numbers = command.stderr.readline().split()
        command.send_signal(signal.SIGINT)
        out, errors = command.communicate(timeout=30)
    assert (command.returncode, out, errors) == (130, "", "tinygrad-dropout: interrupted\n")
    states = subprocess.run(["ps", "-o", "stat=", "-p", ",".join(numbers)], capture_output=True, text=True).stdout
    assert all(state.startswith("Z") for state in states.split())
    assert len(numbers) == 2


IMPORTS = """
import sys
import numpy.random
before = set(sys.modules)
import tinygrad_dropout.conformance.process
found = {name.partition(".")[0] for name in set(sys.modules) - before}
print(found - sys.stdlib_module_names - {"numpy"})
print("multiprocessing" in sys.modules)
"""


def test_the_process_module_imports_only_numpy_and_nothing_slow():
    run = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["{'tinygrad_dropout'}", "False"]
