"""Formulas: the symbols, the numbers, the value, and the number of digits."""

import math

import pytest

from tests.study.worked.reading import calculate
from tinygrad_dropout.study.worked.formula import Quantity, formula
from tinygrad_dropout.study.worked.functions import exp, ln
from tinygrad_dropout.study.worked.lines import digits_needed
from tinygrad_dropout.study.worked.total import Total

A, B, C = Quantity("a", 2.0), Quantity("b", -3.0), Quantity("c", 0.5)

WRITTEN = [
    (A + B, "a + b", "2 − 3"),
    (A - B, "a − b", "2 − (−3)"),
    (A - (C + 1), "a − (c + 1)", "2 − (0.5 + 1)"),
    (A - C + 1, "a − c + 1", "2 − 0.5 + 1"),
    ((A + C) * B, "(a + c) × b", "(2 + 0.5) × −3"),
    (A / (B * C), "a / (b × c)", "2 / (−3 × 0.5)"),
    (A * B / C, "a × b / c", "2 × −3 / 0.5"),
    (A / B / C, "a / b / c", "2 / −3 / 0.5"),
    (1 - B**2, "1 − b²", "1 − (−3)²"),
    (A ** (C - 1), "a^(c − 1)", "2^(0.5 − 1)"),
    ((A * C) ** 2, "(a × c)²", "(2 × 0.5)²"),
    (A**C, "a^c", "2^0.5"),
    (A**B, "a^b", "2^(−3)"),
    (-A * C, "−a × c", "−2 × 0.5"),
    (-(A + C), "−(a + c)", "−(2 + 0.5)"),
    (-B, "−b", "−(−3)"),
    (-(B**2), "−b²", "−(−3)²"),
    (2 * A, "2 × a", "2 × 2"),
    (1 / A, "1 / a", "1 / 2"),
    (3 + A, "3 + a", "3 + 2"),
    (exp(-B), "e^(−b)", "e^(−(−3))"),
    (ln(A + 1), "ln(a + 1)", "ln(2 + 1)"),
    (formula(0.044715) * A, "0.044715 × a", "0.044715 × 2"),
    (Quantity("d", 1.23456e-7) + A, "d + a", "1.235e−7 + 2"),
    (Total([A * B, C * B]), "a × b + c × b", "2 × −3 + 0.5 × −3"),
    (Total([A * B, A * B]), "Σ a × b", "2 × −3 + 2 × −3"),
    (Total([A - B, A - B]), "Σ (a − b)", "(2 − (−3)) + (2 − (−3))"),
    (Total([B, A]) / A, "(b + a) / a", "(−3 + 2) / 2"),
    (Total([A - B]) * 2, "(a − b) × 2", "(2 − (−3)) × 2"),
    (Total([]), "0", "0"),
]


@pytest.mark.parametrize(("written", "symbols", "numbers"), WRITTEN, ids=[symbols for _, symbols, _ in WRITTEN])
def test_a_formula_has_the_parentheses_that_it_needs(written, symbols, numbers):
    assert written.symbols() == symbols
    assert written.numbers() == numbers
    assert calculate(numbers) == pytest.approx(written.value, rel=1e-3)


def test_a_long_sum_of_different_terms_is_shortened_in_symbols():
    assert Total([Quantity(name, 1) for name in "abcd"]).symbols() == "a + b + c + …"


@pytest.mark.parametrize("undefined", [A / 0, ln(B), B**C, formula(0) ** -1, exp(formula(1e4)), Total([A / 0, A])])
def test_an_undefined_value_is_nan_and_not_an_error(undefined):
    assert math.isnan(undefined.value)


def test_numbers_get_more_digits_if_four_would_cancel():
    close_to_1 = Quantity("p", 1 - 1.2345e-7) - 1
    assert close_to_1.numbers(digits_needed(close_to_1, close_to_1.value)) == "0.9999998765 − 1"
    assert digits_needed(A * B, -6.0) == 4


def test_a_rounding_error_gets_no_extra_digits():
    assert digits_needed(Quantity("x", 0.1) - Quantity("y", 0.1 + 1e-16), -1.4e-17) == 4


def test_a_quantity_has_the_magnitude_of_its_meaning():
    difference = Quantity("x", 1.0) - Quantity("y", 1.0)
    assert Quantity("d", difference.value, meaning=difference).magnitude == 2
