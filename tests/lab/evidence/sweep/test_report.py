"""The sentences about a sweep, for results in either direction."""

import pytest

from tests.lab.evidence.sweep.small import figures_of, noisy
from tinygrad_dropout.lab.evidence.sweep import SETTINGS, SWEEP
from tinygrad_dropout.lab.evidence.sweep.report import in_ranges
from tinygrad_dropout.lab.evidence.sweep.settings import FIXED_KEPT
from tinygrad_dropout.lab.text import as_text


@pytest.mark.parametrize(
    ("by", "validation_loss", "words"),
    [
        (
            0.05,
            lambda value, seed: -value,
            [
                "The recommended p is 0.6: it has the lowest mean validation loss. With p chosen for each seed on its "
                "own validation part, the mean test accuracy is 85.0%, on test rows that did not affect the choice: "
                "better than p = 0 (+5.0 points on average, corrected interval +4.9 to +5.1).",
                "Dropout helps at p = 0.6; it shows no effect at p = 0.3.",
            ],
        ),
        (
            -0.05,
            lambda value, seed: -value,
            [
                "The recommended p is 0.6: it has the lowest mean validation loss. With p chosen for each seed on its "
                "own validation part, the mean test accuracy is 75.0%, on test rows that did not affect the choice: "
                "worse than p = 0 (-5.0 points on average, corrected interval -5.1 to -4.9).",
                "Dropout shows no effect at p = 0.3; it hurts at p = 0.6.",
            ],
        ),
        (
            0.05,
            lambda value, seed: value,
            [
                "The recommended p is 0 (no dropout): it has the lowest mean validation loss. With p chosen for each "
                "seed on its own validation part, the mean test accuracy is 80.0%, on test rows that did "
                "not affect the choice: no difference is shown from p = 0 (+0.0 points on average, corrected interval "
                "-0.1 to +0.1).",
                "Dropout helps at p = 0.6; it shows no effect at p = 0.3.",
            ],
        ),
    ],
)
def test_the_sentences_fit_the_result_in_either_direction(by, validation_loss, words):
    options, figures = figures_of(noisy(0.6, by), validation_loss)
    assert list(SWEEP.notes(options, figures)[:2]) == words


@pytest.mark.parametrize(("by", "verb"), [(0.05, "helps"), (-0.05, "hurts"), (0, "shows no effect")])
def test_other_settings_are_compared_with_and_without_dropout(by, verb):
    def score(value, arm, seed):
        return 0.8 + 0.001 * (seed % 3) * (arm == "with dropout") * (-1) ** seed + by * (arm == "with dropout")

    options, figures = figures_of(score, over="epochs", values=(1, 3))
    assert figures["recommended"] == {}
    assert SWEEP.notes(options, figures)[0] == f"Dropout {verb} after 1 and 3 epochs."


@pytest.mark.parametrize(
    ("over", "values", "words"),
    [
        ("train_size", (100, 1000), "Dropout helps with 100 and 1,000 training examples."),
        ("train_size", (21,), "Dropout helps with 21 training examples."),
        ("width", (1,), "Dropout helps with 1 hidden unit per layer."),
        ("epochs", (1,), "Dropout helps after 1 epoch."),
        ("width", (4, 512, 1024), "Dropout helps with 4 to 1,024 hidden units per layer."),
        ("label_noise", (0, 0.25), "Dropout helps with 0% and 25% of the training labels random."),
        ("input_p", (0, 0.25, 0.5), "Dropout on the inputs helps at p = 0.25 and 0.5."),
    ],
)
def test_values_are_written_as_a_reader_expects_them(over, values, words):
    helped = {"with dropout"} if over != "input_p" else {"dropout"}
    options, figures = figures_of(
        lambda value, series, seed: 0.8 + 0.001 * (seed % 2) + 0.05 * (series in helped and value > 0)
        if over == "input_p" else 0.8 + 0.05 * (series in helped) + 0.001 * (seed % 2) * (series in helped),
        over=over, values=values,
    )  # fmt: skip
    assert words in SWEEP.notes(options, figures)
    written = [text for value in values if f"{value:g}" != (text := SETTINGS[over].written(value))]
    table = as_text(lambda console: console.print(SWEEP.tables(options, figures)[0]))
    assert all(text in table for text in written)


