"""Masks and noise: p is exact, and every unit has its own draw."""

from fractions import Fraction

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn
from tinygrad_dropout.functional import _masks
from tinygrad_dropout.functional._masks import draw_mask, draw_noise

BIT_GENERATORS = [np.random.PCG64, np.random.PCG64DXSM, np.random.Philox, np.random.SFC64, np.random.MT19937]
each_bit_generator = pytest.mark.parametrize("bit_generator", BIT_GENERATORS, ids=lambda kind: kind.__name__)

ROUND = [0.5, 0.25, 0.125, 3 / 256]
NOT_ROUND = [0.1, 0.2, 0.3, 1 / 3, 0.499, 0.9, 0.999, 1e-3, 1 / 256 + 1e-4, 1e-5, np.nextafter(0.5, 1)]


@each_bit_generator
def test_a_generator_of_any_kind_gives_the_same_mask_for_the_same_seed(bit_generator):
    masks = [draw_mask((7, 11), 0.3, np.random.Generator(bit_generator(5))) for _ in range(2)]
    np.testing.assert_array_equal(*masks)


@each_bit_generator
@pytest.mark.parametrize("p", ROUND + NOT_ROUND)
def test_the_drop_rate_is_p_within_six_sigma(bit_generator, p):
    count = 400_000
    dropped = count - np.count_nonzero(draw_mask((count,), p, np.random.Generator(bit_generator(1))))
    assert abs(dropped - count * p) <= 6 * np.sqrt(count * p * (1 - p))


# p exactly as given, by enumeration: instead of drawing bytes, take each of the 256 values once -----------------------


def decide_by_every_byte(monkeypatch, p: float) -> tuple[int, int, float]:
    """(dropped, tied, rest): how many of the 256 values of the first byte drop a unit, how many leave it to the next
    byte, and the probability of dropping that these pass on.
    """
    count = 256 * 8 if p == 0.5 else 256  # p = 0.5 takes one bit per unit, every other p a byte
    keep = _masks.draw_bernoulli
    outcomes, passed_on = [], []

    def every_byte(asked, rng):
        assert asked == 256
        return np.arange(256, dtype=np.uint8)

    for answer in (False, True):  # the tied units are decided by the next byte, and follow here

        def next_byte(count, rest, rng, answer=answer):
            passed_on.append(rest)
            return np.full(count, answer)

        with monkeypatch.context() as patched:
            patched.setattr(_masks, "random_bytes", every_byte)
            patched.setattr(_masks, "draw_bernoulli", next_byte)
            outcomes.append(keep(count, p, np.random.default_rng(0)))
    tied = outcomes[0] != outcomes[1]
    dropped = ~outcomes[0] & ~tied
    scale = count // 256
    assert np.count_nonzero(dropped) % scale == np.count_nonzero(tied) % scale == 0
    assert len(set(passed_on)) <= 1
    return np.count_nonzero(dropped) // scale, np.count_nonzero(tied) // scale, passed_on[0] if passed_on else 0.0


KINDS_OF_P = {
    "round": ROUND,
    "not round": NOT_ROUND,
    "any": [float(p) for p in np.random.default_rng(0).uniform(size=300)],
    "very small": [2.0**-8, 2.0**-9, 2.0**-60, 3 * 2.0**-61, float(np.finfo(float).tiny), 5e-324],
    "very large": [255 / 256, 1 - 2.0**-20, float(np.nextafter(1, 0))],
}


@pytest.mark.parametrize("ps", KINDS_OF_P.values(), ids=KINDS_OF_P.keys())
def test_p_is_exact_to_its_last_digit(monkeypatch, ps):
    """In fractions, not samples: p = (dropped + tied * rest) / 256, repeated with the rest until it is 0."""
    for given in ps:
        p, digits = float(given), 0
        while p:
            dropped, tied, rest = decide_by_every_byte(monkeypatch, p)
            assert Fraction(p) == (dropped + tied * Fraction(rest)) / 256, (given, digits)
            assert tied == (1 if rest else 0)
            assert 0 <= rest < 1
            p, digits = rest, digits + 1
        assert 1 <= digits <= 1074 / 8 + 1


