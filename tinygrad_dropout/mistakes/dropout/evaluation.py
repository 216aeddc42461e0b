"""Eval mode, which should be the identity, forward and backward, and leave no trace in training mode."""

from tinygrad_dropout.mistakes.mistake import Mistake

IDENTITY = "{y} = {target} in eval mode"
GRADIENT = "{dx} = {target_g} in eval mode"


def scales(code: str, formula: str) -> Mistake:
    """Eval mode multiplies by a formula of p."""
    message = f"eval mode multiplies by {{factor:.4g}} = {formula} at p = {{p}}"
    return Mistake(code, "modes", message, IDENTITY, f"y = x * {formula}")


SCALES_BY_KEEP = scales("eval-scales-by-1-p", "1 - p")
SCALES_BY_INVERSE = scales("eval-scales-by-1/(1-p)", "1/(1 - p)")
SCALES_BY_P = scales("eval-scales-by-p", "p")
DOES_NOT_SCALE = Mistake("eval-does-not-scale", "modes", "eval mode does not scale at p = {p}", IDENTITY, "y = x")
NOT_FINITE = Mistake("eval-not-finite", "modes", "eval mode gave values that are NaN or infinite", IDENTITY)
DROPS = Mistake("drops-in-eval", "modes", "eval mode set {rate:.2f} of the elements to 0 at p = {p}", IDENTITY)
LEAKS_LATER = Mistake(
    "leaks-in-eval-later", "modes", "call {call} in eval mode {what}; the calls before it were right", IDENTITY
)
ROUNDED = Mistake("eval-is-rounded", "modes", "in eval mode {y} is right only up to rounding", IDENTITY)
CHANGES_X = Mistake(
    "eval-is-not-the-identity",
    "modes",
    "eval mode multiplies by numbers from {low:.4g} to {high:.4g} at p = {p}",
    IDENTITY,
)
BACKWARD_ZERO = Mistake("eval-backward-is-zero", "modes", "in eval mode {dx} is 0 everywhere", GRADIENT)
BACKWARD_OLD_MASK = Mistake(
    "old-mask-in-eval-backward", "modes", "in eval mode {dx} is 0 where the last training forward had dropped", GRADIENT
)
BACKWARD_DROPS = Mistake(
    "eval-backward-drops", "modes", "in eval mode {dx} is 0 at {rate:.2f} of the elements", GRADIENT
)
BACKWARD_SCALES = Mistake(
    "eval-backward-scales", "modes", "in eval mode {dx} is {g} x {factor:.4g} at p = {p}", GRADIENT
)
NEVER_DROPS_AGAIN = Mistake(
    "never-drops-again", "modes", "after eval mode, training mode drops nothing", "a fraction {p} dropped again"
)
OLD_MASK = Mistake(
    "old-mask-after-eval",
    "modes",
    "after eval mode, training mode uses the mask from before it again",
    "a fresh mask for every training forward",
)
REPEATS_A_MASK = Mistake(
    "masks-repeat-after-eval",
    "modes",
    "after a call in eval mode, two forwards in training mode use the same mask",
    "a fresh mask for every training forward",
)
OUTPUT_OVERWRITTEN = Mistake(
    "eval-output-is-overwritten",
    "ownership",
    "the next call overwrote the array that eval mode returned",
    "{y} = {target}, in an array that no later call changes",
)
DEPENDS_ON_THE_PAST = Mistake(
    "eval-depends-on-what-came-before", "modes", "{when}, eval mode gives another result", "the same result every time"
)
