"""Bad input: each row is a call, the exception it raises, and the words that its message must contain.

The words always say what was attempted, what was given and what was expected.
"""

import numpy as np
import pytest

import tinygrad_dropout as td
from tinygrad_dropout import functional as F
from tinygrad_dropout import nn, optim
from tinygrad_dropout.autograd.recording import record


def tensor(*shape: int) -> td.Tensor:
    return td.Tensor(np.ones(shape), requires_grad=True)


def answering(backward) -> td.Tensor:
    """Return the sum of an operation on a (2, 3) leaf, with this backward."""
    x = tensor(2, 3)
    return record(x.data * 1, (x,), backward).sum()


SINGLE = td.Tensor(np.ones((2, 3), dtype=np.float32))
LOGITS = tensor(2, 3)
FROZEN = np.broadcast_to(1.0, 3)
KEPT = np.ones((2, 3), dtype=bool)

MAKING_A_TENSOR = [
    (lambda: td.Tensor("abc"), TypeError, ["Tensor", "str", "numbers"]),
    (lambda: td.Tensor(None), TypeError, ["Tensor", "NoneType", "numbers"]),
    (lambda: td.Tensor([1.0, None]), TypeError, ["Tensor", "numbers"]),
    (lambda: td.Tensor(np.array([1j])), TypeError, ["Tensor", "complex128", "real"]),
    (lambda: td.Tensor(1j, dtype=np.float32), TypeError, ["Tensor", "real"]),
    (lambda: td.Tensor(["1.5"], dtype=np.float32), TypeError, ["Tensor", "numbers"]),
    (lambda: td.Tensor([1.0, [2.0, 3.0]]), ValueError, ["Tensor"]),
    (lambda: td.Tensor(np.array([1, 2]), requires_grad=True), TypeError, ["requires_grad", "int64", "float"]),
    (lambda: td.Tensor(True, requires_grad=True), TypeError, ["requires_grad", "bool", "float"]),
    (lambda: td.Tensor([1.0], dtype=np.complex64), TypeError, ["Tensor", "real", "complex64"]),
    (lambda: tensor(2).item(), ValueError, ["item", "one element", "(2,)"]),
    (lambda: len(tensor()), TypeError, ["len", "0-d"]),
    (lambda: bool(tensor(2)), ValueError, ["one element", "(2,)"]),
    (lambda: td.Tensor([1.0]).retain_grad(), RuntimeError, ["retain_grad", "requires"]),
]

WALKING_BACK = [
    (lambda: tensor(2, 3).backward(), RuntimeError, ["backward", "one element", "(2, 3)"]),
    (lambda: td.Tensor([1.0]).backward(), RuntimeError, ["backward", "requires_grad=True"]),
    (lambda: tensor(2, 3).backward(np.ones((3, 2))), ValueError, ["backward", "(2, 3)", "(3, 2)"]),
    (lambda: answering(lambda grad, x: grad).backward(), TypeError, ["tuple of 1", "ndarray"]),
    (lambda: answering(lambda grad, x: (grad, grad)).backward(), TypeError, ["tuple of 1", "got 2"]),
    (lambda: answering(lambda grad, x: (np.ones((2, 5)),)).backward(), ValueError, ["backward", "(2, 3)", "(2, 5)"]),
    (lambda: tensor(2, 3).backward(np.ones(3)), ValueError, ["backward", "(2, 3)", "(3,)"]),
]

