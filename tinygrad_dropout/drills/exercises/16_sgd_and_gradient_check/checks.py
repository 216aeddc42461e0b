"""A check of every entry, then steps of -lr times a fresh gradient, in the model's own arrays."""

import numpy as np

from tinygrad_dropout.drills.grader.answer import Answer
from tinygrad_dropout.drills.grader.descent import Problem, one_by_one, training
from tinygrad_dropout.drills.grader.judge import Judge, KnownMistake

TOPIC, MINUTES = "backprop", 15
KINDS = ("updates", "accumulation", "exposing")


def numbers_after(**how):
    return lambda problem: problem.run(training(**how))[0]


ADDS = "backward adds to .grad. What is in there when you call it: at first, after your check, and in the next step?"
UPDATES = [
    KnownMistake("wrong-sign-of-the-step", numbers_after(sign=1),
         "The step goes up: lr times the gradient is added; expected it to be subtracted.",
         "The gradient points to where the loss grows. Where do you want to go?", "updates"),
    KnownMistake("parameters-unchanged", lambda problem: np.concatenate([one.ravel() for one in problem.start]),
         "The parameters have not changed: no step reaches the model's arrays.",
         "Is the gradient still there when you step, and which array does the result go into?", "updates"),
    KnownMistake("learning-rate-ignored", numbers_after(lr=lambda lr: 1.0),
         "The whole gradient is subtracted; the learning rate is left out.",
         "How far should a parameter with gradient 1 move?", "updates"),
    KnownMistake("divided-by-the-learning-rate", numbers_after(lr=lambda lr: 1 / lr),
         "The gradient is divided by the learning rate.",
         "Does a smaller learning rate now make the steps smaller?", "updates"),
    KnownMistake("first-parameter-only", numbers_after(which=slice(1)),
         "Only the first parameter is updated.", "How many parameters are in the list?", "updates"),
    KnownMistake("last-parameter-only", numbers_after(which=slice(-1, None)),
         "Only the last parameter is updated.",
         "What is inside your loop over the parameters, and what comes after it?",
         "updates"),
    KnownMistake("updated-one-by-one", lambda problem: problem.run(one_by_one)[0],
         "Parameters are updated one by one, each with a new gradient: the later ones see the earlier ones' updates.",
         "At which parameters should the gradient of a step be computed? Are they the same throughout your loop?",
         "updates"),
    KnownMistake("same-gradient-in-each-step", numbers_after(zero="stay"),
         "Each step uses the same gradient, the one from the start.",
         "The parameters have moved. Is it still the gradient at the point where they are now?", "updates"),
    KnownMistake("gradients-never-zeroed", numbers_after(zero="once"),
         "Gradients are not set to 0 between steps: each step also applies those of all earlier steps again.", ADDS,
         "accumulation"),
    KnownMistake("gradients-never-zeroed", numbers_after(zero="never"),
         "Gradients are never set to 0: each step also applies those of the check and all earlier steps again.", ADDS,
         "accumulation"),
    KnownMistake("gradients-never-zeroed", numbers_after(zero="never", checks=False),
         "Gradients are never set to 0: each step also applies those of all earlier steps again.", ADDS,
         "accumulation"),
    KnownMistake("gradient-of-the-check-left", numbers_after(zero="after"),
         "The first step applies the gradient twice: the one that the check left in .grad is still there.", ADDS,
         "accumulation"),
    KnownMistake("steps-by-measurement", numbers_after(measured=True),
         "The steps use the measured gradient, which is less exact than the one from backward.",
         "A measurement needs two losses for every single number. When is that worth it, and when is it not?",
         "updates"),
    KnownMistake("stale-gradients-at-the-start", numbers_after(zero="after", checks=False),
         "The first step also applies the old numbers that were in .grad at the start.", ADDS, "accumulation"),
]  # fmt: skip
LOSSES = [
    KnownMistake("losses-after-the-steps", lambda problem: losses_of(problem)[1:],
         "The losses are those after each step; expected those before it.",
         "Is the first number of the list the loss of the untrained model?", "updates"),
    KnownMistake("one-loss-too-many", lambda problem: losses_of(problem),
         "There is one more loss than there are steps.", "How many numbers does the task ask for?", "updates"),
    KnownMistake("last-loss-only", lambda problem: losses_of(problem)[-2],
         "The result is one number; expected the list of the losses.", "How many numbers does the task ask for?",
         "updates"),
]  # fmt: skip


