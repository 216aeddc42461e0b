"""A training run with everything that a checkpoint must contain, as a process that can be killed while it saves.

`python -m tests.saving.training FILE LAST [PLACE]` resumes from FILE, if it exists, up to step LAST, and saves every
10 steps. With a PLACE it kills itself there, during the save at step LAST.
"""

import os
import signal
import sys
from pathlib import Path

import numpy as np

import tinygrad_dropout as td
from tinygrad_dropout import nn, optim
from tinygrad_dropout.optim import lr_scheduler

EVERY = 10  # steps


class Run:
    """Two kinds of noise, from the framework's generator and from its own; buffers; two groups; schedules.

    Args:
        kind: of the optimizer, "SGD" or "AdamW".
    """

    def __init__(self, kind: str = "AdamW") -> None:
        self.noise, self.batches = np.random.Generator(np.random.MT19937(3)), np.random.default_rng(5)
        self.model = nn.Sequential(
            nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5),
            nn.Linear(16, 16), nn.GELU(), nn.GaussianDropout(0.2, rng=self.noise), nn.Linear(16, 3),
        )  # fmt: skip
        weights, others = ([p for p in self.model.parameters() if (p.ndim == 2) == two] for two in (True, False))
        groups = [{"params": weights, "weight_decay": 0.1}, {"params": others, "lr": np.float64(0.01)}]
        options = {"momentum": 0.9} if kind == "SGD" else {}
        self.optimizer = getattr(optim, kind)(groups, lr=0.02, **options)
        warm_up = lr_scheduler.LinearLR(self.optimizer, 0.1, total_iters=5)
        fall = lr_scheduler.LambdaLR(self.optimizer, lambda step: np.cos(step / 40))  # a np.float64
        self.schedule = lr_scheduler.SequentialLR(self.optimizer, [warm_up, fall], [5])
        self.step, self.losses = 0, []

    def train(self, steps: int) -> None:
        for _ in range(steps):
            x = self.batches.normal(size=(8, 4)).astype(np.float32)
            loss = nn.CrossEntropyLoss()(self.model(x), (x.sum(axis=1) > 0).astype(int))
            self.optimizer.zero_grad()
            loss.backward()
            optim.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            self.step += 1
            self.losses.append(loss.item())

    def state(self) -> dict:
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "dropout": td.get_rng_state(),
            "noise": td.get_rng_state(self.noise),
            "batches": td.get_rng_state(self.batches),
            "position": {"step": self.step, "losses": self.losses},
        }

    def resume(self, state: dict) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        td.set_rng_state(state["dropout"])
        td.set_rng_state(state["noise"], self.noise)
        td.set_rng_state(state["batches"], self.batches)
        self.step, self.losses = state["position"]["step"], state["position"]["losses"]


def killed(*arguments: object, **options: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


#: Where in a save the process dies: in the first array, before the data is on disk, or before the file is renamed.
PLACES = {"writing": (np.lib.format, "write_array"), "syncing": (os, "fsync"), "renaming": (Path, "replace")}


def main(file: Path, last: int, place: str | None = None) -> None:
    td.manual_seed(7)
    run = Run()
    if file.exists():
        run.resume(td.load(file))
    while run.step < last:
        run.train(EVERY)
        if place and run.step == last:
            setattr(*PLACES[place], killed)
        td.save(run.state(), file)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