SHAPES_THAT_DO_NOT_FIT = [
    (lambda: tensor(2, 3) + tensor(4), ValueError, ["add", "(2, 3)", "(4,)"]),
    (lambda: tensor(2, 3) * np.ones((3, 2)), ValueError, ["multiply", "(2, 3)", "(3, 2)"]),
    (lambda: F.maximum(tensor(2), tensor(3)), ValueError, ["maximum", "(2,)", "(3,)"]),
    (lambda: F.where(KEPT, tensor(2), tensor(3)), ValueError, ["where", "(2, 3)", "(2,)", "(3,)"]),
    (lambda: tensor(2, 3) @ tensor(4, 5), ValueError, ["matmul", "(2, 3)", "(4, 5)"]),
    (lambda: tensor() @ tensor(3), ValueError, ["matmul", "()"]),
    (lambda: F.linear(tensor(2, 3), tensor(4, 5)), ValueError, ["linear", "last axis", "5", "(2, 3)"]),
    (lambda: F.linear(tensor(2, 3), tensor(4, 3), tensor(5)), ValueError, ["linear", "bias", "(4,)", "(5,)"]),
    (lambda: F.linear(tensor(2, 3), tensor(3)), ValueError, ["linear", "weight", "(3,)"]),
    (lambda: tensor(2, 3).reshape(4), ValueError, ["reshape", "(2, 3)", "(4,)"]),
    (lambda: F.concatenate([tensor(2, 3), tensor(2, 4)]), ValueError, ["concatenate", "(2, 3)", "(2, 4)"]),
    (lambda: F.concatenate([]), ValueError, ["concatenate", "at least one"]),
    (lambda: F.stack([tensor(2), tensor(3)]), ValueError, ["stack", "(2,)", "(3,)"]),
    (lambda: F.stack([]), ValueError, ["stack", "at least one"]),
    (lambda: tensor(2, 3, 4).T, ValueError, ["T", "2", "(2, 3, 4)"]),
    (lambda: tensor(2, 3).squeeze(0), ValueError, ["squeeze", "(2, 3)"]),
    (lambda: tensor(2, 3).clip(np.ones(4), 1), ValueError, ["clip", "(2, 3)", "(4,)"]),
    (lambda: tensor(3).clip(np.ones((2, 3))), ValueError, ["clip", "(3,)", "(2, 3)"]),
    (lambda: F.mse_loss(tensor(2, 3), np.ones(3)), ValueError, ["mse_loss", "(2, 3)", "(3,)"]),
    (
        lambda: F.binary_cross_entropy_with_logits(tensor(2, 1), np.ones(2)),
        ValueError,
        ["binary_cross_entropy_with_logits", "(2, 1)", "(2,)"],
    ),
    (lambda: F.l1_loss(tensor(2, 3), np.ones(3)), ValueError, ["l1_loss", "(2, 3)", "(3,)"]),
    (lambda: F.layer_norm(tensor(2, 3), 4), ValueError, ["layer_norm", "last axes", "(4,)", "(2, 3)"]),
    (lambda: F.layer_norm(tensor(2, 3), ()), ValueError, ["layer_norm", "()", "(2, 3)"]),
    (lambda: F.layer_norm(tensor(2, 3), 3, tensor(2)), ValueError, ["layer_norm", "weight", "(3,)", "(2,)"]),
    (lambda: F.layer_norm(tensor(2, 3), 3, None, tensor(2)), ValueError, ["layer_norm", "bias", "(3,)", "(2,)"]),
    (lambda: F.layer_norm(tensor(2, 3), 3, tensor(4)), ValueError, ["layer_norm", "weight", "(3,)", "(4,)"]),
    (lambda: F.layer_norm(SINGLE, 3, tensor(3)), TypeError, ["layer_norm", "float32 (input)", "float64 (weight)"]),
    (lambda: F.batch_norm(tensor(3), None, None), ValueError, ["batch_norm", "(N, C, ...)", "(3,)"]),
    (
        lambda: F.batch_norm(tensor(1, 3), None, None, training=True),
        ValueError,
        ["batch_norm", "more than one value", "(1, 3)"],
    ),
    (
        lambda: F.batch_norm(tensor(2, 3), tensor(2), tensor(3)),
        ValueError,
        ["batch_norm", "running_mean", "(3,)", "(2,)"],
    ),
    (
        lambda: F.batch_norm(SINGLE, tensor(3), tensor(3), training=True),
        TypeError,
        ["batch_norm", "float32 (input)", "float64 (running_mean)"],
    ),
    (
        lambda: F.batch_norm(tensor(2, 3), None, None),
        ValueError,
        ["batch_norm", "running_var", "evaluation", "neither"],
    ),
    (lambda: F.batch_norm(tensor(2, 3), None, tensor(3)), ValueError, ["batch_norm", "running_mean", "only one"]),
    (
        lambda: F.batch_norm(tensor(2, 3), tensor(3), None, training=True),
        ValueError,
        ["batch_norm", "both", "neither (training)", "only one"],
    ),
    (
        lambda: F.batch_norm(tensor(2, 3), [0.0] * 3, [1.0] * 3, training=True),
        TypeError,
        ["batch_norm", "running_mean", "in place", "list"],
    ),
    (lambda: F.batch_norm(tensor(2, 3), None, None, training=True, eps=-1), ValueError, ["batch_norm", "eps", "-1"]),
    (lambda: F.layer_norm(tensor(2, 3), 3, eps=np.nan), ValueError, ["layer_norm", "eps", "at least 0", "nan"]),
    (lambda: F.layer_norm(tensor(2, 3), 3.0), TypeError, ["layer_norm", "normalized_shape", "whole", "3.0"]),
    (lambda: nn.LayerNorm((2, -3)), ValueError, ["LayerNorm", "normalized_shape", "at least 0", "(2, -3)"]),
    (lambda: nn.LayerNorm(3, eps="small"), TypeError, ["LayerNorm", "eps", "number", "'small'"]),
    (lambda: nn.BatchNorm1d(5 / 2), TypeError, ["BatchNorm1d", "num_features", "whole", "2.5"]),
    (lambda: nn.BatchNorm1d(3, momentum="a"), TypeError, ["BatchNorm1d", "momentum", "number", "'a'"]),
    (lambda: nn.BatchNorm1d(3, eps=None), TypeError, ["BatchNorm1d", "eps", "number", "None"]),
    (lambda: nn.Linear(5 / 2, 3), TypeError, ["Linear", "sizes", "whole", "2.5"]),
    (lambda: nn.Embedding(3, "2"), TypeError, ["Embedding", "sizes", "whole", "'2'"]),
    (lambda: nn.Embedding(3, 2, padding_idx=1.0), TypeError, ["Embedding", "padding_idx", "whole", "1.0"]),
    (lambda: F.embedding([0], tensor(2, 3), padding_idx=0.5), TypeError, ["embedding", "padding_idx", "whole", "0.5"]),
    (lambda: F.leaky_relu(tensor(3), [0.1]), TypeError, ["leaky_relu", "negative_slope", "number", "[0.1]"]),
    (lambda: nn.LeakyReLU("0.1"), TypeError, ["LeakyReLU", "negative_slope", "number", "'0.1'"]),
    (lambda: nn.BatchNorm1d(4)(tensor(2, 3)), ValueError, ["BatchNorm1d(4, ", "(N, 4)", "(2, 3)"]),
    (lambda: nn.BatchNorm1d(3)(tensor(2, 3, 4, 5)), ValueError, ["BatchNorm1d(3, ", "(N, 3, L)", "(2, 3, 4, 5)"]),
    (lambda: nn.BatchNorm1d(3)(tensor(1, 3)), ValueError, ["BatchNorm1d(3, ", "more than one value", "(1, 3)"]),
    (lambda: nn.LayerNorm((3, 4))(tensor(2, 3)), ValueError, ["LayerNorm((3, 4), ", "(2, 3)"]),
    (lambda: F.embedding([0], tensor(3)), ValueError, ["embedding", "weight", "(3,)"]),
    (lambda: F.dropout(tensor(2, 3), 0.5, mask=np.ones(3, dtype=bool)), ValueError, ["dropout", "(3,)", "(2, 3)"]),
]

