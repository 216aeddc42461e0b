"""Layers that cannot be made or cannot be examined, and calls that show no dropout at all."""

from tinygrad_dropout.mistakes.mistake import Mistake

CANNOT_BE_MADE = Mistake("cannot-be-made", "python", "making the layer with p = {p} raised {error}", "a layer")
MODE_CANNOT_BE_SET = Mistake(
    "training-cannot-be-set",
    "modes",
    "setting its attribute `training` to {training} raised {error}",
    "an attribute that can be set",
)
CANNOT_BE_EXAMINED = Mistake(
    "cannot-be-examined",
    "python",
    "the layer's result could not be examined: {error}",
    "arrays of ordinary numbers",
)
NEVER_RETURNS = Mistake(
    "never-returns",
    "python",
    "the examination was stopped because it did not finish within {seconds:g} s",
    "a call that returns",
)
FLOODS_THE_OUTPUT = Mistake(
    "floods-the-output",
    "python",
    "the layer was stopped because it printed more than {most:,} bytes",
    "a layer that prints little or nothing",
)
OUT_OF_MEMORY = Mistake(
    "out-of-memory",
    "python",
    "the layer ran out of memory, so the examination could not continue ({how})",
    "a few arrays of the input's size",
)
ENDS_THE_PROCESS = Mistake(
    "ends-the-process", "python", "the layer ended the process that examined it ({how})", "a call that returns"
)
FORKS_AND_GOES_ON = Mistake(
    "forks-and-goes-on",
    "python",
    "the layer forked, and the child process also returned from the layer: two processes continued the examination",
    "a child process that ends inside the layer, with os._exit",
)
RAISES_KEYBOARD_INTERRUPT = Mistake(
    "raises-keyboard-interrupt",
    "python",
    "the layer raised KeyboardInterrupt ({how}), although Ctrl-C was not pressed",
    "KeyboardInterrupt only from Ctrl-C",
)
NOT_FINITE = Mistake(
    "forward-not-finite",
    "stability",
    "{forward} gave {count} values that are NaN or infinite ({where})",
    "finite values for finite {x}",
)
DROPS_EVERYTHING = Mistake("drops-everything", "rate", "{forward} gave only zeros ({where})", "a fraction {p} of zeros")
NEVER_DROPS = Mistake(
    "never-drops",
    "modes",
    "{forward} dropped nothing ({where}): everything is multiplied by {scale:.4g}",
    "a fraction {p} of zeros",
    "y = x",
)
NOISE_INSTEAD_OF_A_MASK = Mistake(
    "noise-instead-of-a-mask",
    "mask",
    "{forward} gave no zeros and multiplied each element by a different number ({where})",
    "a fraction {p} of zeros; if the noise is intended, examine the layer with noise='gaussian'",
)
NO_NOISE = Mistake(
    "no-noise",
    "mask",
    "{forward} multiplied everything by {scale:.4g} ({where}); there is no noise",
    "each element times a number drawn from a normal distribution with mean 1 and variance p/(1 - p)",
)
IGNORES_X = Mistake(
    "ignores-x",
    "mask",
    "{output} is {value:.4g} wherever it is not 0, whatever {x} is there",
    "{x} times the mask, divided by 1 - p",
    "y = mask / (1 - p)",
)
IS_CLIPPED = Mistake(
    "forward-clips-large-values",
    "mask",
    "{count} elements of {y} have absolute value {value:.4g}, and none is larger: large values are cut off",
    "{x} times the mask, divided by 1 - p, however large {x} is",
)
MASK_HAS_ANOTHER_SHAPE = Mistake(
    "returned-mask-has-another-shape",
    "shapes",
    "the mask that forward returned with {y} has shape {got}, but {y} has shape {shape}",
    "a mask with the shape of {y}",
)
MASK_DOES_NOT_FIT = Mistake(
    "returned-mask-is-wrong",
    "mask",
    "the mask that forward returned with {y} disagrees with {y} on whether {wrong} of {size} elements were kept",
    "the mask that was used: nonzero where the element was kept",
)
