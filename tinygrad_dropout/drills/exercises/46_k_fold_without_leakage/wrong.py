"""Answers that the grader must reject, each under the name of its mistake."""

import numpy as np


def deal(groups, k, rng):
    distinct = rng.permutation(np.unique(groups))
    if k < 2 or k > len(distinct):
        raise ValueError("too few groups or folds")
    return [np.isin(groups, distinct[fold::k]) for fold in range(k)]


def scaled(x, by):
    deviation = by.std(axis=0)
    return (x - by.mean(axis=0)) / np.where(deviation == 0, 1, deviation)


def validated(x, target, folds, fit, score, scale=lambda x, test: scaled(x, x[~test])):
    scores = []
    for test in folds:
        new = scale(x, test)
        scores.append(score(fit(new[~test], target[~test]), new[test], target[test]))
    return scores


# %% statistics-of-all-rows: x is standardized before it is split
def cross_validate(x, target, groups, k, fit, score, rng):
    return validated(scaled(x, x), target, deal(groups, k, rng), fit, score, lambda x, test: x)


# %% statistics-of-the-test-rows: each part is standardized by itself
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        return np.where(test[:, None], scaled(x, x[test]), scaled(x, x[~test]))

    return validated(x, target, deal(groups, k, rng), fit, score, scale)


# %% groups-split: rows are dealt, not groups
def cross_validate(x, target, groups, k, fit, score, rng):
    deal(groups, k, rng)
    fold = rng.permutation(len(x)) % k
    return validated(x, target, [fold == f for f in range(k)], fit, score)


# %% trained-on-the-test-fold: fit gets everything
def cross_validate(x, target, groups, k, fit, score, rng):
    scores = []
    for test in deal(groups, k, rng):
        new = scaled(x, x[~test])
        scores.append(score(fit(new, target), new[test], target[test]))
    return scores


# %% training-rows-missing: only the next fold is trained on
def cross_validate(x, target, groups, k, fit, score, rng):
    folds, scores = deal(groups, k, rng), []
    for number, test in enumerate(folds):
        train = folds[(number + 1) % k]
        scores.append(score(fit(scaled(x[train], x[train]), target[train]), scaled(x[test], x[train]), target[test]))
    return scores


# %% divided-by-zero: a constant feature is not handled
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        return (x - x[~test].mean(axis=0)) / x[~test].std(axis=0)

    return validated(x, target, deal(groups, k, rng), fit, score, scale)


# %% constant-added-to-the-deviation: 1e-8 to avoid a division by 0
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        return (x - x[~test].mean(axis=0)) / (x[~test].std(axis=0) + 1e-8)

    return validated(x, target, deal(groups, k, rng), fit, score, scale)


# %% unbiased-deviation: ddof=1
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        return (x - x[~test].mean(axis=0)) / x[~test].std(axis=0, ddof=1)

    return validated(x, target, deal(groups, k, rng), fit, score, scale)


# %% one-mean-for-all-features: the axis is forgotten
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        return (x - x[~test].mean()) / x[~test].std()

    return validated(x, target, deal(groups, k, rng), fit, score, scale)


# %% mean-only: nothing is divided
def cross_validate(x, target, groups, k, fit, score, rng):
    return validated(x, target, deal(groups, k, rng), fit, score, lambda x, test: x - x[~test].mean(axis=0))


# %% not-standardized: the inputs are used directly
def cross_validate(x, target, groups, k, fit, score, rng):
    return validated(x, target, deal(groups, k, rng), fit, score, lambda x, test: x)


# %% wrong-scores: their mean is returned
def cross_validate(x, target, groups, k, fit, score, rng):
    return float(np.mean(validated(x, target, deal(groups, k, rng), fit, score)))


# %% wrong-number-of-folds: a single split
def cross_validate(x, target, groups, k, fit, score, rng):
    return validated(x, target, deal(groups, k, rng)[:1], fit, score)


# %% not-tested-once: a new fold is drawn each time
def cross_validate(x, target, groups, k, fit, score, rng):
    folds = [deal(groups, k, rng)[0] for _ in range(k)] or deal(groups, k, rng)
    return validated(x, target, folds, fit, score)


# %% another-order: the rows are shuffled
def cross_validate(x, target, groups, k, fit, score, rng):
    order = rng.permutation(len(x))
    return validated(x[order], target[order], deal(groups[order], k, rng), fit, score)


# %% targets-separated-from-inputs: the inputs are sorted
def cross_validate(x, target, groups, k, fit, score, rng):
    return validated(x, target, deal(groups, k, rng), lambda x, target: fit(x[np.argsort(x[:, 0])], target), score)


# %% uneven-folds: each group draws its own fold
def cross_validate(x, target, groups, k, fit, score, rng):
    distinct = deal(groups, k, rng) and np.unique(groups)
    drawn = rng.integers(0, k, len(distinct))
    drawn[rng.permutation(len(distinct))[:k]] = np.arange(k)
    return validated(x, target, [np.isin(groups, distinct[drawn == f]) for f in range(k)], fit, score)


# %% rng-not-used: groups are dealt in the order of their numbers
def cross_validate(x, target, groups, k, fit, score, rng):
    deal(groups, k, rng)
    distinct = np.unique(groups)
    return validated(x, target, [np.isin(groups, distinct[f::k]) for f in range(k)], fit, score)


# %% not-equally-likely: groups with neighboring numbers stay together
def cross_validate(x, target, groups, k, fit, score, rng):
    deal(groups, k, rng)
    distinct = np.roll(np.unique(groups), rng.integers(len(np.unique(groups))))
    return validated(x, target, [np.isin(groups, part) for part in np.array_split(distinct, k)], fit, score)


# %% seed-does-not-repeat: it draws from another generator
def cross_validate(x, target, groups, k, fit, score, rng):
    return validated(x, target, deal(groups, k, np.random.default_rng()), fit, score)


# %% accepts-bad-folds: nothing is checked
def cross_validate(x, target, groups, k, fit, score, rng):
    distinct = rng.permutation(np.unique(groups))
    return validated(x, target, [np.isin(groups, distinct[f::k]) for f in range(k) if k > 1], fit, score)


# %% scores-another-model: the first model is always scored
def cross_validate(x, target, groups, k, fit, score, rng):
    models = []

    def keep(x, target):
        models.append(fit(x, target))

    return validated(x, target, deal(groups, k, rng), keep, lambda model, x, target: score(models[0], x, target))


# %% changes-its-input: x is standardized in place
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        x[...] = scaled(x, x[~test])
        return x

    return validated(x, target, deal(groups, k, rng), fit, score, scale)


# %% touches-the-global-state: np.random is seeded
def cross_validate(x, target, groups, k, fit, score, rng):
    np.random.seed(0)
    return validated(x, target, deal(groups, k, rng), fit, score)


# %% divided-by-1-too-often: a feature with a small deviation is treated as constant
def cross_validate(x, target, groups, k, fit, score, rng):
    def scale(x, test):
        deviation = x[~test].std(axis=0)
        return (x - x[~test].mean(axis=0)) / np.where(deviation < 1e-4, 1, deviation)

    return validated(x, target, deal(groups, k, rng), fit, score, scale)
