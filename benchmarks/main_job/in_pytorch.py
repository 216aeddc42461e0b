"""The experiment of `tinygrad-dropout compare`, with its defaults, as you would write it in PyTorch.

An MLP is trained on digits with noisy labels, without dropout and with it, ten times over. Both networks of a pair have
the same split, initial weights and order of the examples. A table is printed; results.json and two pictures are kept.

    python -m benchmarks.main_job.in_pytorch --out runs/in_pytorch --workers 2
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import stdtrit
from sklearn.datasets import load_digits
from torch import nn
from torch.nn import functional as F

TRAIN_SIZE, LABEL_NOISE, CLASSES = 500, 0.2, 10
INPUT_P, HIDDEN_P, HIDDEN = 0.2, 0.5, 256
BATCH_SIZE, LEARNING_RATE = 64, 1e-3
ARMS = {"without": "#D55E00", "with": "#0072B2"}
MEASURES = ("train_loss_dropout_on", "train_loss", "train_accuracy", "test_loss", "test_accuracy")

Data = dict[str, torch.Tensor]
Record = dict[str, float]


def split(x: np.ndarray, y: np.ndarray, seed: int) -> tuple[Data, str]:
    """The pair's training and test data, with some training labels randomized, and a digest of everything."""
    split_seed, noise_seed, *_ = np.random.SeedSequence(seed).spawn(6)
    order = stratified_order(y, np.random.default_rng(split_seed))
    train, test = order[:TRAIN_SIZE], order[TRAIN_SIZE:]
    rng = np.random.default_rng(noise_seed)
    y_train = y[train]
    noisy = rng.permutation(TRAIN_SIZE)[: round(LABEL_NOISE * TRAIN_SIZE)]
    y_train[noisy] = rng.integers(CLASSES, size=len(noisy))
    arrays = {"x_train": x[train], "y_train": y_train, "x_test": x[test], "y_test": y[test]}
    digest = hashlib.sha256()
    for array in arrays.values():
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(array.tobytes())
    return {name: torch.from_numpy(array) for name, array in arrays.items()}, digest.hexdigest()


