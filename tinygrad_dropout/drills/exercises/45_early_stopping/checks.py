"""The best loss, its epoch, how long ago it was, and a copy of the parameters at that time."""

import numpy as np

from tinygrad_dropout.drills.grader.calls import Run
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 10
KINDS = ("stopping", "state", "ownership", "edges")

NAN = float("nan")
FALLING = (0.9, 0.7, 0.5, 0.4)
UP_AND_DOWN = (0.9, 0.5, 0.6, 0.55, 0.58, 0.45, 0.47, 0.46, 0.5, 0.44)
SLOWLY = (1.0, 0.95, 0.91, 0.87, 0.83, 0.5, 0.49, 0.48)
TIES = (0.5, 0.5, 0.5, 0.5)
FROM_BELOW = (-3.0, -3.5, -3.4, -3.45, -4.0, -2.0, -2.0, -2.0)
RISING = (0.1, 0.2, 0.3, 0.4, 0.5)
FINELY = (0.5, 0.4999999, 0.4999998, 0.4999999, 0.4999997)


def stops(
    losses, patience, min_delta, *, versus_last=False, negated=False, strict=True, relative=False, total=False, late=0,
    flip=False,
):  # fmt: skip
    """Whether to stop after each loss; each option is a possible mistake."""
    best, last, waited, found = np.inf, np.inf, 0, []
    for loss in losses:
        bar = last if versus_last else best
        bar = bar * (1 - min_delta) if relative else bar + min_delta if flip else bar - min_delta
        if loss < bar or (not strict and loss <= bar) or (negated and not loss >= bar):
            best, waited = loss, waited if total else 0
        else:
            waited += 1
        last = loss
        found.append(int(waited >= patience + late))
    return found


def wrongly(**options):
    return lambda losses, patience, min_delta: stops(losses, patience, min_delta, **options)


def best_of(losses, patience, min_delta):
    best, epoch = np.inf, 0
    for number, loss in enumerate(losses, 1):
        if loss < best - min_delta:
            best, epoch = loss, number
    return best, epoch


STOPS = [
    KnownMistake("nan-is-an-improvement", wrongly(negated=True),
                 "A loss of NaN counts as an improvement, and so does every loss after it.",
                 "Which comparisons with NaN are true? In which direction do you write yours?", "edges"),
    KnownMistake("nan-is-an-improvement", lambda losses, patience, min_delta: stops(
                 [-np.inf if np.isnan(loss) else loss for loss in losses], patience, min_delta),
                 "A loss of NaN counts as an improvement.",
                 "Which comparisons with NaN are true? In which direction do you write yours?", "edges"),
    KnownMistake("compares-with-the-last-loss", wrongly(versus_last=True),
                 "A loss counts as an improvement if it is below the previous one; expected below the best so far.",
                 "After 0.5, 0.9, 0.8: is 0.8 an improvement?", "stopping"),
    KnownMistake("ties-are-improvements", wrongly(strict=False),
                 "A loss that equals the best one counts as an improvement.",
                 "If the loss stays the same forever, when does training stop?", "stopping"),
    KnownMistake("stops-an-epoch-late", wrongly(late=1),
                 "It stops one epoch too late: after patience + 1 epochs without an improvement.",
                 "With patience = 1, after which epoch does it stop?", "stopping"),
    KnownMistake("stops-an-epoch-early", wrongly(late=-1),
                 "It stops one epoch too early: after patience - 1 epochs without an improvement.",
                 "With patience = 1, how many bad epochs may pass?", "stopping"),
    KnownMistake("count-never-resets", wrongly(total=True),
                 "An improvement does not reset the count: all epochs without one are added up.",
                 "What does `in a row` mean?", "stopping"),
    KnownMistake("min-delta-ignored", lambda losses, patience, min_delta: stops(losses, patience, 0.0),
                 "min_delta has no effect.", "How far below the best must a loss be?", "stopping"),
    KnownMistake("min-delta-with-wrong-sign", wrongly(flip=True),
                 "min_delta makes it easier to improve: even a loss slightly above the best counts.",
                 "With best = 0.5 and min_delta = 0.1, is 0.55 an improvement?", "stopping"),
    KnownMistake("min-delta-relative", wrongly(relative=True),
                 "min_delta is treated as a fraction of the best loss.",
                 "With best = 0.5 and min_delta = 0.1, below which loss is there an improvement?", "stopping"),
    KnownMistake("never-stops", lambda losses, *_: [0] * len(losses), "step never returns True.",
                 "What does step return after many bad epochs?", "stopping"),
    KnownMistake("stops-at-every-bad-epoch", lambda losses, patience, min_delta: stops(losses, 1, min_delta),
                 "It stops at the first epoch without an improvement, whatever the patience.",
                 "What is patience for?", "stopping"),
]  # fmt: skip


