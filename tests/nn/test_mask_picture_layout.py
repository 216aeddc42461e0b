"""The layout of a mask's SVG: words above, a number before each row, a legend below, a margin around it."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout.nn.mask_picture import MaskPicture

SVG = "{http://www.w3.org/2000/svg}"

# Rows, columns, the lines of words, and the width and height in pixels. A margin is 10 wide, a line 18 high, a unit 16
# in both directions; the units begin 30 from the left, and a letter of the words takes 7.
SIZES = [
    ("one unit", 1, 1, ["abc"], 30 + 16 + 10, 18 + 10 + 16 + 18 + 10),
    ("units wider than the words", 2, 5, ["abc"], 30 + 5 * 16 + 10, 18 + 10 + 2 * 16 + 18 + 10),
    ("words wider than the units", 2, 1, ["a" * 20], 10 + 20 * 7 + 10, 18 + 10 + 2 * 16 + 18 + 10),
    ("the second line is the longer", 3, 2, ["a", "a" * 30], 10 + 30 * 7 + 10, 2 * 18 + 10 + 3 * 16 + 18 + 10),
    ("no units", 0, 4, ["a"], 30 + 4 * 16 + 10, 18 + 10 + 18 + 10),
]
each_size = pytest.mark.parametrize(
    ("rows", "columns", "lines", "width", "height"), [row[1:] for row in SIZES], ids=[row[0] for row in SIZES]
)


def drawn(rows, columns, lines):
    return ElementTree.fromstring(MaskPicture(np.ones((rows, columns), dtype=bool), lines).svg())


def places(root, css):
    """(x, y, text) of all words of a class."""
    found = [text for text in root.iter(f"{SVG}text") if text.get("class") == css]
    return [(int(text.get("x")), int(text.get("y")), text.text) for text in found]


@each_size
def test_the_picture_is_as_large_as_its_content(rows, columns, lines, width, height):
    root = drawn(rows, columns, lines)
    assert (root.get("width"), root.get("height")) == (str(width), str(height))
    assert root.get("viewBox") == f"0 0 {width} {height}"


@each_size
def test_the_words_are_at_the_top_and_the_legend_at_the_bottom(rows, columns, lines, width, height):
    expected = [(10, 18 * number, line) for number, line in enumerate(lines, start=1)]
    legend = (10, height - 10, "full: kept, crossed out: dropped")
    assert places(drawn(rows, columns, lines), "words") == [*expected, legend]


@each_size
def test_each_row_has_its_number_left_of_its_units(rows, columns, lines, width, height):
    top = 18 * len(lines) + 10
    numbers = [(24, top + 16 * row + 10, str(row)) for row in range(rows)]
    assert places(drawn(rows, columns, lines), "words number") == numbers


@each_size
def test_the_units_form_a_grid(rows, columns, lines, width, height):
    top = 18 * len(lines) + 10
    path = next(path for path in drawn(rows, columns, lines).iter(f"{SVG}path") if path.get("class") == "kept")
    corners = [(int(x), int(y)) for x, y in re.findall(r"M(\S+) (\d+)h", path.get("d"))]
    assert corners == [(30 + 16 * column, top + 16 * row) for row in range(rows) for column in range(columns)]


@pytest.mark.parametrize(("rows", "first"), [(1, "0  #"), (10, "0  #"), (11, " 0  #"), (16, " 0  #")])
def test_the_row_numbers_are_right_aligned(rows, first):
    lines = str(td.show_mask(np.ones((rows, 1), dtype=bool))).splitlines()
    assert lines[1] == first
    assert lines[rows].endswith(f"{rows - 1}  #")
