"""The pictures: a file with a verdict in its title."""

import pytest
from matplotlib.figure import Figure

from benchmarks import charts


def test_the_title_counts_the_workloads_in_which_we_need_less_time(results):
    assert "PyTorch eager in 2 of 2" in charts.speed_verdict(results)
    assert charts.speed_verdict(results).startswith("On 1 thread ")


def test_the_growth_title_counts_the_points(growth):
    assert "3 of 4 points" in charts.growth_verdict(growth)
    assert charts.series_verdict(growth, "width") == "PyTorch eager needs 0.50 to 2.00 times our time"


def test_a_title_tells_our_time_for_each_one_where_cost_should_grow_in_proportion(growth):
    assert charts.series_verdict(growth, "retained").endswith("\nours: 1.00 µs to 1.00 µs for each link")


def test_a_dotted_line_shows_what_growth_in_proportion_would_be(growth):
    for name, count in {"width": 0, "retained": 1}.items():
        panel = Figure().subplots()
        charts.draw_time(panel, growth, name)
        in_proportion = [line for line in panel.lines if line.get_label() == "in proportion"]
        assert len(in_proportion) == count
        assert all(list(line.get_ydata()) == pytest.approx([1e-5, 1e-3]) for line in in_proportion)


@pytest.mark.parametrize("draw", ["speed", "growth"])
def test_a_picture_is_drawn(draw, request, tmp_path):
    drawn = request.getfixturevalue("results" if draw == "speed" else "growth")
    path = tmp_path / "picture.png"
    (charts.draw_speed if draw == "speed" else charts.draw_growth)(drawn, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 10_000
