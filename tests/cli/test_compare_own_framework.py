"""`compare --framework`, as its users type it."""

import json

import pytest

from tests.cli.mistakes import assert_is_one_sentence
from tests.lab.comparison.own_framework.packages import write_package
from tests.lab.small import SMALL_OPTIONS
from tinygrad_dropout.drills.bundle import paths_in

pytestmark = pytest.mark.usefixtures("blank_pictures")
OPTIONS = [*SMALL_OPTIONS.split(), "--workers", "1"]


@pytest.fixture
def compare(run):
    """Run a small comparison; further options come last."""
    return lambda *options: run("compare", "--framework", "mine", *OPTIONS, *options)


@pytest.fixture
def mine(tmp_path):
    return write_package(tmp_path / "mine")


def test_the_users_framework_is_trained_in_pairs_and_its_folder_is_named(compare, mine, tmp_path):
    code, out, err = compare("--out", "folder")
    assert code == 0
    assert err.splitlines() == [f"{trial} of 4 trials finished" for trial in (1, 2, 3, 4)]
    lines = [line for path in mine.rglob("*.py") for line in path.read_text("utf-8").splitlines() if line.strip()]
    count = len(paths_in(mine / "framework"))
    assert out.startswith(f"trained by your framework in mine: {count} files, {len(lines)} lines\n")
    assert "test accuracy" in out
    assert "Too few pairs for a verdict" in out
    assert out.endswith("Results and pictures: folder\n")
    kept = json.loads((tmp_path / "folder" / "results.json").read_text())
    assert kept["experiment"] == "compare-own-framework"
    assert len(kept["records"]) == 4


def test_the_package_itself_can_be_given_and_the_default_folder_is_named_after_own(run, mine, tmp_path):
    assert run("compare", "--framework", "mine/framework", *OPTIONS)[0] == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("compare-own-moons-20")


def test_a_finished_folder_prints_its_summary_again_even_if_the_package_has_moved(run, compare, mine):
    first = compare("--out", "folder")[1]
    mine.rename(mine.with_name("moved"))
    code, again, err = run("compare", "--framework", "moved", *OPTIONS, "--out", "folder")
    assert (code, err) == (0, "")
    assert again.replace("in moved:", "in mine:") == first


def test_after_a_change_in_the_package_the_folder_is_refused(compare, mine):
    compare("--out", "folder")
    (mine / "framework" / "more.py").write_text("x = 1\n")
    assert_is_one_sentence(
        compare("--out", "folder"), "folder was made with other options (framework", allow_output=True
    )


def test_a_comparison_without_the_framework_refuses_its_folder(run, compare, mine):
    compare("--out", "folder")
    assert_is_one_sentence(run("compare", *OPTIONS, "--out", "folder"), "folder", allow_output=True)


def test_folders_are_merged_and_reported(run, compare, mine, tmp_path):
    for seed in (0, 1):
        assert compare("--seeds", "1", "--first-seed", seed, "--out", f"part-{seed}")[0] == 0
    assert compare("--out", "whole")[0] == 0
    code, out, err = run("lab", "merge", "part-0", "part-1", "--out", "both")
    assert (code, err) == (0, "")
    assert "Too few pairs for a verdict" in out
    both, whole = (json.loads((tmp_path / name / "results.json").read_text()) for name in ("both", "whole"))
    assert both["records"] == whole["records"]
    code, out, err = run("lab", "report", "both")
    assert (code, out, err) == (0, "Report: both/report.html\n", "")
    assert "compare-own-framework" in (tmp_path / "both" / "report.html").read_text("utf-8")


REFUSED = {
    "a folder without a package": ("--framework .", "--framework: expected a folder with the package framework/"),
    "a folder that is not there": ("--framework nowhere", "--framework: expected a folder with the package framework/"),
    "a file": ("--framework table.csv", "--framework: expected a folder with the package framework/"),
    "an empty name": ("--framework=", "--framework: expected the name of a file or folder, got an empty string"),
    "no name": ("--framework", "--framework: expected one argument"),
    "early stopping": ("--early-stopping only", "--early-stopping: expected none with your own framework"),
    "numbers to predict": (
        "--csv table.csv --target y",
        "--framework: expected classes to predict, because your framework only has cross_entropy; the target is "
        "numbers",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("options", "says"), REFUSED.values(), ids=REFUSED)
def test_unsuitable_options_are_refused_in_one_sentence(run, mine, tmp_path, options, says):
    rows = "".join(f"{row},{row + 0.5}\n" for row in range(40))
    (tmp_path / "table.csv").write_text(f"x,y\n{rows}")
    data = ["--hidden", "4", "--epochs", "1", "--seeds", "1", "--workers", "1"]
    framework = [] if "--framework" in options else ["--framework", "mine"]
    assert_is_one_sentence(run("compare", *framework, *data, *options.split()), says, allow_output=True)


BROKEN = {
    "an error in training": (
        "optim.py\n-        for parameter in self.parameters:\n+        for parameter in self.missing:",
        "your framework raised AttributeError in framework/optim.py, line ",
    ),
    "an error at import": (
        "value.py\n-import math\n+import nothing_of_this_name",
        "your framework cannot be imported: ModuleNotFoundError in framework/value.py, line 3",
    ),
    "exit at import": ("value.py\n-import math\n+exit()", "your framework cannot be imported: SystemExit in"),
    "a syntax error": (
        "value.py\n-import math\n+import math,",
        "your framework cannot be imported: SyntaxError in framework/value.py, line 3",
    ),
    "a name that is missing": ("__init__.py\n-from framework.model import mlp\n+later = 1", "has no mlp yet"),
    "a name that is None": ("__init__.py\n-from framework.model import mlp\n+mlp = None", "has no mlp yet"),
    "a loss that is None": (
        "functional.py\n-    return (log_softmax(logits) * one_hot).sum() * (-1 / len(target))\n+    return None",
        "your framework returned something that the comparison cannot use (AttributeError",
    ),
    "a loss that is not finite": (
        "functional.py\n-    return (log_softmax(logits) * one_hot).sum() * (-1 / len(target))\n"
        "+    return (log_softmax(logits) * one_hot).sum() * np.inf",
        "the loss of your framework was no longer a finite number in epoch 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("difference", "says"), BROKEN.values(), ids=BROKEN)
def test_an_error_in_the_users_code_is_one_sentence(run, tmp_path, difference, says):
    write_package(tmp_path / "mine", difference)
    code, out, err = run("compare", "--framework", "mine", *OPTIONS, "--optimizer", "sgd", "--out", "folder")
    assert code == 2
    assert says in err
    assert sum(not line.endswith("trials finished") for line in err.splitlines()) == 1
    assert "Traceback" not in out + err
    assert not (tmp_path / "folder" / "results.json").exists()


def test_a_file_that_is_not_text_is_reported(compare, mine):
    (mine / "framework" / "image.py").write_bytes(b"\xff\xfe")
    assert_is_one_sentence(compare(), "expected files in UTF-8 in mine/framework")
