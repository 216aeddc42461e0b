"""docs/conformance_frameworks.md shows the kit's findings in frameworks, and its examples print the output shown.

Examples that need a framework run only with REQUIRE_FRAMEWORKS=1; those that need PyTorch run if it is installed.
"""

import contextlib
import io
import json
import os
import re

import make_conformance_adapters as made
import pytest
from blocks import rendered

PAGE = made.PAGE.read_text(encoding="utf-8")
RESULTS = json.loads(made.RESULTS.read_text(encoding="utf-8"))
EXAMPLES = list(made.examples(PAGE))


def without_digits(text):
    """Another version of NumPy may draw other numbers, but the words stay the same."""
    return re.sub(r"[-+]?[0-9][0-9.,]*(e[-+][0-9]+)?", "#", text)


def test_the_table_shows_the_saved_findings():
    assert rendered(PAGE, made.blocks()) == PAGE


def test_every_dropout_in_the_table_was_examined_and_has_no_error():
    assert RESULTS.keys() == {case.name for case in made.CASES}
    assert all(one["seeds"] == made.SEEDS and not one["errors"] for one in RESULTS.values())
    assert f"examined with {made.SEEDS} seeds" in PAGE


@pytest.mark.parametrize("case", made.CASES, ids=lambda case: case.name)
def test_only_known_edge_cases_were_found(case):
    assert RESULTS[case.name]["edge_cases"].keys() == set(case.edge_cases)


@pytest.mark.filterwarnings("ignore")  # frameworks warn about each other
@pytest.mark.parametrize("example", EXAMPLES, ids=[f"{place}" for place in range(len(EXAMPLES))])
def test_an_example_prints_the_output_shown(example, request, monkeypatch):
    if example.packages == ("torch",):
        request.getfixturevalue("torch")
    elif example.packages and os.environ.get("REQUIRE_FRAMEWORKS") != "1":
        pytest.skip("set REQUIRE_FRAMEWORKS=1 to run it")
    monkeypatch.setenv("KERAS_BACKEND", "jax")  # one example sets it
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example.code, {"__name__": "page"})
    assert without_digits(printed.getvalue()) == without_digits(example.printed)


def test_every_code_block_is_an_example():
    assert PAGE.count("```python") == len(EXAMPLES)
