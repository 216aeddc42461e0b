"""k-fold cross-validation in which the test rows stay unseen.

They can leak in two ways:

The statistics. A mean over all rows depends on the test rows, too. Then the model depends on them, although it was
never trained on them, and the score is an estimate for data that training has seen. So the mean and the standard
deviation are part of the fit: mean_f = (1/N) * sum of x over the training rows of fold f, and the test rows get the
same shift and scale.

The groups. If images of one patient are on both sides, the model can recognize the patient instead of the disease. So
groups, not rows, are dealt to the folds: in a permutation of the G distinct groups, the one at position i goes to fold
i mod k. Then the numbers of groups in two folds differ by at most 1.
"""

import numpy as np


def cross_validate(x, target, groups, k, fit, score, rng):
    distinct = rng.permutation(np.unique(groups))
    if k < 2 or k > len(distinct):
        raise ValueError(f"expected from 2 to {len(distinct)} folds, the number of groups; got {k}")
    scores = []
    for fold in range(k):
        test = np.isin(groups, distinct[fold::k])
        mean, deviation = x[~test].mean(axis=0), x[~test].std(axis=0)
        standardized = (x - mean) / np.where(deviation == 0, 1, deviation)
        model = fit(standardized[~test], target[~test])
        scores.append(score(model, standardized[test], target[test]))
    return scores