def losses_of(problem):
    """The right losses, and the one after the last step."""
    problem.steps += 1
    losses = problem.run(training())[1]
    problem.steps -= 1
    return losses


def check(judge: Judge) -> None:
    train = judge.function("train", "parameters", "loss", "backward", "measure", "lr", "steps")
    graded = Answer(lambda problem: problem.run(train.function), "train", ("the problem",))
    refuses = {
        ValueError: KnownMistake(
            "refuses-a-right-gradient",
            None,
            "train(...) raised ValueError, although the gradient is right.",
            "What is in .grad when you compare? It may have held old numbers, and backward adds to them.",
            "accumulation",
        )
    }

    def compare(claim, problems):
        runs = judge.run(graded, [(problem,) for problem in problems], known=refuses, repeat=True)
        after, losses = judge.parts(runs, "the parameters", "the losses")
        if not judge.right:
            with judge.claim("the model's arrays are updated in place"):
                refuse_new_arrays(judge, problems)
        refuse_wrong_gradients(judge, problems)
        judge.compare(claim, after, numbers_after(), name="the parameters", known=UPDATES, kind="updates",
                      entries=lambda problem: problem.names(), rtol=1e-11, atol=1e-13,
                      question="Zero, backward, step: go through the first step, and the second.")  # fmt: skip
        return losses

    one, three = [(2,)], [(2, 3), (3,), (2, 2)]
    losses = compare("each step subtracts lr times a fresh gradient",
                     [*(Problem(judge, shapes, steps) for steps in (1, 4) for shapes in (one, three)),
                      Problem(judge, three, 2, order="F"), Problem(judge, one, 12)])  # fmt: skip
    compare("what was in .grad at the start does not matter",
            [Problem(judge, shapes, steps, stale=True) for shapes in (one, three) for steps in (1, 3)])  # fmt: skip
    judge.compare("the losses are those before each step", losses, lambda problem: losses_of(problem)[:-1],
                  name="the list of losses", known=LOSSES, kind="updates",
                  entries=lambda problem: [f"losses[{step}]" for step in range(problem.steps)],
                  question="When is the loss read, before or after the step?", rtol=1e-11, atol=1e-13)  # fmt: skip
    with judge.claim("the losses are a list"):
        refuse_wrong_types(judge, losses)
    with judge.claim("a wrong gradient raises ValueError, before anything is changed"):
        for number, (what, spoil) in enumerate(SPOILS):
            refuse_what_is_accepted(judge, graded, Problem(judge, three, 2, stale=True, spoil=spoil), what, number == 0)
    with judge.claim("an error in any entry is noticed, whatever its sign"):
        refuse_blind_spots(judge, graded, three)
        problem = Problem(judge, three, 1, spoil=times(0, 1.01, (1, 2)), steep=1e6)
        refuse_a_common_tolerance(judge, graded, problem)
    compare_small(judge, graded)
    compare_large(judge, graded)
    with judge.claim("the tolerance is about 1e-4 * max(1, |measured|)"):
        refuse_tolerances(judge, graded)


def refuse_wrong_types(judge, runs):
    """Reject anything but a list of floats."""
    for run in runs:
        if not isinstance(run.value, list):
            message = f"train(...) returned a {type(run.value).__name__} of losses; expected a list of floats."
            judge.reject("not-a-list", message, "What does the task say that losses should be?")
        if not all(isinstance(loss, float) for loss in run.value):
            message = f"losses holds a {type(run.value[0]).__name__}; expected floats."
            judge.reject("not-floats", message, "What does loss() return, and what do you do with it?")