AXES_AND_INDICES = [
    (lambda: tensor(2, 3).sum(axis=2), ValueError, ["sum", "axis", "2", "(2, 3)"]),
    (lambda: tensor(2, 3).mean(axis=-3), ValueError, ["mean", "axis", "-3", "(2, 3)"]),
    (lambda: tensor(2, 3).max(axis=(0, 0)), ValueError, ["max", "axis", "(0, 0)"]),
    (lambda: tensor(2, 3).softmax(axis=2), ValueError, ["softmax", "axis", "2", "(2, 3)"]),
    (lambda: tensor(2, 3).transpose(0, 2), ValueError, ["transpose", "2", "(2, 3)"]),
    (lambda: tensor(2, 3).permute(0, 0), ValueError, ["permute", "(0, 0)", "(2, 3)"]),
    (lambda: tensor(2, 3).permute(0), ValueError, ["permute", "(0,)", "(2, 3)"]),
    (lambda: tensor(2, 3).unsqueeze(4), ValueError, ["unsqueeze", "4", "(2, 3)"]),
    (lambda: tensor(2).clip(td.Tensor([0.0]), 1), TypeError, ["clip", "numbers or arrays", "Tensor"]),
    (lambda: F.concatenate([tensor(2)], axis=None), TypeError, ["concatenate", "int", "None"]),
    (lambda: F.concatenate([tensor(2)], axis=1), ValueError, ["concatenate", "axis", "1"]),
    (lambda: F.stack([tensor(2)], axis=3), ValueError, ["stack", "axis", "3"]),
    (lambda: tensor(0, 3).max(), ValueError, ["max", "(0, 3)"]),
    (lambda: tensor(0, 3).min(axis=0), ValueError, ["min", "(0, 3)"]),
    (lambda: tensor(2, 3)[2], IndexError, ["2"]),
    (lambda: tensor(2, 3)[0, 0, 0], IndexError, ["3", "2"]),
    (lambda: tensor(2, 3)["key"], IndexError, ["integer"]),
    (lambda: F.embedding([0, 2], tensor(2, 3)), IndexError, ["embedding", "from 0 to 1", "got 2"]),
    (lambda: F.embedding([[0], [-1]], tensor(2, 3)), IndexError, ["embedding", "from 0 to 1", "got -1"]),
    (lambda: F.embedding([0.0], tensor(2, 3)), TypeError, ["embedding", "integer", "float32"]),
    (lambda: F.embedding([True], tensor(2, 3)), TypeError, ["embedding", "integer", "bool"]),
    (lambda: F.embedding([0], tensor(2, 3), padding_idx=2), ValueError, ["embedding", "padding_idx", "-2 to 1", "2"]),
    (lambda: nn.Embedding(2, 3, padding_idx=-3), ValueError, ["Embedding", "padding_idx", "-2 to 1", "-3"]),
    (lambda: nn.Embedding(-1, 3), ValueError, ["Embedding", "at least 0", "-1"]),
    (lambda: nn.Softmax(dim=1), TypeError, ["Softmax", "axis="]),
    (lambda: F.gelu(tensor(2), "erf"), ValueError, ["gelu", '"none" or "tanh"', "'erf'"]),
    (lambda: nn.GELU("erf"), ValueError, ["GELU", '"none" or "tanh"', "'erf'"]),
]

