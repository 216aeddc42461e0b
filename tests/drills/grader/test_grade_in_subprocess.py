"""Whatever a learner's file does, the grader answers with a sentence, and nothing is left running."""

import os
import subprocess
import sys
import time

import pytest

from tinygrad_dropout.drills.exercise import DrillError, find
from tinygrad_dropout.drills.grader.grade_in_subprocess import grade_file, make_replay
from tinygrad_dropout.drills.grader.report import as_text

EXERCISE = find("11_linear_backward")
SIGNATURE = "def linear_backward(grad, x, weight):\n"


def grade(tmp_path, source, **options):
    path = tmp_path / "11_linear_backward.py"
    path.write_text("import os, sys\nimport numpy as np\n" + source, encoding="utf-8")
    return grade_file(EXERCISE, path, **options)


HOSTILE = {
    "an endless loop": ("while True: pass", "never-ends", "did not finish within 1 s"),
    "a flood": ("while True: print('x' * 1000)", "floods-the-output", "more than 100,000 characters"),
    "input()": ("input()", "asks-for-input", "Your file waits for input()"),
    "exit()": ("exit()", "calls-exit", "Your file called exit()"),
    "os._exit": ("os._exit(3)", "ends-the-process", "(exit code 3)"),
    "too much memory": ("x = np.ones(10**10)", "out-of-memory", "more memory"),
    "input() in a call": (SIGNATURE + "    input()", "asks-for-input", "linear_backward(grad, x, weight) waits"),
    "os._exit in a call": (SIGNATURE + "    os._exit(0)", "ends-the-process", "(exit code 0)"),
    "Ctrl-C": ("raise KeyboardInterrupt", "raises-keyboard-interrupt", "(11_linear_backward.py, line 3)"),
    "Ctrl-C in a call": (SIGNATURE + "    raise KeyboardInterrupt", "raises-keyboard-interrupt", "although Ctrl-C was"),
    "closed output": ("os.close(1)\nos.close(2)\n1 / 0", "raises", "ZeroDivisionError"),
}


