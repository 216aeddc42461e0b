"""Notes on how a table was read, for the user: a summary, then everything that may not have been intended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tinygrad_dropout.lab.datasets.own_table.columns import Column, to_ignore
from tinygrad_dropout.lab.datasets.own_table.number_texts import is_number, looks_like_a_number
from tinygrad_dropout.lab.datasets.own_table.target import Target
from tinygrad_dropout.lab.datasets.own_table.text_columns import FEW
from tinygrad_dropout.lab.text import counted

NAMES_SHOWN = 12  # in one sentence


def description(
    columns: Sequence[Column], inputs: int, target: Column, found: Target, rows: int, others: int, *, guessed: bool
) -> str:
    """Summarize a table: `7 numeric columns, 1 text column as 3 inputs; 3 classes; 1,599 rows`.

    If the kind of target was `guessed` from its values, the summary may name the option for the other kind.
    """
    texts = sum(column.numbers is None for column in columns)
    numbers = len(columns) - texts
    parts = []
    if numbers:
        parts.append(counted(numbers, "numeric column"))
    if texts:
        parts.append(f"{counted(texts, 'text column')} as {counted(inputs - numbers, 'input')}")
    if found.classes is not None:
        many = guessed and target.numbers is not None and found.classes > FEW
        aim = f"{found.classes:,} classes{' (for numbers: --regression)' if many else ''}"
    else:
        low, high = found.values.min(), found.values.max()
        whole = guessed and (found.values == np.floor(found.values)).all()
        aim = f"numbers from {low:g} to {high:g} (regression{'; for classes: --no-regression' if whole else ''})"
    return f"{', '.join(parts)}; {aim}; {counted(rows, 'row')}{f' and {others:,} for testing' if others else ''}"


def mentions(inputs: Iterable[Column], target: Column, group: Column | None, training_rows: int) -> list[str]:
    """Notes on what may not have been intended; each begins with the columns that it is about."""
    found = [
        (
            column,
            [
                *about_case(column),
                *about_writing(column),
                *about_codes(column),
                *about_missing(column),
                *about_test_texts(column, training_rows),
            ],
        )
        for column in inputs
    ]
    found.append((target, [*about_case(target), *about_writing(target)]))
    if group is not None:
        found.append((group, about_case(group)))
    about: dict[str, list[str]] = {}
    for column, sentences in found:
        for sentence in sentences:
            about.setdefault(sentence, []).append(column.name)
    return [
        f"{'column' if len(names) == 1 else 'columns'} {listed([repr(name) for name in names])}: {sentence}"
        for sentence, names in about.items()
    ]


def about_names(names: Iterable[str]) -> list[str]:
    """A note if the first line seems to hold values instead of names; whole numbers such as 2019 can be names."""
    values = [repr(name) for name in names if is_number(name) and not name.isdigit()]
    if not values:
        return []
    return [f"the first line names the columns: if {listed(values)} are values, add a line of names above it"]


def about_case(column: Column) -> list[str]:
    """A note on texts that differ only in capital letters."""
    if column.numbers is not None:
        return []
    lowered: dict[str, list[str]] = {}
    for text in column.texts:
        lowered.setdefault(text.casefold(), []).append(text)
    alike = [same for same in lowered.values() if len(same) > 1]
    if not alike:
        return []
    more = f" (and {counted(len(alike) - 1, 'more case')} like this)" if len(alike) > 1 else ""
    return [f"{' and '.join(map(repr, alike[0]))} are read as different texts{more}"]


def about_writing(column: Column) -> list[str]:
    """A note on a decimal comma, or on texts that look like numbers but are read as texts."""
    if column.numbers is not None:
        return ["the decimal mark is a comma"] if column.mark == "," else []
    if column.texts and all(map(looks_like_a_number, column.texts)):
        return [f"{column.texts[0]!r} and similar values are read as texts"]
    return [f"{text!r} is read as a text, like the other values" for text in column.texts if is_number(text)][:1]


def about_codes(column: Column) -> list[str]:
    """Notes if the numbers may be codes, or if the values may name the rows."""
    if column.numbers is None:
        own = "text" if len(column.texts) == len(column.places) else None
        padded = None
    else:
        padded = next((text for text in column.texts if text[:1] == "0" and text[1:].isdigit()), None)
        numbers = column.values
        whole = len(numbers) > FEW and (numbers == np.floor(numbers)).all()
        own = "whole number" if whole and len(np.unique(numbers)) == len(numbers) else None
    found = []
    if padded is not None:
        advice = f"if these are codes, leave them out with {to_ignore(column.name)}"
        found.append(f"{padded!r} is read as the number {int(padded)}; {advice}")
    if own is not None:
        advice = f"if the column only numbers or names the rows, leave it out with {to_ignore(column.name)}"
        found.append(f"every row has a different {own}; {advice}")
    return found


def about_missing(column: Column) -> list[str]:
    """A note on the number of values that are filled in."""
    lacking = int(np.count_nonzero(column.places < 0))
    return [f"the mean of the training rows replaces {counted(lacking, 'missing value')}"] if lacking else []


def about_test_texts(column: Column, training_rows: int) -> list[str]:
    """A note on texts that occur only in the test file."""
    if column.numbers is not None:
        return []
    only = set(column.places[training_rows:]) - set(column.places[:training_rows]) - {-1}
    if not only:
        return []
    texts = listed([repr(column.texts[place]) for place in sorted(only)])
    return [f"no training row has {texts}, so the network cannot learn what it means"]


def listed(names: list[str]) -> str:
    """Join the names, but show only the first `NAMES_SHOWN`: `a, b and 3 more`."""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
