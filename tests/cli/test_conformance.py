"""The command `conformance`: its report, its exit codes, and what it says about a mistake."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tinygrad_dropout.cli.conformance import for_the_terminal

LAYERS = """
import time
from tinygrad_dropout import nn

class Right(nn.Dropout):
    pass

class Wrong(nn.Dropout):
    def forward(self, x):
        return super().forward(x) * 2

class Never(nn.Dropout):
    def forward(self, x):
        print("here", flush=True)
        time.sleep(1000)
"""


@pytest.fixture
def layers(tmp_path):
    (tmp_path / "my layers.py").write_text(LAYERS)
    return "my layers.py"


def test_a_right_layer_has_exit_code_0(run, layers):
    assert run("conformance", f"{layers}:Right", "--seeds", 1) == (0, "This dropout is right.\n", "")


def test_a_code_that_is_allowed_but_not_found_is_named(run, layers):
    code, out, _ = run("conformance", f"{layers}:Right", "--seeds", 1, "--allow", "p=1-gives-nam")
    assert code == 0
    assert out.endswith("\n--allow p=1-gives-nam: this run has no such finding.\n")


def test_a_wrong_layer_has_exit_code_1_and_the_report(run, layers):
    code, out, err = run("conformance", f"{layers}:Wrong", "--seeds", 1)
    assert (code, err) == (1, "")
    assert out.startswith("This dropout is wrong: ")
    assert "\n  1. [scale-is-wrong] " in out


def test_a_layer_that_never_returns_is_stopped(run, layers):
    code, out, _ = run("conformance", f"{layers}:Never", "--time-limit", 1)
    assert code == 1
    assert "[never-returns] the examination was stopped because it did not finish within 1 s" in out


EDGE = """
from tests.conformance.wrong_layers import Dropout

class NanAtOne(Dropout):
    def forward(self, x):
        return super().forward(x) if self.p < 1 else x * float("nan")

class Channels(Dropout):
    def draw(self, x):
        return super().draw(x[:, :, :1, :1])

    def forward(self, x):
        return super().forward(x).astype(x.dtype)

class Float32(Dropout):
    def forward(self, x):
        assert x.dtype == "float32" and x.ndim == 3
        return super().forward(x)

class Nothing:
    pass
"""


@pytest.fixture
def edge(tmp_path):
    (tmp_path / "edge.py").write_text(EDGE)
    return "edge.py"


def test_an_edge_case_is_listed_and_fails_only_with_strict(run, edge):
    code, out, _ = run("conformance", f"{edge}:NanAtOne", "--seeds", 1)
    assert code == 0
    assert out.startswith("This dropout is right, except for 1 edge case.\nEdge cases:\n  1. [p=1-gives-nan] ")
    assert run("conformance", f"{edge}:NanAtOne", "--seeds", 1, "--strict")[0] == 1
    code, out, _ = run("conformance", f"{edge}:NanAtOne", "--seeds", 1, "--strict", "--allow", "p=1-gives-nan")
    assert code == 0
    assert "Allowed:\n  [p=1-gives-nan] " in out


def test_a_layer_that_cannot_be_examined_has_exit_code_3(run, edge):
    code, out, err = run("conformance", f"{edge}:Nothing")
    assert (code, err) == (3, "")
    assert out.startswith("This dropout could not be examined: ")
    assert "Write this instead:" in out


def test_the_options_reach_the_examination(run, edge):
    assert run("conformance", f"{edge}:Channels", "--seeds", 1)[0] == 1
    assert run("conformance", f"{edge}:Channels", "--seeds", 1, "--shared-axes", "2,3")[0] == 0
    assert run("conformance", f"{edge}:Float32", "--seeds", 1, "--dtypes", "float32", "--shapes", "40x6x5")[0] == 0
    assert run("conformance", f"{edge}:Float32", "--seeds", 1, "--quick")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "TARGET"),
        (["layers.py"], "expected path/to/file.py:ClassName or package.module:ClassName, got 'layers.py'"),
        (["nowhere.py:Layer"], "there is no file nowhere.py"),
        (["no_such_module:Layer"], "no_such_module cannot be loaded"),
        (["tinygrad_dropout.nn:Nothing"], "has no Nothing; the file's classes: "),
        (["a.py:B", "--seeds", "0"], "--seeds: expected at least 1, got 0"),
        (["a.py:B", "--seeds", "many"], "--seeds: expected a whole number, got 'many'"),
        (["a.py:B", "--time-limit", "0"], "--time-limit: expected a number of seconds above 0, got 0"),
        (["a.py:B", "--time-limit", "nan"], "--time-limit: expected a number of seconds above 0, got nan"),
        (["a.py:B", "--shapes", "3by4"], "--shapes: expected shapes such as 32x3x8x8,64x100, got '3by4'"),
        (
            ["tinygrad_dropout.nn:Dropout", "--dtypes", "int8"],
            " --dtypes: expected one of float64",
        ),
        (["tinygrad_dropout.nn:Dropout", "--rates", "1.5"], "rates: expected 0 < p < 1, got 1.5"),
        (
            ["tinygrad_dropout.nn:Dropout", "--shapes", "2x3"],
            "expected room for at least 100 draws",
        ),
        (
            ["tinygrad_dropout.nn:Dropout", "--convention", "mine"],
            " --convention: expected one of inverted, ",
        ),
        (["a.py:B", "--quick", "--thorough"], "not allowed with"),
        (["a.py:B", "--time-limit", "soon"], "--time-limit: expected a number, got 'soon'"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, arguments, words):
    code, out, err = run("conformance", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent in another way on Windows")
def test_ctrl_c_leaves_one_sentence_and_no_process(tmp_path, layers):
    process = subprocess.Popen(
        [sys.executable, "-m", "tinygrad_dropout", "conformance", f"{layers}:Never"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr.readline() == "here\n"  # what a layer prints is not part of the report
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == "tinygrad-dropout: interrupted\n"
    deadline = time.monotonic() + 10
    while group_is_alive(process.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not group_is_alive(process.pid)


def group_is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_in_a_terminal_lines_are_broken_between_words_and_code_is_not(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    long = "word " * 20
    text = for_the_terminal(f"A verdict.\n  1. [code] {long}\nWrite this instead:\n\n    {long}")
    report, code = text.split("Write this instead:\n")
    assert max(map(len, report.splitlines())) <= 40
    assert report.splitlines()[2].startswith("     word")
    assert code == f"\n    {long}"
