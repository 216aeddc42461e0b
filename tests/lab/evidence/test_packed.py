"""Numbers packed as text: how exactly they are restored, and what is refused."""

import numpy as np
import pytest

from tinygrad_dropout.lab.evidence.packed import packed, unpacked


def test_numbers_are_restored_rounded_to_a_step():
    values = np.random.default_rng(0).uniform(-2.5, 2.5, size=(50, 2))
    found = unpacked(packed(values, 2.5), 2.5).reshape(50, 2)
    assert np.abs(found - values).max() <= 2.5 / 127 / 2 + 1e-12
    assert len(packed(values, 2.5)) == 136  # 100 bytes in base64


def test_0_and_the_ends_are_exact_and_values_beyond_them_are_clipped():
    np.testing.assert_array_equal(unpacked(packed(np.array([-9, -3, 0, 3, 9.0]), 3), 3), [-3, -3, 0, 3, 3])


@pytest.mark.parametrize("text", ["A", "====", "ä", "AAA*"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match=r"base64|padding|characters"):
        unpacked(text, 1)
