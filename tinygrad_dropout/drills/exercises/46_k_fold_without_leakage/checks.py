"""What fit and score get, fold by fold, shows whether anything leaks between the training rows and the test rows."""

from collections import Counter

import numpy as np

from tinygrad_dropout.drills.grader.judge import Judge
from tinygrad_dropout.drills.grader.random_sources import refuse_wrong_sources

TOPIC, MINUTES = "backprop", 12
KINDS = ("leakage", "randomness", "edges", "averaging", "axes")

#: examples, groups, folds; in the last one, one group has most of the examples
SIZES = ((12, 6, 3), (11, 5, 2), (9, 9, 4), (14, 4, 4), (8, 2, 2), (40, 6, 2))
SIGMAS = 6.0


class Watched:
    """A problem whose fit and score record what they get; the last feature of every row is its number."""

    def __init__(self, judge: Judge, examples, groups, k, constant=False) -> None:
        self.x = np.column_stack([judge.numbers(examples, 2) * [3, 1e-6] + 1, np.arange(examples, dtype=np.float64)])
        if constant:
            self.x[:, 1] = 7.5
        self.target = judge.rng.permutation(examples) * 10
        names = judge.rng.choice(1000, groups, replace=False)
        members = np.resize(names, max(groups, min(examples, 2 * groups)))  # at least two each, if there are enough
        self.groups = judge.rng.permutation([*members, *np.repeat(names[0], examples - len(members))])
        self.k = k
        self.begin()

    def begin(self):
        self.fits, self.scores, self.calls = [], [], []

    def fit(self, x, target):
        self.fits.append((np.array(x), np.array(target)))
        self.calls.append("fit")
        return len(self.fits) - 1

    def score(self, model, x, target):
        self.scores.append((model, np.array(x), np.array(target)))
        self.calls.append("score")
        return 100.0 + len(self.scores)

    def run(self, validate, seed=0):
        self.begin()
        given = self.x.copy(), self.target.copy(), self.groups.copy()
        self.result = validate(*given, self.k, self.fit, self.score, np.random.default_rng(seed))
        return self

    def rows(self, target):
        """The numbers of the rows with these targets, which are all different."""
        return [int(np.flatnonzero(self.target == one)[0]) for one in np.ravel(target)]

    def folds(self):
        return [self.rows(target) for _, _, target in self.scores]


def check(judge: Judge) -> None:
    validate = judge.function("cross_validate", "x", "target", "groups", "k", "fit", "score", "rng")
    problems = [Watched(judge, *size) for size in SIZES] + [Watched(judge, 12, 6, 3, constant=True)]
    with judge.claim("fewer than 2 folds, and fewer groups than folds, raise ValueError"):
        refuse_accepted(judge, validate, problems[0])
    with judge.claim("a fit and a score for each fold, and the list of the scores"):
        for one in problems:
            refuse_calls(judge, one.run(validate))
    with judge.claim("each example is in exactly one test fold, with its target, in the order of x"):
        for one in problems:
            refuse_misplaced_rows(judge, one)
    with judge.claim("each group is in one fold, with all its examples"):
        for one in problems:
            refuse_split_groups(judge, one)
    with judge.claim("a model is trained on all the other folds, and on nothing from its own"):
        for one in problems:
            refuse_training_rows(judge, one)
    with judge.claim("the statistics are those of the training rows, for both parts"):
        for one in problems[:-1]:
            refuse_statistics(judge, one)
    with judge.claim("a feature that is constant in the training rows is divided by 1"):
        refuse_statistics(judge, problems[-1])
    with judge.claim("the numbers of groups in two folds differ by at most 1"):
        for one in problems:
            refuse_uneven_folds(judge, one)
    with judge.claim("the groups are dealt at random, with rng and nothing else"):
        refuse_dealing(judge, validate, problems[0])


def refuse_accepted(judge: Judge, validate, problem) -> None:
    for k in (1, 0, 7):
        problem.begin()
        given = problem.x, problem.target, problem.groups, k, problem.fit, problem.score, np.random.default_rng(0)
        if not judge.raises(validate, given, ValueError):
            judge.reject("accepts-bad-folds", f"k = {k} with 6 groups was accepted; expected ValueError.",
                         "What would you train on, and what would you test on?", kind="edges")  # fmt: skip


