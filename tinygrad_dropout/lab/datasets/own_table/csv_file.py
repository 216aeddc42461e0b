"""A CSV file as texts: its encoding, separator and column names, and the line in which each row begins."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.errors import LabError
from tinygrad_dropout.lab.text import counted

if TYPE_CHECKING:
    import pandas as pd

SEPARATORS = ",;\t|"
ROWS_TRIED = 100  # to find the separator
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",  # before UTF-16, whose mark it begins with
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
OTHER_FILES = {
    b"PK\x03\x04": "a spreadsheet (such as .xlsx) or a zip file: save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "a spreadsheet (such as .xls): save it as CSV",
    b"\x1f\x8b": "compressed: unpack it with gunzip",
    b"BZh": "compressed: unpack it with bunzip2",
    b"\xfd7zXZ": "compressed: unpack it with unxz",
    b"PAR1": "in Parquet's format: save it as CSV",
    b"%PDF": "a PDF: save the table as CSV",
}


def read_texts(path: Path) -> pd.DataFrame:
    """Read the texts in a CSV file, without the spaces around them.

    The columns have the names of the first line, and the index holds the line of the file in which each row begins.
    Lines without any value are left out, and so are columns that have neither a name nor a value.

    Raises:
        LabError: the file cannot be read, or is not a table.
    """
    import pandas as pd

    text = read_unicode(path)
    separator = text[4] if is_separator_line(text) else None
    if separator is not None:
        text = text[5:]  # the line stays, empty, so that the others keep their numbers
    content = text.encode()
    separator = separator or likeliest_separator(content)
    try:
        lines = check_shape(path, content, separator)
        rows = pd.read_csv(
            BytesIO(content), sep=separator, header=None, names=range(max(lines.values(), default=1)),
            index_col=False, dtype=object, na_filter=False, skip_blank_lines=False, skipinitialspace=True,
        )  # fmt: skip
    except (csv.Error, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise LabError(f"{path}: the file cannot be read as CSV: {error}") from error
    if len(rows) != len(lines):
        raise LabError(f"{path}: the file cannot be read as CSV: check its quotation marks")
    rows = rows.astype(object).map(str.strip).set_axis(list(lines))
    rows = rows[(rows != "").any(axis=1)]
    if len(rows) < 2:
        given = "one line" if len(rows) else "nothing"
        raise LabError(f"{path}: expected a line of column names and rows below it, got {given}")
    table = rows.iloc[1:].set_axis(rows.iloc[0].tolist(), axis=1)
    table = table.loc[:, [name != "" or bool((values != "").any()) for name, values in table.items()]]
    check_names(path, list(table))
    return table


def read_unicode(path: Path) -> str:
    """Decode the file from UTF-8, or from the encoding that its byte order mark names."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LabError(f"{path}: the file cannot be read: {error.strerror}") from error
    for beginning, kind in OTHER_FILES.items():
        if content.startswith(beginning):
            raise LabError(f"{path}: the file cannot be read as CSV: it is {kind}")
    encoding = next((name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        if encoding == "utf-8" and b"\0" in content:
            raise LabError(
                f"{path}: the file cannot be read as CSV: it contains zero bytes, like UTF-16 without a byte "
                f"order mark; save it as CSV in UTF-8"
            )
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        advice = (
            f"; it may be Latin-1, which older programs write: save it as UTF-8, or type "
            f"`iconv -f WINDOWS-1252 -t UTF-8 {quote(str(path))} > {quote(str(path.with_name('utf8-' + path.name)))}`"
            if encoding == "utf-8"
            else ""
        )
        raise LabError(
            f"{path}: the file cannot be read as CSV: line {line} is not {encoding.upper()} "
            f"(byte {content[error.start]:#x}){advice}"
        ) from error


def is_separator_line(text: str) -> bool:
    """Whether the first line is Excel's `sep=;`."""
    return text[:4].lower() == "sep=" and text[5:6] in ("\r", "\n")


def likeliest_separator(content: bytes) -> str:
    """The separator that gives the first rows the same number of columns; if several do, the one with most columns."""

    def merit(separator: str) -> tuple[bool, int]:
        try:
            widths = [len(row) for _, row in islice(numbered_rows(content, separator), ROWS_TRIED) if row]
        except csv.Error:
            return False, 0
        return bool(widths) and widths[0] > 1 and len(set(widths)) == 1, widths[0] if widths else 0

    return max(SEPARATORS, key=merit)


def numbered_rows(content: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row of UTF-8 text, with the line in which it begins; an empty line is a row without columns."""
    rows = csv.reader(TextIOWrapper(BytesIO(content), "utf-8", newline=""), delimiter=separator, skipinitialspace=True)
    line = 1
    for row in rows:
        yield line, row
        line = rows.line_num + 1


def check_shape(path: Path, content: bytes, separator: str) -> dict[int, int]:
    """Check that all rows have the same number of columns, and return it for each row's line.

    pandas would pad rows that are too short, and it does not count lines.

    Raises:
        LabError: a row has more or fewer columns than the line of names.
    """
    widths = {}
    names: list[str] = []
    for line, row in numbered_rows(content, separator):
        empty = not any(value.strip() for value in row)
        names = names or ([] if empty else row)
        if not empty and len(row) != len(names):
            raise LabError(
                f"{path}: expected {counted(len(names), 'column')}, as in the line of column names, got "
                f"{len(row)} in line {line}{advice_on_shape(names, row, separator)}"
            )
        widths[line] = len(row) or 1
    return widths


def advice_on_shape(names: list[str], row: list[str], separator: str) -> str:
    """A likely reason why a row has more columns than there are names; "" if none is known."""
    if len(row) > len(names) == 1:
        return "; the first line must name the columns: remove titles and comments above it"
    if len(row) > len(names) and separator == "," and row[-1]:
        return '; a value with a comma in it needs quotation marks, as in "1,5"'
    return ""


def check_names(path: Path, names: list[str]) -> None:
    """Raise a LabError unless every column has its own name, and there are at least two."""
    repeated = [name for name in names if names.count(name) > 1] if len(set(names)) < len(names) else []
    if repeated and repeated[0] == "":
        raise LabError(
            f"{path}: expected every column to have its own name in the first line, "
            f"got {len(repeated)} columns without a name"
        )
    if repeated:
        raise LabError(
            f"{path}: expected every column to have its own name, got {repeated[0]!r} more than once"
            f"{advice_on_names(names)}"
        )
    if len(names) == 1:
        raise LabError(
            f"{path}: expected a column other than {names[0]!r} to predict it from "
            f"(columns can be separated by commas, semicolons, tabs or |)"
        )


def advice_on_names(names: list[str]) -> str:
    """What to do if the first line seems to hold values rather than names; "" if it does not."""
    if any(name.replace(".", "", 1).replace(",", "", 1).lstrip("+-").isdigit() for name in names):
        return "; if the first line of the file holds values, add a line of column names above it"
    return ""
