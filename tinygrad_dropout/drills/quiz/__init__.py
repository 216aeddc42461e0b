"""Question cards on backprop, dropout and training: the cards, their schedule, and the quiz that asks them."""
