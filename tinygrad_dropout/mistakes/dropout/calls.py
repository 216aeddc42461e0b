"""Masks from call to call and from layer to layer, each of which should be drawn independently."""

from tinygrad_dropout.mistakes.dropout.structure import INDEPENDENT
from tinygrad_dropout.mistakes.mistake import REMARK, Mistake

FRESH = "a fresh mask for every call"


def repeated(code: str, message: str) -> Mistake:
    """Masks of different calls that are not independent."""
    return Mistake(code, "independence", message, FRESH)


FROZEN = repeated("mask-is-frozen", "{calls} {forwards} all used the same mask")
FOLLOWS_FROM_X = repeated(
    "mask-follows-from-x",
    "the same {x} always gets the same mask, and a different {x} gets a different one: the mask is computed from {x}",
)
COME_AGAIN = repeated("masks-come-again", "call {later} used the mask of call {earlier} again")
SHIFTED = repeated("masks-are-shifted", "call {later} used the mask of call {earlier}, shifted by {places} places")
ON_EARLIER = repeated(
    "depends-on-earlier-masks",
    "masks {distance} apart agree in {agree:.3f} of their elements; independent masks agree in {chance:.3f}",
)
SEVERAL_CALLS = repeated(
    "depends-on-several-masks",
    "the masks of three calls in a row are independent in pairs but not all together, by {sigmas:.0f} standard "
    "deviations",
)
ELEMENTS_AGREE = Mistake(
    "elements-agree",
    "independence",
    "elements {one} and {other}, counted along the rows, agreed in {agree} of {calls} calls",
    INDEPENDENT,
)
FORGOTTEN = Mistake(
    "forgets-to-drop-at-times",
    "independence",
    "call {call} of {calls} {what}",
    "some elements dropped and some kept in every call",
)
COUNT_VARIES = (
    "the number of dropped elements, out of {size}, has a standard deviation of {spread:.2f} over the calls; "
    "independent draws give {chance:.2f}"
)
FIXED_COUNT = Mistake("fixed-count", "independence", COUNT_VARIES, INDEPENDENT)
RATE_VARIES = Mistake("rate-varies-between-calls", "independence", COUNT_VARIES, INDEPENDENT)
RATE_DRIFTS = Mistake(
    "rate-drifts",
    "state",
    "{early:.3f} of the elements were dropped in the first {calls} calls and {late:.3f} in the last {calls}",
    "the same rate in every call",
)
OUTPUT_OVERWRITTEN = Mistake(
    "output-is-overwritten",
    "ownership",
    "a later forward overwrote the array that the first forward returned",
    "a new array for every output",
)
SAME_IN_EVERY_LAYER = Mistake(
    "same-mask-in-every-layer",
    "randomness",
    "{two_layers} the same mask, in call {call} of one and call {other} of the other",
    "layers that draw independently",
)
COPIES_THE_GENERATOR = Mistake(
    "copies-the-generator",
    "randomness",
    "two layers that were given the same generator, one after the other, drew the same mask",
    "draws from the generator itself, so that its state advances",
)
LAYERS_DEPEND = Mistake(
    "layers-depend-on-each-other",
    "randomness",
    "the masks of one layer's call {call} and another layer's call {other} agree in {agree:.3f} of their elements",
    "layers that draw independently",
)
SHARED_MASK = Mistake(
    "layers-share-their-mask",
    "state",
    "a forward of another layer changed this layer's backward",
    "a separate mask for each layer",
)
SHARED_MODE = Mistake(
    "layers-share-their-mode",
    "state",
    "switching one layer to eval mode also switched another",
    "a separate mode for each layer",
)
SHARED_P = Mistake(
    "layers-share-their-p",
    "state",
    "after a layer with p = {other_p} was made, one with p = {p} dropped {rate:.3f} of its elements",
    "a separate p for each layer",
)
COPIES_SHARE = Mistake(
    "copies-share-state",
    "state",
    "a forward of a layer's deep copy changed the original's backward",
    "a copy that keeps its own mask",
)
CHANGES_WITH_USE = Mistake(
    "changes-with-use",
    "state",
    "the scale was {first:.4g} in the first forwards and {last:.4g} after {after}",
    "the same p in every call",
)
RESEEDS = Mistake(
    "reseeds-the-global-state",
    "randomness",
    "after {moment}, {whose} global random state is always the same, whatever it was before",
    "draws from a generator, and no global seeding",
)
CHANGES_SETTINGS = Mistake(
    "changes-global-settings",
    "ownership",
    "{moment} changed {what} for the whole process",
    "unchanged settings",
)
LOSES_A_GAUSSIAN = Mistake(
    "loses-a-gaussian",
    "randomness",
    "NumPy's global state is restored after use, except for the second Gaussian of a pair that NumPy had cached",
    "the global state untouched, or restored with np.random.get_state and np.random.set_state",
)
GLOBAL_STATE = Mistake(
    "draws-from-the-global-state",
    "randomness",
    "the mask is drawn from {whose} global state",
    "draws from the generator it was given",
    severity=REMARK,
)
IGNORES_GENERATOR = Mistake(
    "ignores-its-generator",
    "randomness",
    "the layer never draws from the generator it was given",
    "masks that a seed reproduces",
    severity=REMARK,
)
DRAWS_IN_EVAL = Mistake(
    "draws-in-eval",
    "randomness",
    "a forward in eval mode draws random numbers, so evaluation changes the masks that follow",
    "no draws in eval mode",
    severity=REMARK,
)
KEEPS_MEMORY = Mistake(
    "keeps-memory",
    "state",
    "each round of forward and backward with {size} elements leaves {bytes:,} more bytes allocated",
    "only what the last forward needs",
)
