"""The page: everything that any experiment reports is on it, and it fetches nothing."""

import re
from functools import partial
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.lab.evidence.test_when import DOWN, SAME, UP
from tests.lab.evidence.test_when import outcome_of as when_of
from tests.lab.evidence.uncertainty.small import made_up_outcome
from tests.lab.small import comparison_of, comparison_with, made_up_record, names_of_arms
from tests.lab.theory.small import SMALL, small_outcome
from tests.lab.trials.counting import Counting, Numbers
from tinygrad_dropout import lab
from tinygrad_dropout.lab.experiments import EXPERIMENTS
from tinygrad_dropout.lab.page import page_of
from tinygrad_dropout.lab.page.page import Refused, Shown, as_text, settings_of, table_of
from tinygrad_dropout.lab.text import new_table


def text_in(html: str) -> str:
    """What can be read on the page, with single spaces."""
    body = html.split("<body>")[1]
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]*>", " ", body)))


class Tags(HTMLParser):
    """Whether tags are closed in the order in which they were opened."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], set()

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def four_arms():
    records = [made_up_record(arm, seed, 0.8, 0.8 + seed / 100) for seed in range(3) for arm in names_of_arms("also")]
    return comparison_with(records, seeds=3, epochs=2, early_stopping="also")


OUTCOMES = {
    **{name: partial(small_outcome, name) for name in SMALL},
    "compare": partial(comparison_of, (0.8, 0.9), (0.8, 0.91), (0.81, 0.9)),
    "compare with four arms": four_arms,
    "when": partial(when_of, up=UP, down=DOWN, same=SAME),
    "uncertainty": made_up_outcome,
    "uncertainty on a published table": partial(made_up_outcome, uci="concrete", table_rows=1030),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_everything_that_is_printed_is_on_the_page(name):
    outcome = OUTCOMES[name]()
    page = page_of("x", [Shown("x", outcome, {})])
    read = text_in(page).replace(" ", "").replace("\u00a0", "")
    for line in str(outcome).splitlines():
        for word in line.split():
            assert word.strip("─") in read
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert not tags.seen & {"script", "link", "iframe", "object"}


def test_options_and_versions_are_on_the_page():
    kept = {"p": 0.5, "hidden": [256, 128], "group": None}
    read = text_in(
        page_of("x", [Shown("x", Counting().outcome({"seeds": 1, "first_seed": 0} | kept, {"a": "1.2"}), {})])
    )
    for words in (" p 0.5 ", " hidden 256, 128 ", " group unset ", " a 1.2 "):
        assert words in read


def test_several_configurations_have_a_row_each():
    html = settings_of({"seeds": 2, "configurations": {"noisy": {"p": 0.5, "csv": None}, "a < b": {"p": 0.1}}})
    rows = re.findall('<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', html)
    assert rows == [("seeds", "2"), ("configurations: noisy", "p 0.5"), ("configurations: a &lt; b", "p 0.1")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unset"), (0.5, "0.5"), (True, "True"), ("adam", "adam"), ([], "none"), ([256, 128], "256, 128"),
        ({"p": 0.5, "csv": None, "hidden": [8, 8], "ignore": [], "input_p": 0}, "p 0.5; hidden 8, 8; input_p 0"),
    ],
)  # fmt: skip
def test_a_value_is_written_for_people(value, text):
    assert as_text(value) == text


def test_pictures_say_what_they_show():
    comparison = comparison_of((0.8, 0.9), (0.8, 0.91), (0.81, 0.9))
    page = page_of("x", [Shown("x", comparison, {"comparison.png": b"", "learning_curves.png": b""})])
    shown = [unescape(alt) for alt in re.findall('alt="([^"]*)"', page)]
    assert shown[0].startswith(
        "Each pair in the measure of the verdict, and the differences between the first two arms."
    )
    assert shown[1].startswith("How the networks of each arm learned, epoch by epoch.")
    for alt in shown:
        assert comparison.notes[0] in alt
        assert comparison.description in alt


@pytest.mark.parametrize(
    ("name", "picture"), [(name, picture) for name, one in EXPERIMENTS.items() for picture in one.pictures]
)
def test_every_picture_of_every_experiment_says_what_it_shows(name, picture):
    said = EXPERIMENTS[name].shown_in(picture)
    assert len(said.split()) > 6
    assert said.endswith(".")


def test_without_docstrings_a_picture_has_its_name():
    assert Counting().shown_in("sum.png") == "sum.png"


def test_names_and_texts_are_escaped():
    outcome = Counting().outcome({"seeds": 1, "first_seed": 0, "<b>": "a & b"}, {"c": "<script>"})
    page = page_of("<i>", [Shown("<u>", outcome, {})])
    for tag in ("<b>", "<script>", "<u>", "<i>"):
        assert tag not in page
    assert "<title>Results: &lt;i&gt;</title>" in page
    assert "a &amp; b" in page


def test_square_brackets_in_a_table_are_not_markup():
    table = new_table("[bold]name", "number\nof <rows>")
    table.add_row("[red]a\nb", "1%")
    html = table_of(table, "x: table 1")
    assert '<th scope="col">[bold]name</th><th scope="col" class=number>number<br>of &lt;rows&gt;</th>' in html
    assert '<th scope="row">[red]a<br>b</th><td class=number>1%</td>' in html


def test_rows_under_a_heading_are_marked_as_a_group():
    table = new_table("minus", "one", "other")
    table.add_row("in the gap")
    table.add_row(" RMSE", "1", "2")
    table.add_row("", "3", "4")
    html = table_of(table, "x: table 1")
    assert '<tr><th scope="rowgroup" colspan="3">in the gap</th></tr>' in html
    assert '<tr><th scope="row" class=under>RMSE</th><td class=number>1</td><td class=number>2</td></tr>' in html
    assert "<tr><td></td><td class=number>3</td><td class=number>4</td></tr>" in html


def test_a_folder_that_cannot_be_shown_keeps_its_section_and_says_why():
    outcome = Counting().outcome({"seeds": 1, "first_seed": 0}, {})
    page = page_of("runs", [Shown("a", outcome, {}), Refused("b & c", "b & c/results.json is damaged")])
    assert re.findall("<h2>(.*?)</h2>", page) == ["a (counting)", "b &amp; c"]
    read = text_in(page)
    assert read.count("The results cannot be shown. b & c/results.json is damaged") == 2  # in the contents too


def test_a_run_that_is_not_finished_says_so(tmp_path):
    outcome = lab.run(Counting(), Numbers(seeds=2))
    unfinished = Counting().outcome(outcome.options, {}, outcome.records[:3])
    assert "Not finished: 3 of 4 trials." in text_in(page_of("x", [Shown("x", unfinished, {})]))
    assert "Not finished" not in page_of("x", [Shown("x", outcome, {})])
    too_few = Counting().outcome(outcome.options, {}, outcome.records[:1])
    read = text_in(page_of("x", [Shown("x", too_few, {})]))
    assert "1 of 4 trials are finished: too few for a result." in read
    assert "Figures" not in read
