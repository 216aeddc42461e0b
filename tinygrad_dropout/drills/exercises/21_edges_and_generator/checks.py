"""p = 0 and p = 1, a p that is not a probability, and random numbers that affect no one else."""

import gc
import random
from inspect import signature

import numpy as np
from numpy.random import get_bit_generator

from tinygrad_dropout.conformance.questions.randomness import state_of
from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.dropout_corners import Corners
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import PART_NOT_WRITTEN, Rejected

TOPIC, MINUTES = "dropout", 12
KINDS = ("edges", "randomness", "independence")

ASKED = ("ownership", "precision", "forward", "scale", "structure", "rate", "randomness", "calls", "backward", "edges")
STRICT = ("refuses-p=0", "refuses-p=1")
CLAIMS = {
    "edges": "the ends of p: at p = 0 y is x and dx is grad; at p = 1 both are 0",
    "randomness": "NumPy's global random state: it does not change",
}
NOT_PROBABILITIES = (-0.1, 1.5, 20, -1, 1 + 1e-9, -1e-9, float("inf"), float("-inf"), float("nan"))


def check(judge: Judge) -> None:
    make = judge.make("Dropout", "p", "rng")
    judge.make("Dropout", "p")
    refuse_a_seeded_file(judge)
    layer = make(0.35, judge.rng)
    with judge.claim("forward and backward can be called"):
        judge.method(layer, "forward", "x")(judge.numbers(2, 3), may_change=True)
        judge.method(layer, "backward", "grad")(judge.numbers(2, 3), may_change=True)
    corners = Corners(judge, lambda p, rng: forward_of(make.function(p, rng)))
    corners.refuse_a_nudged_scale()
    examine(judge, make.function, ASKED, strict=STRICT, claims=CLAIMS)
    with judge.claim("p may be an integer, 0 or 1"):
        refuse_refused_integers(judge, make)
    x = judge.numbers(20, 30)
    refuse_unseeded(judge, lambda rng: np.asarray(make(0.35, rng).forward(x.copy())) != 0)
    with judge.claim("layers that share a generator: they draw different masks"):
        refuse_a_copied_generator(judge, make)
    corners.refuse_inexact_numbers()
    corners.refuse_unusual_shapes()
    corners.refuse_wrong_zeros()
    corners.refuse_wrong_near_the_ends()
    corners.refuse_a_fixed_count()
    corners.refuse_overwritten_results()
    with judge.claim("a p that is not a probability: it is a ValueError when the layer is made"):
        accepted = [p for p in NOT_PROBABILITIES if not refused(judge, make, p, x)]
        refuse_accepted(judge, accepted)
    with judge.claim("a layer without a generator: it makes its own"):
        refuse_common_numbers(judge, x)
        refuse_a_shared_generator(judge, x)


def forward_of(layer):
    """x -> y and the layer's backward."""
    return lambda x: (layer.forward(x), layer.backward)


def refuse_a_seeded_file(judge: Judge) -> None:
    """Reject a file that changes the global state, which was set from the judge's seed before it ran."""
    with judge.claim("loading the file does not change NumPy's global random state"):
        if state_of(get_bit_generator()) != state_of(np.random.MT19937(judge.seed)):
            judge.reject(
                "seeds-when-loaded",
                "The file seeds NumPy's global random state, or draws from it, as soon as it is loaded.",
                "The program that imports your layer draws random numbers too. What happens to them?",
                kind="randomness",
            )


def refuse_refused_integers(judge: Judge, make) -> None:
    for p in (0, 1):
        if not takes(judge, make, p):
            judge.reject(
                "refuses-an-integer",
                f"With p = {p:.1f} the layer works; with the integer p = {p} it does not.",
                "What does your code assume about the type of p? Which numbers does the task allow?",
                kind="edges",
            )


def takes(judge: Judge, make, p) -> bool:
    """Whether a layer can be made and used with this p."""
    try:
        make(p, judge.rng.spawn(1)[0]).forward(judge.numbers(2, 3))
    except Exception as error:
        if isinstance(error, Rejected) and error.rejection.code == PART_NOT_WRITTEN:
            raise
        return False
    return True


def refuse_a_copied_generator(judge: Judge, make) -> None:
    """Reject layers that take too little from their generator, such as a seed of a few bits."""
    rng, x = judge.rng.spawn(1)[0], judge.numbers(8, 12)
    masks = [(np.asarray(make(0.35, rng).forward(x.copy())) != 0).tobytes() for _ in range(100)]
    if len(set(masks)) < len(masks):
        judge.reject(
            "same-generator-same-mask",
            f"{len(masks)} layers with the same generator, made one after the other, drew only {len(set(masks))} "
            "different masks.",
            "How many different seeds can your layer get from the caller's generator?",
            kind="randomness",
        )


