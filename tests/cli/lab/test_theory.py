"""The theory experiments as commands: what each prints, where its files go, its mistakes, and Ctrl-C."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.cli.test_compare import COMMAND, environment, wait_for
from tests.lab.theory.small import SMALL, SMALL_OPTIONS, small_outcome
from tinygrad_dropout import cli
from tinygrad_dropout.lab.theory import EXPERIMENTS


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("name", SMALL)
def test_an_experiment_prints_its_report_and_where_the_files_are(run, tmp_path, name):
    code, out, err = run("lab", name, *SMALL_OPTIONS[name].split(), "--out", "folder")
    assert (code, err) == (0, "")
    report = [line.rstrip() for line in str(small_outcome(name)).splitlines()]
    assert [line.rstrip() for line in out.splitlines()] == [*report, "Results and pictures: folder"]
    assert sorted(os.listdir(tmp_path / "folder")) == sorted(["results.json", f"{name}.png"])


@pytest.mark.usefixtures("blank_pictures")
@pytest.mark.parametrize("name", SMALL)
def test_every_option_reaches_the_experiment(run, tmp_path, name):
    typed = {"p": "0.25", "units": "4", "layers": "2", "samples": "9", "features": "3", "examples": "9", "seed": "5"}
    names = list(EXPERIMENTS[name].measurement.Options.__dataclass_fields__)
    run("lab", name, *(word for option in names for word in (f"--{option}", typed[option])), "--out", "folder")
    kept = json.loads((tmp_path / "folder" / "results.json").read_text())["options"]
    as_given = {option: value if isinstance(value, list) else [value] for option, value in kept.items()}
    assert as_given == {option: [float(typed[option])] for option in names}


@pytest.mark.usefixtures("blank_pictures")
def test_the_default_folder_is_named_after_the_experiment_and_the_time(run, tmp_path):
    run("lab", "ridge", *SMALL_OPTIONS["ridge"].split())
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("lab-ridge-20")


def test_without_an_experiment_help_is_printed(run):
    code, out, err = run("lab")
    assert (code, err) == (0, "")
    assert run("lab", "--help")[1] == out
    for name in EXPERIMENTS:
        assert f"  {name}" in out
    assert "lab" in run()[1]


@pytest.mark.parametrize("name", SMALL)
def test_help_names_every_option_and_fits_the_width(run, name):
    code, out, _ = run("lab", name, "--help")
    assert code == 0
    for option in (*EXPERIMENTS[name].measurement.Options.__dataclass_fields__, "out"):
        assert f"--{option} " in out
    assert max(map(len, out.splitlines())) <= 120


BAD_INPUT = {
    "expectation --p 1": "--p: expected a probability of dropping of at least 0 and below 1 (at 1 nothing is left",
    "expectation --p -0.5": "--p: expected a probability of dropping of at least 0 and below 1",
    "expectation --p nan": "--p: expected a probability of dropping",
    "expectation --p half": "--p: expected a number, got 'half'",
    "expectation --units 0": "--units: expected a number from 1 to 1,000,000, got 0",
    "expectation --units 1.5": "--units: expected a whole number, got '1.5'",
    "expectation --samples 1": "--samples: expected a number from 2 to 1,000,000, got 1",
    "expectation --units 10000 --samples 10000": "--samples: expected at most 5,000 with 10,000 units (50,000,000",
    "expectation --units 1 --p 0.999 --samples 3": "--samples: expected more, got 3",
    "expectation --seed -1": "--seed: expected a number from 0 to 4,294,967,296, got -1",
    "expectation --out taken/folder": "taken/folder: the output folder cannot be written: Not a directory",
    "ensemble --p 0": "(at 0 or 1 there is only one subnetwork), got 0",
    "ensemble --units 40": "--units: expected at most 16, got 40: 2^40 = 1.10 x 10^12 masks",
    "ensemble --units 1": "--units: expected a number from 2 to 16, got 1",
    "ensemble --layers 3": "--layers: expected 1, 2 or both as 1,2; got 3",
    "ensemble --layers one": "--layers: expected whole numbers separated by commas, got 'one'",
    "ensemble --samples 0": "--samples: expected a number from 1 to 1,000, got 0",
    "ensemble --sample 10": "unrecognized arguments: --sample 10",
    "ridge --p 0.5,1": "--p: expected a probability of dropping of at least 0 and below 1 (at 1 the penalty is",
    "ridge --p 0.5,": "--p: expected numbers separated by commas, got '0.5,'",
    "ridge --features 30": "--features: expected at most 10, got 30: 2^30 = 1.07 x 10^9 masks",
    "ridge --examples 8": "--examples: expected more than the 8 features",
    "ridge --out": "--out: expected one argument",
    "bagging": "EXPERIMENT: expected when, sweep, ",
}


@pytest.mark.parametrize("arguments", BAD_INPUT)
def test_a_mistake_is_one_sentence_and_exit_code_2(run, tmp_path, arguments):
    (tmp_path / "taken").touch()
    assert_is_one_sentence(run("lab", *arguments.split()), BAD_INPUT[arguments])
    assert os.listdir(tmp_path) == ["taken"] or arguments.startswith("expectation --units 1 ")


def test_an_empty_folder_name_is_refused(run):
    code, _, err = run("lab", "ridge", "--out", "")
    assert (code, err.count("\n")) == (2, 1)
    assert "--out: expected the name of a file or folder, got an empty string" in err


@pytest.mark.usefixtures("blank_pictures")
def test_a_folder_made_with_other_options_is_refused(run):
    run("lab", "ridge", *SMALL_OPTIONS["ridge"].split(), "--out", "folder")
    code, out, err = run("lab", "ridge", "--features", 2, "--examples", 7, "--p", "0,0.5", "--out", "folder")
    assert (code, out) == (2, "")
    assert err == "tinygrad-dropout: folder was made with other options (examples 6, not 7): choose another folder\n"


def test_a_missing_package_is_one_sentence(run, monkeypatch):
    monkeypatch.setattr("tinygrad_dropout.lab.errors.find_spec", lambda name: None)
    code, out, err = run("lab", "ensemble")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "tinygrad-dropout lab ensemble needs packages that are not installed" in err
    assert "type `pip install matplotlib rich scipy scikit-learn threadpoolctl`" in err


def test_too_little_memory_is_one_sentence(run, monkeypatch):
    def run_out_of_memory(*arguments, **options):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr("tinygrad_dropout.lab.run", run_out_of_memory)
    assert run("lab", "ridge") == (2, "", "tinygrad-dropout: there is not enough memory: Unable to allocate 9 TiB\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_an_output_that_cannot_be_written_is_one_sentence(tmp_path):
    command = [*COMMAND, "lab", "ridge", *SMALL_OPTIONS["ridge"].split()]
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 2
    assert run.stderr == "tinygrad-dropout: the output could not be written: No space left on device\n"


def test_ctrl_c_is_a_sentence_and_code_130(run, tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("tinygrad_dropout.lab.theory.ridge.measure_rate", interrupted)
    code, out, err = run("lab", "ridge", "--out", "folder")
    assert (code, err) == (130, "")
    assert out.splitlines()[0] == "Interrupted: 0 of 1 trials are finished."
    assert os.listdir(tmp_path / "folder") == []


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C reaches a process in another way on Windows")
def test_ctrl_c_ends_a_running_experiment_without_a_traceback(tmp_path):
    heeds_ctrl_c = (  # background jobs of a shell, and the processes they start, ignore it
        "import signal, sys\n"
        "from tinygrad_dropout.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", heeds_ctrl_c, "lab", "ensemble", "--units", "16", "--out", "folder"],
        cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    wait_for(tmp_path / "folder")
    command.send_signal(signal.SIGINT)
    try:
        _, err = command.communicate(timeout=5)
    except subprocess.TimeoutExpired:  # Python loses a Ctrl-C that arrives in a weakref callback during an import
        command.send_signal(signal.SIGINT)
        _, err = command.communicate(timeout=60)
    assert (command.returncode, err) in ((130, ""), (130, "tinygrad-dropout: interrupted\n"))
    assert os.listdir(tmp_path / "folder") == []


def test_the_parser_knows_the_defaults_without_the_packages_of_the_extra():
    """Building the help must not import packages that can be missing."""
    code = (
        "import sys\n"
        "from tinygrad_dropout.cli import COMMANDS, parse\n"
        "for command in COMMANDS: parse([command, 'x'] if command == 'conformance' else [command])\n"
        "print({'matplotlib', 'rich', 'scipy', 'sklearn', 'threadpoolctl'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
    assert cli.parse(["lab", "ridge"]).experiment == "ridge"
