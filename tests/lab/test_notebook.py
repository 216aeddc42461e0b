"""What a notebook shows of a result: text and pictures in one piece of HTML, and nothing on the side."""

import re
from base64 import b64decode
from html import unescape

import pytest
import rich.console
from matplotlib.backends.backend_agg import FigureCanvasAgg

from tests.lab.theory.small import SMALL, small_outcome
from tinygrad_dropout.lab.notebook import as_html, drawn

LONG = "word " * 60


def show(console):
    """A long line in whole, a markup that is none, bold and dim: what reports print."""
    console.print(LONG, soft_wrap=not console.is_terminal)
    console.print("[not markup] <not HTML> :smile:", style="bold", highlight=False)


@pytest.fixture(params=["a script", "a notebook"])
def place(request, monkeypatch):
    """As ipykernel has it: rich notices the notebook, and FORCE_COLOR makes every console a terminal."""
    if request.param == "a notebook":
        displayed = []
        monkeypatch.setattr(rich.console, "_is_jupyter", lambda: True)
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setattr("rich.jupyter.display", lambda *arguments: displayed.append(arguments))
        yield
        assert displayed == []
    else:
        yield


@pytest.mark.usefixtures("place")
def test_the_text_is_whole_and_escaped_and_keeps_its_style(capsys):
    html = as_html(show)
    assert LONG.rstrip() in html
    assert re.search(r"<span style=.font-weight: bold.>\[not markup\] &lt;not HTML&gt; :smile:</span>", html)
    assert html.startswith("<pre style=")
    assert html.endswith("</pre>")
    assert "\x1b" not in html
    assert capsys.readouterr() == ("", "")


def test_pictures_are_inline_below_the_text():
    html = as_html(show, [b"one", b"another"])
    text, pictures = html.split("</pre>")
    assert [b64decode(data) for data in re.findall(r'src="data:image/png;base64,([^"]*)"', pictures)] == [
        b"one",
        b"another",
    ]
    assert re.findall(r'alt="([^"]*)"', pictures) == ["picture 1", "picture 2"]
    assert "img" not in text


def test_a_picture_can_be_drawn_in_memory():
    assert drawn(lambda file: file.write(b"a picture")) == b"a picture"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("name", SMALL)
def test_an_experiments_outcome_is_its_report_and_its_picture(name, monkeypatch, capsys):
    """Here a picture is its title: laying it out would take most of the time."""
    monkeypatch.setattr(
        FigureCanvasAgg, "print_png", lambda canvas, file: file.write(canvas.figure.get_suptitle().encode())
    )
    outcome = small_outcome(name)
    html = outcome._repr_html_()
    text = unescape(re.sub("<[^>]*>", "", html.split("</pre>")[0]))
    for line in (outcome.description, *outcome.notes):
        assert line in text
    (picture,) = re.findall(r"base64,([^\"]*)", html)
    assert b64decode(picture) == outcome.pictures()[f"{name}.png"]
    assert b64decode(picture).decode().split() == outcome.notes[0].split()
    assert capsys.readouterr() == ("", "")