def test_at_a_half_every_bit_of_a_byte_keeps_one_unit_of_two(monkeypatch):
    monkeypatch.setattr(_masks, "random_bytes", lambda count, rng: np.arange(256, dtype=np.uint8)[:count])
    kept = draw_mask((256, 8), 0.5)
    np.testing.assert_array_equal(kept.sum(axis=0), np.full(8, 128))
    assert len(np.unique(kept, axis=0)) == 256  # and the eight bits decide independently


def test_each_byte_decides_one_unit_in_order(monkeypatch):
    monkeypatch.setattr(_masks, "random_bytes", lambda count, rng: np.array([0, 64, 63, 255, 65], dtype=np.uint8))
    np.testing.assert_array_equal(draw_mask((5,), 0.25), [False, True, False, True, True])


@pytest.mark.parametrize("p", ROUND + NOT_ROUND + [5e-324, float(np.nextafter(1, 0))])
def test_p_is_passed_on_unchanged(monkeypatch, p):
    arrived = []

    def keep(count, p, rng):
        arrived.append(p)
        return np.ones(count, dtype=bool)

    monkeypatch.setattr(_masks, "draw_bernoulli", keep)
    draw_mask((3,), p)
    F.dropout(td.Tensor([1.0]), p)
    nn.Dropout(p)(td.Tensor([1.0]))
    assert arrived == [p, p, p]


@each_bit_generator
def test_there_are_as_many_bytes_as_requested_and_all_values_are_equally_likely(bit_generator):
    rng = np.random.Generator(bit_generator(0))
    for count in (0, 1, 7, 8, 9):
        assert _masks.random_bytes(count, rng).shape == (count,)
    drawn = _masks.random_bytes(256 * 2000, rng)
    assert drawn.dtype == np.uint8
    assert np.all(np.abs(np.bincount(drawn, minlength=256) - 2000) <= 6 * np.sqrt(2000))


def test_p_is_not_rounded_to_some_number_of_bits():
    """The test detects a p below 2^-16, and the gap between p and its nearest 16-bit number."""
    count, p = 4_000_000, 2**-17
    dropped = count - np.count_nonzero(draw_mask((count,), p, np.random.default_rng(2)))
    assert abs(dropped - count * p) <= 6 * np.sqrt(count * p)
    assert dropped > 0


@pytest.mark.parametrize(("p", "kept"), [(0.0, True), (0, True), (1.0, False), (1, False)])
def test_p_of_zero_keeps_all_and_p_of_one_keeps_none(p, kept):
    np.testing.assert_array_equal(draw_mask((1000,), p), np.full(1000, kept))


@pytest.mark.parametrize("p", [0, 1])
def test_if_there_is_nothing_to_decide_nothing_is_drawn(p):
    rng, other = (np.random.Generator(np.random.SFC64(0)) for _ in range(2))
    draw_mask((1000,), p, rng)
    assert rng.bit_generator.random_raw() == other.bit_generator.random_raw()


@pytest.mark.parametrize("shape", [(), (1,), (0,), (0, 3), (7,), (3, 1, 5), (13, 17)], ids=str)
@pytest.mark.parametrize("p", [0, 0.3, 0.5, 1])
def test_a_mask_is_a_boolean_array_of_the_requested_shape(shape, p):
    mask = draw_mask(shape, p)
    assert type(mask) is np.ndarray
    assert (mask.shape, mask.dtype) == (shape, np.bool_)


@pytest.mark.parametrize("distance", [1, 2, 3, 4, 7, 8, 16, 64])
@pytest.mark.parametrize("p", [0.5, 0.25, 0.3, 0.9])
def test_neighbors_are_dropped_independently(p, distance):
    """Seen in PyTorch (#198333): groups of four adjacent units got the same mask."""
    count = 400_000
    dropped = ~draw_mask((count,), p, np.random.default_rng(3))
    both = np.count_nonzero(dropped[:-distance] & dropped[distance:])
    pairs, together = count - distance, p * p
    # Overlapping pairs that share a unit are correlated, so the variance of their count has this extra term.
    variance = pairs * (together * (1 - together) + 2 * (p**3 - p**4))
    assert abs(both - pairs * together) <= 6 * np.sqrt(variance)


