"""The pictures: a file with a verdict in its title."""

import pytest

from benchmarks import charts


def test_the_title_counts_the_workloads_in_which_we_need_less_time(results):
    assert "PyTorch eager in 2 of 2" in charts.speed_verdict(results)
    assert charts.speed_verdict(results).startswith("On 1 thread ")


def test_the_growth_title_counts_the_points(growth):
    assert "1 of 2 points" in charts.growth_verdict(growth)
    assert charts.series_verdict(growth, "width") == "PyTorch eager needs 0.50 to 2.00 times our time"


@pytest.mark.parametrize("draw", ["speed", "growth"])
def test_a_picture_is_drawn(draw, request, tmp_path):
    drawn = request.getfixturevalue("results" if draw == "speed" else "growth")
    path = tmp_path / "picture.png"
    (charts.draw_speed if draw == "speed" else charts.draw_growth)(drawn, path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size > 10_000
