"""The kinds of mistake. The drills use them to choose what to practice again: a mistake may return in any exercise."""

#: kind -> what a mistake of this kind is about
KINDS = {
    "shapes": "shapes and broadcasting",
    "axes": "the wrong axis, or a transpose",
    "chain-rule": "the chain rule: upstream times local",
    "accumulation": "gradients that should add up",
    "order": "the order of the backward pass",
    "averaging": "1/N: a mean where a sum belongs, or the other way around",
    "kinks": "kinks, ties and exact zeros",
    "stability": "numbers that overflow or vanish",
    "precision": "precision and dtypes",
    "ownership": "writing into an array that other code uses",
    "rescaling": "the factor 1/(1-p)",
    "mask": "the same mask in forward and backward",
    "independence": "an independent draw for every unit and every call",
    "rate": "p, the probability of dropping",
    "modes": "training mode and eval mode",
    "edges": "p = 0 and p = 1, and invalid input",
    "randomness": "where random numbers come from",
    "state": "what a layer remembers between calls",
    "expectation": "means over masks",
    "updates": "parameter updates",
    "stopping": "when to stop training",
    "leakage": "test data leaking into training",
    "exposing": "an input that exposes the bug",
    "python": "mistakes in the Python code",
}
