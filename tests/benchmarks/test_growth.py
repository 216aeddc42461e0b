"""Growth: the points where one overtakes the other, and what grows with what."""

import numpy as np
import pytest

from benchmarks import growth as growth_module
from benchmarks.agreement import Disagreement
from benchmarks.contenders import OURS, Contender, by_key
from benchmarks.growth import SERIES, Growth, Series, measure_growth
from tests.benchmarks.small import TRAINING


def test_equal_times_are_found_between_the_points_on_logarithmic_axes(growth):
    assert growth.crossings("width", "torch_eager") == pytest.approx([100])


def test_lines_that_never_meet_have_no_crossing(growth):
    growth.seconds["width"]["torch_eager"][1] = [3e-3, 3e-3]
    assert growth.crossings("width", "torch_eager") == []


def test_figures_come_back_from_a_file_as_they_were(growth, tmp_path):
    growth.save(tmp_path / "growth.json")
    assert Growth.load(tmp_path / "growth.json") == growth


def test_time_is_also_told_for_each_of_what_grows(growth):
    assert growth.our_times_each("retained") == pytest.approx([1e-6, 1e-6])


@pytest.mark.parametrize(
    ("series", "value", "sizes", "batch", "dataset"),
    [
        ("width", 8192, (784, 8192, 8192, 10), 128, 0),
        ("batch", 4096, (784, 256, 256, 10), 4096, 0),
        ("depth", 3, (16, 16, 16, 2), 32, 0),
        ("dataset", 1000, (64, 128, 128, 10), 64, 1000),
    ],
)
def test_a_series_changes_one_thing(series, value, sizes, batch, dataset):
    workload = SERIES[series].workload(value)
    assert (workload.sizes, workload.batch, workload.dataset) == (sizes, batch, dataset)


def test_the_number_of_parameters_and_the_length_of_a_retained_graph_grow():
    parameters, graph = (SERIES[name].workload(1000) for name in ("parameters", "retained"))
    assert (parameters.count, parameters.size) == (1000, 10)
    assert (graph.length, graph.size, graph.walks) == (1000, 10, 10)


def test_the_series_reach_as_far_as_promised():
    reach = {name: (series.values[0], series.values[-1]) for name, series in SERIES.items()}
    assert reach["width"] == (64, 8192)
    assert reach["batch"] == (1, 4096)
    assert reach["depth"] == (1, 10_000)
    assert reach["parameters"] == (10, 10_000)
    assert reach["retained"] == (10, 100_000)


@pytest.fixture
def two_points(monkeypatch):
    """One series of two points, quickly measured."""
    monkeypatch.setattr(growth_module, "SERIES", {"width": Series("width", (1, 2), lambda value: TRAINING)})


@pytest.mark.usefixtures("two_points")
def test_every_point_is_measured_for_every_contender():
    found = measure_growth([OURS, by_key("numpy_naive")], {}, quick=True, say=lambda *lines: None)
    assert [len(points) for points in found.seconds["width"].values()] == [2, 2]
    assert len(found.times_ours("width", "numpy_naive")) == 2


@pytest.mark.usefixtures("two_points")
def test_contenders_that_disagree_are_not_timed():
    class Wrong(Contender):
        def step(self, workload):
            return lambda: np.float32(0.25)

    with pytest.raises(Disagreement, match="Wrong"):
        measure_growth([OURS, Wrong("wrong", "Wrong")], {}, quick=True, say=lambda *lines: None)
