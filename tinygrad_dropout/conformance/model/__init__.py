"""Does a whole model use dropout rightly? For our Modules and PyTorch's."""

from tinygrad_dropout.conformance.model.check import assert_model, check_model

__all__ = ["assert_model", "check_model"]
