"""Each epoch is a new permutation, cut into batches; pairs stay together, and the data do not change."""

from collections import Counter
from itertools import permutations

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.random_sources import refuse_wrong_sources

TOPIC, MINUTES = "backprop", 10
KINDS = ("edges", "randomness", "state", "ownership", "shapes")

#: examples, batch size: with and without a remainder, one batch, one example, a batch larger than the data
SIZES = ((7, 3), (6, 3), (5, 1), (5, 5), (3, 8), (1, 1), (10, 4))
LARGEST_CHI_SQUARE = 42.0  # for six orders; larger by chance once in ten million


def check(judge: Judge) -> None:
    make = judge.make("Batches", "x", "target", "batch_size", "rng", "drop_last")
    judge.make("Batches", "x", "target", "batch_size", "rng")

    def loader(examples, size, seed=0, shape=(2,), **options):
        x = judge.numbers(examples, *shape)
        return make.function(x.copy(), np.arange(examples), size, np.random.default_rng(seed), **options), x

    with judge.claim("an invalid batch_size, and arrays of different lengths, raise ValueError"):
        refuse_accepted(judge, make)
    with judge.claim("the number of batches: rounded up, or rounded down with drop_last"):
        for examples, size in SIZES:
            for drop_last in (False, True):
                refuse_length(judge, loader(examples, size, drop_last=drop_last)[0], examples, size, drop_last)
    with judge.claim("an epoch yields as many batches as len says, each a pair of arrays"):
        for examples, size in SIZES:
            for drop_last in (False, True):
                refuse_batches(judge, *loader(examples, size, drop_last=drop_last), size, drop_last)
    with judge.claim("an epoch has each example exactly once, with the target that belongs to it"):
        for examples, size in SIZES:
            refuse_examples(judge, *loader(examples, size))
        refuse_examples(judge, *loader(9, 4, shape=()))
        refuse_examples(judge, *loader(9, 4, shape=(2, 3)))
    with judge.claim("dtypes and other axes do not change"):
        refuse_wrong_dtypes(judge, make)
    with judge.claim("each epoch has a new order, and every order is equally likely"):
        refuse_orders(judge, loader)
        refuse_left_out(judge, loader)
    with judge.claim("the order is drawn from rng, and from nothing else"):
        refuse_wrong_sources(judge, lambda seed: [order_of(made) for made in [loader(30, 7, seed)[0]] * 2])
        refuse_wrong_moments(judge, make)
    with judge.claim("x and target do not change, even if a batch is changed"):
        refuse_views(judge, make)
    with judge.claim("epochs do not affect each other: one inside another, and one that ends early"):
        refuse_shared_epochs(judge, loader)


def epoch(loader):
    return [(np.array(x), np.array(target)) for x, target in loader]


def order_of(loader):
    return tuple(int(number) for _, target in loader for number in np.array(target))


def refuse_accepted(judge: Judge, make) -> None:
    rng = np.random.default_rng(0)
    for what, arguments in (
        ("x with 3 rows and target with 4", (np.zeros((3, 2)), np.zeros(4), 2)),
        ("x with 4 rows and target with 3", (np.zeros((4, 2)), np.zeros(3), 2)),
        ("batch_size = 0", (np.zeros((3, 2)), np.zeros(3), 0)),
        ("batch_size = -1", (np.zeros((3, 2)), np.zeros(3), -1)),
    ):
        if not judge.raises(make, (*arguments, rng), ValueError):
            judge.reject("accepts-bad-arguments", f"{what} was accepted; expected ValueError when the loader is made.",
                         "When should the user find out: now, or after an epoch?", kind="edges")  # fmt: skip


def refuse_length(judge: Judge, loader, examples, size, drop_last) -> None:
    wanted = examples // size if drop_last else -(-examples // size)
    if len(loader) != wanted:
        judge.reject("wrong-number-of-batches", f"{examples} examples in batches of {size}, drop_last={drop_last}: len "
                     f"is {len(loader)}; expected {wanted}.", "How many batches are full, and what is left?",
                     kind="edges")  # fmt: skip


