"""p = 0 and p = 1, invalid values of p, and arrays that are empty, have one row or have another memory layout."""

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, ERROR, REMARK, Mistake


def at_end(what: str, message: str, at_1: str = EDGE_CASE) -> dict[int, Mistake]:
    """The same mistake at p = 0, which switches dropout off, and at p = 1, which few people use."""
    return {
        p: Mistake(f"p={p}-{what}", "edges", f"at p = {p}{message}", "{expected}", severity=severity)
        for p, severity in ((0, ERROR), (1, at_1))
    }


FAILS = at_end("fails", ": {problem}")
GIVES_NAN = at_end("gives-nan", ", {what} has NaN or infinite values")
FORWARD_WRONG = at_end("forward-is-wrong", ", {what} is off by up to {worst:.4g}", ERROR)
BACKWARD_WRONG = at_end("backward-is-wrong", ", {what} is off by up to {worst:.4g}", ERROR)
EVAL_WRONG = at_end("eval-is-wrong", ", {what} is off by up to {worst:.4g}", ERROR)
REFUSES = {
    p: Mistake(
        f"refuses-p={p}", "edges", "{problem}", "a layer: 0 <= p <= 1, and p = {p} gives {target}", severity=REMARK
    )
    for p in (0, 1)
}
ACCEPTS_BAD_P = Mistake(
    "accepts-a-bad-p",
    "edges",
    "a layer can be made with p = {values}",
    "a ValueError that says what p means",
    severity=REMARK,
)
WRONG_FOR_LAYOUT = Mistake(
    "wrong-for-another-layout",
    "shapes",
    "with {array} as {layout}, {what} is wrong; in C order it is right",
    "the same result for every memory layout",
)
EMPTY_FAILS = Mistake(
    "empty-arrays-fail", "edges", "with {x} of shape {shape}: {problem}", "an empty array", severity=EDGE_CASE
)
ONE_ROW = Mistake(
    "wrong-for-one-row",
    "shapes",
    "with {x} of shape {shape}, {what}",
    "a batch of one row treated like any other",
)
