"""One call after another, one layer beside another: every mask is drawn afresh."""

from tinygrad_dropout.mistakes.mistake import Mistake

FRESH = "a fresh mask for every call"


def repeated(code: str, message: str) -> Mistake:
    """Masks of several calls that have something to do with one another."""
    return Mistake(code, "independence", message, FRESH)


FROZEN = repeated("mask-is-frozen", "{calls} {forwards} all used the same mask")
FOLLOWS_FROM_X = repeated(
    "mask-follows-from-x", "the same {x} always gets the same mask, another {x} another: the mask is computed from {x}"
)
COME_AGAIN = repeated("masks-come-again", "call {later} used the mask of call {earlier} again")
SHIFTED = repeated("masks-are-shifted", "call {later} used the mask of call {earlier}, shifted by {places} places")
ON_EARLIER = repeated(
    "depends-on-earlier-masks",
    "masks {distance} calls apart agree in {agree:.3f} of their elements, where chance has {chance:.3f}",
)
SEVERAL_CALLS = repeated(
    "depends-on-several-masks",
    "the masks of three calls in a row, independent in pairs, are not so together ({sigmas:.0f} standard deviations)",
)
ELEMENTS_AGREE = Mistake(
    "elements-agree",
    "independence",
    "elements {one} and {other}, counted along the rows, agreed in {agree} of {calls} calls",
    "every element dropped or kept by a draw of its own",
)
FORGOTTEN = Mistake(
    "forgets-to-drop-at-times",
    "independence",
    "call {call} of {calls} {what}",
    "elements dropped in every call, as in the others",
)
COUNT_VARIES = "the number dropped, of {size}, varies by {spread:.2f} from call to call, where chance has {chance:.2f}"
FIXED_COUNT = Mistake("fixed-count", "independence", COUNT_VARIES, "each element dropped or kept by a draw of its own")
RATE_VARIES = Mistake(
    "rate-varies-between-calls", "independence", COUNT_VARIES, "each element dropped or kept by a draw of its own"
)
RATE_DRIFTS = Mistake(
    "rate-drifts",
    "state",
    "{early:.3f} of the elements were dropped in the first {calls} calls and {late:.3f} in the last {calls}",
    "the same rate in every call",
)
OUTPUT_OVERWRITTEN = Mistake(
    "output-is-overwritten",
    "ownership",
    "the array that the first forward returned was overwritten by a later forward",
    "a new array for every output",
)
SAME_IN_EVERY_LAYER = Mistake(
    "same-mask-in-every-layer",
    "randomness",
    "{two_layers} the same mask: that of call {call} of one is that of call {other} of the other",
    "layers that draw for themselves",
)
COPIES_THE_GENERATOR = Mistake(
    "copies-the-generator",
    "randomness",
    "two layers that were given the same generator, one after the other, drew the same mask",
    "draws from the generator itself, which goes on",
)
LAYERS_DEPEND = Mistake(
    "layers-depend-on-each-other",
    "randomness",
    "the masks of one layer's call {call} and another layer's call {other} agree in {agree:.3f} of their elements",
    "layers that draw for themselves",
)
SHARED_MASK = Mistake(
    "layers-share-their-mask",
    "state",
    "a forward of another layer changed what backward of this one does",
    "a mask for each layer",
)
SHARED_MODE = Mistake(
    "layers-share-their-mode",
    "state",
    "switching one layer to eval mode switched another, too",
    "a mode for each layer",
)
SHARED_P = Mistake(
    "layers-share-their-p",
    "state",
    "after a layer with p = {other_p} was made, one with p = {p} dropped {rate:.3f} of its elements",
    "a p for each layer",
)
COPIES_SHARE = Mistake(
    "copies-share-state",
    "state",
    "a forward of a layer's deep copy changed what backward of the original does",
    "a copy that keeps its own mask",
)
CHANGES_WITH_USE = Mistake(
    "changes-with-use",
    "state",
    "the scale was {first:.4g} in the first forwards and {last:.4g} after {after}",
    "the same p always",
)
RESEEDS = Mistake(
    "reseeds-the-global-state",
    "randomness",
    "after {moment} {whose} global random state is the same, whatever it was before",
    "draws from a generator; never a global seed",
)
CHANGES_SETTINGS = Mistake(
    "changes-global-settings",
    "ownership",
    "{moment} changed {what}, for the whole process",
    "settings as they were",
)
LOSES_A_GAUSSIAN = Mistake(
    "loses-a-gaussian",
    "randomness",
    "NumPy's global state is put back after use, except for the second of a pair of Gaussians that was waiting",
    "the global state left alone, or put back with np.random.get_state and np.random.set_state",
)
GLOBAL_STATE = Mistake(
    "draws-from-the-global-state",
    "randomness",
    "the mask is drawn from {whose} global state",
    "draws from the generator it was given",
    severity="remark",
)
IGNORES_GENERATOR = Mistake(
    "ignores-its-generator",
    "randomness",
    "the generator that it is given is not drawn from",
    "masks that a seed gives again",
    severity="remark",
)
DRAWS_IN_EVAL = Mistake(
    "draws-in-eval",
    "randomness",
    "a forward in eval mode draws random numbers, so evaluating changes the masks that follow",
    "no draws in eval mode",
    severity="remark",
)
KEEPS_MEMORY = Mistake(
    "keeps-memory",
    "state",
    "each round of forward and backward with {size} elements leaves {bytes:,} more bytes allocated",
    "what the last forward needs, and no more",
)
