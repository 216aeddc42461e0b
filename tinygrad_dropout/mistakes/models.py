"""The mistakes of a whole model: correct layers used wrongly."""

from tinygrad_dropout.mistakes.mistake import EDGE_CASE, ERROR, REMARK, Mistake

# Modes ----------------------------------------------------------------------------------------------------------------

OFF_IN_EVAL = "no dropout in eval mode"


def mode(code: str, message: str, expected: str = OFF_IN_EVAL, severity: str = ERROR) -> Mistake:
    """A layer that is in the wrong mode, or that ignores its mode."""
    return Mistake(code, "modes", message, expected, severity=severity)


NOT_REGISTERED = mode(
    "layer-is-not-registered",
    "after model.eval(), {layers} still {drops}: model.eval() does not reach layers in {where}",
    "layers held in attributes, in a Sequential or in a ModuleList",
)
MADE_IN_FORWARD = mode(
    "layer-is-made-in-forward",
    "{layers} {is_} created again in every forward, so model.eval() cannot reach it",
    "layers created once, in __init__, or F.dropout with training=self.training",
)
EVAL_NOT_REACHING = mode(
    "eval-does-not-reach-a-layer",
    "after model.eval(), {layers} {is_} still in training mode: does a train() call or a forward switch it back?",
)
TRAIN_NOT_REACHING = mode(
    "train-does-not-reach-a-layer",
    "after model.train(), {layers} {is_} still in eval mode and {drops} nothing",
    "every dropout in training mode",
)
FROZEN_PART_IN_EVAL = mode(
    "frozen-part-stays-in-eval",
    "after model.train(), {layers} {is_} still in eval mode, in a part whose parameters are frozen",
    "eval mode is fine if you do not want to train that part",
    REMARK,
)
FUNCTION_IN_EVAL = mode(
    "functional-dropout-in-eval",
    "after model.eval(), {layers} {is_} still told to drop",
    "F.dropout(x, p, training=self.training); for attention, dropout_p = p if self.training else 0.0",
)
FUNCTION_OFF = mode(
    "functional-dropout-is-off",
    "after model.train(), {layers} {is_} told not to drop, though the module around it is in training mode",
    "F.dropout(x, p, training=self.training)",
)
LAYER_DROPS_IN_EVAL = mode(
    "layer-drops-in-eval",
    "after model.eval(), {layers} {is_} in eval mode but still {drops}",
)
EVAL_RANDOM = mode(
    "eval-is-random",
    "two forwards in eval mode differ by up to {difference:.3g}; {draws}",
    "the same output for the same input",
)
FORWARD_CHANGES_MODE = mode(
    "forward-changes-the-mode",
    "a forward in {mode} mode left {layers} in {other} mode",
    "a forward that never switches modes: call model.train() and model.eval() outside it",
)
DRAWS_IN_EVAL = Mistake(
    "draws-in-eval",
    "randomness",
    "a forward in eval mode draws from {sources}, so evaluation changes the masks that follow",
    "no draws in eval mode",
    severity=REMARK,
)

# Eval mode compared with training mode --------------------------------------------------------------------------------

SAME_MEAN = "the same mean in both modes: a scale of 1/(1 - p) in training mode, or of 1 - p in eval mode, not both"


def scales(code: str, ending: str) -> Mistake:
    """A layer whose outputs do not have the same mean in both modes."""
    message = "{layers} multiplies what it keeps by {train:.4g} in training mode, and everything by {eval:.4g} in eval"
    return Mistake(code, "rescaling", f"{message} mode, at p = {{p:.4g}}{ending}", SAME_MEAN)


SCALED_TWICE = scales("scaled-twice", ": it is scaled in both modes")
NEVER_SCALED = scales("never-scaled", ": it is scaled in neither")
SCALES_DISAGREE = scales("scales-disagree", "")
SCALED_OUTSIDE = Mistake(
    "scaled-outside-the-dropout",
    "rescaling",
    "in eval mode, {where} is {factor:.4g} = {formula} times its value in training mode without dropout",
    "the same value in both modes: the dropout already scales",
)
EVAL_DIFFERS = Mistake(
    "eval-computes-something-else",
    "modes",
    "in eval mode, {where} differs by up to {difference:.3g} from its value in training mode without dropout",
    "the same value in both modes, unless they differ on purpose",
    severity=REMARK,
)

# Randomness in training mode ------------------------------------------------------------------------------------------


def repeated(code: str, message: str, severity: str = ERROR, expected: str = "a fresh mask for every call") -> Mistake:
    """Masks that are used again instead of being drawn for each call."""
    return Mistake(code, "independence", message, expected, severity=severity)