TARGETS = [
    (lambda: F.cross_entropy(LOGITS, [0, 3]), ValueError, ["cross_entropy", "from 0 to 2", "got 3"]),
    (lambda: F.cross_entropy(LOGITS, [0, -1]), ValueError, ["cross_entropy", "from 0 to 2", "got -1"]),
    (lambda: F.cross_entropy(LOGITS, [0, 1, 2]), ValueError, ["cross_entropy", "(2,)", "(3,)"]),
    (lambda: F.cross_entropy(LOGITS, [0.0, 1.0]), ValueError, ["cross_entropy", "integers", "(2,)"]),
    (lambda: F.cross_entropy(LOGITS, np.ones((2, 4))), ValueError, ["cross_entropy", "(2, 3)", "(2, 4)"]),
    (lambda: F.cross_entropy(tensor(3), [0]), ValueError, ["cross_entropy", "(N, C)", "(3,)"]),
    (lambda: F.nll_loss(LOGITS, [0, 3]), ValueError, ["nll_loss", "from 0 to 2", "got 3"]),
    (lambda: F.nll_loss(LOGITS, np.ones((2, 3))), ValueError, ["nll_loss", "integer", "(2, 3)"]),
    (lambda: F.cross_entropy(LOGITS, [0, 1], reduction="median"), ValueError, ["cross_entropy", '"mean"', "'median'"]),
    (lambda: F.mse_loss(LOGITS, LOGITS, reduction="max"), ValueError, ["mse_loss", '"mean"', "'max'"]),
    (
        lambda: F.cross_entropy(LOGITS, [0, 1], weight=np.ones(2)),
        ValueError,
        ["cross_entropy", "weight", "(3,)", "(2,)"],
    ),
    (lambda: F.nll_loss(LOGITS, [0, 1], weight=1.0), ValueError, ["nll_loss", "weight", "(3,)", "()"]),
    (lambda: F.cross_entropy(LOGITS, [0, 1], weight=tensor(3)), TypeError, ["cross_entropy", "weight", "detach"]),
    (lambda: F.cross_entropy(LOGITS, [0, 1], label_smoothing=1.5), ValueError, ["cross_entropy", "0 and 1", "1.5"]),
    (lambda: F.cross_entropy(LOGITS, [0, 1], label_smoothing=np.nan), ValueError, ["label_smoothing", "nan"]),
    (lambda: F.cross_entropy(LOGITS, [0, 1], label_smoothing="a"), TypeError, ["label_smoothing", "number", "'a'"]),
    (lambda: nn.CrossEntropyLoss(label_smoothing=None), TypeError, ["CrossEntropyLoss", "label_smoothing", "None"]),
    (lambda: nn.CrossEntropyLoss(weight=tensor(3)), TypeError, ["CrossEntropyLoss", "weight", "without gradients"]),
    (lambda: nn.BCEWithLogitsLoss(pos_weight=tensor(3)), TypeError, ["BCEWithLogitsLoss", "pos_weight", "gradients"]),
    (lambda: nn.CrossEntropyLoss(label_smoothing=-0.1), ValueError, ["CrossEntropyLoss", "label_smoothing", "-0.1"]),
    (lambda: nn.CrossEntropyLoss(LOGITS, [0, 1]), TypeError, ["CrossEntropyLoss", "by name", "(prediction, target)"]),
    (
        lambda: F.binary_cross_entropy_with_logits(LOGITS, KEPT, pos_weight=np.ones(2)),
        ValueError,
        ["binary_cross_entropy_with_logits", "pos_weight", "(2, 3)", "(2,)"],
    ),
    (
        lambda: F.binary_cross_entropy_with_logits(tensor(3), np.ones(3), pos_weight=np.ones((2, 3))),
        ValueError,
        ["pos_weight", "(3,)", "(2, 3)"],
    ),
    (lambda: nn.CrossEntropyLoss(reduction="median"), ValueError, ["CrossEntropyLoss", '"mean"', "'median'"]),
]

