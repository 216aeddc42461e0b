"""docs/conformance_models.md shows the real output of check_model and the pytest fixtures."""

import contextlib
import io
import re
from pathlib import Path

import make_conformance_models
import pytest
from blocks import rendered

PAGE = (Path(__file__).parents[2] / "docs" / "conformance_models.md").read_text(encoding="utf-8")


def without_digits(text):
    """Another version of NumPy may draw other numbers, but the words stay the same."""
    return re.sub(r"[-+]?[0-9][0-9.,]*(e[-+][0-9]+)?", "#", text)


def test_the_page_shows_the_real_output():
    assert without_digits(rendered(PAGE, make_conformance_models.blocks(PAGE))) == without_digits(PAGE)


def test_the_example_with_torch_prints_the_output_shown(torch):
    ((code, shown),) = re.findall(
        r"<!-- torch -->\n```python\n(.*?)```\n<!-- prints -->\n```\n(.*?)```", PAGE, re.DOTALL
    )
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {"__name__": "page"})
    assert printed.getvalue() == shown


BEFORE = """
import sys, types
import numpy as np, pytest
from tinygrad_dropout import nn

my_project = types.ModuleType("my_project")
my_project.MyDropout = nn.Dropout
my_project.Network = Block = lambda: nn.Sequential(nn.Linear(12, 16), nn.Dropout(0.5), nn.Linear(16, 2))
sys.modules["my_project"] = my_project
x = np.ones((16, 12))


class ChannelDropout(nn.Dropout):
    def __init__(self, p, rng):
        super().__init__(p, shared_axes=(2, 3), rng=rng)
"""

pytest_plugins = "pytester"


def test_the_example_tests_pass_with_the_example_settings(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    shown = [code for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "assert_model(" in code]
    assert len(shown) == 2
    pytester.makepyfile(BEFORE + "\n\n".join(shown))
    (settings,) = re.findall(r"```ini\n(.*?)```", PAGE, re.DOTALL)
    pytester.makeini(settings)
    result = pytester.runpytest_inprocess("-p", "pytest_tinygrad_dropout", "--strict-markers")
    result.assert_outcomes(passed=4)


@pytest.mark.parametrize("word", ["seeds", "seconds", "strict", "allow"])
def test_all_options_are_documented(word):
    assert f"| `{word}" in PAGE
