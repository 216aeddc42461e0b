"""The page with the learner's package next to ours: its names exist, its text is escaped, and it loads nothing."""

import ast
from functools import cache
from html.parser import HTMLParser

import pytest

from tinygrad_dropout.drills.learner import side_by_side
from tinygrad_dropout.drills.learner.side_by_side import IDEAS, OURS, code_lines, definition, page, part_of_the_one_page
from tinygrad_dropout.drills.stage import FRAMEWORKS, framework, stages

FILES = framework("reference", 10)
NOT_FOUND = "Not found under this name."
VOID = {"meta", "link", "br", "img", "input", "hr"}
every_idea = pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.title)


@cache
def whole():
    """The page of our own package."""
    return page(FILES)


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text; each must be closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.text = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@every_idea
def test_an_idea_names_files_that_exist(idea):
    assert [name for name in idea.ours if not (OURS / name).is_file()] == []


@every_idea
def test_an_idea_names_what_our_package_defines(idea):
    assert [name for name in idea.theirs if definition(FILES, name) is None] == []


def test_everything_that_the_stages_ask_for_belongs_to_an_idea():
    named = {name for idea in IDEAS for name in idea.theirs}
    owners = {name.partition(".")[0] for name in named}
    asked = {name.partition(".")[0] for one in stages()[:-1] for name in one.asks}
    assert asked - owners <= {"Parameter", "ReLU"}


@every_idea
@pytest.mark.skipif(not side_by_side.ONE_PAGE.exists(), reason="the one page is in a checkout only")
def test_an_idea_names_a_part_of_the_one_page(idea):
    text = part_of_the_one_page(idea.part)
    assert (idea.part == 0) == (text == "")
    ast.parse(f"class Tensor:\n{text}" if text.startswith(" ") else text)


@pytest.mark.parametrize("package", sorted(folder.name for folder in FRAMEWORKS.iterdir()))
def test_the_page_is_complete_and_loads_nothing_from_elsewhere(package):
    found = Elements(page(framework(package, 10)))
    assert {tag for tag, _ in found.elements} & {"script", "link", "img", "iframe", "a", "object"} == set()
    assert [attributes for _, attributes in found.elements if {"src", "href", "style"} & set(attributes)] == []
    policy = next(attributes["content"] for tag, attributes in found.elements if "http-equiv" in attributes)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert "url(" not in "".join(found.text)
    assert "@import" not in "".join(found.text)


def test_there_is_a_row_for_each_idea_and_nothing_is_missing_for_a_complete_package():
    text = whole()
    assert text.count("<h2>") == len(IDEAS)
    assert NOT_FOUND not in text
    assert page({}).count(NOT_FOUND) == len(IDEAS)


def test_the_learners_code_is_shown_with_its_file_and_line():
    text = page({"my/values.py": "x = 1\n\n\n@total\nclass Value:\n    y = 2\n"})
    assert "<code>framework/my/values.py, line 4</code>" in text
    assert "<code>@total\nclass Value:\n    y = 2</code>" in text


def test_code_is_escaped():
    text = page({"a.py": 'class Value:\n    """<script>alert("&amp;")</script> {rows}"""\n'})
    assert "&lt;script&gt;alert(&quot;&amp;amp;&quot;)&lt;/script&gt; {rows}" in text
    Elements(text)


def test_code_can_be_scrolled_by_the_keyboard():
    code = [attributes for tag, attributes in Elements(whole()).elements if tag == "pre"]
    assert code
    assert all(attributes == {"tabindex": "0"} for attributes in code)


def test_a_file_name_is_escaped():
    assert "framework/&lt;b&gt;.py, line 1" in page({"<b>.py": "class Value: pass"})


def test_without_a_checkout_the_page_says_where_to_find_the_one_page(monkeypatch, tmp_path):
    monkeypatch.setattr(side_by_side, "ONE_PAGE", tmp_path / "nothing.py")
    text = page(FILES)
    found = Elements(text)
    begins = "examples/0_the_whole_idea.py, part "
    ends = ": it is in the project's source code, but not in the package that pip installs"
    places = [text for text in found.text if text.startswith(begins) and text.endswith(ends)]
    assert len(places) == sum(idea.part > 0 for idea in IDEAS)
    assert "The whole idea in one file has about 110; " in text
    assert part_of_the_one_page(1) == ""


@pytest.mark.skipif(not side_by_side.ONE_PAGE.exists(), reason="the one page is in a checkout only")
def test_the_one_page_has_about_110_lines():
    assert code_lines(side_by_side.ONE_PAGE.read_text(encoding="utf-8")) == pytest.approx(110, abs=5)


DEFINED = {
    "a class": ("B", ("b.py", 4, "class B: ...")),
    "a method, unindented": ("A.f", ("a.py", 2, "def f(self):\n    return 1")),
    "with its decorator": ("A.g", ("a.py", 5, "@staticmethod\ndef g(): ...")),
    "a function": ("f", ("b.py", 1, "def f(): ...")),
    "a function inside another": ("inner", None),
    "a method of another class": ("B.f", None),
    "a name that is only assigned": ("C", None),
}  # fmt: skip


@pytest.mark.parametrize(("name", "expected"), DEFINED.values(), ids=DEFINED)
def test_a_definition_is_found_with_its_place(name, expected):
    files = {
        "a.py": "class A:\n    def f(self):\n        return 1\n\n    @staticmethod\n    def g(): ...\n\n\nC = A\n",
        "b.py": "def f(): ...\ndef outer():\n    def inner(): ...\nclass B: ...\n",
    }
    assert definition(files, name) == expected


@pytest.mark.parametrize("text", ["x = 1\nx =", "x = '\0'", "return 1 =", "\tx = 1\n  y"])
def test_a_file_that_python_cannot_read_is_named(text):
    with pytest.raises(SyntaxError) as raised:
        page({"a.py": "", "inner/b.py": text})
    assert raised.value.filename == "framework/inner/b.py"


@pytest.mark.parametrize(("text", "counts"), [("x = 1", "1 line in 1 file."), ("x = 1\ny = 2", "2 lines in 1 file.")])
def test_the_summary_counts_the_lines(text, counts):
    assert f"<p>You wrote {counts} " in page({"__init__.py": text})
