"""The pytest plugin in another project's test suite."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = "pytester"
ROOT = Path(__file__).parents[2]

LAYERS = """
import pytest
import tinygrad_dropout as td

class Right(td.nn.Dropout):
    pass

class Unscaled(td.nn.Dropout):
    def forward(self, x):
        return super().forward(x) * (1 - self.p) if self.training else x

class Undrivable:
    pass

def model(last=td.nn.Identity):
    return td.nn.Sequential(td.nn.Linear(12, 32), td.nn.Dropout(0.5), td.nn.Linear(32, 4), last())
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Run tests that use the plugin, in this process and with no other plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(tests, *arguments, ini=""):
        pytester.makepyfile(LAYERS + tests)
        pytester.makeini(f"[pytest]\n{ini}")
        quiet = "ignore::pytest.PytestAssertRewriteWarning"  # if installed, the outer pytest has imported it
        return pytester.runpytest_inprocess(
            "-p", "pytest_tinygrad_dropout", "-W", quiet, "--strict-markers", *arguments
        )

    return run


def test_right_layers_and_models_pass_silently(run):
    result = run(
        """
def test_a_layer(assert_dropout):
    assert_dropout(Right, seeds=1, depth="quick")

def test_a_model(assert_model):
    assert_model(model(), td.ones(16, 12).data, seeds=1)
""",
        "-q",
    )
    result.assert_outcomes(passed=2)
    assert result.outlines[0].startswith("..")
    assert len([line for line in result.outlines if line.strip()]) <= 2