@pytest.mark.parametrize(("source", "code", "says"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_ends_in_a_sentence(tmp_path, source, code, says):
    found = grade(tmp_path, source, time_limit=1.0 if code == "never-ends" else 10.0).rejection
    assert found.code == code
    assert says in found.message


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.parametrize("source", ["os.fork()", SIGNATURE + "    os.fork()"])
def test_a_file_that_forks_and_continues_is_named(tmp_path, source):
    assert grade(tmp_path, source).rejection.code == "forks-and-goes-on"


@pytest.mark.parametrize("source", [SIGNATURE + "    raise ValueError('\\x1b[2J')", "print('\\x1b[2J')"])
def test_terminal_control_codes_are_not_printed(tmp_path, source):
    shown = as_text(EXERCISE, grade(tmp_path, source), verbose=True)
    assert "\\x1b[2J" in shown
    assert "\x1b" not in shown


ENDS_LATE = """
import os
right, calls = backward_order, []

def backward_order(*arguments):
    calls.append(arguments)
    return right(*arguments) if len(calls) < 5 else os._exit(0)
"""


def test_claims_that_passed_before_the_process_ended_are_kept(tmp_path):
    exercise, path = find("05_topological_order"), tmp_path / "answer.py"
    path.write_text(exercise.solution + ENDS_LATE)
    found = grade_file(exercise, path)
    assert found.rejection.code == "ends-the-process"
    assert found.right
    assert found.rejection.claim not in ("", *found.right)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the system has no such limit")
def test_memory_is_bounded_where_the_system_has_a_limit(tmp_path):
    assert grade(tmp_path, "x = np.empty(3 * 2**30, dtype=np.uint8)").rejection.code == "out-of-memory"


def test_terminal_input_does_not_reach_the_answer(tmp_path):
    reading, writing = os.pipe()
    kept = os.dup(0)
    try:
        os.write(writing, b"3\n")
        os.dup2(reading, 0)
        assert grade(tmp_path, "input()").rejection.code == "asks-for-input"
    finally:
        os.dup2(kept, 0)
        for descriptor in (reading, writing, kept):
            os.close(descriptor)


def test_a_right_answer_may_print_and_its_output_is_kept(tmp_path):
    found = grade(tmp_path, "print('hello')\n" + EXERCISE.solution)
    assert found.solved
    assert found.printed == "hello"


def test_a_file_that_an_editor_marked_as_utf_8_can_be_graded(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(EXERCISE.solution, encoding="utf-8-sig")
    assert grade_file(EXERCISE, path).solved


def test_a_missing_temporary_folder_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(DrillError, match=r"^11_linear_backward\.py cannot be run: no temporary folder"):
        grade(tmp_path, EXERCISE.solution)


def test_a_wrong_answer_gets_the_same_code_as_in_this_process(tmp_path):
    sample = EXERCISE.wrong[0]
    assert grade(tmp_path, sample.source).rejection.code == sample.name


def test_tracebacks_show_the_learners_file_and_lines(tmp_path):
    found = grade(tmp_path, SIGNATURE + "    return x @ grad @ x")
    assert 'File "11_linear_backward.py", line 4, in linear_backward' in found.rejection.traceback
    assert "return x @ grad @ x" in found.rejection.traceback


def test_files_next_to_the_answer_do_not_shadow_modules(tmp_path):
    (tmp_path / "numpy.py").write_text("1 / 0")
    (tmp_path / "json.py").write_text("1 / 0")
    assert grade(tmp_path, EXERCISE.solution).solved


@pytest.mark.skipif(os.name == "nt", reason="processes are listed with ps")
def test_nothing_is_left_running(tmp_path):
    source = "import subprocess, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(987)'])\n"
    began = time.monotonic()
    assert grade(tmp_path, source + EXERCISE.solution).solved
    assert time.monotonic() - began < 60
    time.sleep(0.1)
    assert "time.sleep(987)" not in subprocess.run(["ps", "-Ao", "args"], capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "there is no .*answer.py; `drill reset 11` writes it again"),
        (b"\xff\xfe", "expected UTF-8, and byte 0 is not"),
        ("a directory", "answer.py cannot be read: expected a file, got something else"),
        ("a pipe", "answer.py cannot be read: expected a file, got something else"),
    ],
)
def test_an_unreadable_file_is_reported(tmp_path, content, says):
    path = tmp_path / "answer.py"
    if content == "a directory":
        path.mkdir()
    elif content == "a pipe":
        getattr(os, "mkfifo", os.mkdir)(path)  # Windows has none
    elif content:
        path.write_bytes(content)
    with pytest.raises(DrillError, match=says):
        grade_file(EXERCISE, path)


def test_a_replay_opens_at_the_first_step_that_differs(tmp_path):
    pytest.importorskip("igraph")
    path, page = tmp_path / "answer.py", tmp_path / "page.html"
    path.write_text(next(sample.source for sample in EXERCISE.wrong if sample.name == "bias-gradient-averaged"))
    assert "step 2 of 5: dL/d3.bias[" in make_replay(EXERCISE, path, page)
    assert "<html" in page.read_text(encoding="utf-8")


def test_a_replay_of_a_right_answer_says_so(tmp_path):
    pytest.importorskip("igraph")
    path = tmp_path / "answer.py"
    path.write_text(EXERCISE.solution)
    assert "gives the right gradient at every step" in make_replay(EXERCISE, path, tmp_path / "page.html")


REPLAY_FAILS = {
    "no backward to show": ("18_inverted_dropout_forward", "pass", "is not about one backward"),
    "not written": ("11_linear_backward", SIGNATURE + "    raise NotImplementedError", "there is no replay"),
    "a syntax error": ("11_linear_backward", "def f(:", "Python cannot read line 1"),
    "ends the process": ("11_linear_backward", "import os\nos._exit(1)", "the replay was not made"),
}


@pytest.mark.parametrize(("exercise", "source", "says"), REPLAY_FAILS.values(), ids=REPLAY_FAILS)
def test_a_missing_replay_is_explained(tmp_path, exercise, source, says):
    path = tmp_path / "answer.py"
    path.write_text(source)
    with pytest.raises(DrillError, match=says):
        make_replay(find(exercise), path, tmp_path / "page.html")


def test_the_child_runs_with_the_same_python(tmp_path):
    source = f"assert sys.executable == {sys.executable!r}\n"
    assert grade(tmp_path, source + EXERCISE.solution).solved
