"""The report: what was compared, both arms, and what it shows."""

from tests.lab.small import made_up_pair, small_config
from tinygrad_dropout.lab import Comparison

PAIRS = (made_up_pair(0, 0.80, 0.90), made_up_pair(1, 0.82, 0.91), made_up_pair(2, 0.78, 0.89))


def report_of(**options):
    return str(Comparison(small_config(seeds=3, **options).as_json(), {}, PAIRS))


def test_a_report_is_the_table_and_the_verdict():
    text = report_of()
    for words in (
        "moons: 20 training examples; hidden layers 8; p = 0.5, inputs 0.2; 2 epochs of adam\n",
        "without dropout   with dropout",
        "train loss, dropout on                0.300          0.300",
        "train loss, dropout off               0.100          0.100",
        "train accuracy                      100.0 %        100.0 %    +0.0 points",
        "test loss                             0.200          0.200",
        "test accuracy                        80.0 %         90.0 %   +10.0 points",
        "Dropout helps: +10.0 points of test accuracy (95 % interval +7.5 to +12.5, 3 pairs).\n",
        "Compare test loss with the train loss with dropout off",
    ):
        assert words in text
    assert "\x1b" not in text


def test_label_noise_is_part_of_the_description():
    text = report_of(label_noise=0.25)
    assert "20 training examples, 25 % of their labels random;" in text
    assert "Train figures are against the labels as trained on, random ones included" in text


def test_a_table_of_ones_own_is_called_by_its_name():
    text = report_of(dataset=None, csv="folder/my [own] flowers.csv", target="species")
    assert text.startswith("my [own] flowers.csv: 20 training examples;")


def test_differences_of_losses_are_with_minus_without():
    pairs = [made_up_pair(seed, 0.8, 0.9) for seed in range(2)]
    for pair in pairs:
        pair["with"][0]["test_loss"] = 0.5
    text = str(Comparison(small_config().as_json(), {}, tuple(pairs)))
    assert "test loss                             0.200          0.500         +0.300" in text
