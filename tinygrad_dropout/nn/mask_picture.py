"""show_mask: draw a dropout mask, as characters in a terminal and as SVG in a notebook."""

from __future__ import annotations

from typing import Any, TypeAlias
from zlib import crc32

import numpy as np

from tinygrad_dropout.functional._masks import Mask, checked_probability

Index: TypeAlias = int | slice | tuple[int | slice, ...]

KEPT, DROPPED = "#", "·"
CELL, PITCH, LINE, MARGIN = 14, 16, 18, 10  # of the SVG, in pixels

STYLE = """
#NAME .ground { fill: #ffffff } #NAME .words { fill: #1a1a1a; font: 12px sans-serif }
#NAME .number { font-size: 9px; text-anchor: end }
#NAME .kept { fill: #0072b2 } #NAME .dropped { fill: none; stroke: #6b6b6b; stroke-width: 1.2 }
@media (prefers-color-scheme: dark) {
#NAME .ground { fill: #1c1c1c } #NAME .words { fill: #eeeeee }
#NAME .kept { fill: #56b4e9 } #NAME .dropped { stroke: #a8a8a8 }
}"""  # it has its own background, so that it is legible on any page, and it styles nothing else on the page


def show_mask(
    layer_or_mask: Any, *, p: float | None = None, index: Index | None = None, rows: int = 16, columns: int = 32
) -> MaskPicture:
    """Draw a mask: which units were kept, which were dropped, and how many.

    `print()` shows it as text. A notebook shows it as SVG, with the dropped units crossed out. If the mask is large,
    only a corner is drawn, and the picture says so.

    Args:
        layer_or_mask: a Dropout or DropConnect that has run a training forward, or a boolean array, True where kept.
        p: the probability of dropping, to show with an array. A layer knows its own.
        index: which part of the mask to draw, with at most two axes: `index=3` draws `mask[3]`, and
            `index=np.s_[:, :, 0, 0]` shows which channels of the images were dropped. By default, a mask of more than
            two axes is drawn at index 0 of all axes but the last two.
        rows, columns: draw at most this many.

    Returns:
        MaskPicture: `print()` it, or let a notebook show it. `.svg()` returns the SVG as text.

    Raises:
        TypeError: the argument is neither a boolean array nor a layer with a mask.
        ValueError: the layer has no mask yet, p is not a probability, or the index leaves more than two axes.
        IndexError: the mask does not have this index.
    """
    if min(rows, columns) < 1:
        raise ValueError(f"show_mask: expected at least 1 row and 1 column to draw, got rows={rows}, columns={columns}")
    mask, settings = mask_and_settings(layer_or_mask, p)
    kept = np.count_nonzero(mask)
    share = f" ({100 * kept / mask.size:.0f}%)" if mask.size else ""
    lines = [", ".join([f"mask {mask.shape}: {kept:,} of {mask.size:,} kept{share}", *settings])]
    drawn = []
    if index is None and mask.ndim > 2:
        index = (0,) * (mask.ndim - 2)
    if index is not None:
        shape, mask = mask.shape, np.asarray(mask[index])
        if mask.ndim > 2:
            problem = f"expected an index that leaves at most two axes of {shape}, got [{format_index(index)}]"
            raise ValueError(f"show_mask: {problem}")
        drawn.append(f"mask[{format_index(index)}]")
    table = np.atleast_2d(mask)
    if table.shape[0] > rows or table.shape[1] > columns:
        drawn += [f"{format_extent(table.shape[0], rows)} rows", f"{format_extent(table.shape[1], columns)} columns"]
    if drawn:
        lines.append("drawn here: " + ", ".join(drawn))
    return MaskPicture(table[:rows, :columns], lines)


