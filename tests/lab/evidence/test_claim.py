"""What a difference says about a claim."""

import pytest

from tinygrad_dropout.lab.comparison.measures import Measure
from tinygrad_dropout.lab.comparison.verdict import Difference, paired_difference
from tinygrad_dropout.lab.evidence.claim import HIGHER, HOLDS, LOWER, NO_INTERVAL, NOT_SHOWN, OPPOSITE, TOO_FEW, Claim


@pytest.mark.parametrize(
    ("mean", "reach", "pairs", "higher", "disputed", "verdict"),
    [
        (1, 0.5, 5, True, False, HOLDS),
        (-1, 0.5, 5, True, False, OPPOSITE),
        (1, 0.5, 5, False, False, OPPOSITE),
        (-1, 0.5, 5, False, False, HOLDS),
        (1, 1.5, 5, True, False, NOT_SHOWN),
        (1, 0.5, 2, True, False, TOO_FEW),
        (1, 0.5, 5, True, True, HIGHER),
        (-1, 0.5, 5, True, True, LOWER),
        (-1, 1.5, 5, True, True, NOT_SHOWN),
    ],
)
def test_what_a_difference_says_about_a_claim(mean, reach, pairs, higher, disputed, verdict):
    claim = Claim("it is so", Measure("so", "so", "", higher), disputed)
    assert claim.verdict(Difference(mean, mean - reach, mean + reach, pairs, 100, claim.measure)) == verdict


@pytest.mark.parametrize("disputed", [False, True])
@pytest.mark.parametrize(
    ("difference", "pairs", "verdict"), [(-2, 5, NO_INTERVAL), (0, 5, NOT_SHOWN), (-2, 2, TOO_FEW)]
)
def test_the_same_change_in_every_pair_is_not_no_effect(difference, pairs, verdict, disputed):
    claim = Claim("it is so", Measure("so", "so", "", True), disputed)
    found = paired_difference([7] * pairs, [7 + difference] * pairs, measure=claim.measure, test_rows=100)
    assert claim.verdict(found) == verdict
