"""Asks the cards one by one: the question, the short answer, the rating, and more on request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tinygrad_dropout.drills.layout import counted, wrap
from tinygrad_dropout.drills.quiz.cards import Card

if TYPE_CHECKING:
    from tinygrad_dropout.drills.quiz.scheduling import Rating

RATINGS: dict[str, Rating] = {"r": "right", "p": "partly", "w": "wrong"}
LETTERS = {word: word[0] for word in (*RATINGS.values(), "more", "quit")} | {"help": "?"}  # whole words also work
TO_ANSWER = "Say or type your answer, then Enter (q quits, ? help): "
TO_RATE = "r right, p partly, w wrong, m more, q quit, ? help: "

HELP_TO_ANSWER = """
Enter  shows our answer; what you type before it is
       neither checked nor saved
q      quits; the cards that you have rated are saved
"""

HELP_TO_RATE = """
r  right   you said what matters
p  partly  you had the main idea, but with a gap
w  wrong   you missed the main idea
m  more    the reasons, and often a snippet to run
q  quit    this card is left unrated; the others are saved
"""


def ask(
    cards: Sequence[Card], *, read: Callable[[str], str], write: Callable[[str], None], width: int = 80
) -> Iterator[tuple[Card, Rating]]:
    """Ask the cards in this order, and yield each as soon as it is rated, so that progress can be saved immediately.

    It ends after the last card, at q, at the end of the input or at Ctrl-C, and then prints a summary of the ratings.

    Args:
        cards: the cards to ask.
        read: shows a prompt and returns a line without its line break, as `input` does.
        write: shows text and ends the line, as `print` does.
        width: the width of the lines, in characters.
    """
    ratings: Counter[Rating] = Counter()
    for number, card in enumerate(cards, start=1):
        heading = f"{number} of {len(cards)}   {card.topic.replace('_', ' ')}"
        try:
            write(f"\n{heading}\n\n{wrapped(card.question, width)}\n")
            rating = ask_rating(card, read, write, width)
        except (EOFError, KeyboardInterrupt):
            write("")  # the cursor is still behind the prompt
            break
        if rating is None:
            break
        ratings[rating] += 1
        yield card, rating
    write(f"\n{summary(ratings, len(cards))}")


def ask_rating(card: Card, read: Callable[[str], str], write: Callable[[str], None], width: int) -> Rating | None:
    """Show the answer and ask for the rating; None to stop."""
    while (typed := key(read(TO_ANSWER))) == "?":
        write(HELP_TO_ANSWER)
    if typed == "q":
        return None
    write(f"\n{wrapped(card.short, width)}\n")
    while True:
        typed = read(TO_RATE)
        pressed = key(typed)
        if pressed in RATINGS:
            return RATINGS[pressed]
        if pressed == "q":
            return None
        if pressed == "m":
            write(f"\n{explanation(card, width)}\n")
        elif pressed == "?":
            write(HELP_TO_RATE)
        else:
            write(f'Expected one of r p w m q ?, got "{typed}".')


def key(typed: str) -> str:
    """The typed letter in lower case; for a whole word such as "right", its letter."""
    typed = typed.strip().lower()
    return LETTERS.get(typed, typed)


def explanation(card: Card, width: int) -> str:
    """The explanation and the snippet, which has no margin so that you can copy it and it fits a narrow terminal."""
    return "\n\n".join(filter(None, [wrapped(card.why, width), card.snippet]))


def wrapped(text: str, width: int) -> str:
    """Wrap paragraphs to the width without breaking words or `code`; formulas, which are indented, stay unchanged."""
    return wrap(text, width)


def summary(ratings: Counter[Rating], asked: int) -> str:
    """How many cards were rated, and how."""
    done = ratings.total()
    counts = ", ".join(f"{ratings[rating]} {rating}" for rating in RATINGS.values() if ratings[rating])
    return f"{done} of {counted(asked, 'card')} rated{': ' if counts else ''}{counts}."
