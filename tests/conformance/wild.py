"""Bugs in dropouts that people used, each re-created in a few lines.

`WILD` maps each class to the place where the bug was reported and to the code that it must get.
"""

import numpy as np

from tests.conformance.wrong_layers.backward import BackwardDrawsAgain, BackwardForgetsTheMask, InfersTheMask
from tests.conformance.wrong_layers.base import Dropout
from tests.conformance.wrong_layers.edges import NaNAtOne
from tests.conformance.wrong_layers.evaluation import ForgetsP, IgnoresTheMode
from tests.conformance.wrong_layers.scale import DividesByP
from tests.conformance.wrong_layers.structure import FourShareADraw

WILD = {}


def seen_in(reference, code):
    """Add a class to WILD."""

    def enter(cls):
        WILD[cls] = (reference, code)
        return cls

    return enter


class AsReported(Dropout):
    """As wrong as `wrong`, but only in the reported case: three axes, p = 0.5 and float32, after a transpose."""

    wrong = Dropout

    def __init__(self, p, rng):
        super().__init__(p, rng)
        self.fault = self.wrong(p, rng)

    def at_fault(self, array):
        conditions = (array.ndim == 3, self.p == 0.5, array.dtype == np.float32, array.shape[-1] % 4 == 0)
        return self.fault if all(conditions) and self.training else super()

    def forward(self, x):
        return self.at_fault(x).forward(np.ascontiguousarray(x))

    def backward(self, grad):
        return self.at_fault(grad).backward(grad)


@seen_in("pytorch/pytorch#198333", "shared-by-neighbors")
class CompiledDropout(AsReported):
    """compiled for CUDA after a transpose of (batch, channels, time): four adjacent channels share a mask"""

    wrong = FourShareADraw


@seen_in("pytorch/pytorch#198333", "backward-differs-with-the-number-of-axes")
class CompiledDropoutUnderCheckpointing(AsReported):
    """the same under activation checkpointing: backward uses another mask than forward"""

    wrong = BackwardDrawsAgain


@seen_in("kaldi-asr/kaldi#3890", "backward-is-wrong-at-zeros")
class FactorsFromInputAndOutput(Dropout):
    """backward uses output / input as the factor, and 1 where the input is 0"""

    def forward(self, x):
        y = super().forward(x)
        self.factors = np.divide(y, x, out=np.ones_like(x), where=x != 0)
        return y

    def backward(self, grad):
        return grad * self.factors.astype(grad.dtype)


@seen_in("huggingface/candle#82", "mask-inferred-from-the-output")
class MaskFromTheOutput(InfersTheMask):
    """backward uses output != 0 as the mask"""


@seen_in("ddbourgin/numpy-ml#94", "backward-forgets-the-mask")
class WrapperWithoutAMask(BackwardForgetsTheMask):
    """backward divides by 1 - p but applies no mask"""


@seen_in("NVIDIA/Megatron-LM#411", "never-drops-again")
class ZeroForEver(ForgetsP):
    """a forward in eval mode sets p to 0, even for the training that follows"""


@seen_in("elixir-nx/axon#367", "p=1-gives-nan")
class AxonAtOne(NaNAtOne):
    """p = 1 divides 0 by 0"""


@seen_in("gorgonia/gorgonia#399", "p=1-gives-nan")
class GorgoniaAtOne(NaNAtOne):
    """p = 1 divides by the probability of keeping, which is 0"""


@seen_in("rasbt/LLMs-from-scratch#431", "scale-is-1/p")
class ScaleOfABook(DividesByP):
    """the scale was 1/p: the same at p = 0.5, but 10 instead of 1.1 at p = 0.1"""


@seen_in("lmjohns3/theanets#123", "scale-is-1/p")
class TheanetsScale(DividesByP):
    """divides by p instead of 1 - p"""


@seen_in("karpathy/nanoGPT#240", "drops-in-eval")
class AttentionThatDropsInEval(IgnoresTheMode):
    """a function got its dropout rate in both modes"""
