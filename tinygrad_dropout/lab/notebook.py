"""What a notebook shows of a result: the text that would be printed, and the pictures below it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, BinaryIO

from tinygrad_dropout.lab.text import WIDTH

if TYPE_CHECKING:
    from rich.console import Console

PRE = '<pre style="white-space: pre-wrap; line-height: normal; font-family: monospace">{code}</pre>'
IMAGE = '<img alt="{alt}" style="max-width: 100%" src="data:image/png;base64,{data}">'


def as_html(show: Callable[[Console], None], pictures: Sequence[bytes] = ()) -> str:
    """What `show` prints, with its bold and dim lines, and pictures, all in one piece of HTML.

    Args:
        show: prints to the console that it is given (see `text.as_text`).
        pictures: PNG files.
    """
    from rich.console import Console

    # In a notebook, a console would display what it prints at once, whatever its file is, and would take itself for a
    # terminal, because ipykernel sets FORCE_COLOR.
    console = Console(file=StringIO(), width=WIDTH, record=True, markup=False, emoji=False,
                      force_jupyter=False, force_terminal=False)  # fmt: skip
    show(console)
    text = console.export_html(inline_styles=True, code_format=PRE)
    encoded = (b64encode(picture).decode() for picture in pictures)
    images = (IMAGE.format(alt=f"picture {number}", data=data) for number, data in enumerate(encoded, 1))
    return "\n".join([text, *images])


def drawn(draw: Callable[[BinaryIO], object]) -> bytes:
    """The PNG that `draw` writes to the file it is given."""
    file = BytesIO()
    draw(file)
    return file.getvalue()