def check(judge: Judge) -> None:
    make = judge.make("EarlyStopping", "patience", "min_delta")
    judge.make("EarlyStopping", "patience")
    with judge.claim("before the first epoch: best_loss is inf, best_epoch 0, and restore raises ValueError"):
        refuse_new(judge, make.function(2))

    def compare(claim, cases, question, kind="stopping"):
        found = [results_for(judge, make, *case)[0] for case in cases]
        arguments = ("losses", "patience", "min_delta")
        runs = [Run("step(loss, parameters)", arguments, *one) for one in zip(cases, found, strict=True)]
        judge.compare(claim, runs, stops, name="whether to stop", known=STOPS, question=question, kind=kind,
                      entries=lambda losses, *_: [f"stop after epoch {n + 1}" for n in range(len(losses))])  # fmt: skip

    plain = [(losses, wait, 0.0) for losses in (RISING, UP_AND_DOWN, FALLING, FROM_BELOW, FINELY) for wait in (1, 2, 3)]
    with judge.claim("step returns True or False, and does not change any array"):
        results_for(judge, make, *plain[0])
    compare("it stops when patience epochs in a row have passed without an improvement", plain,
            "Go through the losses one by one: which is the best so far, and how long ago was it?")  # fmt: skip
    compare("a loss that equals the best one is not an improvement", [(TIES, 2, 0.0), ((0.5, 0.6, 0.5, 0.4), 3, 0.0)],
            "Is it below the best one?")  # fmt: skip
    compare("an improvement is below the best one by more than min_delta",
            [(losses, patience, delta) for losses in (SLOWLY, UP_AND_DOWN, FROM_BELOW) for patience in (2, 3)
             for delta in (0.04, 0.1, 0.45)] + [((1.0, 0.75, 0.5), 1, 0.25)],
            "What do you compare with what?")  # fmt: skip
    with judge.claim("best_loss and best_epoch are those of the best epoch so far"):
        for case in [*plain, (SLOWLY, 2, 0.1)]:
            refuse_wrong_best(judge, case, results_for(judge, make, *case)[1:])
    compare("nan is never an improvement",
            [((0.9, NAN, 0.8, NAN, NAN, 0.7), 2, 0.0), ((NAN, 0.5, 0.6, NAN), 2, 0.0), ((NAN, NAN, 0.3), 2, 0.0)],
            "Which comparisons with NaN are true?", "edges")  # fmt: skip
    with judge.claim("after an epoch with the loss nan or inf, there is nothing to restore"):
        for loss in (NAN, np.inf):
            stopping = make.function(2)
            stopping.step(loss, [np.ones(2)])
            refuse_new(judge, stopping, f"After an epoch with the loss {loss}")
    with judge.claim("restore writes the parameters of the best epoch into the arrays themselves"):
        for losses in (UP_AND_DOWN, FALLING, RISING):
            refuse_wrong_parameters(judge, make, losses)
    with judge.claim("two instances do not affect each other"):
        refuse_shared_state(judge, make)


def results_for(judge: Judge, make, losses, patience, min_delta):
    """What step returned for each loss, and best_loss and best_epoch at the end."""
    stopping = make.function(patience, min_delta) if min_delta else make.function(patience)
    step = judge.method(stopping, "step", "loss", "parameters")
    weight = np.zeros(2)
    found = []
    for epoch, loss in enumerate(losses, 1):
        weight[...] = epoch
        stop = step.function(loss, [weight])
        if not isinstance(stop, (bool, np.bool_)):
            judge.reject("returns-no-bool", f"step returned {stop!r}; expected True or False.",
                         "Is a `return` missing?", kind="stopping")  # fmt: skip
        if not np.array_equal(weight, np.full(2, epoch)):
            judge.reject("changes-its-input", "step changed a parameter in place; expected it unchanged.",
                         "Which of the two methods should change the parameters?", kind="ownership")  # fmt: skip
        found.append(int(stop))
    return found, getattr(stopping, "best_loss", None), getattr(stopping, "best_epoch", None)


