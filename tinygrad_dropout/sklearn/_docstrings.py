"""The common parts of the estimators' docstrings: parameters, attributes, and the differences from scikit-learn."""

from __future__ import annotations

PARAMETERS = """
        hidden_layer_sizes: the number of units in each hidden layer; a single number is one layer. With () the model is
            linear.
        activation: "identity", "logistic", "tanh" or "relu".
        dropout: the probability that a hidden unit is dropped, 0 <= p < 1: one for all hidden layers, or one for each.
        input_dropout: the probability that an input is dropped, 0 <= p < 1.
        max_norm: the largest allowed norm of a unit's incoming weight vector (Srivastava et al. 2014, §5.1); None for
            no limit.
        solver: "adam" or "sgd".
        alpha: the strength of the L2 penalty on the weights: alpha / 2 * ||W||², divided by the batch size.
        batch_size: the number of rows in a batch; "auto" is min(200, rows).
        learning_rate: for sgd. "constant"; "invscaling", which is learning_rate_init / t^power_t after t rows; or
            "adaptive", which divides by 5 after more than `n_iter_no_change` epochs in a row without improvement. If
            that happens at 1e-6 or below, training stops.
        learning_rate_init: the learning rate at the start.
        power_t: the exponent of "invscaling".
        max_iter: the maximum number of epochs.
        shuffle: whether the rows come in a new order in each epoch.
        random_state: the seed of everything random: the validation split, the initial weights, the order of the rows,
            and the masks. Each has its own generator, so changing `dropout` does not change the others. None draws the
            seed from the framework's generator, so `td.manual_seed` fixes it.
        tol: the smallest improvement of the loss (or of the validation score) that counts.
        verbose: whether to show progress on stderr.
        warm_start: whether `fit` starts from the weights of the previous fit. The optimizer and the count of epochs
            without improvement are reset.
        momentum, nesterovs_momentum: for sgd.
        early_stopping: whether to set part of the rows aside for validation. Training then stops when the validation
            score no longer improves, and the weights with the best score are restored. If False, the training loss
            decides when to stop, and the last weights stay.
        validation_fraction: the fraction set aside. It has its share of each class if there are enough rows.
        beta_1, beta_2, epsilon: for adam.
        n_iter_no_change: training stops after more than this many epochs in a row without improvement.
        mc_samples: the number of masks for computing uncertainties.
        dtype: "float32" or "float64", for the weights and the arithmetic. X is converted to it."""

ATTRIBUTES = """
        module_: the trained network, an `nn.Sequential` in evaluation mode. Use it for `td.save(
            model.module_.state_dict(), path)`, for `study`, or to train it further yourself.
        loss_curve_: the mean training loss of each epoch, with dropout on and without the penalty.
        loss_, best_loss_: the last and the lowest of these (`best_loss_` is None with early stopping).
        validation_scores_: the score after each epoch; None without early stopping.
        best_validation_score_: the highest score of the last fit, whose weights were restored; None without early
            stopping.
        n_iter_: the number of epochs in the last fit.
        t_: the number of rows trained on, over all epochs.
        n_features_in_, feature_names_in_: the features of X; their names only if X has them.
        n_outputs_, n_layers_, coefs_, intercepts_: the network's, as in scikit-learn's MLP."""

DIFFERENCES = """
    With dropout=0, dtype="float64" and the same initial weights, each step is the same as in scikit-learn, except that

    - the penalty and the rows' weights are scaled by the mean weight of all rows and by `batch_size`, not by each
      batch's own weights, so a batch with heavy rows counts more;
    - epsilon and momentum have PyTorch's meaning: epsilon is added after the bias correction, and a new learning rate
      applies to the whole velocity;
    - the loss in `loss_curve_`, to which `tol` applies, excludes the penalty and is summed over the targets."""


def fill_docstring(docstring: str | None) -> str:
    """Fill the common parts into an estimator's docstring."""
    texts = {"PARAMETERS": PARAMETERS, "ATTRIBUTES": ATTRIBUTES, "DIFFERENCES": DIFFERENCES}
    for name, text in texts.items():
        docstring = (docstring or "").replace(f"{{{name}}}", text.strip())
    return docstring or ""