def refuse_batches(judge: Judge, loader, x, size, drop_last) -> None:
    given, full = f"{len(x)} examples in batches of {size}, drop_last={drop_last}", len(x) // size
    found = list(loader)
    if any(not isinstance(batch, (tuple, list)) or len(batch) != 2 for batch in found):
        judge.reject(
            "gives-no-pairs", f"{given}: a batch is not a pair; expected (x_batch, target_batch).", kind="shapes"
        )
    if any(not isinstance(part, np.ndarray) for batch in found for part in batch):
        judge.reject("gives-no-arrays", f"{given}: a part of a batch is not an array.",
                     "What will the model do with a batch?", kind="shapes")  # fmt: skip
    lengths = [len(x_batch) for x_batch, _ in found]
    wanted = [size] * full + [len(x) - full * size] * (not drop_last and len(x) % size > 0)
    if lengths != wanted:
        judge.reject("wrong-batch-sizes", f"{given}: the batches have {lengths} examples; expected {wanted}.",
                     "How many examples are left for the last batch?", kind="edges")  # fmt: skip


def refuse_examples(judge: Judge, loader, x) -> None:
    batches = epoch(loader)
    targets = np.concatenate([target for _, target in batches])
    if sorted(targets.tolist()) != list(range(len(x))):
        twice = [number for number, count in Counter(targets.tolist()).items() if count > 1]
        missing = sorted(set(range(len(x))) - set(targets.tolist()))
        judge.reject("examples-repeated-or-missing", f"In an epoch of {len(x)} examples, {missing or 'none'} are "
                     f"missing, and {twice or 'none'} appear more than once.",
                     "What is the difference between drawing with replacement and a permutation?",
                     kind="randomness")  # fmt: skip
    rows = np.concatenate([x_batch for x_batch, _ in batches])
    if rows.shape != x.shape or not np.array_equal(rows, x[targets]):
        judge.reject("pairs-broken", "The rows of x_batch are not those that belong to target_batch.",
                     "How many permutations do you draw for the two arrays?", kind="randomness",
                     shown={"target_batch": batches[0][1], "x_batch": batches[0][0],
                            "expected": x[batches[0][1]]})  # fmt: skip


def refuse_wrong_dtypes(judge: Judge, make) -> None:
    for x, target in (
        (np.zeros((4, 2), np.float32), np.zeros(4, np.int64)),
        (np.zeros((4, 2, 2), np.uint8), np.zeros((4, 3))),
        (np.array(["a", "b", "c", "d"]), np.array([True, False, True, False])),
    ):
        for x_batch, target_batch in make.function(x, target, 2, np.random.default_rng(0)):
            for name, got, given in (("x_batch", x_batch, x), ("target_batch", target_batch, target)):
                if np.asarray(got).dtype != given.dtype or np.shape(got) != (2, *given.shape[1:]):
                    judge.reject("changes-the-dtype", f"{name} is {np.asarray(got).dtype} of shape {np.shape(got)}; "
                                 f"expected {given.dtype} of shape {(2, *given.shape[1:])}.",
                                 "Does a batch have to be anything other than some rows?", kind="shapes")  # fmt: skip


