"""Every forward has its own mask, and its backward always uses that one."""

import numpy as np

from tinygrad_dropout.conformance import GraphLayer
from tinygrad_dropout.conformance.questions.randomness import state_of
from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.dropout_checks import examine, refuse_unseeded
from tinygrad_dropout.drills.grader.dropout_corners import Corners
from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.result import Rejected

TOPIC, MINUTES = "dropout", 10
KINDS = ("state", "independence", "mask", "rescaling")

ASKED = ("ownership", "precision", "forward", "scale", "structure", "rate", "randomness", "calls", "backward")
CLAIMS = {"forward": "forward: it returns an array of x's shape, with zeros in it, and backward returns another"}
SHAPE = (5, 8)  # large enough that no two masks are the same by chance
FORWARDS, MANY = 3, 50
MIXED_UP = ("backward-raises", "wrong-for-zeros", "wrong-for-another-layout")  # as if from the mask of another forward


class Switch:
    """The module that a GraphLayer switches between modes; here there is no eval mode."""

    training = True

    def train(self, mode):
        self.training = mode


def check(judge: Judge) -> None:
    make = judge.make("Dropout", "p", "rng")
    layer = make(0.35, judge.rng)
    with judge.claim("forward returns y and a function"):
        refuse_no_pair(judge, judge.method(layer, "forward", "x")(judge.numbers(2, 3), may_change=True))

    class Layer(GraphLayer):
        """The learner's layer; in eval mode the identity."""

        def __init__(self, p, rng):
            super().__init__(Switch())
            self.theirs = make.function(p, rng)

        def record(self, x):
            return self.theirs.forward(x) if self.training else (x, lambda grad: grad)

    def graph_layer(p, rng):
        return Layer(p, rng)

    try:
        examine(judge, graph_layer, ASKED, claims=CLAIMS)
    except Rejected as rejected:
        if rejected.rejection.code in MIXED_UP:  # the cause has a better name
            refuse_wrong_masks(judge, make)
        raise
    refuse_wrong_masks(judge, make)
    with judge.claim("a backward may be called again"):
        refuse_only_once(judge, make)
    with judge.claim("any number of forwards may come before the backwards"):
        refuse_a_short_memory(judge, make)
    with judge.claim("a forward of another shape changes nothing"):
        refuse_shapes_that_meet(judge, make)
    with judge.claim("the generator: backward does not change it"):
        refuse_a_generator_set_back(judge, make)
    examine(judge, graph_layer, ["state"], claims={"state": "other layers and earlier calls change nothing"})
    x = judge.numbers(20, 30)
    refuse_unseeded(judge, lambda rng: np.asarray(make(0.35, rng).forward(x.copy())[0]) != 0)
    corners = Corners(judge, lambda p, rng: make(p, rng).forward)
    corners.refuse_inexact_numbers()
    corners.refuse_unusual_shapes()
    corners.refuse_wrong_zeros()
    corners.refuse_wrong_near_the_ends()
    corners.refuse_a_fixed_count()
    corners.refuse_overwritten_results()


def refuse_no_pair(judge: Judge, value) -> None:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        kind = f"{len(value)} values" if isinstance(value, (tuple, list)) else type(value).__name__
        judge.reject(
            "no-pair",
            f"Dropout.forward(x) returned {kind}; expected y and a function.",
            "When the backward runs, how can the caller tell which forward it belongs to?",
            kind="state",
        )
    if not callable(value[1]):
        judge.reject(
            "backward-is-no-function",
            f"The second value of forward(x) is of type {type(value[1]).__name__}; expected a function of grad.",
            "What can the caller do with it once grad is known?",
            kind="state",
        )


def forwards(judge: Judge, layer, count: int):
    """(mask, backward) of several forwards of one layer."""
    found = []
    for _ in range(count):
        y, backward = layer.forward(judge.numbers(*SHAPE))
        found.append((np.asarray(y) != 0, backward))
    return found


def used(judge: Judge, backward, masks) -> int:
    """Which of the masks a backward uses; -1 if none of them, or if dx is not grad times mask times scale."""
    grad = judge.numbers(*SHAPE)
    try:
        dx = np.asarray(Answer(backward, "backward", ("grad",))(grad))
    except Rejected as rejected:
        if isinstance(rejected.__cause__, Exception):  # an empty stack, or an index that does not exist
            return -1
        raise
    scale = np.median(dx[dx != 0] / grad[dx != 0]) if dx.shape == SHAPE and dx.any() else 0
    fits = (np.allclose(dx, grad * mask * scale, rtol=1e-9, atol=0) for mask in masks) if scale else ()
    return next((number for number, fit in enumerate(fits) if fit), -1)


