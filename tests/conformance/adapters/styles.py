"""Correct dropouts, each made and called in a different way: `STYLES` holds them, and `BACKWARDS` their backwards.

All of them get their scale from `scale`, so that a test can make all of them wrong together.
"""

import numpy as np

STYLES = {}
BACKWARDS = {}
#: options for a short check: the style of the calls does not depend on the size of the arrays
BRIEFLY = {"depth": "quick", "shapes": ((48, 32), (40, 24))}


def style(target):
    """Add a class or a function to STYLES."""
    STYLES[target.__name__] = target
    return target


def backward_of(forward):
    """Register a function as the backward of another."""

    def enter(function):
        BACKWARDS[forward.__name__] = function
        return function

    return enter


def scale(p):
    return 1 / (1 - p) if p < 1 else 0.0


def factors(uniform, p, dtype):
    """0 or the scale for each uniform number."""
    return (uniform >= p).astype(dtype) * dtype.type(scale(p))


class Core:
    """What all classes have in common, except for a constructor and a switch for the mode."""

    def set_up(self, p, random=np.random.random):
        self.dropping, self.random = p, random

    def masked(self, x, training):
        self.factors = factors(self.random(x.shape), self.dropping, x.dtype) if training else np.ones_like(x)
        return x * self.factors

    def backward(self, grad):
        return grad * self.factors


class Trains(Core):
    """A dropout with an attribute `training`."""

    training = True

    def forward(self, x):
        return self.masked(x, self.training)


# Constructors ---------------------------------------------------------------------------------------------------------


@style
class OnlyP(Trains):
    def __init__(self, p):
        self.set_up(p)


@style
class KeywordOnly(Trains):
    def __init__(self, *, p, rng=None):
        self.set_up(p, rng.random)


@style
class RngOnlyByName(Trains):
    def __init__(self, p=0.5, *, rng):
        self.set_up(p, rng.random)


@style
class PositionalOnly(Trains):
    def __init__(self, p, /):
        self.set_up(p)


@style
class Rate(Trains):
    def __init__(self, rate=0.1, name="dropout"):
        self.set_up(rate)


@style
class DropProb(Trains):
    def __init__(self, drop_prob):
        self.set_up(drop_prob)


@style
class DropoutProbability(Trains):
    def __init__(self, layer_dropout_probability):
        self.set_up(layer_dropout_probability)


@style
class KeepProb(Trains):
    def __init__(self, keep_prob):
        self.set_up(1 - keep_prob)


@style
class RetainProb(Trains):
    def __init__(self, retain_prob=0.5, generator=None):
        self.set_up(1 - retain_prob, generator.random)


@style
class Seed(Trains):
    def __init__(self, p, seed=None):
        self.set_up(p, np.random.default_rng(seed).random)


@style
class RandomState(Trains):
    def __init__(self, p, random_state):
        self.set_up(p, np.random.default_rng(random_state).random)


@style
class OldGenerator(Trains):
    def __init__(self, p, rng=np.random):
        self.set_up(p, rng.random_sample)


@style
class AnnotatedGenerator(Trains):
    def __init__(self, p, rng: "np.random.RandomState"):
        assert isinstance(rng, np.random.RandomState)
        self.set_up(p, rng.uniform_numbers if hasattr(rng, "uniform_numbers") else lambda size: rng.uniform(size=size))


@style
class DimAndP(Trains):
    def __init__(self, dim, p):
        self.dim = dim
        self.set_up(p)

    def forward(self, x):
        assert x.shape[-1] == self.dim, (x.shape, self.dim)
        return super().forward(x)


@style
class ShapeAndP(Trains):
    def __init__(self, input_shape, rate, rng):
        self.mask_shape = input_shape
        self.set_up(rate, lambda shape: rng.random(self.mask_shape))


@style
class PassesEverything(OnlyP):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)


@style
class AnyKeyword(Trains):
    def __init__(self, p, **options):
        self.set_up(p, options["rng"].random)


# Modes ----------------------------------------------------------------------------------------------------------------


@style
class TrainingSetByTheNetwork(Core):
    def __init__(self, p):
        self.set_up(p)

    def forward(self, x):
        return self.masked(x, getattr(self, "training", True))


@style
class TrainMode(Core):
    def __init__(self, p):
        self.set_up(p)
        self.train_mode = True

    def forward(self, x):
        return self.masked(x, self.train_mode)


@style
class IsTraining(Core):
    is_training = False

    def __init__(self, p):
        self.set_up(p)

    def forward(self, x):
        return self.masked(x, self.is_training)


@style
class PrivateAttribute(Core):
    def __init__(self, p):
        self.set_up(p)
        self._training = True

    def forward(self, x):
        return self.masked(x, self._training)


@style
class ModeIsAWord(Core):
    def __init__(self, p):
        self.set_up(p)
        self.mode = "train"

    def forward(self, x):
        if self.mode == "train":
            return self.masked(x, True)
        if self.mode == "test":
            return self.masked(x, False)
        raise ValueError(self.mode)


@style
class Inference(Core):
    def __init__(self, p, inference=False):
        self.set_up(p)
        self.inference = inference

    def forward(self, x):
        return self.masked(x, not self.inference)


@style
class TrainAndEval(Core):
    def __init__(self, p):
        self.set_up(p)
        self.on = True

    def train(self):
        self.on = True

    def eval(self):
        self.on = False

    def forward(self, x):
        return self.masked(x, self.on)


