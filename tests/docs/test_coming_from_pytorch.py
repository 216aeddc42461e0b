"""Every row of docs/coming_from_pytorch.md gives what the page shows, on both sides; its scripts run on both sides."""

import difflib
import re
from contextlib import redirect_stdout
from io import StringIO

import make_coming_from_pytorch as maker
import pytest

import tinygrad_dropout as td

PAGE = maker.PAGE.read_text(encoding="utf-8")
ROWS = [pytest.param(row, id=f"line-{row.line}") for row in maker.rows(PAGE)]
DIFFERENT = [pytest.param(row, id=f"line-{row.line}") for row in maker.rows(PAGE) if not row.same]
ONLY_HERE = "| name | what it is |"


def section(heading):
    """The text under a heading, to the next one of its level or above."""
    level = len(heading.split()[0])
    return re.search(rf"^{heading}\n(.*?)(^#{{2,{level}}} |\Z)", PAGE, re.DOTALL | re.MULTILINE)[1]


SCRIPTS = maker.BLOCK.findall(section("## One script, two frameworks"))


@pytest.fixture(scope="module")
def talkative_torch(torch):
    """PyTorch, which gives some warnings only once, giving them every time."""
    before = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    yield torch
    torch.set_warn_always(before)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_true_here(row):
    for shown, now in maker.outcomes(row, "tinygrad_dropout", maker.imports(PAGE, "tinygrad_dropout")):
        assert now == shown


@pytest.mark.usefixtures("talkative_torch")
@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_true_of_pytorch(row):
    for shown, now in maker.outcomes(row, "torch", maker.imports(PAGE, "torch")):
        assert now == shown


@pytest.mark.parametrize("row", DIFFERENT)
def test_a_dot_marks_rows_that_fail_silently(row):
    assert row.dotted == maker.is_silent(row)


@pytest.mark.parametrize("row", DIFFERENT)
def test_the_two_sides_differ(row):
    theirs, ours = (cell.lower() for cell in row.cells.values())
    assert theirs != ours


def test_no_table_is_left_out():
    headers = re.findall(r"^(\|.*)\n\|-", PAGE, re.MULTILINE)
    assert set(headers) == {maker.DIFFERENT, maker.SAME, ONLY_HERE}
    lines_of_code = re.findall(r"^\| (?:● )?`(?!td\.[\w.]+`[ ,])", PAGE, re.MULTILINE)
    assert len(ROWS) == len(lines_of_code) > 100


@pytest.mark.parametrize(
    ("shown", "now", "same"),
    [
        ("`1.0`", "`1.0`", True),
        ("`1.0`", "`1.05`", False),
        ("`1.0...`", "`1.05`", True),
        ("`(1, 2)`", "`(1, 3)`", False),
        ("`TypeError`", "`TypeError: no`", True),
        ("`TypeError`", "`ValueError: no`", False),
        ("`TypeError: ...no`", "`TypeError: oh no`", True),
        ("`TypeError: ...no`", "`TypeError: yes`", False),
        ("`1.0`", "`1.0` with a `UserWarning`", False),
        ("`TypeError` with a `UserWarning`", "`TypeError: no` with a `UserWarning`", True),
        ("`x` gives `1`", "`x` gives `2`", False),
    ],
)
def test_a_wrong_result_is_noticed(shown, now, same):
    assert maker.matches(shown, now) is same


def test_a_change_of_behavior_is_noticed(monkeypatch):
    """As if a state_dict held the live arrays, as PyTorch's does."""
    row = next(row for row in maker.rows(PAGE) if "best = net.state_dict()" in row.code)
    monkeypatch.setattr(
        td.nn.Module, "state_dict", lambda self: {key: parameter.data for key, parameter in self.named_parameters()}
    )
    assert list(maker.outcomes(row, "tinygrad_dropout", maker.imports(PAGE, "tinygrad_dropout"))) == [
        ("`True`", "`False`")
    ]


def test_every_public_name_is_pytorchs_or_on_the_list(torch):
    """A public name that PyTorch does not have belongs in the section "Only here"."""
    from torch.optim import lr_scheduler

    places = {
        "td": (td, td.__all__, [torch, torch.autograd]),
        "td.functional": (td.functional, td.functional.__all__, [torch.nn.functional, torch]),
        "td.nn": (td.nn, td.nn.__all__, [torch.nn]),
        "td.optim": (td.optim, td.optim.__all__, [torch.optim, lr_scheduler, torch.nn.utils]),
        "td.Tensor": (td.Tensor, dir(td.Tensor), [torch.zeros(1, 1)]),
        "td.nn.Module": (td.nn.Module, dir(td.nn.Module), [torch.nn.Module()]),
    }
    new = {
        f"{place}.{name}"
        for place, (_, names, theirs) in places.items()
        for name in names
        if not name.startswith("_") and not any(hasattr(their, name) for their in theirs)
    }
    assert new == set(re.findall(r"`(td\.[\w.]+)`", section("## Only here")))


def test_weights_move_both_ways(torch):
    (code,) = maker.BLOCK.findall(section("### Moving weights"))
    load_theirs, load_ours = code.splitlines()
    ours = td.nn.Sequential(td.nn.Linear(3, 4), td.nn.ReLU(), td.nn.Linear(4, 2))
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    x = td.randn(5, 3)

    def gap():
        return abs(ours(x).data - theirs(torch.from_numpy(x.data)).detach().numpy()).max()

    assert gap() > 1e-2
    exec(load_theirs, {"ours": ours, "theirs": theirs, "torch": torch})
    assert gap() < 1e-6
    ours[0].weight.data *= 2
    assert gap() > 1e-2
    exec(load_ours, {"ours": ours, "theirs": theirs, "torch": torch})
    assert gap() < 1e-6


def test_the_scripts_differ_only_in_an_import():
    theirs, ours = (script.splitlines() for script in SCRIPTS)
    changed = [line for line in difflib.ndiff(theirs, ours) if line[0] in "-+"]
    assert changed == ["- import torch as td", "+ import tinygrad_dropout as td"]


def accuracy(script):
    """What the script prints last."""
    with redirect_stdout(StringIO()) as out:
        exec(script, {})
    return float(re.search(r"^accuracy ([0-9.]+)\n\Z", out.getvalue(), re.MULTILINE)[1])


PROMISED = float(re.search(r"an accuracy above ([0-9.]+[0-9])", " ".join(PAGE.split()))[1])


def test_our_script_learns():
    assert PROMISED < accuracy(SCRIPTS[1]) < 1


def test_pytorchs_script_learns(torch):
    assert PROMISED < accuracy(SCRIPTS[0]) < 1


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([^)]+)\)", PAGE))))
def test_a_link_leads_to_a_heading(anchor):
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
