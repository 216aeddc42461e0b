"""Blocks of a Markdown file that are made from saved figures: between `<!-- made: NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Mapping


def rendered(text: str, blocks: Mapping[str, str]) -> str:
    """The text with each of these blocks replaced; every block must occur exactly once."""
    for name, block in blocks.items():
        marked = re.compile(rf"(<!-- made: {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, found = marked.subn(lambda match, block=block: f"{match[1]}{block}\n{match[2]}", text)
        if found != 1:
            raise ValueError(f"expected one block `<!-- made: {name} -->` to `<!-- end -->`, got {found}")
    return text
