"""A result in a notebook: the printed text with the pictures below."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from tinygrad_dropout.lab.text import console_in_memory

if TYPE_CHECKING:
    from rich.console import Console

PRE = '<pre style="white-space: pre-wrap; line-height: normal; font-family: monospace">{code}</pre>'
IMAGE = '<img alt="{alt}" style="max-width: 100%" src="data:image/png;base64,{data}">'


def as_html(show: Callable[[Console], None], pictures: Sequence[bytes] = ()) -> str:
    """The output of `show` as HTML, with its bold and dim lines, followed by the pictures.

    Args:
        show: a function that prints to a given console (see `text.as_text`).
        pictures: the contents of PNG files.
    """
    console = console_in_memory(record=True)
    show(console)
    text = console.export_html(inline_styles=True, code_format=PRE)
    encoded = (b64encode(picture).decode() for picture in pictures)
    images = (IMAGE.format(alt=f"picture {number}", data=data) for number, data in enumerate(encoded, 1))
    return "\n".join([text, *images])


def drawn(draw: Callable[[BinaryIO], object]) -> bytes:
    """The contents of the PNG file that `draw` writes."""
    file = BytesIO()
    draw(file)
    return file.getvalue()
