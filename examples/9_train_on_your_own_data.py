"""From a CSV to a saved model that says how sure it is, with nothing but NumPy.

    python examples/9_train_on_your_own_data.py              # makes up 600 apartments, and learns their rents
    python examples/9_train_on_your_own_data.py table.csv    # your own table: learns the last of its columns

The table has a header and commas; the last column holds numbers. A column of words becomes a column of 0 and 1 for each
word. The model is saved next to the table, as table.model.npz.
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim
from tinygrad_dropout.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from tinygrad_dropout.training import Batches, EarlyStopping, fit, predict, summary


def write_apartments(path):
    """600 made-up apartments: the rent depends on everything but the floor, plus noise of 60."""
    rng = np.random.default_rng(0)
    area, age, distance = rng.uniform(20, 120, 600), rng.uniform(0, 80, 600), rng.exponential(4, 600)
    floor, district = rng.integers(0, 9, 600), rng.choice(["center", "harbor", "hills"], 600)
    rent = 300 + 9 * area * np.exp(-distance / 20) - 1.5 * age + 120 * (district == "center") + rng.normal(0, 60, 600)
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["area_m2", "age_years", "distance_km", "floor", "district", "rent"])
        for row in zip(area, age, distance, floor, district, rent, strict=True):
            table.writerow([value if isinstance(value, str) else f"{value:.1f}" for value in row])


def read_table(path):
    """The columns as numbers: x (N, features), y (N, 1), and the names of the features."""
    with path.open(newline="", encoding="utf-8") as file:
        names, *rows = [*csv.reader(file)] or [[]]
    if len(rows) < 10 or any(len(row) != len(names) for row in rows):
        raise ValueError(f"expected a header and at least 10 rows of {len(names)} cells each")
    columns, features = [], []
    for name, cells in zip(names, zip(*rows, strict=True), strict=True):
        numbers = np.array([as_number(cell) for cell in cells])
        odd = np.flatnonzero(~np.isfinite(numbers))
        if not len(odd):
            columns.append(numbers)
            features.append(name)
        elif len(odd) < len(rows) / 2 or name == names[-1]:  # numbers but for some cells
            raise ValueError(f"{name}: expected a number in row {odd[0] + 1}, got {cells[odd[0]]!r}")
        else:
            columns += [np.array(cells) == word for word in sorted(set(cells))]
            features += [f"{name}={word}" for word in sorted(set(cells))]
    table = np.column_stack(columns).astype(np.float32)
    return table[:, :-1], table[:, -1:], features[:-1]


def as_number(cell):
    """A cell's number, or NaN."""
    try:
        return float(cell)
    except ValueError:
        return np.nan


def build_model(inputs):
    """Two hidden layers with dropout, and one output."""
    hidden = [nn.Linear(inputs, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.1)]
    return nn.Sequential(*hidden, nn.Linear(64, 1))


parser = argparse.ArgumentParser(description="Train on a table, and save the model next to it.")
parser.add_argument(
    "table", nargs="?", type=Path, help="a CSV with a header (default: apartments.csv, which is made up)"
)
path = parser.parse_args().table or Path("apartments.csv")
if path == Path("apartments.csv") and not path.exists():
    write_apartments(path)
td.manual_seed(0)

# Load and split: 60% to train on, 20% to decide when to stop, 20% to see how good it is, looked at once.
try:
    x, y, features = read_table(path)
except (OSError, ValueError, csv.Error) as error:
    print(f"{path} cannot be read: {error}", file=sys.stderr)
    sys.exit(2)
order = np.random.default_rng(0).permutation(len(x))
train, val, test = np.split(order, [len(x) * 6 // 10, len(x) * 8 // 10])
print(f"{path.name}: {len(x)} rows, {len(features)} features: {', '.join(features)}")

# Scale by what the training rows say: the others are not to be known yet.
x_mean, x_std = x[train].mean(axis=0), x[train].std(axis=0)
x_std[x_std == 0] = 1  # a constant column
y_mean, y_std = y[train].mean(), y[train].std()
x, y_scaled = (x - x_mean) / x_std, (y - y_mean) / y_std

# The model. Biases go without weight decay; the learning rate warms up, then falls along half a cosine.
model = build_model(x.shape[1])
print(summary(model, (1, x.shape[1])), "\n")
weights, biases = ([p for p in model.parameters() if (p.ndim > 1) is matrix] for matrix in (True, False))
optimizer = optim.AdamW([{"params": weights}, {"params": biases, "weight_decay": 0.0}], lr=0.01)
warm_up, cosine = LinearLR(optimizer, 0.1, total_iters=5), CosineAnnealingLR(optimizer, T_max=95)

history = fit(
    model,
    Batches(x[train], y_scaled[train], batch_size=32),
    loss=nn.MSELoss(),
    optimizer=optimizer,
    epochs=100,
    validate=(x[val], y_scaled[val]),
    early_stopping=EarlyStopping(patience=30),
    schedule=SequentialLR(optimizer, [warm_up, cosine], milestones=[5]),
    progress=True,
)
print(f"stopped after {len(history['lr'])} epochs; best: {int(np.argmin(history['validation'])) + 1}")

# Save everything that a prediction needs, and load it into a new model, as another program would.
scales = {"x_mean": x_mean, "x_std": x_std, "y_mean": float(y_mean), "y_std": float(y_std)}
td.save({"model": model.state_dict(), "features": features, **scales}, path.with_suffix(".model.npz"))
saved = td.load(path.with_suffix(".model.npz"))
loaded = build_model(len(saved["features"]))
loaded.load_state_dict(saved["model"])
predicted = predict(loaded, x[test]) * saved["y_std"] + saved["y_mean"]
print("the loaded model predicts the same:", np.array_equal(predict(loaded, x), predict(model, x)))
error = np.sqrt(((predicted - y[test]) ** 2).mean())
print(f"test RMSE {error:.0f} (always predicting the mean: {np.sqrt(((y_mean - y[test]) ** 2).mean()):.0f})")


# How sure is it? The masks disagree by `spread`; the noise is the rest of the error on the validation rows.
def predict_with_spread(rows):
    """Return the mean and the spread of the predictions under 200 masks, in the units of y."""
    result = td.mc_forward(loaded, rows, samples=200)
    return result.mean * y_std + y_mean, result.spread * y_std


mean, spread = predict_with_spread(x[val])
noise = np.sqrt(max(((y[val] - mean) ** 2).mean() - (spread**2).mean(), 0.0))
mean, spread = predict_with_spread(x[test])
reach = 1.96 * np.sqrt(spread**2 + noise**2)
inside = (np.abs(y[test] - mean) <= reach).mean()
print(f"noise {noise:.0f}, spread of the masks {spread.min():.0f} to {spread.max():.0f}")
print(f"95% intervals hold {inside:.0%} of the test rows; the first: {mean[0, 0]:.0f} ± {reach[0, 0]:.0f}")
