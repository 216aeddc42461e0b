"""How people write numbers: what a text stands for with each decimal mark, and texts that are not numbers."""

import pytest

from tinygrad_dropout.lab.datasets.own_table.number_texts import (
    are_measurements,
    differing_pair,
    looks_like_a_number,
    parse_number,
    readings,
    split_symbol,
)


@pytest.mark.parametrize(
    ("text", "of_point", "of_comma"),
    [
        ("12", 12, 12),
        ("-12", -12, -12),
        ("+.5", 0.5, None),
        (",5", None, 0.5),
        ("5,", None, 5),
        ("5.1", 5.1, None),
        ("5,1", None, 5.1),
        ("5,100", 5100, 5.1),
        ("5.100", 5.1, 5100),
        ("5,100.0", 5100, None),
        ("5.100,0", None, 5100),
        ("1,234,567", 1234567, None),
        ("1.234.567", None, 1234567),
        ("1 234 567", 1234567, 1234567),
        ("1 234,5", None, 1234.5),
        ("1\N{NO-BREAK SPACE}234,5", None, 1234.5),
        ("1'234.5", 1234.5, None),
        ("1,5e3", None, 1500),
        ("1.5E-3", 0.0015, None),
        ("0,0001", None, 0.0001),
        ("12,34,567", 1234567, None),
        ("12,34,567.5", 1234567.5, None),
        ("12.34.567", None, None),
        ("12,34", None, 12.34),
        ("1,234.567,8", None, None),
        ("1,234 567", None, None),
        ("1234,567.0", None, None),
        ("5,1,2", None, None),
        ("1.2.3", None, None),
        ("", None, None),
        (",", None, None),
        (".", None, None),
        ("-", None, None),
        ("e5", None, None),
        ("12a", None, None),
        ("0x1F", None, None),
        ("2024-01-05", None, None),
        ("05.01.2024", None, None),
        ("12:30", None, None),
    ],
)
def test_whether_a_text_is_a_number_depends_on_the_decimal_mark(text, of_point, of_comma):
    assert (parse_number(text, "."), parse_number(text, ",")) == (of_point, of_comma)


@pytest.mark.parametrize(
    "text", ["1e400", "0.1", "1_000", "9007199254740993", "2.675", "5e-324", "12345678901234567890"]
)
def test_a_number_with_a_point_is_what_python_reads_bit_for_bit(text):
    assert parse_number(text, ".") == float(text)


@pytest.mark.parametrize(
    ("text", "core", "symbol"),
    [
        ("12%", "12", "%"),
        ("3 %", "3", "%"),
        ("$1,200.50", "1,200.50", "$"),
        ("-$5", "-5", "$"),
        ("$ -5", "-5", "$"),
        ("3,50 €", "3,50", "€"),
        ("\N{MINUS SIGN}5", "-5", ""),
        ("'5.1'", "5.1", ""),
        ("5", "5", ""),
        ("%", "%", ""),
        ("", "", ""),
        ("red", "red", ""),
        ("- 5", "-5", ""),
        ("USD 5", "5", "USD"),
        ("5.50 EUR", "5.50", "EUR"),
        ("Rs. 1,200", "1,200", "Rs."),
        ("-5 kr", "-5", "kr"),
        ("US$5.5", "5.5", "US$"),
        ("EUR", "EUR", ""),
        ("Frinf", "Frinf", ""),
        ("USDX 5", "USDX 5", ""),
        ("50%50", "50%50", ""),
    ],
)
def test_a_symbol_around_a_number_is_split_off(text, core, symbol):
    assert split_symbol(text) == (core, symbol)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["5,1", "6"], {",": [5.1, 6]}),
        (["5.1", "6"], {".": [5.1, 6]}),
        (["5,100", "6"], {".": [5100, 6], ",": [5.1, 6]}),
        (["5,100", "6.5"], {".": [5100, 6.5]}),
        (["5,1", "6.5"], {}),
        (["$5", "$6"], {".": [5, 6], ",": [5, 6]}),
        (["$5", "6"], {}),
        (["$5", "€6"], {}),
        (["5", "red"], {}),
        ([], {}),
    ],
)
def test_a_column_is_read_with_one_decimal_mark_and_one_symbol(texts, found):
    assert {mark: numbers.tolist() for mark, numbers in readings(texts).items()} == found


@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        (["5.1 kg", "7 kg"], True),
        (["5,1cm", "7cm"], True),
        (["5 kg", "7 kg"], False),  # whole numbers can be classes, such as 2 doors and 4 doors
        (["5.1 kg", "7 g"], False),
        (["5.1 °C", "7 °C"], True),
        (["1.5 hour", "2 hours"], True),
        ([f"{days} days" for days in range(2, 22)], False),
        ([f"{days} days" for days in range(1, 22)], True),
        (["5.1 kg", "kg"], False),
        (["red", "blue"], False),
    ],
)
def test_fractions_with_one_unit_are_measurements(texts, shared):
    assert are_measurements(texts, 20) is shared


@pytest.mark.parametrize(
    "text", ["2024-01-05", "05.01.2024", "1/2/24 10:30", "18-25", "<5", "5 kg", "12:30", "(5)", "1st", "5-"]
)
def test_dates_ranges_and_measurements_look_like_numbers(text):
    assert looks_like_a_number(text)


@pytest.mark.parametrize("text", ["red", "a1", "B-12", "", "-", "5 doors", "3 or 4"])
def test_words_do_not_look_like_numbers(text):
    assert not looks_like_a_number(text)


@pytest.mark.parametrize(
    ("texts", "pair"),
    [
        (["5,1", "5.1"], ("5,1", "5.1")),
        (["5", "6", "5,1", "7", "5.1"], ("5,1", "5.1")),
        (["5%", "6%", "7"], ("5%", "7")),
        (["1,234.5", "2", "1.234,5"], ("1,234.5", "1.234,5")),
    ],
)
def test_the_first_number_that_is_written_differently_is_found(texts, pair):
    assert differing_pair(texts) == pair
