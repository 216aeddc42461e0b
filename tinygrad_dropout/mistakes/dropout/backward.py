"""The gradient: g times the very factors of the forward."""

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, Mistake

RIGHT = "{g} times what the forward multiplied by: {formula} where kept, 0 where dropped"
STORED = "the mask of the forward, stored"


def wrong(
    code: str, message: str, formula: str = "", kind: str = "mask", expected: str = RIGHT, description: str = ""
) -> Mistake:
    """A gradient that is another one."""
    return Mistake(code, kind, f"{{turn}}{message} (p = {{p}}{{where}})", expected, formula, description=description)


IDENTITY = wrong("backward-is-the-identity", "{dx} = {g}: neither mask nor scale", "dL/dx = g")
FORGETS_MASK = wrong(
    "backward-forgets-the-mask",
    "{dx} = {g} x {scale:.4g} everywhere: the mask is missing",
    "dL/dx = g / (1 - p)",
    description="units that were dropped get a gradient",
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
    description="p is taken for the probability of keeping",
)
INVERTS_MASK = wrong(
    "backward-inverts-the-mask",
    "{dx} is 0 where kept, and {g} scaled where dropped",
    "dL/dx = g * (1 - mask) / (1 - p)",
    description="the mask is used the wrong way round: True is taken for dropped",
)
IGNORES_G = wrong(
    "backward-ignores-g", "{dx} = {scale:.4g} where kept, whatever {g} is", "dL/dx = mask / (1 - p)", "chain-rule"
)
TIMES_Y = wrong("backward-multiplies-by-x", "{dx} = {g} times the output {y}", "dL/dx = g * y", "chain-rule")
TIMES_X = wrong("backward-multiplies-by-x", "{dx} = {g} times {x}, where kept", "dL/dx = g * x * mask", "chain-rule")
REALIZED = wrong(
    "backward-scales-by-the-realized-rate",
    "{dx} = {g} x {realized:.4g} = size/kept of this very mask, where kept",
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
    "{dx} = {g} x -p where dropped: brackets are missing",
    "dL/dx = g * (mask / 1 - p)",
    "rescaling",
)
SUBTRACTS_P_AFTER = wrong(
    "backward-subtracts-p", "{dx} = -p where dropped: brackets are missing", "dL/dx = g * mask / 1 - p", "rescaling"
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
    "backward let through {agree:.3f} of the elements as forward did: it used another mask",
    description="backward draws a mask of its own, so it drops other units than the forward did",
)
EARLIER_MASK = wrong(
    "backward-uses-an-earlier-mask", "after two forwards, backward used the mask of an earlier one", kind="state"
)
CLIPS = wrong(
    "backward-clips-large-values", "{count} entries of {dx} are exactly {value:.4g} in size, and none is larger"
)
WRONG = wrong("backward-is-wrong", "{dx}{index} is {mine:.6g}, expected {right:.6g}, ratio {ratio:.9g}")
CHANGES_Y = Mistake(
    "backward-changes-y", "ownership", "backward overwrote the array that forward had returned", "{y} as it was"
)
FROM_THE_OUTPUT = Mistake(
    "mask-inferred-from-the-output",
    "kinks",
    "where {x} is 0, {dx} is 0 at all {count} elements: the mask was inferred from the output",
    STORED,
    "dL/dx = g * (y != 0) / (1 - p)",
    description="the mask is guessed from the output (y != 0), so a unit that was kept at 0 counts as dropped",
)
WRONG_AT_ZEROS = Mistake(
    "backward-is-wrong-at-zeros", "kinks", "with zeros in {x}, {dx} does not follow the forward's mask", RIGHT
)
SECOND_DIFFERS = Mistake(
    "second-backward-differs",
    "state",
    "a second backward of the same forward, with the same {g}, gave another {dx}",
    "the same {dx} again, or an error that says the graph is gone",
)
GRADIENT_OVERWRITTEN = Mistake(
    "gradient-is-overwritten",
    "ownership",
    "the array that the first backward returned was overwritten by a later backward",
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
    "after something else was written into {y}, backward gives another {dx}",
    "what backward needs kept in an array of its own",
    severity=EDGE_CASE,
)
READS_X = Mistake(
    "backward-reads-x",
    "ownership",
    "after something else was written into {x}, backward gives another {dx}",
    "what backward needs kept in an array of its own",
    severity=EDGE_CASE,
)
FOLLOWS_THE_THREAD = Mistake(
    "backward-follows-the-thread",
    "state",
    "called in another thread than forward, backward gives another {dx}",
    "the same in every thread",
    severity=EDGE_CASE,
)
FOLLOWS_THE_DTYPE = Mistake(
    "backward-follows-the-dtype",
    "precision",
    "for {g} of another dtype than {x}, backward does not follow the forward's mask",
    "the mask of the forward, whatever the dtype of {g} is",
    severity=EDGE_CASE,
)
FOLLOWS_THE_MODE = Mistake(
    "backward-follows-the-mode",
    "modes",
    "after a forward in training mode, switching to eval mode changed what backward does",
    "the backward of that forward, whatever the mode is by then",
    severity=EDGE_CASE,
)