DROPPING = [
    (lambda: F.dropout(LOGITS, 1.5), ValueError, ["dropout", "between 0 and 1", "1.5"]),
    (lambda: F.dropout(LOGITS, -0.1), ValueError, ["dropout", "between 0 and 1", "-0.1"]),
    (lambda: F.dropout(LOGITS, float("nan")), ValueError, ["dropout", "between 0 and 1", "nan"]),
    (lambda: F.dropout(LOGITS, 1.5, training=False), ValueError, ["dropout", "between 0 and 1", "1.5"]),
    (lambda: F.dropout(LOGITS, "0.5"), (TypeError, ValueError), ["dropout", "between 0 and 1", "'0.5'"]),
    (lambda: nn.Dropout(None), (TypeError, ValueError), ["Dropout", "between 0 and 1", "None"]),
    (lambda: F.dropout(LOGITS, 0.5, mask=np.ones((2, 3))), TypeError, ["dropout", "boolean", "float64"]),
    (lambda: F.dropout(LOGITS, 0.5, mask=[[True] * 3] * 2), TypeError, ["dropout", "boolean", "list"]),
    (lambda: F.dropout(LOGITS, 1, mask=KEPT), ValueError, ["dropout", "p = 1", "mask"]),
    (lambda: F.dropout(LOGITS, 0.5, scaling="both"), ValueError, ["dropout", '"train" or "test"', "'both'"]),
    (lambda: F.dropout(LOGITS, 0.5, rng=0), TypeError, ["dropout", "Generator", "0"]),
    (lambda: nn.Dropout(0.5, rng=0), TypeError, ["Dropout", "Generator", "0"]),
    (lambda: F.dropout(LOGITS, 0.5, shared_axes=2), ValueError, ["dropout", "shared_axes", "2", "(2, 3)"]),
    (lambda: F.dropout(LOGITS, 0.5, shared_axes="all"), TypeError, ["dropout", "int or a tuple", "'all'"]),
    (lambda: nn.Dropout(0.5, shared_axes=[0]), TypeError, ["Dropout", "int or a tuple", "[0]"]),
    (lambda: nn.Dropout(0.5, shared_axes=(0, 1.0)), TypeError, ["Dropout", "int or a tuple", "(0, 1.0)"]),
    (lambda: nn.Dropout(0.5, shared_axes=True), TypeError, ["Dropout", "int or a tuple", "True"]),
    (lambda: F.dropout(np.array([1, 2]), 0.5), TypeError, ["dropout", "floating", "int64"]),
    (lambda: F.gaussian_dropout(np.array([1, 2]), 0.5), TypeError, ["gaussian_dropout", "floating", "int64"]),
    (lambda: F.gaussian_dropout(LOGITS, 1), ValueError, ["gaussian_dropout", "below 1", "variance", "got 1"]),
    (lambda: F.gaussian_dropout(LOGITS, 1.5), ValueError, ["gaussian_dropout", "between 0 and 1", "1.5"]),
    (lambda: F.gaussian_dropout(LOGITS, 1, training=False), ValueError, ["gaussian_dropout", "below 1"]),
    (lambda: F.gaussian_dropout(LOGITS, noise=KEPT), TypeError, ["gaussian_dropout", "floating", "bool"]),
    (lambda: F.gaussian_dropout(LOGITS, noise=[1.0]), TypeError, ["gaussian_dropout", "floating", "list"]),
    (lambda: F.gaussian_dropout(LOGITS, noise=np.ones(3)), ValueError, ["gaussian_dropout", "(3,)", "(2, 3)"]),
    (lambda: F.gaussian_dropout(LOGITS, 0.5, rng=0), TypeError, ["gaussian_dropout", "Generator", "0"]),
    (lambda: nn.GaussianDropout(1.0), ValueError, ["GaussianDropout", "below 1", "variance"]),
    (lambda: nn.GaussianDropout(-1), ValueError, ["GaussianDropout", "between 0 and 1", "-1"]),
    (lambda: nn.GaussianDropout(rng=0), TypeError, ["GaussianDropout", "Generator", "0"]),
    (lambda: nn.GaussianDropout().replay(), RuntimeError, ["GaussianDropout(p=0.5).replay", "noise", "neither"]),
    (lambda: nn.DropConnect(2, 2, p=1.5), ValueError, ["DropConnect", "between 0 and 1", "1.5"]),
    (lambda: nn.DropConnect(2, 2, rng=0), TypeError, ["DropConnect", "Generator", "0"]),
    (lambda: nn.DropConnect(5, 4)(LOGITS.data), ValueError, ["DropConnect(5 -> 4, p=0.5)", "to be 5", "(2, 3)"]),
    (
        lambda: nn.DropConnect(5, 4, per_example=True)(LOGITS),
        ValueError,
        ["DropConnect(5 -> 4, p=0.5, per_example=True)", "to be 5", "(2, 3)"],
    ),
    (lambda: nn.DropConnect(2, 2).replay(), RuntimeError, ["DropConnect(2 -> 2, p=0.5).replay", "mask", "neither"]),
    (lambda: nn.Linear(2, 2, rng=0), TypeError, ["Linear", "Generator", "0"]),
    (lambda: td.manual_seed(-1), ValueError, ["seed", "-1"]),
    (lambda: td.manual_seed("one"), (TypeError, ValueError), ["seed", "'one'"]),
    (lambda: nn.Linear(-1, 2), ValueError, ["Linear", "-1"]),
]

