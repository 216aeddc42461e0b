"""Right answers, written differently: none may be rejected."""

import numpy as np


# %% fold-numbers: every row has the number of its fold
def cross_validate(x, target, groups, k, fit, score, rng):
    names, inverse = np.unique(groups, return_inverse=True)
    if not 2 <= k <= names.size:
        raise ValueError("k")
    fold_of_group = np.arange(names.size) % k
    rng.shuffle(fold_of_group)
    fold = fold_of_group[inverse]

    def of(f):
        train, test = np.where(fold != f)[0], np.where(fold == f)[0]
        center = np.mean(x[train], axis=0)
        spread = np.sqrt(np.mean((x[train] - center) ** 2, axis=0))
        spread[spread == 0] = 1
        scaled = [(x[rows] - center) / spread for rows in (train, test)]
        return score(fit(scaled[0], target[train]), scaled[1], target[test])

    return [of(f) for f in range(k)]


# %% sets: plain Python, and a scaler class
class Scaler:
    def __init__(self, x):
        self.mean = x.mean(0)
        self.std = np.array([s if s > 0 else 1.0 for s in x.std(0)])

    def __call__(self, x):
        return (x - self.mean) / self.std


def cross_validate(x, target, groups, k, fit, score, rng):
    names = sorted(set(groups.tolist()))
    if k < 2 or len(names) < k:
        raise ValueError(f"{k} folds of {len(names)} groups")
    order = [names[i] for i in rng.permutation(len(names))]
    result = []
    for part in np.array_split(np.arange(len(order)), k):
        held = {order[i] for i in part}
        test = [i for i, g in enumerate(groups.tolist()) if g in held]
        train = [i for i, g in enumerate(groups.tolist()) if g not in held]
        scaler = Scaler(x[train])
        result.append(score(fit(scaler(x[train]), target[train]), scaler(x[test]), target[test]))
    return result


# %% fits-first: all models, then all scores
def cross_validate(x, target, groups, k, fit, score, rng):
    distinct = np.array(list(dict.fromkeys(groups.tolist())))
    if k < 2 or distinct.size < k:
        raise ValueError
    chunks = np.array_split(distinct[np.argsort(rng.random(distinct.size))], k)
    masks = [np.logical_or.reduce([groups == g for g in chunk]) for chunk in chunks]
    parts = []
    for mask in masks:
        rows = x[np.logical_not(mask)]
        sigma = rows.std(axis=0)
        scaled = (x - rows.mean(axis=0)) / (sigma + (sigma == 0))
        parts.append((scaled, mask))
    models = [fit(scaled[~mask], target[~mask]) for scaled, mask in parts]
    return [score(model, scaled[mask], target[mask]) for model, (scaled, mask) in zip(models, parts)]
