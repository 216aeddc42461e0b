"""Ask cards one after the other: the question, the short answer, how well it was known, and more if wanted."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tinygrad_dropout.drills.quiz.boxes import Rating
from tinygrad_dropout.drills.quiz.cards import Card

RATINGS: dict[str, Rating] = {"r": "right", "p": "partly", "w": "wrong"}
LETTERS = {word: word[0] for word in (*RATINGS.values(), "more", "quit")}  # the whole words do as well
TO_ANSWER = "Say your answer (or type it); Enter shows ours, q quits: "
TO_RATE = "r right, p partly, w wrong, m more, q quit: "


def ask(
    cards: Sequence[Card], *, read: Callable[[str], str], write: Callable[[str], None], width: int = 80
) -> Iterator[tuple[Card, Rating]]:
    """Ask the cards in this order, and yield each as soon as it is rated, so that progress can be saved at once.

    It ends after the last card, at q, at the end of the input and at Ctrl-C, and says how many were rated how.

    Args:
        cards: what to ask.
        read: shows a prompt and returns a line without its end, as `input` does.
        write: shows text and ends the line, as `print` does.
        width: of the lines, in characters.
    """
    ratings: Counter[Rating] = Counter()
    for number, card in enumerate(cards, start=1):
        heading = f"{number} of {len(cards)}   {card.topic.replace('_', ' ')}"
        try:
            write(f"\n{heading}\n\n{wrapped(card.question, width)}\n")
            rating = rated(card, read, write, width)
        except (EOFError, KeyboardInterrupt):
            write("")  # the cursor is still behind the prompt
            break
        if rating is None:
            break
        ratings[rating] += 1
        yield card, rating
    write(f"\n{summary(ratings, len(cards))}")


def rated(card: Card, read: Callable[[str], str], write: Callable[[str], None], width: int) -> Rating | None:
    """Show the answer and ask how well it was known; None to stop."""
    if key(read(TO_ANSWER)) == "q":
        return None
    write(f"\n{wrapped(card.short, width)}\n")
    while True:
        typed = read(TO_RATE)
        pressed = key(typed)
        if pressed in RATINGS:
            return RATINGS[pressed]
        if pressed == "q":
            return None
        write(
            f"\n{more(card, width)}\n" if pressed == "m" else f'Expected one of the letters r p w m q, got "{typed}".'
        )


def key(typed: str) -> str:
    """The letter that was typed, in small; of a whole word such as "right", its first."""
    typed = typed.strip().lower()
    return LETTERS.get(typed, typed)


def more(card: Card, width: int) -> str:
    """Why, and the snippet."""
    snippet = textwrap.indent(card.snippet, "    ")
    return "\n\n".join(filter(None, [wrapped(card.why, width), snippet]))


def wrapped(text: str, width: int) -> str:
    """Paragraphs filled to the width; what is indented is a formula and stays as it is."""
    return "\n\n".join(
        paragraph if paragraph.startswith(" ") else textwrap.fill(paragraph, width, break_on_hyphens=False)
        for paragraph in text.split("\n\n")
    )


def summary(ratings: Counter[Rating], asked: int) -> str:
    """How many were rated, and how."""
    done = ratings.total()
    counts = ", ".join(f"{ratings[rating]} {rating}" for rating in RATINGS.values() if ratings[rating])
    return f"{done} of {asked} {'card' if asked == 1 else 'cards'} rated{': ' if counts else ''}{counts}."
