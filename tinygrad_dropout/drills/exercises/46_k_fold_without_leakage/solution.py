"""k-fold cross-validation in which the test rows stay unseen.

Two ways in which they leak:

The statistics. A mean over all rows is a function of the test rows, too. The model then depends on them, although it
was never trained on them, and the score is an estimate for data that the training has seen. So the mean and the
standard deviation are part of what is fitted: mean_f = (1/N) * sum of x over the training rows of fold f, and the test
rows get the same shift and scale.

The groups. If two images of one patient are on both sides, the model can recognize the patient instead of the disease.
So groups are dealt to the folds, not rows: a permutation of the G distinct groups, where the one at position i goes to
fold i mod k. Then the folds' numbers of groups differ by at most 1.
"""

import numpy as np


def cross_validate(x, target, groups, k, fit, score, rng):
    distinct = rng.permutation(np.unique(groups))
    if k < 2 or k > len(distinct):
        raise ValueError(f"expected from 2 folds to as many as there are groups, {len(distinct)}; got {k}")
    scores = []
    for fold in range(k):
        test = np.isin(groups, distinct[fold::k])
        mean, deviation = x[~test].mean(axis=0), x[~test].std(axis=0)
        standardized = (x - mean) / np.where(deviation == 0, 1, deviation)
        model = fit(standardized[~test], target[~test])
        scores.append(score(model, standardized[test], target[test]))
    return scores
