"""The page's HTML: for each outcome its verdict, description, tables, pictures, sentences, options and versions."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinygrad_dropout.lab.trials import Outcome

if TYPE_CHECKING:
    from rich.table import Column, Table

STYLE = Path(__file__).with_name("style.css")

BEGINNING = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="tinygrad-dropout lab report">"""
"""The first lines of a page, by which an earlier page is recognized."""

PAGE = """\
{beginning}
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="hint">Tables and pictures that are wider than the screen scroll sideways.</p>
{contents}{sections}
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Shown:
    """One outcome on the page.

    Attributes:
        name: the name of its folder.
        outcome: the results.
        pictures: the contents of the PNG files, by name.
    """

    name: str
    outcome: Outcome
    pictures: Mapping[str, bytes]

    @property
    def heading(self) -> str:
        """The folder's name, followed by the experiment's if they differ."""
        experiment = self.outcome.experiment.name
        return self.name if self.name == experiment else f"{self.name} ({experiment})"

    @property
    def verdict(self) -> str:
        """The first sentence."""
        finished, trials = len(self.outcome.records), len(self.outcome.trials)
        too_few = f"{finished} of {trials} trials are finished: too few for a result."
        return self.outcome.notes[0] if self.outcome.notes else too_few


@dataclass(frozen=True)
class Refused:
    """A folder whose results cannot be shown.

    Attributes:
        name: the name of the folder.
        problem: the reason, in one sentence.
    """

    name: str
    problem: str

    @property
    def heading(self) -> str:
        """The name."""
        return self.name

    @property
    def verdict(self) -> str:
        """The sentence instead of a verdict."""
        return f"The results cannot be shown. {self.problem}"


def page_of(name: str, shown: Sequence[Shown | Refused]) -> str:
    """The page, with a list of contents if there is more than one outcome.

    Args:
        name: the name of the folder, for the title.
        shown: the outcomes, in the order of the page.
    """
    contents = contents_of(shown) if len(shown) > 1 else ""
    sections = "\n".join(section_of(number, one) for number, one in enumerate(shown, 1))
    title = f"Results: {escape(name)}"
    return PAGE.format(
        beginning=BEGINNING, title=title, style=STYLE.read_text("utf-8"), contents=contents, sections=sections
    )


def contents_of(shown: Sequence[Shown | Refused]) -> str:
    """A link to each outcome, with its verdict."""
    links = "\n".join(
        f'<li><a href="#result-{number}">{escape(one.heading)}</a>: {escape(one.verdict)}</li>'
        for number, one in enumerate(shown, 1)
    )
    return f'<nav aria-label="Contents">\n<ol>\n{links}\n</ol>\n</nav>\n'


def section_of(number: int, one: Shown | Refused) -> str:
    """One outcome, under its heading and its verdict."""
    parts = [f"<h2>{escape(one.heading)}</h2>", paragraph(one.verdict, "verdict")]
    if isinstance(one, Shown):
        parts += details_of(one)
    content = "\n".join(parts)
    return f'<section id="result-{number}">\n{content}\n</section>'


def details_of(one: Shown) -> list[str]:
    """The HTML below an outcome's verdict: tables, pictures, sentences, options and versions."""
    outcome, parts = one.outcome, []
    if outcome.figures is not None:
        if not outcome.finished:
            finished, trials = len(outcome.records), len(outcome.trials)
            parts.append(paragraph(f"Not finished: {finished:,} of {trials:,} trials. These figures will change."))
        parts += [paragraph(line) for line in outcome.description.splitlines()]
        tables = outcome.experiment.tables(outcome.options, outcome.figures)
        parts += [
            "<h3>Numbers</h3>",
            *(table_of(table, f"{one.name}: table {place}") for place, table in enumerate(tables, 1)),
        ]
    if one.pictures:
        parts += ["<h3>Pictures</h3>", *(picture_of(one, *picture) for picture in one.pictures.items())]
    if outcome.notes[1:]:
        parts += ["<h3>Notes</h3>", *map(paragraph, outcome.notes[1:])]
    return [*parts, "<h3>Options and versions</h3>", settings_of(outcome.options | outcome.versions)]


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph; `kind` is its CSS class."""
    return f"<p{kind and f' class={kind}'}>{escape(text)}</p>"


def table_of(table: Table, label: str) -> str:
    """A table, which scrolls sideways if it is too wide. The first column holds the headings of the rows."""
    columns = table.columns
    headings = "".join(f'<th scope="col"{aligned(column)}>{cell(column.header)}</th>' for column in columns)
    rows = zip(*(column.cells for column in columns), strict=True)
    title = f"<caption>{cell(table.title)}</caption>\n" if table.title else ""
    body = "\n".join(f"<tr>{row_of(row, columns)}</tr>" for row in rows)
    return scrolling(f"<table>\n{title}<thead><tr>{headings}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>", label)


def row_of(contents: Sequence[Any], columns: Sequence[Column]) -> str:
    """The cells of a row. A row with only its first cell is a heading of the indented rows below it."""
    first, *others = contents
    if cell(first) and not any(map(cell, others)):
        return f'<th scope="rowgroup" colspan="{len(columns)}">{cell(first)}</th>'
    heading = f'<th scope="row"{" class=under" if str(first).startswith(" ") else ""}>{cell(first)}</th>'
    cells = (f"<td{aligned(column)}>{cell(one)}</td>" for one, column in zip(others, columns[1:], strict=True))
    return (heading if cell(first) else "<td></td>") + "".join(cells)


def cell(content: Any) -> str:
    """The HTML of a cell, which is a rich Text or a plain string without rich's markup."""
    return "<br>".join(map(escape, str(content).strip().splitlines()))


def aligned(column: Column) -> str:
    """The attribute of right-aligned cells, such as numbers."""
    return " class=number" if column.justify == "right" else ""


def picture_of(one: Shown, name: str, png: bytes) -> str:
    """A picture. On a narrow screen it scrolls sideways, so that its text stays readable."""
    outcome = one.outcome
    shows = f"{outcome.experiment.shown_in(name)} {outcome.notes[0]} {outcome.description}"
    image = f'<img alt="{escape(shows)}" src="data:image/png;base64,{b64encode(png).decode()}">'
    return scrolling(image, f"{one.name}: {name}")


def scrolling(content: str, label: str) -> str:
    """Put content that may be wider than the screen into a box that scrolls, also by keyboard."""
    return f'<div class="wide" tabindex="0" role="region" aria-label="{escape(label)}">\n{content}\n</div>'


def settings_of(settings: Mapping[str, Any]) -> str:
    """A table of options and versions, with a row for each option or configuration."""
    rows = "\n".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(as_text(value))}</td></tr>'
        for name, value in flat(settings).items()
    )
    return f"<table class=settings>\n<tbody>\n{rows}\n</tbody>\n</table>"


def flat(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten the settings: a group inside a group gets the name `group: name`."""
    result: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping) and any(isinstance(one, Mapping) for one in value.values()):
            result |= {f"{name}: {inner}": one for inner, one in flat(value).items()}
        else:
            result[str(name)] = value
    return result


def as_text(value: Any) -> str:
    """Write a value for people. Unset options in a group are left out."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {as_text(one)}" for name, one in value.items() if one not in (None, [], {}))
    if isinstance(value, list):
        return ", ".join(map(as_text, value)) or "none"
    return "unset" if value is None else str(value)