class MaskPicture:
    """A drawing of a mask; `show_mask` makes it.

    Args:
        table: the part to draw, a boolean array of two axes, True where a unit is kept.
        lines: the lines of text above it; the first is its title.
    """

    def __init__(self, table: Mask, lines: list[str]) -> None:
        self.table = table
        self.lines = lines

    def __str__(self) -> str:
        width = len(str(max(len(self.table) - 1, 0)))
        rows = [
            f"{number:{width}}  " + " ".join(KEPT if kept else DROPPED for kept in row)
            for number, row in enumerate(self.table)
        ]
        return "\n".join([*self.lines, *rows, f"{KEPT} kept, {DROPPED} dropped"])

    __repr__ = __str__  # so that a prompt shows the picture

    def _repr_svg_(self) -> str:
        """Return the SVG, for a notebook to display."""
        return self.svg()

    def svg(self) -> str:
        """Return the picture as SVG: a full square for each kept unit, a cross for each dropped one."""
        rows, columns = self.table.shape
        left, top = 3 * MARGIN, LINE * len(self.lines) + MARGIN
        width = max(left + columns * PITCH + MARGIN, 7 * max(map(len, self.lines)) + 2 * MARGIN)
        height = top + rows * PITCH + LINE + MARGIN
        words = [(MARGIN, LINE * number, line) for number, line in enumerate(self.lines, 1)]
        words.append((MARGIN, height - MARGIN, "full: kept, crossed out: dropped"))
        numbers = [(left - 6, top + row * PITCH + 10, row) for row in range(rows)]
        shapes: dict[bool, list[str]] = {True: [], False: []}
        for (row, column), kept in np.ndenumerate(self.table):
            square = f"h{CELL}v{CELL}h-{CELL}z"
            cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"
            shapes[bool(kept)].append(f"M{left + column * PITCH} {top + row * PITCH}{square if kept else cross}")
        name = f"mask-{crc32((self.lines[0] + self.description()).encode()):08x}"  # a page can show several
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" id="{name}" width="{width}" height="{height}" '
                f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="{name}-title {name}-description">',
                f'<title id="{name}-title">{self.lines[0]}</title>',
                f'<desc id="{name}-description">{self.description()}</desc>',
                f"<style>{STYLE.replace('NAME', name)}</style>",
                f'<rect class="ground" width="{width}" height="{height}"/>',
                *(f'<text class="words" x="{x}" y="{y}">{text}</text>' for x, y, text in words),
                *(f'<text class="words number" x="{x}" y="{y}">{text}</text>' for x, y, text in numbers),
                f'<path class="kept" d="{"".join(shapes[True])}"/>',
                f'<path class="dropped" d="{"".join(shapes[False])}"/>',
                "</svg>",
            ]
        )

    def description(self) -> str:
        """Describe the picture in words, for screen readers."""
        rows = [
            f"Row {number} drops {', '.join(map(str, np.flatnonzero(~row))) or 'none'}."
            for number, row in enumerate(self.table)
        ]
        return " ".join([*(f"{line}." for line in self.lines[1:]), *rows])


def mask_and_settings(layer_or_mask: Any, p: float | None) -> tuple[Mask, list[str]]:
    """Return the mask, and in words its p and its scaling, if they are known."""
    if isinstance(layer_or_mask, np.ndarray):
        if layer_or_mask.dtype != np.bool_:
            given = f"an array of {layer_or_mask.dtype}"
            raise TypeError(f"show_mask: expected a boolean array, True where a unit is kept; got {given}")
        return layer_or_mask, [] if p is None else [f"p = {checked_probability('show_mask', p):g}"]
    if not hasattr(layer_or_mask, "mask"):
        given = type(layer_or_mask).__name__
        raise TypeError(f"show_mask: expected a boolean array or a layer that has a mask, got {given}")
    layer = layer_or_mask
    if layer.mask is None:
        raise ValueError(
            f"show_mask: expected a layer that has run a forward in training mode, got {layer!r}, which has not"
        )
    scale = "as they are" if layer.scaling == "test" or layer.p == 1 else f"x {1 / (1 - layer.p):.4g}"
    return layer.mask, [f"p = {layer.p:g}", f"kept ones {scale}"]


def format_extent(length: int, most: int) -> str:
    """Say how much of an axis is drawn: `the first 16 of 512`, or `all 8`."""
    return f"the first {most} of {length:,}" if length > most else f"all {length}"


def format_index(index: Index) -> str:
    """Write an index as between brackets: `0, :, 2:5`."""
    steps = [index] if not isinstance(index, tuple) else index
    return ", ".join(format_slice(step) if isinstance(step, slice) else str(step) for step in steps)


def format_slice(step: slice) -> str:
    """Write a slice as between brackets: `:`, `1:3`, `::2`."""
    start, stop, stride = ("" if value is None else str(value) for value in (step.start, step.stop, step.step))
    return f"{start}:{stop}" + (f":{stride}" if stride else "")
