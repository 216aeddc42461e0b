"""Texts that are numbers, in the ways in which people and programs write them."""

from __future__ import annotations

import re

import numpy as np

from tinygrad_dropout.lab.datasets.split import Numbers

CURRENCIES = (
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|THB|TRY|USD|ZAR|"
    "kr|Kč|zł|Ft|Fr|Rs"
)
SYMBOL = rf"[%‰]|[A-Z]{{0,3}}[$£¥]|[€₹₽₩₺₴₫₪¢]|(?:{CURRENCIES})\.?"
AROUND = re.compile(rf"([+-]?)\s*({SYMBOL})?\s*([+-]?[\d.,](?:.*[\d.,])?)\s*({SYMBOL})?")
GROUPING = {".": ",", ",": "."}  # what may stand between thousands, by the decimal mark; spaces and apostrophes always
SPACES = " '’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
NO_SPACES = str.maketrans("", "", SPACES)
INDIAN = {".": r"\d{1,2}(?:,\d{2})+,\d{3}|", ",": ""}
WRITTEN = {
    mark: re.compile(
        rf"(?=.*\d)([+-]?)(\d{{1,3}}([{re.escape(grouping)}{SPACES}])\d{{3}}(?:\3\d{{3}})*|{INDIAN[mark]}\d*)"
        rf"({re.escape(mark)}\d*)?(e[+-]?\d+)?",
        re.IGNORECASE,
    )
    for mark, grouping in GROUPING.items()
}
WITH_UNIT = re.compile(r"(.*\d)\s*(\D+)")
ALIKE = re.compile(r"\W*\d[\d\W_]*(?:[^\W\d_]{1,4}\W*)?")


def bare(text: str) -> tuple[str, str]:
    """A text without what people write around a number, and the sign for per cent or a currency that it had."""
    if text[:1].isdigit() and text[-1:].isdigit():
        return text, ""
    text = text.replace("\N{MINUS SIGN}", "-")
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    found = AROUND.fullmatch(text)
    if found is None:
        return text, ""
    sign, before, core, after = found.groups(default="")
    return sign + core, before + after


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
    digits = whole.translate(NO_SPACES).replace(GROUPING[mark], "")
    try:
        return float(f"{sign}{digits}{fraction.replace(',', '.')}{exponent}")
    except ValueError:
        return None


def decimal_marks(text: str) -> frozenset[str]:
    """The decimal marks with which a text, without what stands around it, is a number."""
    return frozenset(mark for mark in WRITTEN if number(text, mark) is not None)


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
    return bool(decimal_marks(bare(text)[0]))


def differing_pair(texts: list[str]) -> tuple[str, str]:
    """Of numbers that are not all written in the same way, the first that differs from those before, and one of these.

    Returns:
        The earlier text, then the one that differs.
    """
    like = texts[0]
    core, symbol = bare(like)
    marks = decimal_marks(core)
    for text in texts:
        core, its_symbol = bare(text)
        shared = marks & decimal_marks(core)
        if its_symbol != symbol or not shared:
            return like, text
        if shared != marks:
            like, marks = text, shared
    raise AssertionError("the texts are all written in the same way")


def are_measurements(texts: list[str], many: int) -> bool:
    """Whether all texts are numbers with the same unit, and fractions among them or more than `many`."""
    found = [WITH_UNIT.fullmatch(text) for text in texts]
    pairs = [match.groups() for match in found if match is not None]
    if len(pairs) < len(texts) or len({unit.rstrip("s") for _, unit in pairs}) != 1:
        return False
    numbers = readings([text for text, _ in pairs])
    return bool(numbers) and (len(texts) > many or any((each % 1 != 0).any() for each in numbers.values()))


def looks_like_a_number(text: str) -> bool:
    """Whether a text is made like a number, as dates, ranges and numbers with a unit are."""
    return ALIKE.fullmatch(text) is not None