def refuse_calls(judge: Judge, problem) -> None:
    k, calls = problem.k, Counter(problem.calls)
    if (calls["fit"], calls["score"]) != (k, k):
        judge.reject("wrong-number-of-folds", f"With k = {k}, the numbers of calls of fit and score are "
                     f"{calls['fit']} and {calls['score']}; expected {k} of each.",
                     "What should happen once for each fold?",
                     kind="leakage")  # fmt: skip
    if sorted(np.ravel(problem.result).tolist()) != [101.0 + n for n in range(k)]:
        judge.reject("wrong-scores", f"With k = {k} the scores are {problem.result!r}; expected those that score "
                     "returned, one for each fold.", "What do you append, and to what?", kind="averaging")  # fmt: skip
    if sorted(model for model, _, _ in problem.scores) != list(range(k)):
        judge.reject("scores-another-model", "A model was scored twice, and another one never.",
                     "Which model belongs to which fold?", kind="leakage")  # fmt: skip


def refuse_misplaced_rows(judge: Judge, problem) -> None:
    tested = Counter(row for fold in problem.folds() for row in fold)
    if tested != Counter(range(len(problem.x))):
        never = sorted(set(range(len(problem.x))) - set(tested))
        twice = sorted(row for row, count in tested.items() if count > 1)
        message = (
            f"Of {len(problem.x)} examples {never or 'none'} are in no test fold, and {twice or 'none'} in several."
        )
        judge.reject("not-tested-once", message, "Which fold does each group belong to?", kind="edges")
    parts = [*problem.fits, *((x, target) for _, x, target in problem.scores)]
    for x, target in parts:
        rows = problem.rows(target)
        if x.shape != (len(rows), 3):
            judge.reject("wrong-shape", f"{len(rows)} targets come with an x of shape {x.shape}.",
                         "Which rows, and which columns?", kind="axes")  # fmt: skip
        if rows != sorted(rows):
            judge.reject("another-order", "The examples of a part are not in the order of x.",
                         "Do you have to change the order of the rows to choose some of them?",
                         kind="edges")  # fmt: skip
        if len(rows) > 1 and (np.diff(x[:, 2]) <= 0).any():
            judge.reject("targets-separated-from-inputs", "x and target of a part are not in the same order.",
                         "Do you choose the same rows of both?", kind="edges")  # fmt: skip


def refuse_split_groups(judge: Judge, problem) -> None:
    for fold in problem.folds():
        for group in set(problem.groups[fold]):
            members = np.flatnonzero(problem.groups == group)
            if not set(members) <= set(fold):
                inside = int(np.isin(members, fold).sum())
                judge.reject("groups-split", f"Group {group} has {len(members)} examples, {inside} of them in a test "
                             "fold, and the others in its training data.",
                             "What can a model recognize if it has seen another image of the same patient?",
                             kind="leakage", shown={"groups": problem.groups, "the fold": np.array(fold)})  # fmt: skip


def refuse_training_rows(judge: Judge, problem) -> None:
    for model, _, target in problem.scores:
        trained, tested = set(problem.rows(problem.fits[model][1])), set(problem.rows(target))
        if both := sorted(trained & tested):
            judge.reject("trained-on-the-test-fold",
                 f"A model was trained on rows {both[:4]}, which it is also tested on.",
                         "How much of its test data should a model have seen?", kind="leakage")  # fmt: skip
        if missing := sorted(set(range(len(problem.x))) - trained - tested):
            judge.reject("training-rows-missing", f"A model was neither trained nor tested on rows {missing[:4]}.",
                         "Which rows are not in this fold?", kind="leakage")  # fmt: skip


def refuse_statistics(judge: Judge, problem) -> None:
    for model, x, target in problem.scores:
        x_fit, target_fit = problem.fits[model]
        train, test = problem.x[problem.rows(target_fit)], problem.x[problem.rows(target)]
        for part, got, raw in (("training", x_fit, train), ("test", x, test)):
            wanted = standardized(raw, train)
            if np.allclose(got, wanted, rtol=1e-9, atol=1e-9):
                continue
            for code, says, question, kind, formula in WRONG_STATISTICS:
                with np.errstate(all="ignore"):
                    if np.allclose(got, formula(raw, train, test, problem.x), rtol=1e-9, atol=1e-9, equal_nan=True):
                        judge.reject(code, f"The {part} rows are {says}.", question,
                                     kind=kind, shown={"yours": got, "expected": wanted})  # fmt: skip
            judge.reject("wrong-statistics", f"The {part} rows are not standardized with the mean and the "
                         "deviation of the training rows.", "Which rows may the mean depend on?", kind="leakage",
                         shown={"yours": got, "expected": wanted})  # fmt: skip


