"""However untrusted code ends its process, the reason is named, and its earlier messages are available."""

import os
import signal
import sys
from pathlib import Path

import pytest

import tinygrad_dropout as td
from tests.sandbox.conftest import BOUNDS
from tinygrad_dropout.sandbox import Bounds, SandboxError, process, run

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system has no such limit")

ENDS = {
    "it returns": ("pass", "returned", ""),
    "it closes what it prints to": ("os.closerange(0, 3)\nsys.stdout = sys.stderr = None", "returned", ""),
    "os._exit(0)": ("os._exit(0)", "exit", "exit code 0"),
    "sys.exit": ("sys.exit(0)", "raised", "SystemExit: 0"),
    "an exception": ("raise ValueError('\\x1b[2J')", "raised", "ValueError: \\x1b[2J"),
    "KeyboardInterrupt": ("\nraise KeyboardInterrupt", "interrupt", "stranger.py, line 2"),
    "too large an array": ("bytearray(2**40)", "memory", "MemoryError"),
    "a flood": ("while True: print('x' * 1000)", "output", ""),
    "a flood of a process that it starts": (
        "subprocess.run([sys.executable, '-c', 'while True: print(10**1000)'])",
        "output",
        "",
    ),
}
ENDS_BY_SIGNAL = {
    "a signal of Ctrl-C": ("signal.raise_signal(signal.SIGINT)", "interrupt", "stranger.py, line 1"),
    "a crash": ("ctypes.string_at(0)", "exit", "ended by SIGSEGV"),
    "a system without memory": ("os.kill(os.getpid(), signal.SIGKILL)", "memory", "ended by SIGKILL"),
}


@pytest.mark.parametrize(("source", "why", "detail"), ENDS.values(), ids=ENDS)
def test_the_reason_for_the_end_is_named(sandboxed, source, why, detail):
    ended = sandboxed(source)
    assert (ended.why, ended.detail) == (why, detail)


@POSIX
@pytest.mark.parametrize(("source", "why", "detail"), ENDS_BY_SIGNAL.values(), ids=ENDS_BY_SIGNAL)
def test_the_signal_that_ends_a_process_is_named(sandboxed, source, why, detail):
    ended = sandboxed(source)
    assert (ended.why, ended.detail) == (why, detail)


@LINUX
def test_memory_is_limited_even_if_allocated_in_small_steps(sandboxed):
    source = "held = []\nwhile True: held.append(bytearray(2**24))"
    assert sandboxed(source, Bounds(60.0, BOUNDS.output, memory=2**28)).why == "memory"


STUBBORN = """
say(before="the end")
print("printed", flush=True)
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""


def test_code_that_never_ends_and_ignores_every_exception_is_stopped(sandboxed):
    ended = sandboxed(STUBBORN, Bounds(1.5, BOUNDS.output, BOUNDS.memory))
    assert ended.why == "time"
    assert ended.messages == [{"before": "the end"}]
    assert ended.printed == "printed"


def test_messages_and_output_before_the_end_are_available_and_printable(sandboxed):
    ended = sandboxed("say(text='\\x1b[2J', number=1)\nprint('\\u202eone')\nsay(last=None)\nos._exit(0)")
    assert ended.messages == [{"text": "\\x1b[2J", "number": 1}, {"last": None}]
    assert ended.printed == "\\u202eone"


def test_lines_are_passed_on_while_it_runs(sandboxed):
    lines = []
    sandboxed("print('one')\nprint('tw\\x1bo', file=sys.stderr)\nprint(end='three')", on_line=lines.append)
    assert lines == ["one", "tw\\x1bo", "three"]


def test_nothing_runs_after_it_has_returned(sandboxed, tmp_path):
    mark = tmp_path / "mark"
    assert sandboxed(f"import atexit\natexit.register(Path({str(mark)!r}).touch)").why == "returned"
    assert not mark.exists()


def test_nothing_can_be_read_from_the_terminal(sandboxed):
    assert sandboxed("say(read=sys.stdin.read())").messages == [{"read": ""}]


def test_it_runs_in_an_empty_folder_that_is_deleted(sandboxed):
    (said,) = sandboxed("say(folder=os.getcwd(), files=os.listdir())\nPath('new').touch()").messages
    assert said["files"] == []
    assert not Path(said["folder"]).exists()


def test_it_can_run_in_the_current_folder_whose_files_do_not_shadow_pythons(sandboxed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("json.py", "numpy.py", "tinygrad_dropout.py"):
        Path(name).write_text("1 / 0")
    (said,) = sandboxed("import json, numpy\nsay(folder=os.getcwd())", here=True).messages
    assert Path(said["folder"]).samefile(tmp_path)


def test_modules_that_this_process_can_import_can_be_imported_there(sandboxed, tmp_path, monkeypatch):
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "one_of_mine.py").write_text("VALUE = 1")
    monkeypatch.syspath_prepend(tmp_path / "found")
    assert sandboxed("import one_of_mine\nsay(value=one_of_mine.VALUE)").messages == [{"value": 1}]


def test_the_same_package_is_used_there_even_without_pythonpath(sandboxed, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (said,) = sandboxed("import tinygrad_dropout\nsay(file=tinygrad_dropout.__file__)").messages
    assert said["file"] == td.__file__


def test_the_entries_of_pythonpath_are_relative_to_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["here", "", os.sep]))
    assert process.python_path() == [str(tmp_path / "here"), os.path.abspath(os.sep)]


@POSIX
def test_ctrl_c_is_raised_once_nothing_is_left_running(sandboxed, is_gone):
    """It is raised once, however often it is pressed: here three times, when the process has printed its id."""
    numbers = []

    def press(line):
        numbers.append(int(line))
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        sandboxed("print(os.getpid(), flush=True)\ntime.sleep(60)", on_line=press)
    assert is_gone(numbers[0])
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def no_folder(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))


def no_current_folder(monkeypatch, tmp_path):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()


def no_python(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.executable", str(tmp_path / "missing"))


MISSING = {
    "a temporary folder": (no_folder, "no temporary folder can be created: No such file or directory"),
    "a Python interpreter": (no_python, "its process cannot be started: No such file or directory"),
}
if os.name == "posix":
    MISSING["a current folder"] = (no_current_folder, "its process cannot be prepared: No such file or directory")


@pytest.mark.parametrize(("remove", "words"), MISSING.values(), ids=MISSING)
def test_a_system_problem_is_reported_in_one_sentence(sandboxed, monkeypatch, tmp_path, remove, words):
    remove(monkeypatch, tmp_path)
    with pytest.raises(SandboxError) as caught:
        sandboxed("pass", here=True)
    assert str(caught.value) == words


FILLS_THE_DISK = """
import resource
messages = Path(os.getcwd()).parent / "messages"
messages.unlink()
messages.symlink_to("/dev/full")
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
say(more=1)
"""


@LINUX
def test_a_full_disk_is_reported_in_one_sentence(sandboxed):
    with pytest.raises(SandboxError, match=r"^the results cannot be written to \S+: No space left on device$"):
        sandboxed(FILLS_THE_DISK)


@LINUX
def test_a_limit_on_files_that_the_code_set_itself_is_the_codes_fault(sandboxed):
    source = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\nsay(more=1)"
    assert sandboxed(source).detail == "exit code 74"


def test_an_end_before_the_work_began_is_not_blamed_on_the_code():
    with pytest.raises(SandboxError, match=r"ended before the work began: AttributeError: module .* has no"):
        run("tests.sandbox.work:nothing", [], BOUNDS)
