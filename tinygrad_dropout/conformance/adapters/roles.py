"""What a parameter is for, read from its name: p, the generator, the mode, the mask."""

from __future__ import annotations

from inspect import Parameter

X, GRAD, CACHE = "x", "grad", "cache"
P, KEEP = "p", "keep"  # the probability of dropping, and of keeping
RNG, SEED, KEY, RNGS = "rng", "seed", "key", "rngs"  # a generator, an integer, a JAX key, Flax's streams
TRAINING, EVALUATING, MODE = "training", "evaluating", "mode"  # in training mode: True, False, "train"
MASK, DROPPED = "mask", "dropped"  # True where kept, True where dropped
WIDTH, CHANNELS, SHAPE = "width", "channels", "shape"  # of x: its last axis, its second, all of it
OPTIONS = "options"  # a dict with p, the mode and so on

NAMES = {
    X: "x input inputs inp self data tensor array arr values activations activation a h z in_ input_ x_in layer_in "
    "layer_input hidden hidden_states input_data input_tensor xs features tensor_in",
    GRAD: "grad g dy dout d_out dout_ grad_output grad_out grad_outputs output_grad output_gradient out_grad upstream "
    "upstream_grad dvalues delta deltas error errors gradient gradients dl_dy dldy dz da grads gy top_diff",
    CACHE: "cache ctx context saved memo state saved_tensors",
    P: "p rate prob probability dropout drop_prob dropout_prob dropout_rate drop_rate p_drop pdrop drop_p dropout_p "
    "dropout_ratio drop_ratio ratio fraction frac drop dropout_probability drop_probability p_dropout dropout_prob_ "
    "prob_drop rate_drop dropout_fraction drop_fraction",
    KEEP: "keep keep_prob keep_probability keep_rate keep_p keep_ratio p_keep pkeep prob_keep retain retain_prob "
    "retain_probability retain_rate p_retain survival_prob survival_probability keep_fraction kept keepprob",
    RNG: "rng generator gen random_generator np_rng numpy_rng prng random_state rs rand random_stream",
    SEED: "seed random_seed rng_seed seed_value",
    KEY: "key rng_key prng_key random_key dropout_key dropout_rng prngkey",
    RNGS: "rngs",
    TRAINING: "training train is_training is_train train_mode training_mode in_training train_flg train_flag "
    "training_phase is_training_mode trainmode enabled",
    EVALUATING: "inference deterministic test testing is_test test_mode test_time eval is_eval eval_mode evaluate "
    "evaluating evaluation predict predicting inference_mode is_inference is_testing",
    MODE: "mode phase",
    MASK: "mask keep_mask dropout_mask kept_mask",
    DROPPED: "drop_mask dropped dropped_mask",
    WIDTH: "dim in_features features_in in_dim input_dim input_size in_size n_in n_input n_inputs size units n_units "
    "num_units hidden_size hidden_dim n_hidden num_features n_features width d d_model dims embed_dim nin "
    "layer_size neurons n_neurons num_neurons",
    CHANNELS: "channels num_channels in_channels n_channels",
    SHAPE: "shape input_shape in_shape x_shape",
    OPTIONS: "dropout_param dropout_params param params parameters options config cfg hparams settings",
}
ROLES = {name: role for role, names in NAMES.items() for name in names.split()}


#: names of the two modes if they are strings
TRAIN_WORDS = ("train", "training", "TRAIN")
EVAL_WORDS = ("test", "eval", "infer", "inference", "valid", "predict", "testing", "evaluation", "val", "TEST", "EVAL")


def role_of(parameter: Parameter) -> str | None:
    """What a parameter is for; None if its name does not say."""
    name = parameter.name.lower().strip("_")
    role = ROLES.get(name)
    if isinstance(parameter.default, bool) and role not in (TRAINING, EVALUATING, MODE):
        return None  # `dropout=True` is a switch, not a probability
    if role == MODE and parameter.default not in (parameter.empty, None, *TRAIN_WORDS, *EVAL_WORDS):
        return None  # `mode="upscale_in_train"` is not a training mode
    if role is None and "drop" in name and any(word in name for word in ("rate", "prob", "ratio", "frac")):
        return P
    return role


PROBABILITIES = (P, KEEP)
MODES = (TRAINING, EVALUATING, MODE)
SIZES = (WIDTH, CHANNELS, SHAPE)
RANDOMNESS = (RNG, SEED, KEY, RNGS)
