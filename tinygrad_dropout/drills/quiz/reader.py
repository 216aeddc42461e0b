"""Reads files of questions, which are Markdown in a fixed format, and reports mistakes with their line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

HEADING, SHORT, POINTS, FENCE = "## ", "**In short.** ", "**Points.**", "```"


def fault(file: str, line: int, expected: str) -> ValueError:
    """The error for a mistake in a file."""
    return ValueError(f"{file}, line {line}: expected {expected}")


class Reader:
    """Reads one file line by line.

    Args:
        name: the name of the file for error messages, such as "questions/dropout.md".
        text: the text of the file.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()
        self.at = 0  # the index of the next line, counted from 0

    def entries(self) -> Iterator[int]:
        """Read the title, then stop at each entry and yield its line number."""
        self.take(r"# \S.*", "a title, `# ...`")
        self.skip_empty()
        while self.at < len(self.lines):
            yield self.at + 1

    def heading(self, pattern: str, expected: str) -> str:
        """Read the heading of an entry."""
        return self.take(HEADING + pattern, expected).removeprefix(HEADING)

    def question(self) -> str:
        """Read the question, which follows the heading."""
        question = self.take(r"\S.*", "the question, on one line")
        self.take("", "an empty line after the question")
        return question

    def paragraph(self, begins: str = "") -> str:
        """Read a paragraph without its first words, `begins`; join its lines unless it is indented."""
        lines = [self.take(re.escape(begins) + r".*\S.*", f"`{begins}...`").removeprefix(begins)]
        while self.at < len(self.lines) and self.lines[self.at]:
            lines.append(self.take(".+", "text"))
        self.skip_empty()
        return ("\n" if lines[0].startswith(" ") else " ").join(lines)

    def points(self) -> tuple[str, ...]:
        """Read the list of points, each on one line."""
        self.take(re.escape(POINTS), f"`{POINTS}`")
        self.take("", f"an empty line after {POINTS}")
        points = [self.point()]
        while self.at < len(self.lines) and self.lines[self.at]:
            points.append(self.point())
        self.skip_empty()
        return tuple(points)

    def point(self) -> str:
        """Read one point."""
        return self.take(r"- \S.*", "a point, `- ...`").removeprefix("- ")

    def snippet(self) -> str:
        """Read the optional fenced block at the end of an entry, without its fences."""
        lines: list[str] = []
        if self.stands_at(FENCE):
            opened = self.at + 1
            self.take(f"{FENCE}python", f"a snippet that begins with {FENCE}python")
            while self.at < len(self.lines) and self.lines[self.at] != FENCE:
                lines.append(self.lines[self.at])
                self.at += 1
            self.take(FENCE, f"{FENCE}, the end of the snippet that began on line {opened}")
            self.skip_empty()
        return "\n".join(lines)

    def stands_at(self, begins: str) -> bool:
        """Whether the next line begins with this text."""
        return self.at < len(self.lines) and self.lines[self.at].startswith(begins)

    def continues(self) -> bool:
        """Whether another paragraph of the same entry follows."""
        return self.at < len(self.lines) and not self.lines[self.at].startswith((FENCE, "#"))

    def take(self, pattern: str, expected: str) -> str:
        """Read the next line, which must match the pattern."""
        line = self.lines[self.at] if self.at < len(self.lines) else None
        if line is None or not re.fullmatch(pattern, line):
            got = "the end of the file" if line is None else repr(line) if line else "an empty line"
            raise fault(self.name, self.at + 1, f"{expected}; got {got}")
        self.at += 1
        return line

    def skip_empty(self) -> None:
        """Skip to the next line that is not empty."""
        while self.at < len(self.lines) and not self.lines[self.at]:
            self.at += 1
