"""The texts that stand for a missing value."""

MISSING = frozenset(
    ["", "nan", "+nan", "-nan", "na", "n/a", "#n/a", "#na", "<na>", "null", "?",
     "#null!", "#div/0!", "#value!", "#ref!", "#name?", "#num!"]
)  # fmt: skip
AMONG_NUMBERS = frozenset(
    ["-", "--", "---", "–", "—", ".", "..", "*", "none", "nil", "missing", "unknown", "n.a.", "n/d", "not available"]
)


def is_missing(text: str, *, among_numbers: bool) -> bool:
    """Whether a text stands for a missing value; "-", "none" and a few others do so only among numbers."""
    lowered = text.lower()
    return lowered in MISSING or (among_numbers and lowered in AMONG_NUMBERS)