RESEEDS = Mistake(
    "reseeds-in-forward",
    "randomness",
    "after a forward in training mode, {sources} {is_} always in the same state, whatever it was before",
    "seeds set outside forward, if anywhere",
)
FROZEN = repeated("mask-is-frozen", "{layers} used the same mask in all {count} training forwards")
COME_AGAIN = repeated("masks-come-again", "{layers} used the mask of forward {earlier} again in forward {later}")
SHARED = repeated(
    "layers-share-masks",
    "{layers} drop the same elements in the same forward: their generators were in the same state",
    expected="one generator that they draw from in turn, or generators with different seeds",
)
CALLS_SHARE = repeated(
    "calls-share-a-mask",
    "{layers} used one mask for several calls in one forward",
    EDGE_CASE,
    "a fresh mask for every call, unless one mask for all steps of a sequence is meant",
)
DETERMINISTIC = repeated(
    "training-is-deterministic",
    "all {count} training forwards gave the same output, though {layers} {drops}",
    expected="outputs that vary",
)
DROPS_NOTHING = Mistake(
    "layer-drops-nothing",
    "rate",
    "{layers} changed nothing in any of {count} training forwards, at p = {p:.4g}",
    "a fraction p of the elements set to 0",
)
ANOTHER_RATE = Mistake(
    "layer-drops-another-rate",
    "rate",
    "{layers} set {rate:.3f} of the elements to 0, at p = {p:.4g}",
    "p, the probability of dropping",
)
P_IS_KEEP = Mistake(
    "p-is-the-probability-of-keeping",
    "rate",
    "{layers} set {rate:.3f} of the elements to 0, which is 1 - p: its p is the probability of keeping",
    "p, the probability of dropping, as everywhere else",
    severity=REMARK,
)
WHOLE_EXAMPLES = repeated(
    "drops-whole-examples",
    "{layers} dropped or kept each row of an input of shape {shape} as a whole",
    EDGE_CASE,
    "dropped elements or channels: Dropout1d expects (N, C, L) and treats (N, C) as one example",
)
FORKS_SHARE = Mistake(
    "forked-processes-share-masks",
    "randomness",
    "{layers} drew the same masks in {count} forked processes, though each called manual_seed with a different seed",
    "masks drawn from the framework's generator, or a separate generator that is reseeded in each process",
    severity=EDGE_CASE,
)

# What happens to the result -------------------------------------------------------------------------------------------

NOT_CALLED = Mistake(
    "layer-is-never-called",
    "python",
    "no forward in training mode calls {layers}",
    "each dropout called in forward, or removed",
    severity=EDGE_CASE,
)
RESULT_UNUSED = Mistake(
    "dropped-result-is-not-used",
    "python",
    "the result of {layers} is not used: the output does not depend on it",
    "x = self.dropout(x)",
)
IN_PLACE_CHANGES = Mistake(
    "in-place-dropout-changes-a-value-that-is-used",
    "ownership",
    "{layers} {writes} into an array that is used elsewhere: with inplace=False the output differs by up to "
    "{difference:.3g}",
    "inplace=False",
)
CHANGES_INPUT = Mistake(
    "model-changes-its-input",
    "ownership",
    "a forward in {mode} mode wrote into the model's input{by}",
    "an unchanged input",
)
IN_PLACE_BREAKS_BACKWARD = Mistake(
    "in-place-dropout-breaks-backward",
    "ownership",
    "backward raised {error}; {layers} {writes} into its input",
    "inplace=False",
)

# Gradients ------------------------------------------------------------------------------------------------------------

BACKWARD_RAISES = Mistake(
    "backward-raises", "python", "backward of a weighted sum of the outputs raised {error}", "gradients"
)
RECOMPUTED = Mistake(
    "recomputed-with-another-mask",
    "mask",
    "{layers} drew another mask when the forward was run again during backward",
    "checkpoint(..., preserve_rng_state=True), and no separate generators in the checkpointed part",
)
ANOTHER_GRADIENT = Mistake(
    "gradient-does-not-follow-the-mask",
    "mask",
    "{which} differs by up to {difference:.3g} from its value when the factors of {layers} are held fixed",
    "gradients only through kept elements, times the same scale",
)
NOT_FINITE = Mistake(
    "gradient-is-not-finite", "stability", "{which} has {count} values that are NaN or infinite", "finite gradients"
)

# Where the dropout is placed ------------------------------------------------------------------------------------------

P_IS_1 = Mistake(
    "p-is-1",
    "edges",
    "at p = 1, {layers} {drops} everything: no gradient reaches the layers before it",
    "p below 1; did you mean the probability of keeping?",
)
P_IS_0 = Mistake("p-is-0", "edges", "at p = 0, {layers} {drops} nothing", "p above 0, or no layer", severity=REMARK)
ON_OUTPUT = Mistake(
    "drops-the-output",
    "expectation",
    "no parameter lies between {layers} and the output: outputs, such as logits, are set to 0",
    "dropout before the last layer, not after it",
    severity=EDGE_CASE,
)
BEFORE_BATCH_NORM = Mistake(
    "dropout-before-batch-norm",
    "expectation",
    "with dropout, the input of {layers} has {ratio:.3g} times the variance that it has without; the running variance "
    "keeps the larger value for eval mode",
    "dropout after the last batch norm (Li et al. 2018, arXiv:1801.05134)",
    severity=EDGE_CASE,
)
HALF_OF_THE_INPUT = Mistake(
    "drops-half-the-input",
    "rate",
    "{layers} {drops} {p:.3g} of the model's input",
    "0.2 or less for the input, as in Srivastava et al. 2014",
    severity=REMARK,
)
TWO_IN_A_ROW = Mistake(
    "two-dropouts-in-a-row",
    "rate",
    "{layers} follow one another with nothing in between: together they drop {p:.3g}",
    "one dropout",
    severity=EDGE_CASE,
)