def refuse_new_arrays(judge, problems):
    for problem in problems:
        if problem.rebound:
            judge.reject(
                "rebinds-the-parameter",
                ".data is another array after train(...); expected the model's own array, changed in place.",
                "`p.data = p.data - ...` makes a new array. What still computes with the old one?",
                kind="updates",
                shown={"the problem": repr(problem)},
            )


def refuse_wrong_gradients(judge, problems):
    """Reject steps that do not use the gradient from backward."""
    for problem in problems:
        calls = problem.calls
        if calls["backward"] >= problem.steps:
            continue
        shown = {"the problem": repr(problem)}
        if calls["measure"] >= problem.steps:
            judge.reject(
                "steps-by-measurement",
                f"In {problem.steps} steps, the numbers of calls of measure and backward are {calls['measure']} and "
                f"{calls['backward']}: the steps use the measured gradient.",
                "A measurement needs two losses for every single number. When is that worth it, and when is it not?",
                kind="updates",
                shown=shown,
            )
        if all(np.array_equal(*pair) for pair in zip(problem.arrays, problem.start, strict=True)):
            judge.reject(
                "no-backward-in-the-loop",
                f"In {problem.steps} steps, the number of calls of backward is {calls['backward']}, and no parameter "
                "moved.",
                "What is in .grad when you take the step? After it is set to 0, what fills it?",
                kind="updates",
                shown=shown,
            )


def times(parameter, factor, index=...):
    """Multiply a part of the gradient."""

    def spoil(gradients):
        gradients[parameter][index] *= factor

    return spoil


def off_by(tolerances, parameter, index):
    """Add the task's tolerance, times a factor, to one entry of the gradient."""

    def spoil(gradients):
        gradients[parameter][index] += tolerances * 1e-4 * max(1, abs(gradients[parameter][index]))

    return spoil


def swap(gradients):
    gradients[0][[0, 1]] = gradients[0][[1, 0]]


SPOILS = (
    ("all of the first parameter's gradient has the wrong sign", times(0, -1.0)),
    ("the last parameter's gradient is twice what it should be", times(-1, 2.0)),
    ("two rows of the first parameter's gradient are swapped", swap),
)


def refuse_what_is_accepted(judge, graded, problem, what, first):
    """Reject an answer that accepts a problem with a wrong backward."""
    shown = {"the problem": repr(problem), "backward": what}
    if judge.raises(graded, (problem,), ValueError):
        if any(not np.array_equal(*pair) for pair in zip(problem.arrays, problem.start, strict=True)):
            judge.reject(
                "steps-before-the-check",
                "ValueError was raised after some parameters had changed; expected it before the first step.",
                "What is the state of a model after steps with a wrong gradient?",
                kind="updates",
                shown=shown,
            )
        return
    if first:
        judge.reject(
            "gradient-not-checked",
            f"No ValueError, although {what}.",
            "backward may be wrong. What can you compare its gradient with, and when?",
            kind="exposing",
            shown=shown,
        )
    judge.reject(
        "check-sees-too-little",
        f"No ValueError, although {what}.",
        "Which parameters and which entries does your check look at? Do errors cancel in what you compare?",
        kind="exposing",
        shown=shown,
    )


