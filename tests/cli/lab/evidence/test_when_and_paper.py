"""`lab when` and `lab paper`: their options, mistakes, and how an interrupted run continues."""

import json
import os

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.lab.evidence.paper.small import write_files
from tests.lab.small import small_config
from tinygrad_dropout.lab.evidence import when
from tinygrad_dropout.lab.evidence.paper import PAPER
from tinygrad_dropout.lab.trials import running
from tinygrad_dropout.lab.trials.processes import run_here

PAPER_OPTIONS = "--hidden 12,8 --epochs 3 --choice-epochs 1 --seeds 1 --workers 1 --out folder"


@pytest.fixture
def mnist(tmp_path):
    (tmp_path / "files").mkdir()
    return write_files(tmp_path / "files")


def interrupt_after(trials, monkeypatch):
    """Simulate Ctrl-C after this many trials."""

    def interrupted(job, wanted, on_epochs):
        yield from run_here(job, wanted[:trials], on_epochs)
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run_here", interrupted)


@pytest.mark.usefixtures("blank_pictures")
def test_when_runs_only_the_given_settings(run, tmp_path, monkeypatch):
    monkeypatch.setattr(when, "SETTINGS", {"noisy": ("noisy moons", small_config(label_noise=0.3)),
                                           "clean": ("clean moons", small_config())})  # fmt: skip
    code, out, _ = run("lab", "when", "--settings", "clean", "--seeds", 2, "--workers", 1, "--out", "folder")
    assert code == 0
    assert "clean moons" in out
    kept = json.loads((tmp_path / "folder" / "results.json").read_text())["options"]
    assert list(kept["configurations"]) == ["clean moons"]
    assert kept["seeds"] == 2


@pytest.mark.usefixtures("blank_pictures")
def test_paper_chooses_settings_first_and_saves_the_choice_in_its_folder(run, tmp_path, mnist):
    code, out, _ = run("lab", "paper", "--data-dir", mnist, *PAPER_OPTIONS.split())
    assert code == 0
    assert out.index("Chosen: standard: lr") < out.index("in the order of the published numbers")
    assert sorted(os.listdir(tmp_path / "folder")) == ["choice", "paper.png", "results.json"]
    again = run("lab", "paper", "--data-dir", mnist, *PAPER_OPTIONS.split())
    assert again == (code, out, "")


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("trials", [3, 18], ids=["during the choice", "after the choice"])
def test_an_interrupted_paper_names_the_folder_to_continue_with(run, tmp_path, mnist, monkeypatch, trials):
    whole = run("lab", "paper", "--data-dir", mnist, *PAPER_OPTIONS.replace("folder", "whole").split())
    with monkeypatch.context() as patched:
        if trials < 16:
            interrupt_after(trials, patched)
        else:
            run("lab", "paper", "--data-dir", mnist, *PAPER_OPTIONS.split())
            (tmp_path / "folder" / "results.json").unlink()
            interrupt_after(trials - 16, patched)
        code, out, _ = run("lab", "paper", "--data-dir", mnist, *PAPER_OPTIONS.split())
    assert code == 130
    assert "To continue: the same command with --out folder\n" in out
    code, out, _ = run("lab", "paper", "--data-dir", mnist, *PAPER_OPTIONS.split())
    assert (code, out.replace("folder", "whole")) == whole[:2]
    for file in ("results.json", "choice/results.json"):
        assert (tmp_path / "folder" / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()


def test_quick_replaces_defaults_but_given_options_win(run, mnist, monkeypatch):
    seen = []
    monkeypatch.setattr("tinygrad_dropout.lab.run", lambda experiment, options, **_: seen.append(options))
    with pytest.raises(AttributeError):  # there is no outcome to show
        run("lab", "paper", "--data-dir", mnist, "--quick", "--choice-epochs", 7)
    (options,) = seen
    assert options.choice_epochs == 7
    assert options.hidden == PAPER.quick["hidden"]


BAD_INPUT = {
    "when --settings moon": "mnist1d, moons, tiny and short, got 'moon'",
    "when --settings ,": "--settings: expected some of",
    "when --seeds 0": "--seeds: expected",
    "when --seeds 3.5": "--seeds: expected a whole number, got '3.5'",
    "when --first-seed -1": "--first-seed: expected a number from 0",
    "when --workers 0": "--workers: expected at least 1, got 0",
    "when --quick=3": "--quick: ignored explicit argument '3'",
    "when --settings moons --out taken/folder": "taken/folder: the output folder cannot be written",
    "paper --data-dir nowhere": "nowhere",
    "paper --data-dir files --epochs 3,3": "--epochs: expected a whole number, got '3,3'",
    "paper --data-dir files --epochs 0": "--epochs: expected at least 1, got 0",
    "paper --data-dir files --choice-epochs 0": "--choice-epochs: expected at least 1, got 0",
    "paper --data-dir files --hidden 0": "--hidden: expected",
    "paper --data-dir files --train-size 99": "--train-size: expected at least 100, got 99",
    "paper --data-dir files --train-size 241": "--train-size: expected between 10",
    "paper --data-dir files --out other": "other holds the results of another experiment; choose another folder",
}


@pytest.mark.parametrize("arguments", BAD_INPUT)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, tmp_path, mnist, arguments):
    (tmp_path / "taken").touch()
    if "other" in arguments:
        run("lab", "ridge", "--features", 2, "--examples", 6, "--p", "0.5", "--out", "other")
    assert_is_one_sentence(run("lab", *arguments.split()), BAD_INPUT[arguments])
