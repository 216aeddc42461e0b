"""The mutants that no test has to kill, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutants import Mutant, made, places

KINDS = {
    "equivalent": "no program can tell the two apart",
    "speed only": "the results are the same, sooner or later",
    "message only": "only the text of an error or a warning differs, or the line that a warning points to",
}


@dataclass(frozen=True)
class Excuse:
    """Mutants that need not be killed.

    Attributes:
        file: the path from the root.
        original: the changed line, without indentation and comment.
        operator: Cosmic Ray's.
        mutated: the line after the change, also without them.
        kind: one of KINDS.
        reason: why, in a sentence.
        places: how many mutants this describes: more than one if the line occurs in the file several times.
    """

    file: str
    original: str
    operator: str
    mutated: str
    kind: str
    reason: str
    places: int = 1

    def covers(self, mutant: Mutant) -> bool:
        """Whether this excuse describes the mutant."""
        there = (mutant.place.file, mutant.original, mutant.place.operator, mutant.mutated)
        return there == (self.file, self.original, self.operator, self.mutated)


EXCUSED: tuple[Excuse, ...] = (
    Excuse(
        "tinygrad_dropout/functional/_loss_parts.py",
        'if reduction == "mean" and losses.itemsize >= 4:',
        "ReplaceComparisonOperator_GtE_Eq",
        'if reduction == "mean" and losses.itemsize == 4:',
        "speed only",
        "NumPy's own mean of float64 losses is just as accurate.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_constants.py",
        "@lru_cache(maxsize=16)",
        "NumberReplacer",
        "@lru_cache(maxsize= 15)",
        "speed only",
        "The size only decides how often a constant is made again.",
        places=2,
    ),
    Excuse(
        "tinygrad_dropout/optim/_flat.py",
        "for parameter, view in zip(self.params, self.views, strict=True):",
        "ReplaceTrueWithFalse",
        "for parameter, view in zip(self.params, self.views, strict=False):",
        "equivalent",
        "There is a view for each parameter.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_flat.py",
        "(parameter.data.dtype, step, tuple(state)) "
        "for parameter, step, state in zip(params, steps, states, strict=True)",
        "ReplaceTrueWithFalse",
        "(parameter.data.dtype, step, tuple(state)) "
        "for parameter, step, state in zip(params, steps, states, strict=False)",
        "equivalent",
        "All three have the same length.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/dtypes.py",
        'RANK = {"b": 0, "u": 1, "i": 1, "f": 2}',
        "NumberReplacer",
        'RANK = {"b": 0, "u": 1, "i": 1, "f": 3}',
        "equivalent",
        "Ranks are compared with each other, so only their order counts.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_elementwise.py",
        "out = np.clip(x.data, min, max).astype(x.data.dtype, copy=False)",
        "ReplaceFalseWithTrue",
        "out = np.clip(x.data, min, max).astype(x.data.dtype, copy=True)",
        "speed only",
        "np.clip has already made a new array.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_loss_parts.py",
        'if reduction == "mean" and losses.itemsize >= 4:',
        "ReplaceComparisonOperator_Eq_LtE",
        'if reduction <= "mean" and losses.itemsize >= 4:',
        "equivalent",
        "The other two allowed reductions, none and sum, come after mean in the alphabet.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_shapes.py",
        "return not all(part is ... or isinstance(part, once) or np.asarray(part).dtype == np.bool_ for part in parts)",
        "ReplaceComparisonOperator_Eq_LtE",
        "return not all(part is ... or isinstance(part, once) or np.asarray(part).dtype <= np.bool_ for part in parts)",
        "equivalent",
        "Between dtypes, <= means that a cast is safe, and no other dtype can be cast to bool safely.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_flat.py",
        "(parameter._grad is None, parameter.data.dtype, parameter.data is view)",
        "ReplaceComparisonOperator_Is_IsNot",
        "(parameter._grad is None, parameter.data.dtype, parameter.data is not view)",
        "equivalent",
        "Neighbors are grouped by whether these values agree, and negating both does not change that.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_loss_parts.py",
        'if reduction == "mean" and losses.itemsize >= 4:',
        "NumberReplacer",
        'if reduction == "mean" and losses.itemsize >= 3:',
        "equivalent",
        "No floating dtype has three bytes.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_arithmetic.py",
        "if type(x) is not Tensor or type(y) is not Tensor or x.data.dtype is not y.data.dtype:",
        "ReplaceComparisonOperator_IsNot_NotEq",
        "if type(x) is not Tensor or type(y) != Tensor or x.data.dtype is not y.data.dtype:",
        "equivalent",
        "A class equals only itself.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/grad_mode.py",
        "@dataclass(frozen=True, slots=True)",
        "ReplaceTrueWithFalse",
        "@dataclass(frozen=False, slots=True)",
        "equivalent",
        "Freezing only prevents assignments to a Mode, and nothing assigns.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        'scale = "as they are" if layer.scaling == "test" or layer.p == 1 else f"x {1 / (1 - layer.p):.4g}"',
        "ReplaceComparisonOperator_Eq_GtE",
        'scale = "as they are" if layer.scaling == "test" or layer.p >= 1 else f"x {1 / (1 - layer.p):.4g}"',
        "equivalent",
        "A layer's p is at most 1.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/in_place.py",
        "latest_change = -1",
        "ReplaceUnaryOperator_Delete_USub",
        "latest_change = 1",
        "speed only",
        "Only the first two Tensors of a process would be checked needlessly.",
    ),
    Excuse(
        "tinygrad_dropout/debug/_anomaly.py",
        "for index, (parent, contribution) in enumerate(zip(node._parents, contributions, strict=True)):",
        "ReplaceTrueWithFalse",
        "for index, (parent, contribution) in enumerate(zip(node._parents, contributions, strict=False)):",
        "equivalent",
        "The engine compares the two lengths before it calls a watcher.",
        places=2,
    ),
    Excuse(
        "tinygrad_dropout/optim/_flat.py",
        "self.memory = {slot: array.astype(self.data.dtype, copy=False) for slot, array in self.memory.items()}",
        "ReplaceFalseWithTrue",
        "self.memory = {slot: array.astype(self.data.dtype, copy=True) for slot, array in self.memory.items()}",
        "speed only",
        "Nothing else holds these arrays.",
    ),
    Excuse(
        "tinygrad_dropout/debug/_anomaly.py",
        "if contribution.shape != parent.shape or contribution.dtype != parent.dtype:",
        "ReplaceComparisonOperator_NotEq_IsNot",
        "if contribution.shape != parent.shape or contribution.dtype is not parent.dtype:",
        "equivalent",
        "NumPy has one object for each dtype in this machine's byte order.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/in_place.py",
        "latest_change = -1",
        "ReplaceUnaryOperator_USub_UAdd",
        "latest_change = +1",
        "speed only",
        "Only the first two Tensors of a process would be checked needlessly.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/engine.py",
        "if type(contributions) is not tuple or len(contributions) != len(parents):",
        "ReplaceComparisonOperator_NotEq_IsNot",
        "if type(contributions) is not tuple or len(contributions) is not len(parents):",
        "equivalent",
        "CPython has one object for each small integer.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "ReplaceBinaryOperator_Sub_BitXor",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL ^ 6}"',
        "equivalent",
        "CELL is 14, and 14 ^ 6 is 14 - 6.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "ReplaceBinaryOperator_Sub_BitXor",
        'cross = f"m3 3l{CELL ^ 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "equivalent",
        "CELL is 14, and 14 ^ 6 is 14 - 6.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "ReplaceBinaryOperator_Sub_BitXor",
        'cross = f"m3 3l{CELL - 6} {CELL ^ 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "equivalent",
        "CELL is 14, and 14 ^ 6 is 14 - 6.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "ReplaceBinaryOperator_Sub_BitXor",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL ^ 6}l-{CELL - 6} {CELL - 6}"',
        "equivalent",
        "CELL is 14, and 14 ^ 6 is 14 - 6.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL - 6} {CELL - 6}"',
        "ReplaceBinaryOperator_Sub_BitXor",
        'cross = f"m3 3l{CELL - 6} {CELL - 6}m0-{CELL - 6}l-{CELL ^ 6} {CELL - 6}"',
        "equivalent",
        "CELL is 14, and 14 ^ 6 is 14 - 6.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/dtypes.py",
        "return x if x.data.dtype == dtype else record(x.data.astype(dtype), (x,), cast_backward, saved=(dtype,))",
        "ReplaceComparisonOperator_Eq_Is",
        "return x if x.data.dtype is dtype else record(x.data.astype(dtype), (x,), cast_backward, saved=(dtype,))",
        "equivalent",
        "NumPy has one object for each dtype in this machine's byte order.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_products.py",
        "grad = np.expand_dims(grad, -2 if y.ndim > 1 else -1)",
        "ReplaceComparisonOperator_Gt_NotEq",
        "grad = np.expand_dims(grad, -2 if y.ndim != 1 else -1)",
        "equivalent",
        "A factor of a product has at least one axis.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_optimizer.py",
        "for index, (state, step) in enumerate(zip(self._states(), self._steps(), strict=True)):",
        "ReplaceTrueWithFalse",
        "for index, (state, step) in enumerate(zip(self._states(), self._steps(), strict=False)):",
        "equivalent",
        "Both lists have an entry for each parameter.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/engine.py",
        "if type(contributions) is not tuple or len(contributions) != len(parents):",
        "ReplaceComparisonOperator_IsNot_NotEq",
        "if type(contributions) != tuple or len(contributions) != len(parents):",
        "equivalent",
        "A class equals only itself.",
    ),
    Excuse(
        "tinygrad_dropout/debug/_gradcheck.py",
        "for output, weight in zip(outputs, weights, strict=True):",
        "ReplaceTrueWithFalse",
        "for output, weight in zip(outputs, weights, strict=False):",
        "equivalent",
        "There is a weight for each output, and a change of their number is found earlier.",
    ),
    Excuse(
        "tinygrad_dropout/debug/_anomaly.py",
        "return hash(tuple(map(checksum, value))) if isinstance(value, tuple | list) else 0",
        "NumberReplacer",
        "return hash(tuple(map(checksum, value))) if isinstance(value, tuple | list) else 1",
        "equivalent",
        "Only whether a checksum changes counts, and this one never does.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_softmax.py",
        "return np.where(infinite & (infinite.sum(axis=axis, keepdims=True) == 1), 0, scores - highest)",
        "ReplaceBinaryOperator_BitAnd_Mul",
        "return np.where(infinite * (infinite.sum(axis=axis, keepdims=True) == 1), 0, scores - highest)",
        "equivalent",
        "Among booleans, * is &.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_flat.py",
        "grad = np.concatenate(grads, axis=None) if len(grads) > 1 else grads[0].ravel()",
        "NumberReplacer",
        "grad = np.concatenate(grads, axis=None) if len(grads) > 0 else grads[0].ravel()",
        "speed only",
        "Concatenating a single array copies it.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_flat.py",
        "grad = np.concatenate(grads, axis=None) if len(grads) > 1 else grads[0].ravel()",
        "NumberReplacer",
        "grad = np.concatenate(grads, axis=None) if len(grads) > 1 else grads[ -1].ravel()",
        "equivalent",
        "There is only one.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_products.py",
        "rows = x.data if x.ndim > 1 else x.data[np.newaxis, :]",
        "ReplaceComparisonOperator_Gt_NotEq",
        "rows = x.data if x.ndim != 1 else x.data[np.newaxis, :]",
        "equivalent",
        "A factor of a product has at least one axis.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_losses.py",
        "if target.ndim != 1:",
        "ReplaceComparisonOperator_NotEq_Gt",
        "if target.ndim > 1:",
        "equivalent",
        "A checked target has one or two axes.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_shapes.py",
        "return reshape(x, -1)",
        "ReplaceUnaryOperator_USub_Invert",
        "return reshape(x, ~1)",
        "equivalent",
        "NumPy infers a length for every negative number.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_loss_parts.py",
        'if targets.dtype.kind == "f":',
        "ReplaceComparisonOperator_Eq_LtE",
        'if targets.dtype.kind <= "f":',
        "equivalent",
        "Booleans, the only kind that comes earlier in the alphabet, were refused above.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/grad_mode.py",
        "@dataclass(frozen=True, slots=True)",
        "ReplaceTrueWithFalse",
        "@dataclass(frozen=True, slots=False)",
        "speed only",
        "Slots only make a Mode smaller.",
    ),
    Excuse(
        "tinygrad_dropout/debug/_gradcheck.py",
        "excess = np.abs(analytic - numeric) - (atol + rtol * np.maximum(np.abs(analytic), np.abs(numeric)))",
        "ReplaceBinaryOperator_Sub_FloorDiv",
        "excess = np.abs(analytic - numeric) // (atol + rtol * np.maximum(np.abs(analytic), np.abs(numeric)))",
        "message only",
        "It only changes which of several wrong entries is named.",
    ),
    Excuse(
        "tinygrad_dropout/nn/mask_picture.py",
        "if layer_or_mask.dtype != np.bool_:",
        "ReplaceComparisonOperator_NotEq_Gt",
        "if layer_or_mask.dtype > np.bool_:",
        "equivalent",
        "Every other dtype can hold booleans, and is greater.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_losses.py",
        "slope = np.where(z > 0, negative, -positive)",
        "ReplaceComparisonOperator_Gt_GtE",
        "slope = np.where(z >= 0, negative, -positive)",
        "equivalent",
        "The slope is multiplied by z, which is 0 there.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_optimizer.py",
        "for index, (parameter, shape) in enumerate(zip(self.params, remembered, strict=True)):",
        "ReplaceTrueWithFalse",
        "for index, (parameter, shape) in enumerate(zip(self.params, remembered, strict=False)):",
        "equivalent",
        "Both lists have an entry for each parameter.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_masks.py",
        "noise = noise.astype(dtype, copy=False)",
        "ReplaceFalseWithTrue",
        "noise = noise.astype(dtype, copy=True)",
        "speed only",
        "Nothing else holds the noise.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_reductions.py",
        "grad_of_var = np.divide(grad, 2 * out, out=np.zeros_like(grad), where=out != 0)",
        "ReplaceComparisonOperator_NotEq_Gt",
        "grad_of_var = np.divide(grad, 2 * out, out=np.zeros_like(grad), where=out > 0)",
        "equivalent",
        "A deviation is positive, 0 or NaN, and NaN also appears in x - mean.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_arithmetic.py",
        "dy = np.where((x.data == 0) & (y.data >= 0), 0, grad * (np.power(x.data, y.data) * np.log(x.data)))",
        "ReplaceBinaryOperator_BitAnd_FloorDiv",
        "dy = np.where((x.data == 0) // (y.data >= 0), 0, grad * (np.power(x.data, y.data) * np.log(x.data)))",
        "equivalent",
        "Among booleans, x // y is 1 where both are true, and 0 elsewhere.",
    ),
    Excuse(
        "tinygrad_dropout/autograd/creation.py",
        "if len(arguments) == 1 and isinstance(arguments[0], tuple | list):",
        "NumberReplacer",
        "if len(arguments) == 1 and isinstance(arguments[ -1], tuple | list):",
        "equivalent",
        "There is only one.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_masks.py",
        "return np.full(count, p < 1)",
        "ReplaceComparisonOperator_Lt_NotEq",
        "return np.full(count, p != 1)",
        "equivalent",
        "A probability is at most 1.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_dropout.py",
        'if not isinstance(mask, np.ndarray) or mask.dtype.kind != "b":',
        "ReplaceComparisonOperator_NotEq_Gt",
        'if not isinstance(mask, np.ndarray) or mask.dtype.kind > "b":',
        "equivalent",
        "Among NumPy's kinds, b is the first in the alphabet.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_shapes.py",
        "if isinstance(values, Tensor) or len(values) == 0:",
        "ReplaceComparisonOperator_Eq_LtE",
        "if isinstance(values, Tensor) or len(values) <= 0:",
        "equivalent",
        "No length is negative.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_plateau.py",
        'relative = self.threshold_mode == "rel"',
        "ReplaceComparisonOperator_Eq_GtE",
        'relative = self.threshold_mode >= "rel"',
        "equivalent",
        "The other mode, abs, comes before rel in the alphabet.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_plateau.py",
        "if len(self.min_lrs) != len(self.base_lrs) or not all(isinstance(least, NUMBER) for least in self.min_lrs):",
        "ReplaceComparisonOperator_NotEq_IsNot",
        "if len(self.min_lrs) is not len(self.base_lrs) "
        "or not all(isinstance(least, NUMBER) for least in self.min_lrs):",
        "equivalent",
        "CPython has one object for each small integer.",
    ),
    Excuse(
        "tinygrad_dropout/rng.py",
        "trial = kind(0)",
        "NumberReplacer",
        "trial = kind( 1)",
        "equivalent",
        "The seed does not matter, because the state is replaced immediately.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_structure.py",
        'given = f"an array of dtype {value.dtype}" if type(value) is np.ndarray else type(value).__name__',
        "ReplaceComparisonOperator_Is_Eq",
        'given = f"an array of dtype {value.dtype}" if type(value) == np.ndarray else type(value).__name__',
        "equivalent",
        "A class equals only itself.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_npz.py",
        'if whole["version"] != VERSION or whole.keys() != {"format", "version", "object"}:',
        "ReplaceComparisonOperator_NotEq_Lt",
        'if whole["version"] < VERSION or whole.keys() != {"format", "version", "object"}:',
        "equivalent",
        "Newer versions were refused above.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_optimizer.py",
        "if len(self.param_groups) == 1:",
        "ReplaceComparisonOperator_Eq_LtE",
        "if len(self.param_groups) <= 1:",
        "equivalent",
        "There is at least one group.",
    ),
    Excuse(
        "tinygrad_dropout/optim/_optimizer.py",
        'known = needed | {f"{index}.{slot}" for index in indices for slot in self.slots}',
        "ReplaceBinaryOperator_BitOr_BitXor",
        'known = needed ^ {f"{index}.{slot}" for index in indices for slot in self.slots}',
        "equivalent",
        "No key is in both sets.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_atomic.py",
        'def delete_abandoned(folder: Path, name: str = "*", age: float = 0) -> None:',
        "NumberReplacer",
        'def delete_abandoned(folder: Path, name: str = "*", age: float = -1) -> None:',
        "equivalent",
        "No file comes from the future.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_file.py",
        'cause = f"{type(error).__name__}: {found[:200]}"',
        "NumberReplacer",
        'cause = f"{type(error).__name__}: {found[: 201]}"',
        "message only",
        "A long cause is cut somewhere.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_npz.py",
        'if not isinstance(whole, dict) or whole.get("format") != FORMAT or type(whole.get("version")) is not int:',
        "ReplaceComparisonOperator_IsNot_NotEq",
        'if not isinstance(whole, dict) or whole.get("format") != FORMAT or type(whole.get("version")) != int:',
        "equivalent",
        "A class equals only itself.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_safetensors.py",
        "if type(value) is not np.ndarray or value.dtype.kind not in KINDS_OF_NUMBERS or value.dtype.itemsize > 8:",
        "ReplaceComparisonOperator_IsNot_NotEq",
        "if type(value) != np.ndarray or value.dtype.kind not in KINDS_OF_NUMBERS or value.dtype.itemsize > 8:",
        "equivalent",
        "A class equals only itself.",
    ),
    Excuse(
        "tinygrad_dropout/saving/_npz.py",
        'raise ValueError(f"expected an array of numbers or booleans, found the header {member[:80]!r}")',
        "NumberReplacer",
        'raise ValueError(f"expected an array of numbers or booleans, found the header {member[: 81]!r}")',
        "message only",
        "A long header is cut somewhere.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_loss_parts.py",
        'if reduction == "mean" and target.ndim == 1 and len(target):',
        "ReplaceComparisonOperator_Eq_LtE",
        'if reduction == "mean" and target.ndim <= 1 and len(target):',
        "equivalent",
        "A checked target has one or two axes.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_loss_parts.py",
        'return grad * (1 / count) if reduction == "mean" and count else grad',
        "ReplaceComparisonOperator_Eq_LtE",
        'return grad * (1 / count) if reduction <= "mean" and count else grad',
        "equivalent",
        "Of the three reductions, mean comes first in the alphabet.",
    ),
    Excuse(
        "tinygrad_dropout/functional/_activations.py",
        "return np.asarray(np.where(x >= 0, 1, small) / (1 + small))",
        "ReplaceComparisonOperator_GtE_Gt",
        "return np.asarray(np.where(x > 0, 1, small) / (1 + small))",
        "equivalent",
        "At 0, e^-|x| is 1 too.",
    ),
)


def excuse_for(mutant: Mutant, excuses: Iterable[Excuse] = EXCUSED) -> Excuse | None:
    """Return the entry that describes the mutant, if there is one."""
    return next((excuse for excuse in excuses if excuse.covers(mutant)), None)


def excused_mutants(root: Path, excuses: Iterable[Excuse] = EXCUSED) -> Iterator[tuple[Excuse, list[Mutant]]]:
    """Yield each entry with the mutants that it describes."""
    excuses = list(excuses)
    for file in sorted({excuse.file for excuse in excuses}):
        here = [excuse for excuse in excuses if excuse.file == file]
        wanted = {(excuse.operator, excuse.original.split("\n")[0]) for excuse in here}
        candidates = [place for place in places(root, file) if (place.operator, place.text) in wanted]
        mutants = [mutant for place in candidates if (mutant := made(root, place))]
        for excuse in here:
            yield excuse, [mutant for mutant in mutants if excuse.covers(mutant)]
