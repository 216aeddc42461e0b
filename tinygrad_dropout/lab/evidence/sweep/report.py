"""A sweep in words: its tables, and what they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.lab.comparison.analysis import headline_of, measures_of
from tinygrad_dropout.lab.comparison.arms import ARMS, WITHOUT
from tinygrad_dropout.lab.comparison.budget import capitalized, may_change
from tinygrad_dropout.lab.comparison.report import (
    data_in_words,
    epochs_in_words,
    layers_in_words,
    noise_in_words,
    none_beats_baseline,
    number,
    scope,
)
from tinygrad_dropout.lab.comparison.verdict import MIN_PAIRS, hold_together
from tinygrad_dropout.lab.evidence.held_back import NOISY_VALIDATION, brief, too_few
from tinygrad_dropout.lab.evidence.sweep.paper import next_to_the_paper
from tinygrad_dropout.lab.evidence.sweep.settings import MIN_UPDATES, RATES, SETTINGS, name_of
from tinygrad_dropout.lab.text import counted, new_table
from tinygrad_dropout.lab.trials import Figures, Options

if TYPE_CHECKING:
    from rich.table import Table

DOES = {"helps": "helps", "no effect shown": "shows no effect", "hurts": "hurts"}
"""By the verdict: the words for what dropout does."""

AGAINST_0 = {"helps": "better than", "hurts": "worse than", "no effect shown": "no difference is shown from"}
"""By the verdict: how networks with a chosen p compare with those at p = 0."""

MINUS_0 = "minus p = 0"  # the heading of differences, over p and over the p of the inputs


def describe(options: Options, figures: Figures) -> str:
    """What was done, in one line."""
    over, rows, layers = options["over"], figures["rows"], len(options["hidden"])
    rates = {"p": "p = {:g}", "input_p": "inputs {:g}"}
    parts = {
        "data": data_in_words({"label_noise": 0} | options, rows, "for choosing"),
        "width": layers_in_words(options["hidden"]),
        "p": ", ".join(words.format(options[name]) for name, words in rates.items() if name != over),
        "epochs": options["optimizer"] if over == "epochs" else epochs_in_words(options),
        "seeds": counted(figures["seeds"], "seed"),
        "over": f"swept over {SETTINGS[over].words}",
    }
    if over == "width":
        parts["width"] = counted(layers, "hidden layer")
    if over == "train_size":
        sizes = " to ".join(f"{size:,}" for size in dict.fromkeys((options["values"][0], options["values"][-1])))
        noise = noise_in_words(options["label_noise"])
        data = f"{options['csv'] or options['dataset']}: {sizes} training examples{noise}"
        parts["data"] = f"{data}, {rows['test']:,} test examples or more"
        parts["epochs"] += f", or more for at least {MIN_UPDATES:,} updates"
    return "; ".join(parts.values())


def tables(options: Options, figures: Figures) -> Sequence[Table]:
    """A table for each compared series: the score at each value, and the difference that dropout makes."""
    measure, over = measures_of(options)[headline_of(options)], options["over"]
    setting, rates = SETTINGS[over], over in RATES
    result = []
    for series, differences in figures["differences"].items():
        shown = (series,) if rates else (WITHOUT.name, series)
        headings = [measure.label] if rates else [arm.replace(" ", "\n") for arm in shown]
        others = (MINUS_0, "validation loss", "chosen\n(times)") if rates else ("difference",)
        table = new_table(setting.words, *headings, *others)
        if not rates:
            table.title = capitalized(measure.label)
        elif len(figures["differences"]) > 1:
            table.title = capitalized(series)
        for name, written in written_names(options).items():
            cells = [number(figures["scores"][arm][name]["mean"], measure.scale) for arm in shown]
            found = differences.get(name)
            cells.append("" if found is None else brief(options, figures, found, figures["looks"]))
            if rates:
                choice = figures["recommended"][series]
                cells += [number(choice["losses"][name], 1), str(choice["chosen"][name] or "")]
            table.add_row(written, *cells)
        result.append(table)
    return result


def notes(options: Options, figures: Figures) -> Sequence[str]:
    """The recommendation, if any; the values at which dropout helps; and what the paper found, for its figures.

    If there are two series, the first sentence is about both, because it is the title of the picture.
    """
    if figures["seeds"] < MIN_PAIRS:
        return [too_few(figures["seeds"], MIN_PAIRS)]
    several = len(figures["differences"]) > 1
    choices = [
        capitalized(f"{f'{named_series(series)}, ' if several else ''}{recommendation(options, figures, found)}")
        for series, found in figures["recommended"].items()
    ]
    at_values = [
        capitalized(f"{f'{named_series(series)}, ' if several else ''}{where_it_helps(options, differences)}")
        for series, differences in figures["differences"].items()
    ]
    key, scores = headline_of(options), figures["scores"].values()
    reached = [score["mean"] for of_series in scores for score in of_series.values()]
    return [
        *([" ".join(at_values), *choices] if several else [*choices, *at_values]),
        *next_to_the_paper(options, figures),
        hold_together(figures["looks"]),
        *may_change(still_improving(options, figures)),
        *none_beats_baseline(figures["baseline"], reached, key, measures_of(options)[key]),
        *([NOISY_VALIDATION] if choices and options["label_noise"] else []),
        *scope(options, figures),
    ]


def written_names(options: Options) -> dict[str, str]:
    """The text for each value, by its name in the records."""
    return {name_of(value): SETTINGS[options["over"]].written(value) for value in options["values"]}


def recommendation(options: Options, figures: Figures, found: Figures) -> str:
    """Two sentences: the recommended value, and what choosing on validation data achieves on test data."""
    setting, measure = SETTINGS[options["over"]], measures_of(options)[headline_of(options)]
    difference, nothing = found["difference"], f" (no {setting.who})" if found["value"] == "0" else ""
    advice = f"the recommended {setting.words} is {found['value']}{nothing}: it has the lowest mean validation loss."
    if difference["verdict"] == "diverged":
        return f"{advice} There is no verdict on what that achieves, because the training diverged."
    reached = (
        f"With {setting.words} chosen for each seed on its own validation part, the mean {measure.label} is "
        f"{number(found['score'], measure.scale)}, on test rows that did not affect the choice"
    )
    if difference["low"] is None:
        if not difference["mean"]:
            return f"{advice} {reached}, the same as with p = 0."
        change = measure.amount(brief(options, figures, difference, figures["looks"]))
        return f"{advice} {reached}: {change} compared with p = 0, the same for each seed, so there is no interval."
    unit = f"{measure.unit} " if measure.unit else ""
    mean, interval = brief(options, figures, difference, figures["looks"]).split(" (")
    said = f"{AGAINST_0[difference['verdict']]} p = 0 ({mean} {unit}on average, corrected interval {interval}"
    return f"{advice} {reached}: {said}."


def still_improving(options: Options, figures: Figures) -> list[str]:
    """The values at which networks were still improving at the end, for each series."""
    setting, written, improving = SETTINGS[options["over"]], written_names(options), figures["improving"]
    return [
        f"{f'{named_series(series)}, ' if len(improving) > 1 else ''}"
        f"{setting.place(in_ranges(names, list(written), written))}"
        for series, names in improving.items()
        if names
    ]


def named_series(series: str) -> str:
    """A series as a part of a sentence: `with dropout`, `with a fixed width`."""
    return series if series in ARMS else f"with a {series}"


def where_it_helps(options: Options, differences: Mapping[str, Figures]) -> str:
    """One sentence: the values at which dropout helps, hurts, and shows no effect."""
    setting, written = SETTINGS[options["over"]], written_names(options)
    parts: list[str] = []

    def at(verdict: str) -> str:
        names = [name for name, found in differences.items() if found["verdict"] == verdict]
        return setting.place(in_ranges(names, list(differences), written)) if names else ""

    for verdict, does in DOES.items():
        if names := at(verdict):
            parts.append(f"{'it' if parts else setting.who} {does} {names}")
    if names := at("diverged"):
        parts.append(f"there is no verdict {names}, because the training diverged")
    return f"{'; '.join(parts)}."


def in_ranges(some: Sequence[str], every: Sequence[str], written: Mapping[str, str]) -> list[str]:
    """The texts of some values; three or more consecutive ones become `first to last`."""
    ranges: list[list[str]] = []
    for name in some:
        if ranges and every.index(name) == every.index(ranges[-1][-1]) + 1:
            ranges[-1].append(name)
        else:
            ranges.append([name])
    return [
        part
        for names in ranges
        for part in (
            [f"{written[names[0]]} to {written[names[-1]]}"] if len(names) > 2 else [written[name] for name in names]
        )
    ]