@pytest.mark.parametrize("p", [0.5, 0.25, 0.3])
def test_the_number_dropped_in_a_group_of_four_is_binomial(p):
    """Seen in PyTorch (#198333): with one mask for four units the counts are 0 and 4 only."""
    groups = 100_000
    dropped = (~draw_mask((groups, 4), p, np.random.default_rng(4))).sum(axis=1)
    counts = np.bincount(dropped, minlength=5)
    chances = np.array([(1 - p) ** 4, 4 * p * (1 - p) ** 3, 6 * p**2 * (1 - p) ** 2, 4 * p**3 * (1 - p), p**4])
    assert np.all(np.abs(counts - groups * chances) <= 6 * np.sqrt(groups * chances * (1 - chances)))


@pytest.mark.parametrize("p", [0.5, 0.3])
def test_successive_masks_are_independent(p):
    count = 200_000
    first, second = draw_mask((count,), p), draw_mask((count,), p)
    both, together = np.count_nonzero(~first & ~second), p * p
    assert abs(both - count * together) <= 6 * np.sqrt(count * together * (1 - together))


# Masks that are shared, and noise -------------------------------------------------------------------------------------


def test_a_shared_mask_is_the_smaller_mask_broadcast():
    mask = draw_mask((4, 3, 5), 0.3, np.random.default_rng(1), (0, -1))
    np.testing.assert_array_equal(mask, np.broadcast_to(draw_mask((1, 3, 1), 0.3, np.random.default_rng(1)), (4, 3, 5)))
    assert not mask.flags.writeable


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_noise_is_normal_with_mean_1_and_variance_p_over_1_minus_p(p, dtype):
    n = 200_000
    noise = draw_noise((n,), p, np.dtype(dtype), np.random.default_rng(0))
    variance = p / (1 - p)
    standard = (noise.astype(np.float64) - 1) / np.sqrt(variance)
    for power, moment, of_the_square in [(1, 0, 1), (2, 1, 3), (3, 0, 15), (4, 3, 105)]:  # for a standard normal
        assert abs((standard**power).mean() - moment) <= 6 * np.sqrt((of_the_square - moment**2) / n)


def test_successive_noise_and_neighbors_are_independent():
    one, two = (draw_noise((300, 400), 0.5, np.dtype(np.float32)) - 1 for _ in range(2))
    for product in (one * two, one[1:] * one[:-1], one[:, 1:] * one[:, :-1]):
        assert abs(product.mean()) <= 6 / np.sqrt(product.size)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("shape", [(), (3,), (0, 2)])
def test_noise_has_the_requested_shape_and_dtype(shape, dtype):
    noise = draw_noise(shape, 0.3, np.dtype(dtype))
    assert (type(noise), noise.shape, noise.dtype) == (np.ndarray, shape, dtype)
    assert not noise.flags.writeable


def test_noise_at_p_of_zero_is_1():
    np.testing.assert_array_equal(draw_noise((50,), 0.0, np.dtype(np.float32)), np.ones(50))


def test_noise_comes_from_the_frameworks_generator_or_the_given_one():
    td.manual_seed(1)
    first = draw_noise((5,), 0.5, np.dtype(np.float64))
    td.manual_seed(1)
    np.testing.assert_array_equal(draw_noise((5,), 0.5, np.dtype(np.float64)), first)
    one, other = (draw_noise((5,), 0.5, np.dtype(np.float64), np.random.default_rng(2)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("dtype", "drawn"), [(np.float16, np.float32), (np.float32, np.float32), (np.float64, np.float64)]
)
def test_noise_is_drawn_in_the_precision_it_needs_and_no_more(dtype, drawn):
    noise = draw_noise((5,), 0.2, np.dtype(dtype), np.random.default_rng(0))
    normal = np.random.default_rng(0).standard_normal(5, dtype=drawn)
    np.testing.assert_array_equal(noise, (normal * drawn(0.5) + 1).astype(dtype))


def test_no_more_random_words_are_drawn_than_are_needed():
    """So the next draw does not depend on how the bytes were used."""
    for count, words in ((1, 1), (8, 1), (9, 2), (64, 8)):
        rng, other = (np.random.Generator(np.random.SFC64(0)) for _ in range(2))
        _masks.random_bytes(count, rng)
        other.bit_generator.random_raw(words)
        assert rng.bit_generator.random_raw() == other.bit_generator.random_raw()
