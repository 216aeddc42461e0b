"""The gradient, which should be g times exactly the factors that the forward used."""

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, Mistake

RIGHT = "{g} times the forward's factors: {formula} where kept, 0 where dropped"
STORED = "the forward's mask, stored for backward"
PRIVATE = "a private copy of what backward needs"


def wrong(
    code: str, message: str, formula: str = "", kind: str = "mask", expected: str = RIGHT, description: str = ""
) -> Mistake:
    """A wrong gradient."""
    return Mistake(code, kind, f"{{turn}}{message} (p = {{p}}{{where}})", expected, formula, description=description)


IDENTITY = wrong("backward-is-the-identity", "{dx} = {g}: neither mask nor scale", "dL/dx = g")
FORGETS_MASK = wrong(
    "backward-forgets-the-mask",
    "{dx} = {g} x {scale:.4g} everywhere: the mask is missing",
    "dL/dx = g / (1 - p)",
    description="dropped units get a gradient",
)
FORGETS_SCALE = wrong(
    "backward-forgets-the-scale",
    "{dx} = {g} where kept: the scale is missing",
    "dL/dx = g * mask",
    "rescaling",
    description="kept units are scaled by 1/(1 - p) in the forward pass, and their gradients are not",
)
SCALES_TWICE = wrong(
    "backward-scales-twice",
    "{dx} = {g} x {square:.4g} where kept: the scale, squared",
    "dL/dx = g * mask / (1 - p)²",
    "rescaling",
    description="the gradient is scaled by 1/(1 - p) twice",
)
SCALES_BY_KEEP = wrong(
    "backward-scales-by-1-p", "{dx} = {g} x {keep:.4g} = 1 - p where kept", "dL/dx = g * mask * (1 - p)", "rescaling"
)
SCALES_BY_1_OVER_P = wrong(
    "backward-scales-by-1/p",
    "{dx} = {g} x {inverse:.4g} = 1/p where kept",
    "dL/dx = g * mask / p",
    "rescaling",
    description="p is treated as the probability of keeping",
)
INVERTS_MASK = wrong(
    "backward-inverts-the-mask",
    "{dx} is 0 where kept, and {g} scaled where dropped",
    "dL/dx = g * (1 - mask) / (1 - p)",
    description="the mask is inverted: True is treated as dropped",
)
IGNORES_G = wrong(
    "backward-ignores-g", "{dx} = {scale:.4g} where kept, whatever {g} is", "dL/dx = mask / (1 - p)", "chain-rule"
)
TIMES_Y = wrong("backward-multiplies-by-x", "{dx} = {g} times the output {y}", "dL/dx = g * y", "chain-rule")
TIMES_X = wrong("backward-multiplies-by-x", "{dx} = {g} times {x}, where kept", "dL/dx = g * x * mask", "chain-rule")
REALIZED = wrong(
    "backward-scales-by-the-realized-rate",
    "{dx} = {g} x {realized:.4g} = size/kept for this particular mask, where kept",
    "dL/dx = g * mask / mean(mask)",
    "rescaling",
)
PASSES_DROPPED = wrong(
    "backward-passes-where-dropped", "{dx} = {g} where dropped", "dL/dx = g * mask / (1 - p) + g * (1 - mask)"
)
SUBTRACTS_MASK = wrong(
    "backward-passes-where-dropped",
    "{dx} = {g} - {g} x mask: 0 where kept, {g} where dropped",
    "dL/dx = g - g * mask",
)
SUBTRACTS_P = wrong(
    "backward-subtracts-p",
    "{dx} = {g} x -p where dropped: parentheses are missing",
    "dL/dx = g * (mask / 1 - p)",
    "rescaling",
)
SUBTRACTS_P_AFTER = wrong(
    "backward-subtracts-p", "{dx} = -p where dropped: parentheses are missing", "dL/dx = g * mask / 1 - p", "rescaling"
)
AVERAGES_ROWS = wrong(
    "backward-averages", "{dx} is divided by the number of rows", "dL/dx = g * mask / (1 - p) / rows", "averaging"
)
AVERAGES_ALL = wrong(
    "backward-averages", "{dx} is divided by the number of elements", "dL/dx = g * mask / (1 - p) / size", "averaging"
)
SIGN_OF_Y = wrong("mask-inferred-from-the-sign", "{dx} is 0 where {y} is not above 0", "dL/dx = g * (y > 0) / (1 - p)")
SIGN_OF_X = wrong("mask-inferred-from-the-sign", "{dx} is 0 where {x} is not above 0", "dL/dx = g * (x > 0) / (1 - p)")
WRONG_SIGN = wrong(
    "backward-has-the-wrong-sign", "{dx} has the wrong sign", "dL/dx = -g * mask / (1 - p)", "chain-rule"
)
TRANSPOSED = wrong(
    "backward-transposes-the-mask", "{dx} follows the mask's transpose", "dL/dx = g * mask.T / (1 - p)", "axes"
)
ADDS_UP = wrong(
    "backward-adds-up",
    "{dx} is the sum of this gradient and that of an earlier backward",
    "dL/dx += g * mask / (1 - p)",
    "accumulation",
)
ZERO = wrong("backward-is-zero", "{dx} is 0 everywhere", "dL/dx = 0", "chain-rule")
NOT_FINITE = wrong("backward-not-finite", "{dx} has {count} values that are NaN or infinite", kind="stability")
ANOTHER_MASK = wrong(
    "backward-uses-another-mask",
    "backward treats only {agree:.3f} of the elements as forward did: it used another mask",
    description="backward draws its own mask, so it drops different units from the forward",
)
EARLIER_MASK = wrong(
    "backward-uses-an-earlier-mask", "after two forwards, backward used the mask of an earlier one", kind="state"
)
CLIPS = wrong(
    "backward-clips-large-values",
    "{count} entries of {dx} have absolute value {value:.4g}, and none is larger: large gradients are cut off",
)
WRONG = wrong("backward-is-wrong", "{dx}{index} is {got:.6g}, expected {right:.6g}, ratio {ratio:.9g}")
CHANGES_Y = Mistake(
    "backward-changes-y", "ownership", "backward overwrote the array that forward had returned", "{y} left unchanged"
)
FROM_THE_OUTPUT = Mistake(
    "mask-inferred-from-the-output",
    "kinks",
    "{dx} is 0 at all {count} elements where {x} is 0: the mask was inferred from the output",
    STORED,
    "dL/dx = g * (y != 0) / (1 - p)",
    description="the mask is guessed from the output (y != 0), so a kept unit whose value is 0 counts as dropped",
)
WRONG_AT_ZEROS = Mistake(
    "backward-is-wrong-at-zeros", "kinks", "with zeros in {x}, {dx} does not follow the forward's mask", RIGHT
)
SECOND_DIFFERS = Mistake(
    "second-backward-differs",
    "state",
    "a second backward of the same forward, with the same {g}, gave a different {dx}",
    "the same {dx} again, or an error that says the graph is gone",
)
GRADIENT_OVERWRITTEN = Mistake(
    "gradient-is-overwritten",
    "ownership",
    "a later backward overwrote the array that the first backward returned",
    "a new array for every gradient",
)
MASK_OVERWRITTEN = Mistake(
    "mask-overwritten-by-the-next-forward",
    "state",
    "after two forwards, backward through the {which} one used {whose} mask",
    "each forward's graph keeps its own mask",
)
READS_Y = Mistake(
    "backward-reads-y",
    "ownership",
    "after {y} is overwritten, backward gives a different {dx}",
    PRIVATE,
    severity=EDGE_CASE,
)
READS_X = Mistake(
    "backward-reads-x",
    "ownership",
    "after {x} is overwritten, backward gives a different {dx}",
    PRIVATE,
    severity=EDGE_CASE,
)
FOLLOWS_THE_THREAD = Mistake(
    "backward-follows-the-thread",
    "state",
    "called in a different thread from forward, backward gives a different {dx}",
    "the same {dx} in every thread",
    severity=EDGE_CASE,
)
FOLLOWS_THE_DTYPE = Mistake(
    "backward-follows-the-dtype",
    "precision",
    "when {g} and {x} have different dtypes, backward does not follow the forward's mask",
    "the forward's mask, whatever the dtype of {g}",
    severity=EDGE_CASE,
)
FOLLOWS_THE_MODE = Mistake(
    "backward-follows-the-mode",
    "modes",
    "after a forward in training mode, switching to eval mode changed what backward does",
    "the backward of that forward, whatever the current mode",
    severity=EDGE_CASE,
)