def stratified_order(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order of the examples in which every beginning has nearly the proportions of the classes."""
    order = rng.permutation(len(y))
    place = np.empty(len(y))
    for label in range(CLASSES):
        members = np.flatnonzero(y[order] == label)
        place[members] = np.linspace(0, 1, len(members))
    return order[np.argsort(place, kind="stable")]


def mlp(features: int, p: float, input_p: float) -> nn.Sequential:
    """Dropout on the inputs, then twice Linear, ReLU and dropout, then Linear."""
    return nn.Sequential(
        nn.Dropout(input_p),
        nn.Linear(features, HIDDEN),
        nn.ReLU(),
        nn.Dropout(p),
        nn.Linear(HIDDEN, HIDDEN),
        nn.ReLU(),
        nn.Dropout(p),
        nn.Linear(HIDDEN, CLASSES),
    )


def train(data: Data, dropout: bool, seed: int, epochs: int, measured: Sequence[int]) -> tuple[list[Record], int]:
    """Train one network: its records after the measured epochs, and the number of updates."""
    torch.manual_seed(seed)
    x, y = data["x_train"], data["y_train"]
    model = mlp(x.shape[1], HIDDEN_P if dropout else 0.0, INPUT_P if dropout else 0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    order = torch.Generator().manual_seed(seed)  # its own, because only one network draws masks
    records, updates = [], 0
    for epoch in range(1, epochs + 1):
        model.train()
        for batch in torch.randperm(len(y), generator=order).split(BATCH_SIZE):
            loss = F.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            updates += 1
        if epoch in measured:
            records.append({"epoch": epoch, **measure(model, data)})
    return records, updates


@torch.no_grad()
def measure(model: nn.Module, data: Data) -> Record:
    """Losses and accuracies on the training data and on the test data."""
    train_loss_dropout_on, _ = loss_and_accuracy(model.train(), data["x_train"], data["y_train"])
    train_loss, train_accuracy = loss_and_accuracy(model.eval(), data["x_train"], data["y_train"])
    test_loss, test_accuracy = loss_and_accuracy(model, data["x_test"], data["y_test"])
    return {
        "train_loss_dropout_on": train_loss_dropout_on,
        "train_loss": train_loss,
        "train_accuracy": train_accuracy,
        "test_loss": test_loss,
        "test_accuracy": test_accuracy,
    }


def loss_and_accuracy(model: nn.Module, x: torch.Tensor, y: torch.Tensor) -> tuple[float, float]:
    """Mean cross-entropy in nats, and the fraction of right answers."""
    logits = model(x)
    return F.cross_entropy(logits, y).item(), (logits.argmax(dim=1) == y).float().mean().item()


def train_pair(seed: int, x: np.ndarray, y: np.ndarray, epochs: int, measured: Sequence[int]) -> dict[str, Any]:
    """Both networks of a pair."""
    data, digest = split(x, y, seed)
    without, updates = train(data, False, seed, epochs, measured)
    with_dropout, _ = train(data, True, seed, epochs, measured)
    shared = {"split": digest, "updates": updates}
    return {"seed": seed, "without": without, "with": with_dropout, "shared": shared}


def at_the_end(pairs: list[dict[str, Any]], arm: str, measure: str) -> np.ndarray:
    """A measure of each pair after the last epoch, shape (pairs,)."""
    return np.array([pair[arm][-1][measure] for pair in pairs])


def summarize(pairs: list[dict[str, Any]]) -> dict[str, Any]:
    """Both arms' means after the last epoch, and the paired difference in points with its 95% interval."""
    means = {arm: {measure: at_the_end(pairs, arm, measure).mean() for measure in MEASURES} for arm in ARMS}
    points = 100 * (at_the_end(pairs, "with", "test_accuracy") - at_the_end(pairs, "without", "test_accuracy"))
    reach = stdtrit(len(pairs) - 1, 0.975) * points.std(ddof=1) / np.sqrt(len(pairs))
    return {**means, "difference": {"mean": points.mean(), "low": points.mean() - reach, "high": points.mean() + reach}}


def as_table(summary: dict[str, Any]) -> str:
    """The means of both arms, and what dropout did."""
    lines = [f"{'mean after the last epoch':24} {'without':>10} {'with':>10}"]
    lines += [
        f"{name.replace('_', ' '):24} {summary['without'][name]:>10.3f} {summary['with'][name]:>10.3f}"
        for name in MEASURES
    ]
    difference = "{mean:+.1f} points of test accuracy (95% interval {low:+.1f} to {high:+.1f})"
    return "\n".join([*lines, difference.format(**summary["difference"])])


def draw_learning_curves(pairs: list[dict[str, Any]], path: Path) -> None:
    """Accuracy and loss against the epochs: means of the pairs, and their ranges."""
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    epochs = [record["epoch"] for record in pairs[0]["with"]]
    for panel, measure in zip(panels, ("accuracy", "loss"), strict=True):
        for arm, color in ARMS.items():
            for part, style in (("train", "--"), ("test", "-")):
                curves = np.array([[record[f"{part}_{measure}"] for record in pair[arm]] for pair in pairs])
                panel.plot(epochs, curves.mean(axis=0), style, color=color, label=f"{arm} dropout, {part}")
                panel.fill_between(epochs, curves.min(axis=0), curves.max(axis=0), color=color, alpha=0.15, lw=0)
        panel.set(title=measure, xlabel="epoch")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.savefig(path, dpi=150)


def draw_comparison(pairs: list[dict[str, Any]], summary: dict[str, Any], path: Path) -> None:
    """Each pair's test accuracy in both arms, and the differences with the interval of their mean."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained", width_ratios=(3, 2))
    without, with_dropout = (100 * at_the_end(pairs, arm, "test_accuracy") for arm in ARMS)
    left.plot([0, 1], [without, with_dropout], color="gray", lw=1)
    for place, (color, values) in enumerate(zip(ARMS.values(), (without, with_dropout), strict=True)):
        left.scatter(np.full(len(values), place), values, color=color)
    left.set(xticks=(0, 1), xticklabels=("without dropout", "with dropout"), ylabel="test accuracy (%)")
    mean, low, high = summary["difference"].values()
    right.axhline(0, color="black", lw=1)
    right.scatter(np.zeros(len(pairs)), with_dropout - without, color="gray", label="one pair")
    right.errorbar(1, mean, yerr=[[mean - low], [high - mean]], fmt="D", capsize=6, label="mean and its 95% interval")
    right.set(xlim=(-0.5, 1.5), xticks=(), ylabel="difference (percentage points)")
    right.legend()
    figure.savefig(path, dpi=150)


def whole_number(text: str) -> int:
    """An option's value as a whole number, at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number, at least 1, got {text!r}")
    return int(text)


def whole_numbers(text: str) -> list[int]:
    """An option's value as whole numbers."""
    return [whole_number(part) for part in text.split(",")]


def parsed() -> argparse.Namespace:
    """The command's arguments."""
    parser = argparse.ArgumentParser(description="Train an MLP on digits without dropout and with it, in PyTorch.")
    parser.add_argument("--out", type=Path, default=Path("runs/in_pytorch"), help="for results.json and the pictures")
    parser.add_argument("--seeds", type=whole_number, default=10, help="number of pairs (default: 10)")
    parser.add_argument("--epochs", type=whole_number, default=80, help="passes over the examples (default: 80)")
    parser.add_argument("--measured", type=whole_numbers, metavar="1,2,5", help="measure after these epochs only")
    parser.add_argument("--workers", type=whole_number, default=1, help="processes that train at once (default: 1)")
    parser.add_argument("--threads", type=whole_number, default=1, help="threads of each process (default: 1)")
    options = parser.parse_args()
    options.measured = options.measured or list(range(1, options.epochs + 1))
    if options.seeds < 2:
        parser.error("--seeds: expected at least 2, for one pair gives no interval, got 1")
    if options.epochs not in options.measured:
        parser.error(f"--measured: expected the last epoch, {options.epochs}, among them, got {options.measured}")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out: cannot write to {options.out}: {error.strerror}")
    return options


def main() -> None:
    """Run the experiment."""
    options = parsed()
    torch.set_num_threads(options.threads)
    x, y = load_digits(return_X_y=True)
    x = x.astype(np.float32) / 16
    task = partial(train_pair, x=x, y=y, epochs=options.epochs, measured=options.measured)
    if options.workers == 1:
        pairs = list(map(task, range(options.seeds)))
    else:
        use_threads = partial(torch.set_num_threads, options.threads)
        with ProcessPoolExecutor(options.workers, initializer=use_threads) as executor:
            pairs = list(executor.map(task, range(options.seeds)))
    summary = summarize(pairs)
    results = json.dumps({"pairs": pairs, "summary": summary}, indent=1)
    (options.out / "results.json").write_text(results, encoding="utf-8")
    draw_learning_curves(pairs, options.out / "learning_curves.png")
    draw_comparison(pairs, summary, options.out / "comparison.png")
    print(as_table(summary))
    print(f"Results and pictures: {options.out}")


if __name__ == "__main__":
    main()
