"""A forked child that returns is detected, and every process that the code started is stopped."""

import os
import signal
import subprocess
import sys

import pytest

from tinygrad_dropout.sandbox import descendants, process

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no /proc to find them in")

RETURNS = {
    "with a value": "os.fork()",
    "with an exception": "if os.fork() == 0: sys.exit(0)",
    "while its parent ends": "if os.fork(): os._exit(0)",
    "as a daemon": "if os.fork(): os._exit(0)\nos.setsid()\nif os.fork(): os._exit(0)",
    "unseen by Python": "ctypes.CDLL(None).fork()",
    "and sends a message": "os.fork()\nsay(more=1)",
}


@pytest.mark.parametrize("source", RETURNS.values(), ids=RETURNS)
def test_a_child_that_returns_is_detected(sandboxed, source):
    assert sandboxed(source).why == "fork"


@pytest.mark.parametrize("action", ["os.fork", "lambda: os.fork()"])
def test_such_a_child_does_nothing_in_the_function_that_called_the_code(sandboxed, tmp_path, action):
    mark = tmp_path / "mark"
    source = f"me = os.getpid()\ncall_from_the_package('', {action})\nif os.getpid() != me: Path({str(mark)!r}).touch()"
    assert sandboxed(source).why == "fork"
    assert not mark.exists()


def test_its_parent_does_nothing_more_either(sandboxed, tmp_path):
    mark = tmp_path / "mark"
    source = f"child = os.fork()\nif child:\n    os.waitpid(child, 0)\n    Path({str(mark)!r}).touch()"
    assert sandboxed(source).why == "fork"
    assert not mark.exists()


def test_a_child_that_returns_late_is_waited_for(sandboxed, monkeypatch):
    monkeypatch.setattr(process, "SECONDS_FOR_COPIES", 60.0)
    assert sandboxed("if os.fork(): os._exit(0)\ntime.sleep(0.3)").why == "fork"


NEVER_RETURNS = {
    "it belongs to multiprocessing": """
child = multiprocessing.get_context("fork").Process(target=print)
child.start()
child.join()
""",
    "it runs a program": "subprocess.run([sys.executable, '-c', ''], preexec_fn=print)",
}


@pytest.mark.parametrize("source", NEVER_RETURNS.values(), ids=NEVER_RETURNS)
def test_a_child_that_never_returns_is_allowed(sandboxed, source):
    assert sandboxed(source).why == "returned"


SLEEPS = "[sys.executable, '-c', 'import time; time.sleep(60)']"
LEFT = {
    "a process": f"say(number=subprocess.Popen({SLEEPS}).pid)\nos._exit(3)",
    "a fork": "child = os.fork()\nif child == 0: time.sleep(60)\nsay(number=child)\nos._exit(3)",
}


@pytest.fixture
def without_waiting(monkeypatch):
    """Sleeping children never return, so the test need not wait for them."""
    monkeypatch.setattr(process, "SECONDS_FOR_COPIES", 0.0)


@pytest.mark.usefixtures("without_waiting")
@pytest.mark.parametrize("source", LEFT.values(), ids=LEFT)
def test_processes_that_the_code_started_are_stopped(sandboxed, is_gone, monkeypatch, source):
    """They are stopped although they keep their parent's pipes open, and even without /proc."""
    monkeypatch.setattr(descendants, "marked", lambda mark: iter(()))
    assert is_gone(sandboxed(source).messages[0]["number"])


@LINUX
@pytest.mark.usefixtures("without_waiting")
def test_a_process_that_left_the_session_is_stopped_too(sandboxed, is_gone):
    source = f"say(number=subprocess.Popen({SLEEPS}, start_new_session=True).pid)\nos._exit(3)"
    assert is_gone(sandboxed(source).messages[0]["number"])


WAITS = """
from tinygrad_dropout.sandbox import Bounds, run
source = "print(os.getpid(), flush=True)\\ntime.sleep(60)"
tell = lambda line: print(line, flush=True)
run("tests.sandbox.work:run_source", [source], Bounds(60.0, 1000, 2**29), on_line=tell)
"""


@LINUX
def test_the_sandboxed_process_ends_when_its_parent_is_killed(is_gone, tmp_path):
    environment = {**os.environ, "TMPDIR": str(tmp_path)}  # the killed process leaves its folder there
    command = [sys.executable, "-c", WAITS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as waiting:
        number = int(waiting.stdout.readline())
        waiting.send_signal(signal.SIGKILL)
    assert is_gone(number)