@pytest.mark.parametrize(
    ("given", "gain", "words"),
    [
        ({"over": "p"}, lambda value, arm: 0.05 * (value > 0), "at p = 0.3 and 0.6"),
        (
            {"figure": 9},
            lambda value, arm: 0.05 * (arm == FIXED_KEPT),
            "with a fixed number of kept units, at p = 0 to 0.6",
        ),
        (
            {"over": "train_size", "values": (50, 1000)},
            lambda value, arm: 0.05 * (value == 1000 or arm == "with dropout"),
            "without dropout, with 1,000 training examples; with dropout, with 50 and 1,000 training examples",
        ),
        ({"over": "p"}, lambda value, arm: -0.05, None),
        ({"over": "p"}, lambda value, arm: 0.004, None),
    ],
)
def test_networks_that_were_still_improving_at_the_end_are_named(given, gain, words):
    options, figures = figures_of(lambda value, arm, seed: 0.8, gain=gain, **given)
    said = [note for note in SWEEP.notes(options, figures) if note.startswith("Still improving")]
    wanted = f"Still improving at the end, so that longer training may change a verdict: {words}."
    assert said == [wanted] * (words is not None)


def test_values_where_the_training_diverged_have_no_verdict():
    options, figures = figures_of(noisy(0.6, 0.05), lambda value, seed: value, lambda value: 9.0 * (value > 0.5))
    assert SWEEP.notes(options, figures)[1] == (
        "Dropout shows no effect at p = 0.3; there is no verdict at p = 0.6, because the training diverged."
    )


FIGURE_9 = {0: 0.7, 0.2: 0.9, 0.4: 0.925, 0.6: 0.91, 0.9: 0.5}


def test_figure_9_is_compared_with_the_papers():
    options, figures = figures_of(
        lambda value, series, seed: FIGURE_9[value] + 0.1 * (series == FIXED_KEPT and value == 0.9),
        figure=9, values=tuple(FIGURE_9),
    )  # fmt: skip
    said = [note for note in SWEEP.notes(options, figures) if "the paper" in note or "figure 9" in note]
    assert said == [
        "In figure 9 of Srivastava et al. (2014), on MNIST, the error with a fixed width hardly changes from p = 0.2 "
        "to 0.6; here, the mean test accuracy differs by 2.5 points in that range.",
        "At p = 0.9, the error in figure 9 of Srivastava et al. (2014), on MNIST, is about 2.7% with a fixed width "
        "and about 1.7% with a fixed number of kept units; here, the test error is 50.0% and 40.0%.",
    ]
    assert SWEEP.notes(options, figures)[0].startswith("With a fixed width, dropout helps at p = 0.2 to 0.6; it hurts")
    assert ". With a fixed number of kept units, dropout helps at p = 0.2" in SWEEP.notes(options, figures)[0]
    assert SWEEP.notes(options, figures)[1].startswith("With a fixed width, the recommended p is 0 (no dropout): it")


def test_diverged_values_are_not_compared_with_figure_9():
    options, figures = figures_of(
        lambda value, series, seed: FIGURE_9[value], train_loss=lambda value: 9.0 * (value in (0.4, 0.9)),
        figure=9, values=tuple(FIGURE_9),
    )  # fmt: skip
    [said] = [note for note in SWEEP.notes(options, figures) if "figure 9" in note]
    assert said.endswith("the mean test accuracy differs by 1.0 points in that range.")


def test_figure_9_is_compared_only_at_swept_values():
    options, figures = figures_of(lambda value, series, seed: 0.8, figure=9, values=(0, 0.2, 0.8))
    assert not any("paper" in note or "figure" in note for note in SWEEP.notes(options, figures))