def standardized(rows, by, ddof=0, ones=True, axis=0):
    deviation = by.std(axis=axis, ddof=ddof)
    return (rows - by.mean(axis=axis)) / (np.where(deviation == 0, 1, deviation) if ones else deviation)


MAY = "Which rows may the mean depend on if the score should be valid for new data?"
WRONG_STATISTICS = (
    ("statistics-of-all-rows",
         "standardized with the mean and the standard deviation of all rows, including those of the test fold",
     MAY, "leakage", lambda rows, train, test, x: standardized(rows, x)),
    ("statistics-of-the-test-rows", "standardized with their own mean and standard deviation",
     "With a single new example, what would its standard deviation be?", "leakage",
     lambda rows, train, test, x: standardized(rows, test)),
    ("unbiased-deviation", "standardized with a deviation divided by N - 1; expected N",
         "Which deviation does the task ask for?",
     "averaging", lambda rows, train, test, x: standardized(rows, train, ddof=1)),
    ("not-standardized", "not standardized", "What does the task say about the inputs?", "leakage",
     lambda rows, train, test, x: rows),
    ("mean-only", "standardized without a division: only the mean is subtracted", "What should you divide by?",
         "averaging",
     lambda rows, train, test, x: rows - train.mean(axis=0)),
    ("one-mean-for-all-features", "standardized with one mean and one deviation for all features",
     "How many means does an x with 10 features have?", "axes",
     lambda rows, train, test, x: standardized(rows, train, axis=None)),
    *[("divided-by-1-too-often",
         "standardized without a division if the deviation is small; expected that only if it is 0",
       "What happens to a small deviation if the feature is measured in other units?", "edges",
       lambda rows, train, test, x, least=least: (rows - train.mean(axis=0)) / np.where(
           train.std(axis=0) < least, 1, train.std(axis=0)))
      for least in (1e-2, 1e-3, 1e-4, 1e-5)],
    ("divided-by-zero", "standardized with a division by 0, for a feature that is constant in the training rows",
     "What is 0 / 0?", "edges", lambda rows, train, test, x: standardized(rows, train, ones=False)),
    *[("constant-added-to-the-deviation", "standardized with a small constant added to the deviation",
       "What does the constant change if the deviation is not 0?", "edges",
       lambda rows, train, test, x, eps=eps: (rows - train.mean(axis=0)) / (train.std(axis=0) + eps))
      for eps in (1e-8, 1e-7, 1e-6, 1e-5, 1e-12)],
)  # fmt: skip


def refuse_uneven_folds(judge: Judge, problem) -> None:
    sizes = [len(set(problem.groups[fold])) for fold in problem.folds()]
    if max(sizes) - min(sizes) > 1:
        message = (
            f"{len(set(problem.groups))} groups in {problem.k} folds: the folds have {sizes} groups; expected numbers "
            "that differ by at most 1."
        )
        judge.reject("uneven-folds", message, "How do you deal cards to k players?", kind="edges")


def refuse_dealing(judge: Judge, validate, problem) -> None:
    def dealt(seed):
        """The fold of each row, identified by the first row of the fold."""
        folds = problem.run(validate, seed).folds()
        return tuple(min(next(fold for fold in folds if row in fold)) for row in range(len(problem.x)))

    refuse_wrong_sources(judge, lambda seed: [dealt(10 * seed + n) for n in range(5)])
    runs, together = 200, Counter()
    for seed in range(runs):
        for fold in problem.run(validate, seed + 10).folds():
            names = sorted(set(problem.groups[fold].tolist()))
            together.update((one, other) for one in names for other in names if one < other)
    expected, pairs = runs / 5, 15  # with six groups in three folds, a group is equally likely to be with any other
    most = SIGMAS * np.sqrt(runs * 0.2 * 0.8)
    if len(together) < pairs or max(abs(count - expected) for count in together.values()) > most:
        judge.reject("not-equally-likely", f"In {runs} runs with 6 groups and 3 folds, two groups shared a fold from "
                     f"{min(together.values()) if len(together) == pairs else 0} to {max(together.values())} times; "
                     f"expected about {expected:.0f} for each pair.",
                     "Can any two groups be in the same fold?", kind="randomness")  # fmt: skip