def refuse_orders(judge: Judge, loader) -> None:
    batches = loader(12, 5, seed=1)[0]
    orders = [order_of(batches) for _ in range(4)]
    if len(set(orders)) == 1:
        judge.reject("same-order-in-every-epoch", "Four epochs had the same order.",
                     "When do you draw the order: when the loader is made, or when an epoch begins?",
                     kind="randomness")  # fmt: skip
    batches, runs = loader(3, 3, seed=2)[0], 4500
    counts = Counter(order_of(batches) for _ in range(runs))
    wanted = runs / 6
    if sum((counts[order] - wanted) ** 2 for order in permutations(range(3))) / wanted > LARGEST_CHI_SQUARE:
        listed = ", ".join(f"{order}: {count}" for order, count in sorted(counts.items()))
        judge.reject("orders-not-equally-likely", f"In {runs} epochs of 3 examples, the orders appeared this often: "
                     f"{listed}; expected about {wanted:.0f} each.",
                     "Does your shuffle give all 6 orders, with the same probability?",
                     kind="randomness")  # fmt: skip
    if len(set(orders)) < 4:
        judge.reject("orders-repeat", f"Four epochs of 12 examples had only {len(set(orders))} different orders.",
                     "What do you draw for each epoch?", kind="randomness")  # fmt: skip


def refuse_left_out(judge: Judge, loader) -> None:
    """Reject a drop_last that leaves out the same examples in every epoch."""
    batches, _ = loader(5, 2, seed=3, drop_last=True)
    seen = set().union(*(order_of(batches) for _ in range(60)))
    if seen != set(range(5)):
        never = sorted(set(range(5)) - seen)
        judge.reject("always-leaves-out-the-same", f"In 60 epochs with drop_last, {never} never appeared.",
                     "What do you cut off: the end of x, or the end of this epoch's order?",
                     kind="randomness")  # fmt: skip


def refuse_wrong_moments(judge: Judge, make) -> None:
    """Reject an order that is drawn when the loader is made, or in every batch, and not when an epoch begins."""
    rng = np.random.default_rng(9)
    states = [str(rng.bit_generator.state)]
    batches = make.function(judge.numbers(6, 2), np.arange(6), 2, rng)
    states.append(str(rng.bit_generator.state))
    states += [str(rng.bit_generator.state) for _ in batches]
    if states[1] != states[0]:
        judge.reject("draws-too-early", "Making the loader draws from rng; expected a draw when an epoch begins.",
                     "What if a loader is made and never used?", kind="randomness")  # fmt: skip
    if len(set(states[2:])) > 1:
        judge.reject("draws-too-much", "Each batch draws from rng again; expected one order for the epoch.",
                     "How many draws does an order take?", kind="randomness")  # fmt: skip


def refuse_shared_epochs(judge: Judge, loader) -> None:
    batches = loader(6, 2, seed=7)[0]
    for _ in batches:
        break
    outer = []
    for _, target in batches:
        inner = order_of(batches)
        outer += np.array(target).tolist()
        if sorted(inner) != list(range(6)):
            judge.reject("epochs-share-state",
                 f"An epoch inside another one, or after one that ended early, had {inner}.",
                         "Where does an epoch keep its order and its position?", kind="state")  # fmt: skip
    if sorted(outer) != list(range(6)):
        judge.reject("epochs-share-state", f"An epoch with others inside it had the examples {outer}.",
                     "Where does an epoch keep its order and its position?", kind="state")  # fmt: skip


def refuse_views(judge: Judge, make) -> None:
    for size in (1, 2, 6):
        x, target = judge.numbers(6, 2), np.arange(6.0)
        kept = x.copy(), target.copy()
        for _ in range(2):
            for x_batch, target_batch in make.function(x, target, size, np.random.default_rng(8)):
                if not (np.array_equal(x, kept[0]) and np.array_equal(target, kept[1])):
                    judge.reject("shuffles-the-data", "x or target has changed: its rows are in a different order.",
                                 "rng.shuffle works in place. What else uses these arrays?", kind="ownership",
                                 shown={"x before": kept[0], "x now": x})  # fmt: skip
                for name, batch in (("x_batch", x_batch), ("target_batch", target_batch)):
                    if np.may_share_memory(batch, x) or np.may_share_memory(batch, target):
                        message = f"{name} shares memory with the data, so changing it in place would change them."
                        judge.reject("batch-is-a-view", message, "Does a slice copy? Does indexing with an array copy?",
                                     kind="ownership")  # fmt: skip
