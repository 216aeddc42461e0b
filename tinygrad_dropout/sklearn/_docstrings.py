"""What the estimators' docstrings have in common: parameters, attributes, and the differences from scikit-learn."""

from __future__ import annotations

PARAMETERS = """
        hidden_layer_sizes: the number of units in each hidden layer; a single number is one layer. With () the model is
            linear.
        activation: "identity", "logistic", "tanh" or "relu".
        dropout: the probability that a hidden unit is dropped, 0 <= p < 1: one for all hidden layers, or one for each.
        input_dropout: the probability that an input is dropped, 0 <= p < 1.
        max_norm: the largest norm that the vector of weights into a unit may have (Srivastava et al. 2014, §5.1); None
            for no limit.
        solver: "adam" or "sgd".
        alpha: the strength of the L2 penalty on the weights: alpha / 2 * ||W||², divided by the rows in a batch.
        batch_size: the number of rows in a batch; "auto" is min(200, rows).
        learning_rate: for sgd. "constant"; "invscaling", which is learning_rate_init / t^power_t after t rows; or
            "adaptive", which is divided by 5 after more than `n_iter_no_change` epochs in a row without improvement,
            until that happens at 1e-6 or below.
        learning_rate_init: the learning rate at the start.
        power_t: the exponent of "invscaling".
        max_iter: the maximum number of epochs.
        shuffle: whether the rows come in a new order in each epoch.
        random_state: the seed of everything random: the validation split, the initial weights, the order of the rows,
            and the masks. Each has its own generator, so changing `dropout` changes none of the others. None draws
            the seed from the framework's generator, so `td.manual_seed` fixes it.
        tol: the smallest improvement of the loss (or of the validation score) that counts.
        verbose: whether progress is shown on stderr.
        warm_start: whether `fit` starts from the weights of the previous fit. The optimizer and the count of epochs
            without improvement start afresh.
        momentum, nesterovs_momentum: for sgd.
        early_stopping: whether part of the rows is set aside for validation. Training then stops when the validation
            score no longer improves, and the weights with the best score are restored. If False, the training loss
            decides when to stop, and the last weights stay.
        validation_fraction: the size of that part. It has its share of each class where there are enough rows.
        beta_1, beta_2, epsilon: for adam.
        n_iter_no_change: training stops after more epochs in a row than this without improvement.
        mc_samples: how many masks the uncertainties are computed from.
        dtype: "float32" or "float64", for the weights and the arithmetic; X is converted to it."""

ATTRIBUTES = """
        module_: the trained network, an `nn.Sequential` in evaluation mode: for `td.save(model.module_.state_dict(),
            path)`, for `study`, or to train further by yourself.
        loss_curve_: the mean training loss of each epoch, with dropout on and without the penalty.
        loss_, best_loss_: the last and the lowest of them (`best_loss_` is None with early stopping).
        validation_scores_: the score after each epoch; None without early stopping.
        best_validation_score_: the highest score of the last fit, whose weights were restored; None without early
            stopping.
        n_iter_: the number of epochs in the last fit.
        t_: the number of rows trained on, in all epochs together.
        n_features_in_, feature_names_in_: of X; the names only if X has them.
        n_outputs_, n_layers_, coefs_, intercepts_: of the network, as in scikit-learn's MLP."""

DIFFERENCES = """
    With dropout=0, dtype="float64" and the same initial weights, each step is the same as in scikit-learn, except that

    - the penalty and the rows' weights are scaled by the mean weight of all rows and by `batch_size`, not by each
      batch's own weights, so that a batch of heavy rows counts for more;
    - epsilon and momentum mean what they mean in PyTorch: epsilon is added after the bias correction, and a new
      learning rate holds for the whole velocity;
    - the loss in `loss_curve_`, which `tol` is about, is without the penalty, and a sum over several targets."""


def documented(docstring: str | None) -> str:
    """Fill in what the two estimators' docstrings have in common."""
    texts = {"PARAMETERS": PARAMETERS, "ATTRIBUTES": ATTRIBUTES, "DIFFERENCES": DIFFERENCES}
    for name, text in texts.items():
        docstring = (docstring or "").replace(f"{{{name}}}", text.strip())
    return docstring or ""
