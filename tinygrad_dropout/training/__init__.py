"""Train on your own arrays: batches, a training loop with early stopping, predictions, and a model's summary.

    batches = Batches(x, y, batch_size=64)
    history = fit(model, batches, loss=nn.CrossEntropyLoss(), optimizer=optim.Adam(model.parameters()), epochs=20)
    scores = predict(model, x_new)

It needs only NumPy. For splitting, scaling, scores and searches, use scikit-learn.
"""

from tinygrad_dropout.training._batches import Batches
from tinygrad_dropout.training._early_stopping import EarlyStopping
from tinygrad_dropout.training._evaluation import evaluate, predict
from tinygrad_dropout.training._fit import History, fit
from tinygrad_dropout.training._summary import Summary, summary

__all__ = ["Batches", "EarlyStopping", "History", "Summary", "evaluate", "fit", "predict", "summary"]
