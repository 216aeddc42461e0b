"""Question cards: what interviewers ask about backprop and dropout, when to be asked it again, and the asking."""

from tinygrad_dropout.drills.quiz import anki, boxes
from tinygrad_dropout.drills.quiz.boxes import Box, Rating
from tinygrad_dropout.drills.quiz.cards import Card, load
from tinygrad_dropout.drills.quiz.session import ask

__all__ = ["Box", "Card", "Rating", "anki", "ask", "boxes", "load"]
