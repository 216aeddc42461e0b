"""Text for a terminal: broken to its width, which it would do in the middle of a word, and with counts in words."""

from __future__ import annotations

import re
from textwrap import fill

KEPT = "\0"  # stands for a space at which no line is broken
NARROW = 80  # columns; with fewer, a table would cut words off
CODE_MARGIN = 2  # columns that are left free around code in a terminal
CODE = " " * 4  # a line that begins like this is code or part of an array, and is never broken


def wrap(text: str, width: int, *, indent: int | None = None) -> str:
    """Break long lines, only at spaces and never inside backticks.

    Args:
        text: in lines; those that begin with four spaces do not change.
        width: characters in a line.
        indent: of the text after a break; None for the line's own indent.
    """
    return "\n".join(wrap_line(line, width, indent) for line in text.split("\n"))


def reflow(text: str, width: int) -> str:
    """Rejoin the lines of each paragraph and break them at this width; a paragraph with an indented line stays."""
    paragraphs = text.split("\n\n")
    return "\n\n".join(one if "\n " in f"\n{one}" else wrap(one.replace("\n", " "), width) for one in paragraphs)


def wrap_line(line: str, width: int, indent: int | None) -> str:
    """One line of `wrap`."""
    if len(line) <= width or line.startswith(CODE):
        return line.replace(KEPT, " ")
    own = len(line) - len(line.lstrip())
    whole = re.sub(r"`[^`]*`", lambda code: unbroken(code[0]), line)
    behind = " " * (own if indent is None else indent)
    lines = fill(whole, width, subsequent_indent=behind, break_long_words=False, break_on_hyphens=False)
    return (lines + " " * (len(line) - len(line.rstrip()))).replace(KEPT, " ")


def unbroken(text: object) -> str:
    """A text, such as a path, at whose spaces `wrap` breaks no line."""
    return str(text).replace(" ", KEPT)


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 test`, `2 tests`; with a plural, `2 tries`."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def narrowed(markdown: str, width: int) -> str:
    """Markdown for a terminal: its code is broken at spaces, and with fewer than 80 columns its tables are lists."""
    text = tables_as_lists(markdown) if width < NARROW else markdown
    lines, in_code = [], False
    for line in text.split("\n"):
        in_code ^= line.startswith("```")
        lines.append(broken_code(line, width - CODE_MARGIN) if in_code else line)
    return "\n".join(lines)


def broken_code(line: str, width: int) -> str:
    """A line of code, broken at spaces to fit; what follows a break is indented by four more."""
    if len(line) <= width:
        return line
    behind = " " * (len(line) - len(line.lstrip())) + CODE
    return fill(line, width, subsequent_indent=behind, break_long_words=False, break_on_hyphens=False)


def tables_as_lists(markdown: str) -> str:
    """Markdown whose tables are lists, an item for each row: narrow columns would cut words off."""
    lines, in_code, header = [], False, True
    for line in markdown.split("\n"):
        in_code ^= line.startswith("```")
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] if line.startswith("|") else []
        if in_code or not cells:
            lines.append(line)
            header = True
        elif header:  # the names of the columns are left out
            header = False
        elif set("".join(cells)) - set("-: "):
            lines.append(f"- {': '.join(filter(None, [cells[0], ', '.join(filter(None, cells[1:]))]))}")
    return "\n".join(lines)