STARTING = [
    (lambda: nn.init.zeros_(np.ones(2)), TypeError, ["zeros_", "Tensor", "ndarray"]),
    (lambda: nn.init.xavier_normal_(tensor(3)), ValueError, ["xavier_normal_", "two axes", "(3,)"]),
    (lambda: nn.init.kaiming_normal_(tensor(2, 3), mode="fan"), ValueError, ["kaiming_normal_", "fan_in", "'fan'"]),
    (lambda: nn.init.calculate_gain("gelu"), ValueError, ["calculate_gain", "leaky_relu", "'gelu'"]),
    (lambda: nn.init.uniform_(tensor(3), rng=0), TypeError, ["uniform_", "Generator", "0"]),
    (lambda: nn.init.uniform_(tensor(3), 1, 0), ValueError, ["uniform_", "a <= b", "a = 1", "b = 0"]),
    (lambda: nn.init.xavier_uniform_(tensor(2, 3), gain=-1), ValueError, ["uniform_", "a <= b"]),
    (lambda: nn.init.normal_(tensor(3), 0, -1), ValueError, ["normal_", "std", "at least 0", "-1"]),
    (lambda: nn.init.constant_(tensor(3), [1, 2, 3]), TypeError, ["constant_", "val", "number", "[1, 2, 3]"]),
    (lambda: nn.init.ones_(td.Tensor(FROZEN)), ValueError, ["ones_", "written", "read-only"]),
    (lambda: nn.init.ones_(td.Tensor([True, False])), TypeError, ["ones_", "floating", "bool"]),
    (lambda: nn.init.uniform_(td.Tensor([1, 2])), TypeError, ["uniform_", "floating", "int64"]),
]

