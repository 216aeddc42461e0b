"""Texts that are numbers, in all the ways in which people and programs write them."""

from __future__ import annotations

import re

import numpy as np

from tinygrad_dropout.lab.arrays import Numbers

CURRENCIES = (
    "AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|NOK|NZD|PLN|RUB|SEK|SGD|THB|TRY|USD|ZAR|"
    "kr|Kč|zł|Ft|Fr|Rs"
)
SYMBOL = rf"[%‰]|[A-Z]{{0,3}}[$£¥]|[€₹₽₩₺₴₫₪¢]|(?:{CURRENCIES})\.?"
WITH_SYMBOL = re.compile(rf"([+-]?)\s*({SYMBOL})?\s*([+-]?[\d.,](?:.*[\d.,])?)\s*({SYMBOL})?")
GROUPING = {".": ",", ",": "."}  # decimal mark: thousands separator; spaces and apostrophes can be one too
SPACES = " '’\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
NO_SPACES = str.maketrans("", "", SPACES)
INDIAN = {".": r"\d{1,2}(?:,\d{2})+,\d{3}|", ",": ""}
PATTERNS = {
    mark: re.compile(
        rf"(?=.*\d)([+-]?)(\d{{1,3}}([{re.escape(grouping)}{SPACES}])\d{{3}}(?:\3\d{{3}})*|{INDIAN[mark]}\d*)"
        rf"({re.escape(mark)}\d*)?(e[+-]?\d+)?",
        re.IGNORECASE,
    )
    for mark, grouping in GROUPING.items()
}
WITH_UNIT = re.compile(r"(.*\d)\s*(\D+)")
LIKE_A_NUMBER = re.compile(r"\W*\d[\d\W_]*(?:[^\W\d_]{1,4}\W*)?")


def split_symbol(text: str) -> tuple[str, str]:
    """Split a text into the number and the percent sign or currency around it; the latter is "" if there is none."""
    if text[:1].isdigit() and text[-1:].isdigit():
        return text, ""
    text = text.replace("\N{MINUS SIGN}", "-")
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1].strip()
    found = WITH_SYMBOL.fullmatch(text)
    if found is None:
        return text, ""
    sign, before, core, after = found.groups(default="")
    return sign + core, before + after


def parse_number(text: str, mark: str) -> float | None:
    """The number that a text stands for if `mark` is its decimal mark; None if it is not a number."""
    if mark == ".":
        try:
            return float(text)
        except ValueError:
            pass
    found = PATTERNS[mark].fullmatch(text)
    if found is None:
        return None
    sign, whole, _, fraction, exponent = found.groups(default="")
    digits = whole.translate(NO_SPACES).replace(GROUPING[mark], "")
    try:
        return float(f"{sign}{digits}{fraction.replace(',', '.')}{exponent}")
    except ValueError:
        return None


def decimal_marks(text: str) -> frozenset[str]:
    """The decimal marks with which a text, as `split_symbol` returns it, is a number."""
    return frozenset(mark for mark in PATTERNS if parse_number(text, mark) is not None)


def readings(texts: list[str]) -> dict[str, Numbers]:
    """By decimal mark, the numbers that all texts stand for, shape (texts,); empty if their currencies differ."""
    pairs = [split_symbol(text) for text in texts]
    if not pairs or len({symbol for _, symbol in pairs}) > 1:
        return {}
    found = {}
    for mark in PATTERNS:
        numbers = []
        for core, _ in pairs:
            value = parse_number(core, mark)
            if value is None:
                break
            numbers.append(value)
        else:
            found[mark] = np.array(numbers, np.float64)
    return found


def is_number(text: str) -> bool:
    """Whether a text is a number with either decimal mark."""
    return bool(decimal_marks(split_symbol(text)[0]))


def differing_pair(texts: list[str]) -> tuple[str, str]:
    """Find the first number that is written differently from an earlier one.

    Returns:
        The earlier text, then the one that differs.
    """
    like = texts[0]
    core, symbol = split_symbol(like)
    marks = decimal_marks(core)
    for text in texts:
        core, its_symbol = split_symbol(text)
        shared = marks & decimal_marks(core)
        if its_symbol != symbol or not shared:
            return like, text
        if shared != marks:
            like, marks = text, shared
    raise AssertionError("the texts are all written in the same way")


def are_measurements(texts: list[str], many: int) -> bool:
    """Whether all texts are numbers with the same unit, and either some are fractions or there are more than `many`."""
    found = [WITH_UNIT.fullmatch(text) for text in texts]
    pairs = [match.groups() for match in found if match is not None]
    if len(pairs) < len(texts) or len({unit.rstrip("s") for _, unit in pairs}) != 1:
        return False
    numbers = readings([text for text, _ in pairs])
    return bool(numbers) and (len(texts) > many or any((each % 1 != 0).any() for each in numbers.values()))


def looks_like_a_number(text: str) -> bool:
    """Whether a text looks like a number, as dates, ranges and numbers with a unit do."""
    return LIKE_A_NUMBER.fullmatch(text) is not None
