"""Habits of translated English that readers stumbled over stay out of every text; spelling is American."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
ROOMS = [
    *sorted(path for path in (PROJECT / "tinygrad_dropout").iterdir() if path.is_dir() and path.name != "__pycache__"),
    *(PROJECT / name for name in ("benchmarks", "docs", "examples", "tests")),
]
KINDS = {".py", ".md", ".html", ".js", ".ipynb", ".toml"}
VERBS = "has to|must|can|could|would|should|does|uses|writes|sees|gets|knows|wants|needs"

#: pattern -> (what to write instead, where it was seen)
HABITS = {
    r"\bin place of\b": ("instead of", "ours in place of yours"),
    r"\bdear(?:er|est)?\b": ("slow, or expensive", "Finite differences are as dear as forward mode"),
    r"(?<!anyone )\bwho wants\b": ("to ..., or if you want to ...", "Who wants to begin"),
    r"\bwhoever\b": ("you, the caller, or a noun", "whoever calls it"),
    r"\b(?:some|no|every)body\b": ("you, the caller, or a noun", "if nobody says so"),
    rf"\b(?:if|when|where|what|that|as|than|how|and|but|because|before|so),? one (?:{VERBS})\b": (
        "you, or a noun", "and one has to multiply"),
    r"\bhand(?:s|ed|ing)? on\b": ("pass", "a layer hands on its input"),
    r"\bslips?\b": ("bug, or mistake", "a slip in the scale"),
    r"\bbesides\b": ("also, or apart from that", "what that needs besides"),
    r"\banew\b": ("again, or from the start", "drawn anew for each call"),
    r"(?<=[a-z] )(?<!left )(?<!leave )(?<!let )alone(?=[.,;:)](?:\s|$))": ("only, or by itself", "the mask alone."),
    r"\bsome (?=\d)": ("about", "in some 15 seconds"),
    r"\ball there is to\b": ("all ... you need", "do all there is to set up"),
    r"\btells? (?=the (?:class|digit|label|point)s?\b)": ("classifies, or predicts", "a unit tells the class"),
    r"(?<![\w'\"])(?-i:[A-Z])'(?= ?[@*+]| =)": ("a prime is a derivative: W.T", "grad @ W' + b"),
    r"^#+ .*, whole$": ("a heading that says what the section is about", "## Dropout, whole"),
    r"(?<=\d) %(?=[.,;:)]| (?!len)[a-z]{2})": ("no space: 95%", "a 95 % interval"),
    r"\bis too much\b(?= goes)": ("the extra ...", "The h^2 that is too much goes away"),
    r"\btak(?:es?|ing) (?:a|the|an) \w+ for (?:dropped|kept)\b": ("treats ... as", "takes a unit for dropped"),
}  # fmt: skip

BRITISH = re.compile(
    r"colour|neighbour|behaviour|favour|harbour|honour|centre\b|centred|\bgrey(?!danus|s\b)|learnt|labelled(?!by)|modelling|"
    r"cancelled|travell|towards\b|licence|practise|analyse(?!s\b)|judgement|programme\b|fulfil(?!l)|artefact|catalogue|"
    r"(?:optim|standard|capital|normal|regular|general|initial|recogn|synchron|minim|maxim|summar|random|memor|special|"
    r"penal|vector|organ|\breal|emphas|\bfinal|util|visual|discret|\blocal|serial)is(?:e[ds]?|ing|ation|er)\b",
    re.IGNORECASE,
)
HABIT = re.compile("|".join(f"(?:{habit})" for habit in HABITS), re.IGNORECASE | re.MULTILINE)


def found(path: Path, pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern occurs in the texts of a file or folder."""
    files = (
        [path] if path.is_file() else [one for one in sorted(path.rglob("*")) if one.suffix in KINDS and one.is_file()]
    )
    places = []
    for file in files:
        if file != Path(__file__):
            text = file.read_text(encoding="utf-8")
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                places.append(f"{file.relative_to(PROJECT)}:{line}: {match[0]!r}")
    return places


@pytest.mark.parametrize("room", [*ROOMS, *sorted(PROJECT.glob("*.md"))], ids=lambda room: room.name)
def test_the_habits_stay_out(room):
    assert found(room, HABIT) == []


@pytest.mark.parametrize("room", [*ROOMS, *sorted(PROJECT.glob("*.md"))], ids=lambda room: room.name)
def test_spelling_is_american(room):
    assert found(room, BRITISH) == []


@pytest.mark.parametrize(("habit", "seen"), [(habit, seen) for habit, (_, seen) in HABITS.items()])
def test_each_habit_is_recognized_where_it_was_seen(habit, seen):
    assert re.search(habit, seen, re.IGNORECASE | re.MULTILINE)


@pytest.mark.parametrize("word", ["colours", "Behaviour", "normalised", "towards", "initialisation", "grey"])
def test_british_spelling_is_recognized(word):
    assert BRITISH.search(word)


@pytest.mark.parametrize("word", ["color", "raise", "otherwise", "Greydanus", "advise", "aria-labelledby", "analyses"])
def test_other_words_are_not(word):
    assert not BRITISH.search(word)
