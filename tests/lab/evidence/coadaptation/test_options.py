"""The settings of co-adaptation, and what is refused."""

import dataclasses

import pytest

from tinygrad_dropout.lab import OptionError
from tinygrad_dropout.lab.evidence.coadaptation.options import (
    AUTOENCODER,
    CLEAN,
    NOISY,
    SEEN_SEEDS,
    CoadaptationOptions,
)


def test_the_settings_differ_in_the_noise_and_in_what_is_learned():
    noisy, clean, autoencoder = (CoadaptationOptions().configurations()[one] for one in (NOISY, CLEAN, AUTOENCODER))
    assert (noisy.hidden, noisy.epochs, noisy.p, noisy.input_p) == ((256, 256), 80, 0.5, 0)
    assert (noisy.label_noise, clean.label_noise, autoencoder.label_noise) == (0.2, 0, 0)
    assert dataclasses.replace(noisy, label_noise=0) == clean
    assert dataclasses.replace(autoencoder, hidden=(256, 256), epochs=80) == clean
    assert (autoencoder.hidden, autoencoder.epochs) == ((256,), 1000)


def test_the_default_seeds_were_not_used_for_any_choice():
    options = CoadaptationOptions()
    assert options.first_seed == 300
    assert not SEEN_SEEDS.intersection(range(options.first_seed, options.first_seed + options.seeds))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"p": 1}, "p: expected a probability of dropping above 0 and below 1"),
        ({"hidden": 1}, "hidden: expected a number from 2"),
        ({"orders": 0}, "orders: expected a number from 1"),
        ({"pairs": 2.5}, "pairs: expected a whole number"),
        ({"epochs": 0}, "epochs: expected a number from 1"),
        ({"autoencoder_epochs": 0}, "autoencoder_epochs: expected a number from 1"),
        ({"seeds": 0}, "seeds: expected a number from 1"),
    ],
)
def test_invalid_options_are_refused(options, problem):
    with pytest.raises(OptionError, match=problem):
        CoadaptationOptions(**options)