def refuse_blind_spots(judge, graded, shapes):
    """Make each entry in turn wrong by 50 tolerances, up and down."""
    for parameter, shape in enumerate(shapes):
        for index in np.ndindex(*shape):
            up, down = (
                judge.raises(
                    graded, (Problem(judge, shapes, 1, spoil=off_by(sign * 50, parameter, index)),), ValueError
                )
                for sign in (1, -1)
            )
            if up and down:
                continue
            shown = {"backward": f"entry {list(index)} of parameter {parameter} is too {'small' if up else 'large'}"}
            if up or down:
                judge.reject(
                    "absolute-value-forgotten",
                    f"No ValueError, although one entry is too {'small' if up else 'large'} by 50 times the tolerance; "
                    "an error in the other direction raises one.",
                    "Is -1 more than 1e-4? What do you compare with the tolerance?",
                    kind="exposing",
                    shown=shown,
                )
            judge.reject(
                "check-skips-entries",
                f"No ValueError, although entry {list(index)} of parameter {parameter} is off by 50 tolerances.",
                "Which parameters and which entries does your check look at?",
                kind="exposing",
                shown=shown,
            )


def refuse_tolerances(judge, graded):
    """Try a third of the tolerance and three times as much, where the gradient is 0, below 1, about 1, and large."""
    for how in ({"flat": True}, {}, {"steep": 30.0}, {"steep": 1e5}, {"scale": 1e-3}):
        for sign in (1, -1):
            near, far = (Problem(judge, [(2, 3)], 1, spoil=off_by(sign * k, 0, (0, 0)), **how) for k in (0.35, 3.0))
            gradient = near.gradients(near.start)[0][0, 0]
            said = f"where the gradient is {gradient:.3g}" if abs(gradient) > 1e-9 else "where the gradient is 0"
            if judge.raises(graded, (near,), ValueError):
                judge.reject(
                    "tolerance-too-narrow",
                    f"ValueError, although {said} the two differ by a third of 1e-4 * max(1, |measured|).",
                    "Which tolerance does the task ask for, and which one do you use? np.allclose has two.",
                    kind="exposing",
                    shown={"the problem": repr(near)},
                )
            if not judge.raises(graded, (far,), ValueError):
                judge.reject(
                    "tolerance-too-wide",
                    f"No ValueError, although {said} the two differ by three times 1e-4 * max(1, |measured|).",
                    "Which tolerance does the task ask for, and which one do you use?",
                    kind="exposing",
                    shown={"the problem": repr(far)},
                )


def refuse_a_common_tolerance(judge, graded, problem):
    """One entry is about a million, so a common tolerance accepts another entry that is off by 1%."""
    if not judge.raises(graded, (problem,), ValueError):
        judge.reject(
            "tolerance-of-the-largest-entry",
            "No ValueError, although one entry is 1% too large: its error looks small next to an entry of a million.",
            "What does your check compare the error of an entry with: that entry, or the largest of them?",
            kind="exposing",
            shown={"the problem": repr(problem), "backward": "one entry is 1% too large, another is about a million"},
        )


def compare_small(judge, graded):
    """A relative error means nothing if the right number is 0."""
    mistake = KnownMistake(
        "tolerance-only-relative",
        None,
        "train(...) raised ValueError, although the gradient is right: one entry is 0, and was measured as 5e-9.",
        "What is the relative error of 0 if 5e-9 was measured? What is the 1 in the task's tolerance for?",
        "exposing",
    )
    problems = [(Problem(judge, shapes, 1, flat=True),) for shapes in ([(2,)], [(2, 3), (3,)])]
    with judge.claim("a gradient near 0 is not compared relative to its size"):
        judge.run(graded, problems, known={ValueError: mistake})


def compare_large(judge, graded):
    """The measurement is less exact if the numbers are large."""
    mistake = KnownMistake(
        "tolerance-too-small",
        None,
        "train(...) raised ValueError, although the gradient is right: a million, measured to 5e-9 of its size.",
        "The rounding of the measurement grows with the numbers. Should the tolerance grow, too?",
        "exposing",
    )
    problems = [(Problem(judge, [(2, 3)], 1, scale=1e6),)]
    with judge.claim("a large gradient is compared relative to its size"):
        judge.run(graded, problems, known={ValueError: mistake})
