"""The command `study`: the page it writes, the text it prints, and what it says about a mistake."""

import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest

pytest.importorskip("igraph", reason="the page needs igraph, of the extra lab")

ROOT = Path(__file__).parents[2]
SCRIPT = """
import sys
import numpy as np
import tinygrad_dropout as td

weights = td.Tensor([1.0, 2.0], requires_grad=True)
for _ in range(int(sys.argv[1])):
    scores = weights * [3.0, 4.0]
    total = scores.sum()
    total.backward()
"""


@pytest.fixture
def opened(monkeypatch):
    """The addresses that the browser was asked to open."""
    addresses = []
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.append(address) or True)
    return addresses


@pytest.fixture
def script(tmp_path):
    (tmp_path / "my script.py").write_text(SCRIPT)
    return "my script.py"


def test_it_writes_a_page_and_opens_it(run, opened, tmp_path):
    code, out, err = run("study")
    assert (code, err) == (0, "")
    assert opened == [(tmp_path / "replay.html").as_uri()]
    page = (tmp_path / "replay.html").read_text("utf-8")
    assert out == f"replay.html: one backward pass, {len(page.encode()) // 1000} kB\n"
    assert len(page.encode()) < 500_000
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_no_open_opens_nothing_and_missing_folders_are_created(run, opened, tmp_path):
    code, _, _ = run("study", "--no-open", "--out", "a/b/c.html")
    assert code == 0
    assert opened == []
    assert (tmp_path / "a" / "b" / "c.html").stat().st_size > 50_000