def test_a_failure_looks_native(run):
    result = run(
        """
def test_mine(assert_dropout):
    assert_dropout(Unscaled)
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            ">       assert_dropout(Unscaled)",
            "E       Failed: Unscaled, seed 0: This dropout is wrong: * error*",
            "E         1. [[]scale-missing[]] *",
            "FAILED *::test_mine - Failed: *",
        ]
    )
    assert "pytest_plugin.py" not in result.stdout.str()
    assert "pytest_tinygrad_dropout.py" not in result.stdout.str()


def test_a_wrong_model_fails_and_so_does_a_target_that_cannot_be_examined(run):
    result = run(
        """
def test_wrong(assert_model):
    assert_model(model(lambda: td.nn.Dropout(1)), td.ones(16, 12).data)

def test_undrivable(assert_dropout):
    assert_dropout(lambda p, rng: Undrivable())

def test_no_model(assert_model):
    assert_model(3, td.ones(16, 12).data)
"""
    )
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "E       Failed: Sequential, seed 0: This model is wrong: *",
            "E       Failed: the layer, seed 0: This dropout could not be examined: *",
            "E       Failed: int, seed 0: This model could not be examined: *",
        ]
    )


def test_marks_set_options_and_the_nearest_one_wins(run):
    result = run(
        """
pytestmark = pytest.mark.dropout(seeds=1, allow=["scale-missing", "backward-is-wrong-at-zeros"], depth="quick")

def test_allowed(assert_dropout):
    assert_dropout(Unscaled)

@pytest.mark.dropout(strict=True, layers=[Right])
class TestStrict:
    def test_allowed_is_allowed(self, assert_dropout):
        assert_dropout(Unscaled)

    def test_edge_cases_fail(self, assert_model):
        assert_model(model(lambda: td.nn.Dropout(0.5)), td.ones(16, 12).data)

    @pytest.mark.dropout(strict=False)
    def test_the_nearest_counts(self, assert_model):
        assert_model(model(lambda: td.nn.Dropout(0.5)), td.ones(16, 12).data)

    def test_the_call_is_nearer_still(self, assert_model):
        assert_model(model(lambda: td.nn.Dropout(0.5)), td.ones(16, 12).data, allow=["drops-the-output"])

def test_the_mark_does_not_affect_other_tests():
    pass
"""
    )
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::TestStrict::test_edge_cases_fail*"])


@pytest.mark.parametrize(
    ("mark", "ini", "words"),
    [
        ("sedes=5", "", "@pytest.mark.dropout takes *seeds*, got sedes"),
        ("'Right'", "", "@pytest.mark.dropout takes * by name, got 'Right'"),
        ("seeds=0", "", "expected seeds to be a whole number of at least 1, got 0"),
        ("", "dropout_seeds = many", "dropout_seeds: expected a number, got 'many'"),
        ("", "dropout_seconds = soon", "dropout_seconds: expected a number, got 'soon'"),
    ],
)
def test_a_wrong_option_is_reported_in_one_line(run, mark, ini, words):
    result = run(f"@pytest.mark.dropout({mark})\ndef test_it(assert_dropout):\n    assert_dropout(Right)\n", ini=ini)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([words])
    assert "Traceback" not in result.stdout.str()


SLOW = """
class Slow(td.nn.Dropout):
    pass

def test_slow(assert_dropout):
    assert_dropout(Slow, depth="quick")
"""


TWO_SEEDS = """
def test_it(assert_model):
    seen = []
    assert_model(lambda: seen.append(1) or model(LAST), td.ones(16, 12).data)
    assert len(seen) == 2
"""


def test_the_settings_set_the_seeds_and_the_allowed_codes(run):
    run(TWO_SEEDS.replace("LAST", ""), ini="dropout_seeds = 2").assert_outcomes(passed=1)
    ini = "dropout_seeds = 2\ndropout_allow = p-is-1 drops-the-output"
    run(TWO_SEEDS.replace("LAST", "lambda: td.nn.Dropout(1)"), ini=ini).assert_outcomes(passed=1)


def test_seeds_beyond_the_time_budget_are_skipped_and_reported(run):
    result = run(SLOW, ini="dropout_seconds = 0")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "* seeds left out by dropout_seconds *",
            "*::test_slow: Slow was examined with only 1 of 3 seeds, since 0 seconds had passed",
        ]
    )
    assert result.stdout.str().count("Slow was examined") == 1


@pytest.mark.slow
def test_seeds_that_an_xdist_worker_skips_are_reported_too(run):
    pytest.importorskip("xdist")
    result = run(SLOW, "-p", "xdist", "-n1", ini="dropout_seconds = 0")
    result.assert_outcomes(passed=1)
    assert result.stdout.str().count("Slow was examined") == 1


def test_marks_and_settings_are_documented(run):
    result = run("", "--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.dropout(seeds=3, *"])
    result = run("", "--fixtures")
    result.stdout.fnmatch_lines(["assert_dropout*", "*assert_dropout(MyDropout)*", "assert_model*"])


def test_a_suite_that_does_not_use_the_plugin_imports_nothing():
    code = "import sys; import pytest; before = set(sys.modules); import pytest_tinygrad_dropout; "
    code += "assert set(sys.modules) - before == {'pytest_tinygrad_dropout'}, set(sys.modules) - before"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


KIT_ONLY = """
import sys
before = set(sys.modules)
import numpy.fft
import numpy.random
with_numpy = set(sys.modules)
import tinygrad_dropout.conformance
new = {name.partition(".")[0] for name in set(sys.modules) - with_numpy}
assert new <= {*sys.stdlib_module_names, "numpy", "tinygrad_dropout"}, new
slow = {"multiprocessing", "asyncio", "unittest", "pydoc", "socket", "tinygrad_dropout.lab"} & set(sys.modules)
assert not slow - with_numpy, slow
"""


def test_the_kit_imports_only_numpy():
    done = subprocess.run([sys.executable, "-c", KIT_ONLY], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def installed(pytester, monkeypatch):
    """A project in an environment where the package looks installed by pip."""
    info = pytester.mkdir("tinygrad_dropout-9.dist-info")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tinygrad-dropout\nVersion: 9\n")
    entry_points = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[project.entry-points.pytest11]\n")
    (info / "entry_points.txt").write_text(
        "[pytest11]\n" + entry_points[2].partition("\n\n")[0].replace('"', "") + "\n"
    )
    monkeypatch.setenv("PYTHONPATH", f"{pytester.path}:{ROOT}")
    return pytester


def test_pytest_finds_the_plugin_and_can_disable_it(installed):
    installed.makepyfile(LAYERS + "def test_a_layer(assert_dropout):\n    assert_dropout(Right, seeds=1)\n")
    installed.runpytest_subprocess("-q").assert_outcomes(passed=1)
    without = installed.runpytest_subprocess("-q", "-p", "no:tinygrad_dropout")
    without.stdout.fnmatch_lines(["*fixture 'assert_dropout' not found*"])