OPTIMIZING = [
    (lambda: optim.SGD([], lr=0.1), ValueError, ["SGD", "nothing"]),
    (lambda: optim.SGD([1.0], lr=0.1), (TypeError, ValueError), ["SGD", "Tensor", "float"]),
    (lambda: optim.SGD(tensor(2), lr=0.1), (TypeError, ValueError), ["SGD", "Tensor"]),
    (lambda: optim.SGD([LOGITS], "a"), ValueError, ["SGD", "lr", "'a'"]),
    (lambda: optim.SGD([LOGITS], None), ValueError, ["SGD", "lr", "None"]),
    (lambda: optim.SGD([LOGITS], lr=-0.1), ValueError, ["SGD", "lr", "-0.1"]),
    (lambda: optim.SGD([LOGITS], lr=float("nan")), ValueError, ["SGD", "lr", "nan"]),
    (lambda: optim.SGD([LOGITS], lr=0.1, momentum=-1), ValueError, ["SGD", "momentum", "-1"]),
    (lambda: optim.SGD([LOGITS], lr=0.1, nesterov=True), ValueError, ["SGD", "nesterov", "momentum"]),
    (lambda: optim.Adam([LOGITS], betas=(0.9, 1.0)), ValueError, ["Adam", "betas", "(0.9, 1.0)"]),
    (lambda: optim.Adam([LOGITS], eps=-1e-8), ValueError, ["Adam", "eps", "-1e-08"]),
    (lambda: optim.AdamW([LOGITS], weight_decay=-1), ValueError, ["AdamW", "weight_decay", "-1"]),
    (lambda: optim.SGD([LOGITS, LOGITS], lr=0.1), ValueError, ["SGD", "twice"]),
    (lambda: optim.SGD([LOGITS], lr=0.1).load_state_dict({}), KeyError, ["SGD", "missing"]),
    (lambda: optim.max_norm(LOGITS, 3), TypeError, ["max_norm", "list of Tensors", "single"]),
    (lambda: optim.max_norm([LOGITS], 0), ValueError, ["max_norm", "c", "0"]),
    (lambda: optim.max_norm([LOGITS], float("nan")), ValueError, ["max_norm", "c", "nan"]),
]

