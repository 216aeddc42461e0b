"""Two schemes with one purpose: E[y in training] = y in evaluation.

A unit is kept with probability 1 - p, so without any scaling E[y] = (1 - p) x in training.

    original:  training y = x m            E[y] = (1 - p) x      evaluation y = (1 - p) x
    inverted:  training y = x m/(1 - p)    E[y] = x              evaluation y = x

Each scales in only one phase. Scaling in both, or in neither, makes the next layer's input larger or smaller by
1/(1 - p) in evaluation. The inverted one won because then evaluation code need not know about dropout at all.
(Hinton et al. 2012; Srivastava et al. 2014, section 10.)
"""


def dropout(x, p, training, rng, scheme):
    if training:
        kept = rng.random(x.shape) >= p
        return x * kept / (1 - p) if scheme == "inverted" else x * kept
    return x.copy() if scheme == "inverted" else x * (1 - p)
