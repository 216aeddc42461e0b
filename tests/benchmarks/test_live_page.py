"""The comparison of libraries for the live page: what the pages show, and what is kept of the measurement."""

import json
import re

import numpy as np
import pytest

from benchmarks.live_page import stand_in

HERE = stand_in.__file__.rpartition("/")[0]
with open(f"{HERE}/results.json", encoding="utf-8") as file:
    RESULTS = json.load(file)


def test_a_frame_shows_both_networks_and_every_unit():
    frame = stand_in.StandIn().frame()
    assert {name: (array.dtype.name, array.shape) for name, array in frame.items()} == {
        "number": ("uint32", (1,)),
        "planes": ("uint8", (2, 48, 48)),
        "units": ("uint8", (256, 16, 16)),
        "edges": ("uint8", (2, 400, 3)),
        "curves": ("float32", (2, 200)),
    }


def test_the_drawing_finds_each_array_where_the_bytes_have_it():
    with open(f"{HERE}/drawing.js", encoding="utf-8") as file:
        drawing = file.read()
    sizes = [array.nbytes for array in stand_in.StandIn().frame().values()]
    assert sizes[:4] == [4, 4608, 65536, 2400]
    assert "bytes.slice(4 + 4608 + 65536 + 2400)" in drawing
    assert re.search(r"4608 \+ 256 \* unit", drawing)


def test_the_networks_learn_while_they_are_watched():
    training = stand_in.StandIn()
    for _ in range(40):
        frame = training.frame()
    assert frame["number"] == 40
    assert (np.mean([losses[-20:] for losses in training.losses], axis=1) < 0.4).all()


@pytest.mark.parametrize("name", ["Starlette", "marimo", "Panel"])
def test_every_page_was_measured_as_often_and_without_an_error(name):
    page = RESULTS["pages"][name]
    assert len(page["runs"]) == len(RESULTS["pages"]["Starlette"]["runs"]) >= 3
    assert [run["errors"] for run in page["runs"]] == [[]] * len(page["runs"])
    assert page["packages"] > 0
    assert page["megabytes"] > 0


def test_the_summary_is_the_median_and_the_worst_over_all_runs():
    pytest.importorskip("playwright", reason="the measurement needs a browser")
    from benchmarks.live_page.__main__ import summary

    facts = {"closed_after": None, "refused": []}
    runs = [
        {"updates": [10, 12], "worst_gap": 90, "first_drawing": 1.0} | facts,
        {"updates": [11, 3], "worst_gap": 400, "first_drawing": 3.0} | facts | {"closed_after": 0.1},
    ]
    expected = {"updates_a_second": 10.5, "worst_gap": 400, "first_drawing": 2.0, "closed_after": 0.1, "refused": []}
    assert summary(runs) == expected
