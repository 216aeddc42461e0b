"""show_mask: the picture of a mask, as text and as SVG."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import nn

SVG = "{http://www.w3.org/2000/svg}"
MASK = np.array([[True, False, True], [False, False, True]])


def after_a_forward(layer: nn.Module, *shape: int) -> nn.Module:
    layer(td.Tensor(np.ones(shape, dtype=np.float32)))
    return layer


def lines(picture: object) -> list[str]:
    return str(picture).split("\n")


def svg(picture) -> ET.Element:
    return ET.fromstring(picture.svg())


def cells(picture, kind: str) -> list[tuple[int, int]]:
    """The (row, column) of each square or cross, from where its path starts."""
    (path,) = (path for path in svg(picture).iter(f"{SVG}path") if path.get("class") == kind)
    starts = [tuple(map(int, start.split("h")[0].split("m")[0].split())) for start in path.get("d").split("M")[1:]]
    left, top = 30, min(int(text.get("y")) for text in svg(picture).iter(f"{SVG}text") if text.text == "0") - 10
    return [((y - top) // 16, (x - left) // 16) for x, y in starts]


# As text --------------------------------------------------------------------------------------------------------------


def test_text_shows_what_was_kept_what_was_dropped_and_how_many():
    assert lines(td.show_mask(MASK)) == [
        "mask (2, 3): 3 of 6 kept (50%)",
        "0  # · #",
        "1  · · #",
        "# kept, · dropped",
    ]


def test_a_prompt_shows_the_text():
    assert repr(td.show_mask(MASK)) == str(td.show_mask(MASK))


def test_a_mask_of_one_axis_is_a_row_and_a_mask_without_axes_is_a_cell():
    assert lines(td.show_mask(MASK[0]))[:2] == ["mask (3,): 2 of 3 kept (67%)", "0  # · #"]
    assert lines(td.show_mask(np.array(True)))[:2] == ["mask (): 1 of 1 kept (100%)", "0  #"]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
def test_an_empty_mask_shows_no_percentage(shape):
    picture = td.show_mask(np.ones(shape, dtype=bool))
    assert lines(picture)[0] == f"mask {shape}: 0 of 0 kept"
    assert svg(picture).tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("layer", "ending"),
    [
        (nn.Dropout(0.5), "p = 0.5, kept ones x 2"),
        (nn.Dropout(0.25), "p = 0.25, kept ones x 1.333"),
        (nn.Dropout(0.25, scaling="test"), "p = 0.25, kept ones as they are"),
        (nn.Dropout(0), "p = 0, kept ones x 1"),
        (nn.Dropout(1), "p = 1, kept ones as they are"),
        (nn.DropConnect(8, 4, p=0.2), "p = 0.2, kept ones x 1.25"),
    ],
    ids=repr,
)
def test_the_picture_of_a_layer_shows_its_p_and_its_scale(layer, ending):
    after_a_forward(layer, 4, 8)
    kept = layer.mask.sum()
    assert lines(td.show_mask(layer))[0] == f"mask (4, 8): {kept} of 32 kept ({100 * kept / 32:.0f}%), {ending}"


def test_a_layer_is_drawn_with_its_mask():
    layer = after_a_forward(nn.Dropout(0.5), 4, 8)
    assert lines(td.show_mask(layer))[1:] == lines(td.show_mask(layer.mask))[1:]


def test_the_picture_of_an_array_shows_the_given_p():
    assert lines(td.show_mask(MASK, p=0.4))[0] == "mask (2, 3): 3 of 6 kept (50%), p = 0.4"


def test_large_numbers_are_readable():
    assert lines(td.show_mask(np.ones((1000, 20), dtype=bool)))[0] == "mask (1000, 20): 20,000 of 20,000 kept (100%)"


# A part of it ---------------------------------------------------------------------------------------------------------


def test_only_a_corner_of_a_large_mask_is_drawn_and_the_picture_says_so():
    mask = np.random.default_rng(0).random((500, 40)) < 0.5
    text = lines(td.show_mask(mask))
    assert text[1] == "drawn here: the first 16 of 500 rows, the first 32 of 40 columns"
    assert len(text) == 2 + 16 + 1
    assert text[17] == "15  " + " ".join("#" if kept else "·" for kept in mask[15, :32])


@pytest.mark.parametrize(
    ("shape", "words"),
    [((17, 3), "the first 16 of 17 rows, all 3 columns"), ((2, 33), "all 2 rows, the first 32 of 33 columns")],
)
def test_the_picture_says_which_axis_is_complete(shape, words):
    assert lines(td.show_mask(np.ones(shape, dtype=bool)))[1] == f"drawn here: {words}"


def test_a_mask_that_just_fits_is_drawn_completely():
    assert "drawn here" not in str(td.show_mask(np.ones((16, 32), dtype=bool)))


def test_as_many_rows_and_columns_as_requested():
    text = lines(td.show_mask(np.ones((20, 40), dtype=bool), rows=20, columns=5))
    assert text[1] == "drawn here: all 20 rows, the first 5 of 40 columns"
    assert text[2:4] == [" 0  # # # # #", " 1  # # # # #"]
    assert text[21] == "19  # # # # #"


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (None, "mask[0, 0]"),
        (3, None),
        ((1, 2), "mask[1, 2]"),
        (np.s_[:, :, 0, 0], "mask[:, :, 0, 0]"),
        (np.s_[0, 1:3, ::2, 0], "mask[0, 1:3, ::2, 0]"),
        (np.s_[1, -1, 0], "mask[1, -1, 0]"),
        (np.s_[0, 0, 0, 0], "mask[0, 0, 0, 0]"),
    ],
)
def test_more_than_two_axes_are_drawn_at_an_index(index, words):
    mask = np.random.default_rng(0).random((2, 3, 4, 5)) < 0.5
    if words is None:
        with pytest.raises(IndexError):
            td.show_mask(mask, index=index)
        return
    text = lines(td.show_mask(mask, index=index))
    assert text[0].startswith(f"mask (2, 3, 4, 5): {mask.sum()} of 120 kept")
    assert text[1] == f"drawn here: {words}"
    part = np.atleast_2d(mask[(0, 0) if index is None else index])
    assert text[2:-1] == lines(td.show_mask(part))[1:-1]


def test_a_row_of_a_matrix_can_be_picked():
    assert lines(td.show_mask(MASK, index=1))[1:3] == ["drawn here: mask[1]", "0  · · #"]


def test_a_cut_slice_shows_the_slice_and_the_cut():
    text = lines(td.show_mask(np.ones((2, 20, 3), dtype=bool)))
    assert text[1] == "drawn here: mask[0], the first 16 of 20 rows, all 3 columns"


# As SVG ---------------------------------------------------------------------------------------------------------------


def test_the_svg_draws_a_square_for_each_kept_unit_and_a_cross_for_each_dropped_unit():
    """The shapes differ, so the picture does not depend on color."""
    mask = np.random.default_rng(0).random((5, 7)) < 0.5
    for picture in (td.show_mask(mask), td.show_mask(np.stack([mask, mask]))):
        assert cells(picture, "kept") == list(map(tuple, np.argwhere(mask)))
        assert cells(picture, "dropped") == list(map(tuple, np.argwhere(~mask)))


def test_a_square_is_filled_and_a_cross_is_two_strokes_without_a_filling():
    root = svg(td.show_mask(MASK[:1]))
    kept, dropped = (path.get("d") for path in root.iter(f"{SVG}path"))
    assert kept == "M30 28h14v14h-14zM62 28h14v14h-14z"
    assert dropped == "M46 28m3 3l8 8m0-8l-8 8"
    assert ".dropped { fill: none; stroke: " in root.find(f"{SVG}style").text


def test_a_notebook_shows_the_svg():
    picture = td.show_mask(MASK)
    assert picture._repr_svg_() == picture.svg()


def test_the_svg_names_and_describes_itself_to_screen_readers():
    root = svg(td.show_mask(MASK, p=0.5))
    assert root.get("role") == "img"
    ids = [element.get("id") for element in root if element.get("id")]
    assert root.get("aria-labelledby").split() == ids
    assert root.find(f"{SVG}title").text == "mask (2, 3): 3 of 6 kept (50%), p = 0.5"
    assert root.find(f"{SVG}desc").text == "Row 0 drops 1. Row 1 drops 0, 1."


def test_the_svg_has_the_same_words_as_the_text():
    picture = td.show_mask(np.ones((2, 20, 3), dtype=bool))
    words = [text.text for text in svg(picture).iter(f"{SVG}text")]
    assert words[:2] == lines(picture)[:2]
    assert "crossed out: dropped" in words[2]
    assert words[3:] == [str(row) for row in range(16)]
    assert "mask[0]" in svg(picture).find(f"{SVG}desc").text


def test_two_pictures_on_one_page_do_not_interfere():
    """Each has its own styles and names. The same picture twice is no conflict."""
    one, other = td.show_mask(MASK), td.show_mask(~MASK)
    assert svg(one).get("id") != svg(other).get("id")
    assert svg(one).get("id") == svg(td.show_mask(MASK)).get("id")
    for rule in svg(one).find(f"{SVG}style").text.split("}"):
        selector = rule.split("{")[-2] if "{" in rule else ""
        assert selector.strip() == "" or selector.strip().startswith(f"#{svg(one).get('id')} "), rule


def test_the_svg_has_a_background_for_light_and_for_dark_pages():
    root = svg(td.show_mask(MASK))
    ground = next(root.iter(f"{SVG}rect"))
    assert (ground.get("width"), ground.get("height")) == (root.get("width"), root.get("height"))
    style = root.find(f"{SVG}style").text
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for part in (light, dark):
        assert all(f".{name} {{" in part for name in ("ground", "words", "kept", "dropped"))


def test_everything_lies_inside_the_picture():
    picture = td.show_mask(np.zeros((16, 32), dtype=bool))
    root = svg(picture)
    rows, columns = zip(*cells(picture, "dropped"), strict=True)
    assert 30 + 16 * (max(columns) + 1) <= int(root.get("width"))
    assert 28 + 16 * (max(rows) + 1) <= int(root.get("height"))