@style
class TrainWithAFlag(Core):
    def __init__(self, p):
        self.set_up(p)
        self.on = True

    def train(self, mode):
        self.on = mode

    def forward(self, x):
        return self.masked(x, self.on)


@style
class SetTraining(Core):
    def __init__(self, p):
        self.set_up(p)
        self.on = True

    def set_training(self, flag):
        self.on = flag

    def forward(self, x):
        return self.masked(x, self.on)


@style
class ForwardTraining(Core):
    def __init__(self, p):
        self.set_up(p)

    def forward(self, x, training=True):
        return self.masked(x, training)


@style
class ForwardTrainFlag(Core):
    """as in a well-known book"""

    def __init__(self, dropout_ratio=0.5):
        self.set_up(dropout_ratio)

    def forward(self, x, train_flg=True):
        return self.masked(x, train_flg)


@style
class ForwardDeterministic(Core):
    def __init__(self, p):
        self.set_up(p)

    def __call__(self, x, *, deterministic):
        return self.masked(x, not deterministic)


@style
class ForwardMode(Core):
    def __init__(self, p):
        self.set_up(p)

    def forward(self, x, mode="train"):
        if mode not in ("train", "eval"):
            raise ValueError(mode)
        return self.masked(x, mode == "train")


@style
class SecondPositional(Core):
    """only trying shows which value of `flag` means training"""

    def __init__(self, p):
        self.set_up(p)

    def forward(self, x, flag):
        return self.masked(x, flag)


@style
class SecondPositionalInverted(Core):
    def __init__(self, p):
        self.set_up(p)

    def forward(self, x, final=False):
        return self.masked(x, not final)


@style
class CallAndPass(Core):
    """`__call__` and another name for backward"""

    training = True

    def __init__(self, p):
        self.set_up(p)

    def __call__(self, x):
        return self.masked(x, self.training)

    backprop, backward = Core.backward, None


@style
class OutputInAnAttribute(Core):
    """as in another well-known book: forward returns nothing"""

    def __init__(self, rate):
        self.set_up(rate)

    def forward(self, inputs, training):
        self.output = self.masked(inputs, training)

    def backward(self, dvalues):
        self.dinputs = dvalues * self.factors


@style
class BackwardWithTheCache(Core):
    """forward returns y and a cache for backward"""

    def __init__(self, p):
        self.set_up(p)

    def forward(self, x, training):
        return self.masked(x, training), self.factors

    def backward(self, dout, cache):
        return dout * cache


@style
class BackwardIsReturned(Core):
    """forward returns y and its own backward"""

    backward = None

    def __init__(self, p):
        self.set_up(p)

    def __call__(self, x, is_train):
        y, kept = self.masked(x, is_train), self.factors
        return y, lambda grad: grad * kept


@style
class MaskReturned(Trains):
    """forward returns y and which elements were dropped"""

    def __init__(self, p, rng):
        self.set_up(p, rng.random)

    def forward(self, x):
        y = super().forward(x)
        return y, self.factors == 0


# Functions ------------------------------------------------------------------------------------------------------------


@style
def function_with_a_cache(x, p, training):
    cache = factors(np.random.random(x.shape), p, x.dtype) if training else np.ones_like(x)
    return x * cache, cache


@backward_of(function_with_a_cache)
def gradient_of_a_cache(dout, cache):
    return dout * cache


@style
def function_of_a_course(x, dropout_param):
    """a dict of parameters, as in a well-known course, with p as the probability of dropping"""
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = factors(np.random.rand(*x.shape), p, x.dtype) if mode == "train" else None
    return (x if mask is None else x * mask), (dropout_param, mask)


@backward_of(function_of_a_course)
def gradient_of_a_course(dout, cache):
    dropout_param, mask = cache
    return dout * mask if dropout_param["mode"] == "train" else dout


@style
def function_without_a_mode(layer_in, rng, keep_prob):
    """networks skip it in eval mode"""
    mask = factors(rng.random(layer_in.shape), 1 - keep_prob, layer_in.dtype)
    return layer_in * mask, mask


@backward_of(function_without_a_mode)
def gradient_without_a_mode(mask, dy):
    return dy * mask


@style
def function_of_a_mask(x, mask, p):
    return x * mask * x.dtype.type(scale(p))


@backward_of(function_of_a_mask)
def gradient_of_a_mask(grad, mask, p):
    return grad * mask * grad.dtype.type(scale(p))


@style
def function_of_what_is_dropped(x, drop_mask, drop_prob=0.5):
    return np.where(drop_mask, 0, x * x.dtype.type(scale(drop_prob)))


@backward_of(function_of_what_is_dropped)
def gradient_of_what_is_dropped(grad, drop_mask, drop_prob):
    return np.where(drop_mask, 0, grad * grad.dtype.type(scale(drop_prob)))


@style
def function_whose_second_argument_is_unclear(x, switch, rate, seed):
    cache = factors(np.random.default_rng(seed).random(x.shape), rate, x.dtype) if switch else np.ones_like(x)
    return x * cache, cache


@backward_of(function_whose_second_argument_is_unclear)
def gradient_of_that(g, saved):
    return g * saved


# Factories ------------------------------------------------------------------------------------------------------------


@style
def factory(rate):
    return OnlyP(rate)


@style
def factory_of_functions(p, rng):
    """makes a forward and a backward, as closures"""

    def forward(x, training):
        cache = factors(rng.random(x.shape), p, x.dtype) if training else np.ones_like(x)
        return x * cache, cache

    return forward, lambda grad, cache: grad * cache