def refuse_wrong_masks(judge: Judge, make) -> None:
    """Reject backwards that use other masks, called first to last, last to first, and in mixed order."""
    with judge.claim("after several forwards, each backward uses the mask of its own forward"):
        refuse_mixed_masks(judge, make)


def refuse_mixed_masks(judge: Judge, make) -> None:
    """Find out where the masks come from."""
    first_to_last, last_to_first, mixed = (0, 1, 2), (2, 1, 0), (1, 0, 2)
    seen = {}
    for order in (first_to_last, last_to_first, mixed):
        found = forwards(judge, make.function(0.35, judge.rng), FORWARDS)
        masks = [mask for mask, _ in found]
        seen[order] = tuple(used(judge, found[number][1], masks) for number in order)
    if all(order == which for order, which in seen.items()):
        return
    always = set(seen.values())
    if always == {(2, 2, 2)}:
        code, says = "mask-overwritten-by-the-next-forward", "every backward used the mask of the last forward"
        question = "Where does your backward look for the mask when it runs: in something that all forwards share?"
    elif always == {(0, 0, 0)}:
        code, says = "first-mask-forever", "every backward used the mask of the first forward"
        question = "What was drawn for the second forward, and where is it kept?"
    elif always == {(2, 1, 0)}:
        code, says = "masks-from-a-stack", "the first backward that was called used the last mask, as from a stack"
        question = "Is the backward of the last forward always called first?"
    elif always == {(0, 1, 2)}:
        code, says = "masks-from-a-queue", "the first backward that was called used the first mask, as from a queue"
        question = "Is the backward of the first forward always called first?"
    else:
        code, says = "masks-mixed-up", "a backward used a mask that is not the one of its forward"
        question = "Which mask does each backward keep, and since when?"
    shown = {
        f"backwards in the order {', '.join(str(number + 1) for number in order)}":
        f"used the masks {', '.join('?' if number < 0 else str(number + 1) for number in which)}"
        for order, which in seen.items()
    }  # fmt: skip
    judge.reject(code, f"After {FORWARDS} forwards {says}.", question, kind="state", shown=shown)


def refuse_only_once(judge: Judge, make) -> None:
    (mask, backward), _ = forwards(judge, make.function(0.35, judge.rng), 2)
    if [used(judge, backward, [mask]) for _ in range(2)] != [0, 0]:
        judge.reject(
            "only-once",
            "Called again with another grad, a backward did not return that grad times its mask and 1/(1 - p).",
            "Two losses may be differentiated through one forward. When does your code discard the mask?",
            kind="state",
        )


def refuse_a_short_memory(judge: Judge, make) -> None:
    found = forwards(judge, make.function(0.35, judge.rng), MANY)
    masks = [mask for mask, _ in found]
    wrong = [number for number in range(MANY) if used(judge, found[number][1], masks) != number]
    if wrong:
        judge.reject(
            "forgets-old-masks",
            f"After {MANY} forwards, {len(wrong)} backwards did not use the mask of their own forward.",
            "How many masks can wait for their backwards? Which of your lines sets that number?",
            kind="state",
        )


def refuse_shapes_that_meet(judge: Judge, make) -> None:
    layer = make.function(0.35, judge.rng)
    ((mask, backward),) = forwards(judge, layer, 1)
    layer.forward(judge.numbers(3))
    if used(judge, backward, [mask]) != 0:
        judge.reject(
            "other-shapes-disturb",
            "After a forward of another shape, the first forward's backward did not use its mask.",
            "What do the two forwards have in common?",
            kind="state",
        )


def refuse_a_generator_set_back(judge: Judge, make) -> None:
    rng = np.random.default_rng(int(judge.rng.integers(2**31)))
    found = forwards(judge, make.function(0.35, rng), 2)
    before = state_of(rng.bit_generator)
    found[0][1](judge.numbers(*SHAPE))
    if state_of(rng.bit_generator) != before:
        judge.reject(
            "backward-moves-the-generator",
            "A backward changed the state of the generator; expected it unchanged.",
            "Who else draws from that generator, and what will they get after your backward?",
            kind="state",
        )


def layers(judge: Judge, p: float):
    """One layer of the learner's, used twice."""
    return [judge.make("Dropout", "p", "rng")(p, judge.rng).forward] * 2