def refused(judge: Judge, make, p: float, x) -> bool:
    """Whether p is refused, with the right exception and in time; False if it is accepted."""
    try:
        layer = make.function(p, np.random.default_rng(0))
    except ValueError:
        return True
    except Exception as error:
        judge.reject(
            "not-a-value-error",
            f"Dropout(p = {p}) raised {type(error).__name__}; expected ValueError.",
            "Which exception says that an argument has an invalid value? And what does python -O leave out?",
            kind="edges",
        )
    try:
        layer.forward(x.copy())
    except Exception as error:
        judge.reject(
            "refuses-too-late",
            f"A layer can be made with p = {p}, and only its forward raises {type(error).__name__}; expected a "
            "ValueError from the constructor.",
            "A network is built in one place and run in another. Which of the two has the mistake in it?",
            kind="edges",
        )
    return False


def refuse_accepted(judge: Judge, accepted: list[float]) -> None:
    if not accepted:
        return
    if all(np.isnan(p) for p in accepted):
        judge.reject(
            "accepts-nan",
            "A layer can be made with p = NaN; expected ValueError, as for other invalid values.",
            "What is nan < 0? And nan > 1? Which condition does NaN not satisfy?",
            kind="edges",
        )
    judge.reject(
        "accepts-a-bad-p",
        f"A layer can be made with p = {', '.join(map(str, accepted))}; expected ValueError.",
        "When does the user find out about p = 20: immediately, or after a night of training?",
        kind="edges",
    )


def refuse_common_numbers(judge: Judge, x) -> None:
    """Reject layers without a generator that share one, use the global state, or have equal seeds."""
    without, make = judge.make("Dropout", "p"), judge.make("Dropout", "p", "rng")
    default = signature(without.function).parameters.get("rng")
    if default is not None and isinstance(default.default, (np.random.Generator, np.random.RandomState)):
        judge.reject(
            "one-generator-for-all-layers",
            "The default of rng is a generator, made once for all layers, when the file is loaded.",
            "When does Python evaluate the default of a parameter?",
            kind="randomness",
        )
    try:
        states, masks = [state_of(get_bit_generator())], []
        for arguments in ((), (), (None,), (None,)):
            layer = make(0.35, *arguments) if arguments else without(0.35)
            masks.append(np.asarray(judge.method(layer, "forward", "x")(x)) != 0)
        states.append(state_of(get_bit_generator()))
    except Rejected as rejected:
        cause = rejected.__cause__
        if rejected.rejection.code != "raises" or cause is None:
            raise
        judge.reject(
            "needs-a-generator",
            f"A layer made without rng cannot be used: {type(cause).__name__}: {cause}.",
            "If rng is None, what does the layer draw from?",
            kind="randomness",
        )
    if states[0] != states[1]:
        judge.reject(
            "global-state-without-a-generator",
            "A layer made without rng draws from NumPy's global state.",
            "Is there a generator that belongs only to this layer?",
            kind="randomness",
        )
    if any(np.array_equal(masks[i], masks[j]) for i in range(4) for j in range(i)):
        judge.reject(
            "every-layer-has-the-same-seed",
            "Two layers made without rng drew the same mask; expected different masks.",
            "If all layers of a network have the same seed, which units are dropped together?",
            kind="randomness",
        )


def refuse_a_shared_generator(judge: Judge, x) -> None:
    """Reject a layer whose second forward draws from a generator that existed before the layer."""
    without = judge.make("Dropout", "p")
    without(0.35).forward(x.copy())  # it may make the generator that all later layers share
    sources = [one for one in gc.get_objects() if is_a_source(one)]
    layer = without(0.35)
    layer.forward(x.copy())  # it may draw a seed
    before = [source_state(one) for one in sources]
    layer.forward(x.copy())
    if [source_state(one) for one in sources] != before:
        judge.reject(
            "one-generator-for-all-layers",
            "A layer made without rng draws from a generator that existed before it.",
            "How many generators does your file make for ten layers? When, and where?",
            kind="randomness",
        )


def is_a_source(one) -> bool:
    """Whether it is a generator with a state, from NumPy or the standard library."""
    return isinstance(one, (np.random.Generator, random.Random)) and not isinstance(one, random.SystemRandom)


def source_state(source):
    """Its state."""
    return state_of(source.bit_generator) if isinstance(source, np.random.Generator) else source.getstate()


def layers(judge: Judge, p: float):
    """Two layers of the learner's, each with the backward of its last forward."""
    made = [judge.make("Dropout", "p", "rng")(p, rng) for rng in judge.rng.spawn(2)]
    return [lambda x, layer=layer: (layer.forward(x), layer.backward) for layer in made]
