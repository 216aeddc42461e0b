"""The ensemble experiment's picture shows its figures."""

import numpy as np

from tests.lab.theory.small import small_outcome


def test_the_ensemble_picture_shows_monte_carlo_with_error_bars_and_the_averages_as_levels(drawn):
    outcome = small_outcome("ensemble")
    axes = drawn(outcome).axes
    for column, network in enumerate(outcome.figures["networks"]):
        for row, score in enumerate(("error", "loss")):
            picture, found = axes[2 * row + column], network["monte_carlo"]
            bars = next(each for each in picture.containers if len(each.lines[0].get_xdata()))
            assert bars.lines[0].get_xdata().tolist() == [each["k"] for each in found]
            np.testing.assert_array_equal(bars.lines[0].get_ydata(), [each[score]["mean"] for each in found])
            ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
            spreads = [each[score]["sd"] for each in found]
            np.testing.assert_allclose((ends[:, 1] - ends[:, 0]) / 2, spreads, atol=1e-12)
            levels = {
                line.get_label(): line.get_ydata()[0] for line in picture.get_lines() if len(line.get_ydata()) == 2
            }
            assert levels["weight scaling"] == network["averages"]["weight scaling"][score]
            assert levels["geometric mean of all"] == network["averages"]["geometric mean"][score]
            assert levels["arithmetic mean of all"] == network["averages"]["arithmetic mean"][score]
        to_arithmetic, to_scaling = axes[4 + column].containers
        for bars, key in ((to_arithmetic, "from_arithmetic"), (to_scaling, "from_scaling")):
            expected = [each[key]["mean"] for each in network["monte_carlo"]]
            np.testing.assert_array_equal(bars.lines[0].get_ydata(), expected)
