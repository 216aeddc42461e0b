"""What the docstrings of the two estimators have in common: their parameters and their attributes."""

from __future__ import annotations

PARAMETERS = """
        hidden_layer_sizes: the units of each hidden layer; a number stands for one layer. With () the model is linear.
        activation: "identity", "logistic", "tanh" or "relu".
        dropout: the probability that a hidden unit is dropped, 0 <= p < 1, for all hidden layers or one for each.
        input_dropout: the probability that an input is dropped, 0 <= p < 1.
        max_norm: the longest that the vector of weights into a unit may be (Srivastava et al. 2014, §5.1); None for
            no limit.
        solver: "adam" or "sgd".
        alpha: the strength of the L2 penalty on the weights: alpha / 2 * ||W||², divided by the rows of a batch.
        batch_size: the rows of a batch; "auto" is min(200, rows).
        learning_rate: of sgd: "constant"; "invscaling", learning_rate_init / t^power_t after t rows; or "adaptive",
            divided by 5 whenever `n_iter_no_change` epochs brought no improvement.
        learning_rate_init: the learning rate at the start.
        power_t: the exponent of "invscaling".
        max_iter: the most epochs.
        shuffle: whether each epoch has an order of its own.
        random_state: the seed of everything that is drawn: the validation split, the initial weights, the order of
            the rows, the masks. Each has a generator of its own, so that `dropout` moves none of the others.
        tol: the least change of the loss (or of the validation score) that counts as an improvement.
        verbose: whether the epochs are shown on stderr.
        warm_start: whether `fit` goes on with the weights of the previous fit.
        momentum, nesterovs_momentum: of sgd.
        early_stopping: whether a part of the rows is kept for validation. Training then stops when the validation
            score no longer improves, and the best weights are put back. If False, it is the training loss that counts.
        validation_fraction: how large that part is.
        beta_1, beta_2, epsilon: of adam.
        n_iter_no_change: training stops when more epochs in a row than this brought no improvement.
        mc_samples: under how many masks the network is asked by the methods that say how sure it is.
        dtype: "float32" or "float64", of the weights and the arithmetic; X is converted."""

ATTRIBUTES = """
        module_: the trained network, an `nn.Sequential` in evaluation mode: for `td.save(model.module_.state_dict(),
            path)`, for `study`, or to go on with by yourself.
        loss_curve_: the mean training loss of each epoch, as the training saw it: with dropout on, without the penalty.
        loss_, best_loss_: the last and the lowest of them (None with early stopping).
        validation_scores_, best_validation_score_: of each epoch, and the highest; None without early stopping.
        n_iter_: the epochs of the last fit.
        t_: the rows trained on, in all epochs together.
        n_features_in_, feature_names_in_: of X; the names only if X has them.
        n_outputs_, n_layers_, coefs_, intercepts_: of the network, as in scikit-learn's MLP."""


def documented(docstring: str | None) -> str:
    """Fill in what the two estimators' docstrings have in common."""
    return (docstring or "").replace("{PARAMETERS}", PARAMETERS.strip()).replace("{ATTRIBUTES}", ATTRIBUTES.strip())
