"""The pictures of co-adaptation: every curve and difference is there, and nothing overlaps."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.lab.evidence.small import made_up_records, options_of, small_outcome
from tests.lab.layout import assert_nothing_is_cut_off_or_overlaps
from tinygrad_dropout.lab.evidence.coadaptation.claims import LAYERS
from tinygrad_dropout.lab.evidence.coadaptation.experiment import COADAPTATION
from tinygrad_dropout.lab.evidence.coadaptation.options import AUTOENCODER, CLEAN, NOISY
from tinygrad_dropout.lab.evidence.coadaptation.pictures import FARTHEST, in_percent, tiled
from tinygrad_dropout.lab.evidence.packed import unpacked


@pytest.fixture(scope="module")
def figures():
    drawn = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FigureCanvasAgg, "print_png", lambda canvas, file: drawn.append(canvas.figure))
        small_outcome(COADAPTATION).pictures()
    return drawn


def test_the_picture_has_every_curve_and_every_difference(figures):
    outcome, axes = small_outcome(COADAPTATION), figures[0].axes
    places = [(setting, layer) for setting in (NOISY, CLEAN) for layer in LAYERS]
    assert [above.get_title() for above in axes[:4]] == [f"{setting}, {layer}" for setting, layer in places]
    for above, below, (setting, layer) in zip(axes[:4], axes[4:], places, strict=True):
        curves = [record["curves"][layer] for record in outcome.records if record["configuration"] == setting]
        lines = [line.get_ydata() for line in above.get_lines()]
        for curve in (*curves, np.mean(curves[::2], axis=0), np.mean(curves[1::2], axis=0)):
            assert any(len(line) == len(curve) and np.allclose(line, curve) for line in lines)
        drawn = [errorbar.lines[0].get_xdata()[0] for errorbar in below.containers]
        expected = [one["mean"] for one in in_percent(outcome.figures[setting]["parts"], layer).values()]
        assert drawn == expected
        assert len(drawn) == 1 + 12


def test_differences_are_in_percent_of_the_value_without_dropout_and_are_clipped():
    changes = {
        "activation": (0.4, -0.1),
        "near_zero": (0.1, 0.5),
        "interaction_size": (0.2, -0.1),
        "interaction": (0.01, 0.05),
    }
    pairs = [
        ({"layer 2": {name: before for name, (before, _) in changes.items()}},
         {"layer 2": {name: before + by + 1e-3 * seed for name, (before, by) in changes.items()}})
        for seed in (-1, 0, 1)
    ]  # fmt: skip
    records = made_up_records(COADAPTATION, NOISY, pairs)
    found = in_percent(COADAPTATION.analyze(options_of(COADAPTATION), records)[NOISY]["parts"], "layer 2")
    assert found["mean activation ←"]["mean"] == pytest.approx(-25)
    assert found["activations near 0 →"]["mean"] == FARTHEST  # 500%
    assert found["interaction, signed →"]["mean"] == pytest.approx(25)  # of the size
    assert found["mean |correlation|"]["mean"] == 0
    assert found["mean |correlation|"]["low"] is None
    assert found["interaction, size ←"]["low"] < found["interaction, size ←"]["mean"] == pytest.approx(-50)


def test_the_features_are_those_of_the_first_pair(figures):
    outcome, axes = small_outcome(COADAPTATION), figures[1].axes
    records = [record for record in outcome.records if record["configuration"] == AUTOENCODER]
    for tiles, record in zip(axes[:2], records[:2], strict=True):
        assert tiles.get_title() == record["arm"]
        features = np.stack([unpacked(feature, 1) for feature in record["features"]])
        np.testing.assert_allclose(tiles.get_images()[0].get_array(), tiled(features))


@pytest.mark.parametrize("picture", [0, 1])
def test_nothing_is_cut_off_or_overlaps(figures, picture):
    assert_nothing_is_cut_off_or_overlaps(figures[picture])


def test_the_caption_cites_summaries_for_the_published_figure(figures):
    caption = " ".join(figures[1].legends[0].get_title().get_text().split())
    assert "summaries of it report a mean activation of about 2.0 without dropout and 0.7 with it" in caption


def test_tiles_are_arranged_row_by_row():
    sheet = tiled(np.array([[0.25, 0.5, 0.75, 1], [-1, 0, 0, 0.5], [0, 0, 0, 0]]))
    assert sheet.shape == (5, 5)
    np.testing.assert_array_equal(sheet[:2, :2], [[0.25, 0.5], [0.75, 1]])
    np.testing.assert_array_equal(sheet[:2, 3:], [[-1, 0], [0, 0.5]])
    np.testing.assert_array_equal(sheet[3:, :2], np.zeros((2, 2)))
