"""The kinds of mistake. The drills choose what to repeat by kind: a mistake made in one exercise returns in another."""

#: kind -> how to describe a mistake of this kind
KINDS = {
    "shapes": "shapes and broadcasting",
    "axes": "the wrong axis, or a transpose",
    "chain-rule": "the chain rule: upstream times local",
    "accumulation": "gradients that should add up",
    "order": "the order of the backward pass",
    "averaging": "1/N: a mean taken for a sum, or the other way round",
    "kinks": "kinks, ties and exact zeros",
    "stability": "numbers that overflow or vanish",
    "precision": "precision and dtypes",
    "ownership": "arrays changed that belong to somebody else",
    "rescaling": "the factor 1/(1-p)",
    "mask": "the same mask forward and backward",
    "independence": "a draw of its own for every unit and every call",
    "rate": "p, the probability of dropping",
    "modes": "training mode and eval mode",
    "edges": "the ends of p, and wrong input",
    "randomness": "where random numbers come from",
    "state": "what a layer remembers between calls",
    "expectation": "means over masks",
    "updates": "the update of the parameters",
    "stopping": "when training should stop",
    "leakage": "test data that help to train",
    "exposing": "an input that shows the bug",
    "python": "slips of Python",
}