def refuse_new(judge: Judge, stopping, when="Before the first epoch") -> None:
    """Reject another best than none, and a restore that raises no error."""
    best = getattr(stopping, "best_loss", None), getattr(stopping, "best_epoch", None)
    if best != (np.inf, 0):
        judge.reject("starts-with-another-best", f"{when}, best_loss and best_epoch are {best}; expected "
                     "inf and 0.", "Which number is above every first loss?", kind="edges")  # fmt: skip
    if judge.raises(judge.method(stopping, "restore", "parameters"), ([np.ones(2)],), ValueError):
        return
    code = "restores-nothing-silently" if when.startswith("Before") else "nan-is-kept"
    judge.reject(code, f"{when}, restore raised no error; expected ValueError.",
                 "What would a user think after calling it?", kind="edges")  # fmt: skip


def refuse_wrong_best(judge: Judge, case, best) -> None:
    wanted = best_of(*case)
    if best[0] is None or best[1] is None or not np.isclose(best[0], wanted[0], rtol=0) or best[1] != wanted[1]:
        losses, _, min_delta = case
        judge.reject("wrong-best", f"After {losses}, min_delta={min_delta:g}, best_loss and best_epoch "
                     f"are {tuple(best)}; expected {wanted}.",
                     "When do you set the two, and do you count epochs from 1?",
                     kind="stopping")  # fmt: skip


def refuse_wrong_parameters(judge: Judge, make, losses) -> None:
    stopping, held = make.function(20), [judge.numbers(2, 3), judge.numbers(3).astype(np.float32), np.array(0.0)]
    arrays, dtypes, kept = list(held), [one.dtype for one in held], []
    for loss in losses:
        for one in held:
            one += 1
        kept.append([one.copy() for one in held])
        stopping.step(loss, held)
    best = best_of(losses, 20, 0.0)[1]
    for times in ("", ", called a second time,"):
        for one in held:
            one -= 0.5
        stopping.restore(held)
        wanted = kept[best - 1]
        if (stopping.best_loss, stopping.best_epoch) != best_of(losses, 20, 0.0):
            judge.reject("restore-changes-the-best", "After restore, best_loss and best_epoch are "
                         f"{stopping.best_loss, stopping.best_epoch}; expected {best_of(losses, 20, 0.0)}.",
                         "What should restore change?", kind="state")  # fmt: skip
        if any(one is not array for one, array in zip(held, arrays, strict=True)):
            judge.reject("replaces-the-parameters",
                 "restore put other arrays into the list; expected the model's own arrays, changed in place.",
                         "What else uses these arrays?", kind="ownership")  # fmt: skip
        if [one.dtype for one in held] != dtypes:
            judge.reject("changes-the-dtype", "restore changed the dtype of a parameter; expected it unchanged.",
                 "Does writing into an array change its dtype?",
                         kind="ownership")  # fmt: skip
        if not all(map(np.array_equal, held, wanted)):
            last = all(np.allclose(one, after - 0.5) for one, after in zip(held, kept[-1], strict=True))
            code = "restore-changes-nothing" if last else "restores-another-epoch"
            what = "changes nothing in the model" if last else "writes other parameters"
            judge.reject(code,
                 f"restore{times} {what}; expected the parameters of the best epoch, {best} of {len(losses)}.",
                         "What does a list of the model's arrays hold after the next step? And which array does "
                         "`one = best` change?", kind="ownership",
                         shown={"yours": held[0], "expected": wanted[0]})  # fmt: skip


def refuse_shared_state(judge: Judge, make) -> None:
    one, other = make.function(2), make.function(2)
    weight = np.array([1.0])
    one.step(0.5, [weight])
    other.step(0.1, [weight + 1])
    one.restore([weight])
    if (one.best_loss, one.best_epoch) != (0.5, 1) or weight[0] != 1.0:
        judge.reject("instances-share-state",
             f"With a second instance in use, best_loss is {one.best_loss}, and restore writes "
                     f"{weight[0]:g}; expected 0.5 and 1.",
                     "Does each instance keep its own state?", kind="state")  # fmt: skip