def test_without_a_browser_it_says_to_open_the_file_yourself(run, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    code, out, _ = run("study")
    assert code == 0
    assert "open the file yourself" in out


def test_text_output_writes_no_page(run, tmp_path):
    code, out, _ = run("study", "--text")
    assert code == 0
    assert list(tmp_path.iterdir()) == []
    assert out.count("\nstep ") == 8
    assert "step 1 of 8   loss = cross_entropy(logits)" in out
    assert "loss = td.functional.cross_entropy(logits, labels)" in out


def test_the_given_seed_and_p_are_used(run):
    assert run("study", "--text") == run("study", "--text", "--p", "0.4", "--seed", "0")
    assert run("study", "--text") != run("study", "--text", "--seed", "1")
    assert "p = 0.25" in run("study", "--text", "--p", "0.25")[1]


def test_a_planted_bug_is_compared_with_the_correct_backward(run):
    code, out, _ = run("study", "--text", "--bug", "backward-forgets-the-scale")
    assert code == 0
    assert "the first step that differs is step 3" in out
    assert "with the bug" in out


def test_a_script_is_run_with_its_arguments_and_its_names_are_used(run, script, opened):
    code, out, _ = run("study", "--text", script, "2")
    assert code == 0
    assert "backward pass from total = 11, as it ran: 2 steps" in out
    assert "total = sum(scores)" in out
    assert "dL/dweights" in out
    assert "my script.py:9  total = scores.sum()" in out
    assert "grad[1]: 4 + 4 = 8" in out


def test_every_pass_of_a_script_is_listed_and_the_first_ten_are_shown(run, script):
    code, out, _ = run("study", "--no-open", script, "23")
    lines = out.splitlines()
    assert code == 0
    assert lines[1].split() == ["1", "2", "11", "my", "script.py:10"]
    assert [("(not shown)" in line) for line in lines[1:21]] == [False] * 10 + [True] * 10
    assert lines[21].strip() == "...  and 3 more; choose one with --pass N"
    assert lines[-1].startswith("replay.html: 10 backward passes, ")


def test_one_pass_can_be_chosen_and_the_script_stops_after_it(run, script):
    code, out, _ = run("study", "--text", "--pass", "3", script, "1000000000")
    assert code == 0
    assert out.count("backward pass from") == 1
    assert "grad[1]: 8 + 4 = 12" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--p", "1.5"], "--p: expected a probability from 0 to 1, got 1.5"),
        (["--seed", "-1"], "--seed: expected at least 0, got -1"),
        (["--pass", "0", "x.py"], "--pass: expected at least 1, got 0"),
        (["--pass", "2"], "--pass: expected a SCRIPT to take the pass from"),
        (["--max-nodes", "0"], "--max-nodes: expected at least 1, got 0"),
        (["--max-nodes", "3"], "expected a graph of at most 3 operations, got 8"),
        (["--p", "0.5", "x.py"], "--p and --seed only apply to the MLP that is shown without a SCRIPT"),
        (["--bug", "sloth"], '--bug: expected one of backward-forgets-the-scale, '),
        (["--bug", "operands-swapped"], "bug operands-swapped: expected a backward pass that goes through multiply"),
        (["nowhere.py"], "nowhere.py cannot be read: No such file or directory"),
        (["."], ". cannot be read: Is a directory"),
        (["--no-open", "--out", "/dev/full"], "--out: cannot write /dev/full: No space left on device"),
        (["--no-open", "--out", "."], "--out: cannot write .: Is a directory"),
        (["--pass", "5", "my script.py", "2"], "expected at least 5 backward passes, got 2"),
        (["my script.py", "0"], "expected a script that calls backward(); it ran no backward pass"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(run, script, arguments, words):
    code, out, err = run("study", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("tinygrad-dropout: ")
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("source", "last", "line"),
    [
        ("import sys\n\ndef f():\n    return 1 / 0\n\nf()\n", "ZeroDivisionError: division by zero", "line 4, in f"),
        ("x = (\n", "SyntaxError: '(' was never closed", "line 1"),
        ("import tinygrad_dropout as td\ntd.Tensor([1.0]).sum().backward()\n", "RuntimeError: backward: expected", "2"),
    ],
)
def test_a_script_that_fails_shows_its_own_traceback(run, tmp_path, source, last, line):
    (tmp_path / "bad.py").write_text(source)
    code, out, err = run("study", "bad.py", "1")
    assert (code, out) == (2, "")
    *traceback, sentence = err.splitlines()
    assert sentence == "tinygrad-dropout: bad.py failed before its first backward pass was complete"
    assert any(text.startswith(last) for text in traceback)
    assert any("bad.py" in text and line in text for text in traceback)
    assert "script.py" not in err.replace("bad.py", "")


def test_a_script_that_fails_later_is_shown_up_to_the_error_with_its_traceback(run, tmp_path):
    (tmp_path / "bad.py").write_text(SCRIPT + "total.backward()\n")
    code, out, err = run("study", "--text", "bad.py", "1")
    assert code == 1
    assert "backward pass from total" in out
    *traceback, sentence = err.splitlines()
    assert sentence == "tinygrad-dropout: bad.py failed; the passes before that are shown"
    assert any("bad.py" in text and "line 11" in text for text in traceback)
    assert any("this graph, or a part of it, was freed" in text for text in traceback)


def test_a_script_that_exits_is_shown_up_to_the_exit(run, tmp_path):
    (tmp_path / "ends.py").write_text(SCRIPT + "sys.exit(3)\n")
    assert run("study", "--text", "ends.py", "1")[0] == 0
    (tmp_path / "ends.py").write_text("import sys\nsys.exit('no')\n")
    assert run("study", "ends.py") == (
        2, "", "tinygrad-dropout: ends.py exited with code no before any backward()\n",
    )  # fmt: skip


def test_without_igraph_the_page_is_refused_in_one_sentence_but_the_text_is_printed(tmp_path):
    (tmp_path / "igraph.py").write_text("raise ImportError\n")

    def command(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "tinygrad_dropout", "study", "--no-open", *arguments],
            cwd=tmp_path, capture_output=True, text=True, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        )  # fmt: skip

    refused = command()
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert 'pip install "tinygrad-dropout[lab]"' in refused.stderr
    assert command("--text").returncode == 0


def test_the_state_of_the_process_is_restored(run, script):
    before = list(sys.argv), list(sys.path), sys.modules["__main__"]
    run("study", "--text", script, "1")
    assert (list(sys.argv), list(sys.path), sys.modules["__main__"]) == before
