"""Question cards: what interviewers ask about backprop, dropout and training, when to ask it again, and the asking."""
