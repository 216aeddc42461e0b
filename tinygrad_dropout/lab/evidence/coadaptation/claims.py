"""Common claims about what dropout does to a network and its units: one for each measure."""

from __future__ import annotations

from tinygrad_dropout.lab.comparison.measures import POINTS, Measure
from tinygrad_dropout.lab.evidence.claim import Claim

NETWORK = ""  # the part that stands for the whole network
LAYERS = ("layer 1", "layer 2")

OF_CLASSIFIER = {
    "quality": Claim(
        "the network is better on new data", Measure("quality", "test accuracy", POINTS, True, 100, counts_rows=True)
    ),
}
OF_AUTOENCODER = {
    "quality": Claim("the network is better on new data", Measure("quality", "test error (RMSE)", "", False)),
}
OF_REMOVAL = {
    "kept_within": Claim(
        "accuracy survives the loss of as many units as training dropped",
        Measure("kept_within", "accuracy kept to p", POINTS, True, 100),
    ),
    "kept_beyond": Claim(
        "accuracy survives the loss of more units than training dropped",
        Measure("kept_beyond", "accuracy kept past p", POINTS, True, 100),
    ),
    "mean_effect": Claim("single units matter less", Measure("mean_effect", "mean |effect|", "nats", False)),
    "largest_effect": Claim(
        "the most important unit stands out less", Measure("largest_effect", "largest/mean effect", "", False)
    ),
    "effect_gini": Claim(
        "importance is spread more evenly over the units", Measure("effect_gini", "Gini of effects", "", False)
    ),
    "effect_share": Claim(
        "the top 1% of the units have a smaller share of the importance",
        Measure("effect_share", "top 1% of effects", POINTS, False, 100),
    ),
    "interaction_size": Claim(
        "pairs of units interact less", Measure("interaction_size", "interaction, size", "", False)
    ),
    "interaction": Claim(
        "units can replace each other better (redundancy)", Measure("interaction", "interaction, signed", "", True)
    ),
}
OF_PROBES = {
    "probe": Claim(
        "a single unit says more about the class", Measure("probe", "accuracy of one unit", POINTS, True, 100)
    ),
}
OF_ACTIVATIONS = {
    "activation": Claim("activations are lower on average", Measure("activation", "mean activation", "", False)),
    "near_zero": Claim(
        "more activations are near zero (sparsity)", Measure("near_zero", "activations near 0", POINTS, True, 100)
    ),
    "correlation": Claim(
        "the mean |correlation| between units changes (both directions are claimed)",
        Measure("correlation", "mean |correlation|", "", True),
        disputed=True,
    ),
}
OF_FEATURES = {
    "feature_gini": Claim(
        "features are more local (a few pixels have most of the weight)",
        Measure("feature_gini", "Gini of weights", "", True),
    ),
}
IN_CLASSIFIER = {NETWORK: OF_CLASSIFIER, **dict.fromkeys(LAYERS, OF_REMOVAL | OF_PROBES | OF_ACTIVATIONS)}
IN_AUTOENCODER = {NETWORK: OF_AUTOENCODER, LAYERS[0]: OF_ACTIVATIONS | OF_FEATURES}
