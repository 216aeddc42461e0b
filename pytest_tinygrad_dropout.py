"""A pytest plugin: the fixtures `assert_dropout` and `assert_model`, the mark and the settings that configure them.

pytest imports this file in every project of an environment in which tinygrad_dropout is installed. So it imports
nothing; what it needs is imported by the fixtures. docs/conformance_models.md shows how to use them.
"""

import pytest


def pytest_addoption(parser):
    """The settings, for pytest.ini or pyproject.toml."""
    parser.addini("dropout_seeds", "assert_dropout, assert_model: how many seeds to examine with", default="3")
    parser.addini("dropout_seconds", "assert_dropout, assert_model: after these, no further seed is begun", default="")
    parser.addini(
        "dropout_allow", "assert_dropout, assert_model: codes of findings that fail no test", type="args", default=[]
    )


def pytest_configure(config):
    """The mark."""
    config.addinivalue_line(
        "markers",
        "dropout(seeds=3, seconds=None, strict=False, allow=(), **options): how assert_dropout and assert_model "
        "examine in this test; the options are those of check_dropout and check_model.",
    )


@pytest.fixture
def assert_dropout(request):
    """Fail, with everything that is wrong, unless a dropout layer is right: assert_dropout(MyDropout)."""
    from tinygrad_dropout.conformance.pytest_plugin import DropoutAssertion

    return DropoutAssertion(request.node)


@pytest.fixture
def assert_model(request):
    """Fail, with everything that is wrong, unless a model uses dropout rightly: assert_model(model, x)."""
    from tinygrad_dropout.conformance.pytest_plugin import ModelAssertion

    return ModelAssertion(request.node)


def pytest_terminal_summary(terminalreporter):
    """Which seeds were left out."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    said = {  # each once, though the report on a test's teardown repeats what the one on its call says
        f"{report.nodeid}: {text}"
        for report in reports
        for title, text in getattr(report, "sections", ())
        if title.startswith("Captured dropout")
    }
    if said:
        terminalreporter.section("seeds left out by dropout_seconds")
        for line in sorted(said):
            terminalreporter.line(line)
