"""The command: what it prints, what it says about a mistake, and what Ctrl-C does to it."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
import time

import pytest

import tinygrad_dropout as td
from tests.lab.small import SMALL_OPTIONS, small_config
from tinygrad_dropout import cli
from tinygrad_dropout.lab import Config, compare
from tinygrad_dropout.lab.errors import LabError

COMMAND = [sys.executable, "-m", "tinygrad_dropout"]


def test_compare_prints_the_table_and_the_verdict_and_where_the_files_are(run, tmp_path):
    code, out, err = run("compare", *SMALL_OPTIONS.split(), "--workers", 1, "--out", "folder")
    assert code == 0
    assert err.splitlines() == [f"{trial} of 4 trials finished" for trial in (1, 2, 3, 4)]
    assert "test accuracy" in out
    summary = json.loads((tmp_path / "folder" / "results.json").read_text())["summary"]
    assert summary["comparisons"][0]["verdict"] == "too few pairs"
    assert "Too few pairs for a verdict" in out
    assert "Results and pictures: folder" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("blank_pictures")
def test_the_default_folder_is_named_after_the_data_and_the_time(run, tmp_path):
    run("compare", *SMALL_OPTIONS.split(), "--workers", 1)
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("compare-moons-20")


@pytest.mark.usefixtures("blank_pictures")
def test_a_finished_folder_prints_its_summary_again(run):
    _, first, _ = run("compare", *SMALL_OPTIONS.split(), "--workers", 1, "--out", "folder")
    code, again, err = run("compare", *SMALL_OPTIONS.split(), "--out", "folder")
    assert (code, err) == (0, "")
    assert first == again
    assert "trials finished" not in err


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_whose_name_looks_like_markup_is_printed_unchanged(run):
    _, out, _ = run("compare", *SMALL_OPTIONS.split(), "--workers", 1, "--out", "[bold]:smile:")
    assert "[bold]:smile:" in out


@pytest.mark.usefixtures("blank_pictures")
def test_how_a_table_was_read_is_printed_before_training(run, tmp_path):
    rows = "".join(f"{row},5;{'ab'[row % 2]}\n" for row in range(20))
    (tmp_path / "table.csv").write_text(f"size;kind\n{rows}NA;a\n")
    options = "--csv table.csv --target kind --missing drop --hidden 4 --epochs 1 --seeds 2 --workers 1"
    code, out, _ = run("compare", *options.split(), "--out", "folder")
    assert code == 0
    assert out.splitlines()[:3] == [
        "1 numeric column; 2 classes; 20 rows",
        "1 row left out because a value is missing",
        "column 'size': the decimal mark is a comma",
    ]
    assert json.loads((tmp_path / "folder" / "results.json").read_text())["options"]["missing"] == "drop"


@pytest.mark.usefixtures("blank_pictures")
def test_a_target_of_numbers_makes_it_a_regression(run, tmp_path):
    rows = "".join(f"{row % 9},{100.5 + row % 9}\n" for row in range(60))
    (tmp_path / "table.csv").write_text(f"size,price\n{rows}")
    options = "--csv table.csv --target price --hidden 4 --epochs 1 --seeds 2 --workers 1"
    code, out, _ = run("compare", *options.split(), "--out", "folder")
    assert code == 0
    assert out.startswith("1 numeric column; numbers from 100.5 to 108.5 (regression); 60 rows\n")
    assert "test RMSE" in out


BAD_INPUT = {
    "--dataset cifar": "--dataset: expected digits, moons, mnist1d or mnist, got 'cifar'",
    "--p 1.5": "--p: expected a probability of dropping from 0 to 1, got 1.5",
    "--p -0.5": "--p: expected a probability of dropping from 0 to 1, got -0.5",
    "--p nan": "--p: expected a probability of dropping from 0 to 1, got nan",
    "--input-p half": "--input-p: expected a number, got 'half'",
    "--seeds 0": "--seeds: expected a number from 1 to 10,000, got 0",
    "--epochs -3": "--epochs: expected a number from 1 to 10,000,000, got -3",
    "--epochs 2.5": "--epochs: expected a whole number, got '2.5'",
    "--hidden 256;256": "--hidden: expected whole numbers separated by commas, got '256;256'",
    "--hidden 8,0": "--hidden: expected one or more layers of 1 to 100,000 units, got 8,0",
    "--train-size 1790": "--train-size: expected between 10 (one example of each class) and 1,787",
    "--label-noise 2": "--label-noise: expected a fraction from 0 to 1, got 2.0",
    "--workers 0": "--workers: expected at least 1, got 0",
    "--optimizer lion": "--optimizer: expected adam or sgd, got 'lion'",
    "--csv table.csv --dataset moons": "--csv: expected either a CSV file or a dataset, got both",
    "--csv table.csv": "--target: expected the name of the column",
    "--csv table.csv --target kind": "--target: expected one of the columns of table.csv (size, color), got 'kind'",
    "--csv table.csv --target color": "table.csv: expected a value in line 4, column 'size', got 'nan' (1 of 4",
    "--csv table.csv --target color --missing zero": "--missing: expected drop or mean, got 'zero'",
    "--csv table.csv --target color --test-csv table.csv": "--test-csv: expected a file other than the one to learn",
    "--csv nowhere.csv --target y": "nowhere.csv: the file cannot be read: No such file or directory",
    "--target y": "--target: expected a CSV file with this column, got none",
    "--data-dir .": "--data-dir: it only applies to the dataset mnist1d or mnist, not to digits",
    "--dataset mnist --data-dir .": "expected a file train-images-idx3-ubyte or train-images-idx3-ubyte.gz",
    "--dataset mnist --data-dir damaged": "train-images-idx3-ubyte: expected an IDX file",
    "--dataset mnist1d --data-dir .": "mnist1d.npz: no such file",
    "--out table.csv": "table.csv: the output folder cannot be written: File exists",
    "--learning-rate 1e30 --optimizer sgd --seeds 2 --workers 1": "try a learning rate below 1e+30",
    "--early-stopping yes": "--early-stopping: expected only or also, got 'yes'",
    "--patience 3": "--patience: it only applies with --early-stopping, which is not given",
    "--early-stopping only --patience 0": "--patience: expected a number from 1 to 10,000,000, got 0",
    "--first-seed -1": "--first-seed: expected a number from 0 to 4,294,967,296, got -1",
    "--seed 3": "unrecognized arguments: --seed 3",
    "--p": "--p: expected one argument",
}


@pytest.mark.parametrize("arguments", BAD_INPUT)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, tmp_path, arguments):
    (tmp_path / "table.csv").write_text("size,color\n1.5,red\n2,red\nnan,blue\n3,blue\n")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "train-images-idx3-ubyte").write_bytes(b"not an IDX file")
    code, out, err = run("compare", *arguments.split())
    assert (code, out) == (2, "")
    assert err.startswith("tinygrad-dropout: ")
    assert BAD_INPUT[arguments] in err
    assert err.count("\n") == 1


def test_an_address_where_no_cluster_answers_is_one_sentence_and_exit_code_2(run):
    pytest.importorskip("distributed")
    code, out, err = run("compare", "--dask", "nowhere")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "--dask: expected the address of a Dask scheduler that answers, such as tcp://10.0.0.1:8786, got 'no" in err


def test_a_cluster_without_its_package_is_one_sentence_that_says_what_to_type(run, monkeypatch):
    monkeypatch.setattr(
        "tinygrad_dropout.lab.errors.find_spec", lambda name: None if name == "distributed" else object()
    )
    code, out, err = run("compare", "--dask", "tcp://10.0.0.1:8786")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "needs packages that are not installed, distributed: type `pip install distributed`" in err


def test_an_unknown_command_is_a_mistake(run):
    code, _, err = run("train")
    assert code == 2
    assert err == (
        "tinygrad-dropout: COMMAND: expected study, play, compare, lab, drill, build or conformance, got 'train'\n"
    )


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_made_with_other_options_is_refused(run):
    run("compare", *SMALL_OPTIONS.split(), "--workers", 1, "--out", "folder")
    code, out, err = run("compare", *SMALL_OPTIONS.split(), "--p", 0.3, "--out", "folder")
    assert (code, out) == (2, "")
    assert err == ("tinygrad-dropout: folder was made with other options (p 0.5, not 0.3): choose another folder\n")


def test_a_missing_package_is_one_sentence(run, monkeypatch):
    monkeypatch.setattr("tinygrad_dropout.lab.errors.find_spec", lambda name: None)
    code, _, err = run("compare")
    assert code == 2
    assert err.count("\n") == 1
    assert "type `pip install matplotlib rich scipy scikit-learn threadpoolctl`" in err


def test_too_little_memory_is_one_sentence(run, monkeypatch):
    def run_out_of_memory(*arguments, **options):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr("tinygrad_dropout.lab.run", run_out_of_memory)
    assert run("compare") == (2, "", "tinygrad-dropout: there is not enough memory: Unable to allocate 9 TiB\n")


def test_help_names_every_command_and_every_option_of_a_comparison(run):
    assert "compare" in run()[1]
    code, out, _ = run("compare", "--help")
    assert code == 0
    for option in Config.__dataclass_fields__:
        assert f"--{option.replace('_', '-')} " in out
    assert "--workers " in out
    assert "--dask " in out
    assert "--out " in out
    assert max(map(len, out.splitlines())) <= 120


def test_version(run):
    assert run("--version") == (0, f"tinygrad-dropout {td.__version__}\n", "")


@pytest.fixture
def finished(tmp_path, blank_pictures):
    """The command that reports a finished comparison, so that nothing has to be trained."""
    compare(small_config(), out=tmp_path / "finished")
    return [*COMMAND, "compare", *SMALL_OPTIONS.split(), "--out", "finished"]


def test_a_reader_that_closes_the_pipe_causes_no_traceback(finished, tmp_path):
    command = subprocess.Popen(
        finished,
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    command.stdout.close()
    err = command.stderr.read()
    assert command.wait(60) == 1
    assert "Traceback" not in err
    command.stderr.close()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a process in another way on Windows")
@pytest.mark.usefixtures("blank_pictures")
def test_ctrl_c_keeps_the_finished_pairs_and_the_same_command_resumes_to_the_same_bytes(run, tmp_path):
    options = "--dataset moons --hidden 32 --epochs 6 --batch-size 4 --seeds 6"
    config = small_config(train_size=None, hidden=(32,), epochs=6, batch_size=4, seeds=6)
    command = ["compare", *options.split(), "--workers", "2", "--out", "parts"]

    started = subprocess.Popen(
        [*COMMAND, *command], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # background jobs of a shell ignore it
    )  # fmt: skip
    wait_for(tmp_path / "parts" / "results.json")
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does: to the command and to its workers
    out, err = started.communicate(timeout=60)  # until its pipes close: the workers share them, so all have ended

    assert started.returncode == 130
    assert "Traceback" not in err
    kept = json.loads((tmp_path / "parts" / "results.json").read_text())["records"]
    assert 1 <= len(kept) < 12
    assert f"Interrupted: {len(kept)} of 12 trials are finished and kept." in out
    assert "the same command with --out parts" in out

    code, out, _ = run(*command)
    assert code == 0
    assert "Results and pictures: parts" in out
    compare(config, out=tmp_path / "whole")
    assert (tmp_path / "parts" / "results.json").read_bytes() == (tmp_path / "whole" / "results.json").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a process in another way on Windows")
def test_an_impatient_second_ctrl_c_leaves_nothing_running(tmp_path):
    command = subprocess.Popen(
        [*COMMAND, "compare", *SMALL_OPTIONS.split(), "--seeds", "5000", "--workers", "2", "--out", "out"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    wait_for(tmp_path / "out" / "results.json")
    for _ in range(2):
        os.killpg(command.pid, signal.SIGINT)
        time.sleep(0.02)
    command.communicate(timeout=60)  # until its pipes close, which the workers share
    assert command.returncode in (130, -signal.SIGINT)
    assert json.loads((tmp_path / "out" / "results.json").read_text())["records"]


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL on Windows")
def test_workers_do_not_outlive_a_command_that_is_killed(tmp_path):
    command = subprocess.Popen(
        [*COMMAND, "compare", *SMALL_OPTIONS.split(), "--seeds", "5000", "--workers", "2", "--out", "out"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(tmp_path / "out" / "results.json")
    command.kill()
    command.communicate(timeout=60)  # until its pipes close, which the workers share
    assert command.returncode == -signal.SIGKILL


def wait_for(path):
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        time.sleep(0.02)


def environment():
    """The variables of this process, with a path on which the package is found from every folder."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def test_all_cores_are_used_by_default(monkeypatch, tmp_path):
    asked = {}

    def interrupted(experiment, config, **options):
        asked.update(options)
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_dropout.lab.run", interrupted)
    monkeypatch.setattr("tinygrad_dropout.cli.experiment.usable_cores", lambda: 7)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compare"]) == 130
    assert asked["workers"] == 7


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_an_output_that_cannot_be_written_is_one_sentence(finished, tmp_path):
    with open("/dev/full", "w") as full:
        run = subprocess.run(finished, cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 2
    assert run.stderr == "tinygrad-dropout: the output could not be written: No space left on device\n"


@pytest.mark.parametrize("option", ["--out", "--csv", "--data-dir"])
def test_an_empty_name_is_refused(run, option):
    code, _, err = run("compare", option, "")
    assert (code, err.count("\n")) == (2, 1)
    assert f"{option}: expected the name of a file or folder, got an empty string" in err


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that can close a stream with >&-")
@pytest.mark.parametrize("closed", ["2>&-", "<&-", "<&- 2>&-"])
def test_a_closed_input_or_error_stream_does_not_matter(finished, tmp_path, closed):
    run = subprocess.run(
        f"{shlex.join(finished)} {closed}", shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert "Results and pictures: finished" in run.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a shell that can close a stream with >&-")
@pytest.mark.parametrize("command", ["compare", "compare --help", "lab", "--version", "study nothing.py"])
def test_a_closed_output_is_one_sentence(tmp_path, command):
    typed = f"{shlex.join(COMMAND)} {command} >&-"
    run = subprocess.run(typed, shell=True, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)
    assert run.returncode == 2
    assert run.stderr == "tinygrad-dropout: the output could not be written: it is closed\n"
    assert os.listdir(tmp_path) == []


def test_ctrl_c_while_pictures_are_drawn_says_how_to_continue(run, monkeypatch):
    """By then, all trials are finished, but some pictures are missing."""

    def interrupted(outcome, file):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_dropout.lab.comparison.experiment.draw_comparison", interrupted)
    code, out, _ = run("compare", *SMALL_OPTIONS.split(), "--workers", 1, "--out", "folder")
    assert code == 130
    assert out.startswith("Interrupted: 4 of 4 trials are finished and kept.\n")
    assert out.endswith("To continue: the same command with --out folder\n")


def test_in_a_terminal_a_sentence_does_not_continue_the_bar(run, monkeypatch):
    """The console of the bar prints the sentence above it; another console would print it at the end of the bar."""
    rich = pytest.importorskip("rich.console")
    printed = {False: io.StringIO(), True: io.StringIO()}
    monkeypatch.setattr(
        "tinygrad_dropout.cli.experiment.new_console",
        lambda *, stderr=False: rich.Console(file=printed[stderr], force_terminal=True, highlight=False),
    )

    def describe_the_data(*arguments, tell, **others):
        tell("3 classes; 150 rows")
        raise LabError("the rest does not matter")

    monkeypatch.setattr("tinygrad_dropout.lab.run", describe_the_data)
    assert run("compare")[0] == 2
    assert (printed[False].getvalue(), "3 classes; 150 rows" in printed[True].getvalue()) == ("", True)
