"""Texts that are numbers, in the ways in which people and programs write them."""

from __future__ import annotations

import re

import numpy as np

from tinygrad_dropout.lab.datasets.split import Numbers

SYMBOLS = "%‰$€£¥₹₽₩₺₴₫₪¢"
GROUPING = {".": ",", ",": "."}  # what may stand between thousands, by the decimal mark; spaces and apostrophes always
SPACES = " '’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
WRITTEN = {
    mark: re.compile(
        rf"(?=.*\d)([+-]?)(\d{{1,3}}(?:([{re.escape(grouping)}{SPACES}])\d{{3}})(?:\3\d{{3}})*|\d*)"
        rf"({re.escape(mark)}\d*)?(e[+-]?\d+)?",
        re.IGNORECASE,
    )
    for mark, grouping in GROUPING.items()
}
WITH_UNIT = re.compile(r"(.*\d)\s*([^\W\d_][^\d]*)")
ALIKE = re.compile(r"\W*\d[\d\W_]*(?:[^\W\d_]{1,4}\W*)?")


def bare(text: str) -> tuple[str, str]:
    """A text without what people write around a number, and the sign for per cent or a currency that it had."""
    if text[:1].isdigit() and text[-1:].isdigit():
        return text, ""
    text = text.replace("\N{MINUS SIGN}", "-")
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    sign, rest = (text[0], text[1:].strip()) if text[:1] in ("-", "+") else ("", text)
    core = rest.strip(SYMBOLS).strip()
    symbol = rest.replace(core, "", 1).strip() if core else ""
    return sign + core if symbol else text, symbol


def number(text: str, mark: str) -> float | None:
    """The number that a text stands for if `mark` is its decimal mark; None where it stands for none."""
    if mark == ".":
        try:
            return float(text)
        except ValueError:
            pass
    found = WRITTEN[mark].fullmatch(text)
    if found is None:
        return None
    sign, whole, _, fraction, exponent = found.groups(default="")
    digits = "".join(character for character in whole if character.isdigit())
    try:
        return float(f"{sign}{digits}{fraction.replace(',', '.')}{exponent}")
    except ValueError:
        return None


def readings(texts: list[str]) -> dict[str, Numbers]:
    """The numbers that all the texts stand for, for every decimal mark with which they do and one sign they share."""
    pairs = [bare(text) for text in texts]
    if not pairs or len({symbol for _, symbol in pairs}) > 1:
        return {}
    found = {}
    for mark in WRITTEN:
        numbers = []
        for core, _ in pairs:
            value = number(core, mark)
            if value is None:
                break
            numbers.append(value)
        else:
            found[mark] = np.array(numbers, np.float64)
    return found


def is_number(text: str) -> bool:
    """Whether a text is a number in any of the ways."""
    core, _ = bare(text)
    return any(number(core, mark) is not None for mark in WRITTEN)


def share_a_unit(texts: list[str]) -> bool:
    """Whether all texts are numbers, some of them fractions, that are followed by the same unit."""
    found = [WITH_UNIT.fullmatch(text) for text in texts]
    pairs = [match.groups() for match in found if match is not None]
    numbers = readings([text for text, _ in pairs]) if len(pairs) == len(texts) else {}
    return len({unit for _, unit in pairs}) == 1 and any((each % 1 != 0).any() for each in numbers.values())


def looks_like_a_number(text: str) -> bool:
    """Whether a text is made like a number, as dates, ranges and numbers with a unit are."""
    return ALIKE.fullmatch(text) is not None
