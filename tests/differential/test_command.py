"""`python -m tests.differential`: what it prints and its exit codes."""

import pytest


@pytest.fixture
def main(torch):
    from tests.differential.__main__ import main

    return main


def test_no_disagreement(main, capsys):
    assert main(["--programs", "30", "--seed", "3"]) == 0
    printed = capsys.readouterr().out
    assert "30 programs: no disagreement" in printed
    assert "operation: " in printed


def test_a_disagreement_is_printed_as_a_script(main, capsys, monkeypatch):
    monkeypatch.setattr("tinygrad_dropout.functional._activations.relu_backward", lambda grad, x, out: (grad * 2,))
    assert main(["--programs", "2000"]) == 1
    assert "torch.relu(" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--programs", "none"], ["--programs", "0"], ["--seed", "x"], ["--fast"], ["100"]])
def test_wrong_arguments_give_one_sentence_and_exit_code_2(main, capsys, wrong):
    assert main(wrong) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