CHECKING = [
    (
        lambda: td.gradcheck(F.exp, [td.Tensor([1.0], requires_grad=True)]),
        TypeError,
        ["gradcheck", "float64", "float32"],
    ),
    (lambda: td.gradcheck(F.exp, [np.ones(2)]), TypeError, ["gradcheck", "Tensor", "ndarray"]),
    (lambda: td.gradcheck(F.exp, [td.Tensor(np.ones(2))]), ValueError, ["gradcheck", "requires_grad=True"]),
]

MC = nn.Sequential(nn.Dropout(0.5))

SAMPLING = [
    (lambda: td.mc_forward(MC, LOGITS, 0), ValueError, ["mc_forward", "at least 1", "0"]),
    (lambda: td.mc_forward(MC, LOGITS, 2.0), ValueError, ["mc_forward", "whole number", "2.0"]),
    (lambda: td.mc_forward(nn.Linear(3, 1), LOGITS, 5), ValueError, ["mc_forward", "dropout", "Linear"]),
    (lambda: td.mc_forward(F.dropout, LOGITS, 5), TypeError, ["mc_forward", "Module", "function"]),
    (lambda: td.mc_forward(MC, LOGITS, 5, apply=lambda y: [y]), TypeError, ["mc_forward", "Tensor", "list"]),
]

DRAWING = [
    (lambda: td.show_mask(nn.Dropout(0.5)), ValueError, ["show_mask", "training mode", "Dropout(p=0.5)"]),
    (lambda: td.show_mask(nn.Linear(2, 2)), TypeError, ["show_mask", "boolean array", "Linear"]),
    (lambda: td.show_mask([True]), TypeError, ["show_mask", "boolean array", "list"]),
    (lambda: td.show_mask(np.ones(2)), TypeError, ["show_mask", "boolean array", "float64"]),
    (lambda: td.show_mask(KEPT, p=2), ValueError, ["show_mask", "between 0 and 1", "2"]),
    (lambda: td.show_mask(KEPT, rows=0), ValueError, ["show_mask", "at least 1", "rows=0"]),
    (lambda: td.show_mask(KEPT[None, None], index=0), ValueError, ["show_mask", "two axes", "(1, 1, 2, 3)", "[0]"]),
    (lambda: td.show_mask(KEPT, index=2), IndexError, ["2"]),
]

TABLES = [
    MAKING_A_TENSOR,
    WALKING_BACK,
    SHAPES_THAT_DO_NOT_FIT,
    AXES_AND_INDICES,
    TARGETS,
    DROPPING,
    SAMPLING,
    DRAWING,
    STARTING,
    OPTIMIZING,
    CHECKING,
]


@pytest.mark.parametrize(
    ("call", "exception", "words"),
    [pytest.param(*row, id=" ".join(row[2])) for table in TABLES for row in table],
)
def test_the_message_says_what_was_given_and_what_was_expected(call, exception, words):
    with pytest.raises(exception) as caught:
        call()
    message = str(caught.value)
    assert [word for word in words if word not in message] == [], message
    assert "\n" not in message