def test_a_note_says_that_the_width_changes_too():
    """The widths at p = 0 and 0.9 are those of test_options."""
    for figure in (9, None):
        options, figures = figures_of(lambda value, series, seed: 0.8, figure=figure, values=(0, 0.2, 0.8))
        said = any(
            "its differences show the effects of p and width together" in note for note in SWEEP.notes(options, figures)
        )
        assert said == (figure == 9)


def test_figure_10_is_compared_with_the_papers_largest_gain():
    gains = {50: -0.02, 100: 0.01, 1500: -0.01}
    options, figures = figures_of(
        lambda value, series, seed: 0.8 + gains[value] * (series == "with dropout"), figure=10, values=tuple(gains)
    )
    [note] = [note for note in SWEEP.notes(options, figures) if "figure 10" in note]
    assert note.endswith(
        "; here, the mean gain is largest with 100 examples, +1.0 points; it is -2.0 points with 50 and -1.0 points "
        "with 1,500."
    )


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        (
            {50: -0.02, 100: -0.006, 1500: -0.01},
            "above 0 with no number of examples; it is -2.0 points with 50 and -1.0 points with 1,500",
        ),
        ({50: -0.02}, "above 0 with no number of examples; it is -2.0 points with 50"),
        ({50: 0.02}, "largest with 50 examples, +2.0 points"),
        ({50: 0.03, 100: 0.01, 666: 0.5}, "largest with 50 examples, +3.0 points; it is +1.0 points with 100"),
        ({666: 0.5}, None),
    ],
)
def test_figure_10_claims_no_gain_if_there_is_none(gains, words):
    """With 666 examples, the training diverged."""
    options, figures = figures_of(
        lambda value, series, seed: 0.8 + gains[value] * (series == "with dropout"),
        train_loss=lambda value: 9.0 * (value == 666), figure=10, values=tuple(gains),
    )  # fmt: skip
    said = [note for note in SWEEP.notes(options, figures) if "figure 10" in note]
    assert [note.split("the mean gain is ")[1] for note in said] == [f"{words}."] * (words is not None)


def test_values_that_follow_each_other_are_a_range():
    every = list("1234567")
    written = {name: f"{name}%" for name in every}
    assert in_ranges(["1", "2", "4", "5", "6"], every, written) == ["1%", "2%", "4% to 6%"]
    assert in_ranges(["1", "3", "5"], every, written) == ["1%", "3%", "5%"]
    assert in_ranges(every, every, written) == ["1% to 7%"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"dataset": "digits"}, "The intervals are about other random splits of the same rows, not about other data."),
        ({"dataset": "mnist"}, "All seeds are tested on the same 1,000 rows of mnist: the intervals do not cover other "
                               "test rows."),
        ({"dataset": "moons"}, None),
    ],
)  # fmt: skip
def test_a_note_says_what_the_intervals_do_not_cover(given, words):
    notes = SWEEP.notes(*figures_of(lambda value, arm, seed: 0.8, **given))
    assert [note for note in notes if "The intervals are about" in note or "do not cover" in note] == [words] * bool(
        words
    )


def test_two_seeds_are_too_few_for_a_conclusion():
    options, figures = figures_of(noisy(0.3, 0.1), seeds=2)
    assert SWEEP.notes(options, figures) == ["Too few seeds for a verdict: 2; at least 3 are needed."]


def test_a_difference_without_an_interval_is_reported_without_one():
    """All seeds choose 0, so that a measure without steps differs by exactly nothing; or it differs by the same."""
    options, figures = figures_of(lambda value, arm, seed: 0.8)
    difference = figures["recommended"]["dropout"]["difference"]
    difference |= {"low": None, "high": None}
    assert SWEEP.notes(options, figures)[0].endswith("that did not affect the choice, the same as with p = 0.")
    difference["mean"] = -0.31
    assert SWEEP.notes(options, figures)[0].endswith(
        "affect the choice: -0.3 points compared with p = 0, the same for each seed, so there is no interval."
    )
