"""Worker processes: the same numbers as without them, and none is left behind."""

import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing

import pytest
from threadpoolctl import threadpool_info

from tests.lab.small import small_config
from tinygrad_dropout.lab import LabError, compare, workers
from tinygrad_dropout.lab.datasets import load
from tinygrad_dropout.lab.workers import run_pairs, usable_cores


@pytest.mark.usefixtures("blank_pictures")
def test_numbers_do_not_depend_on_the_number_of_workers(tmp_path):
    config = small_config(hidden=(64, 64), train_size=100, batch_size=32, epochs=4, seeds=4)
    alone = compare(config, out=tmp_path / "1")
    together = compare(config, out=tmp_path / "2", workers=2)
    assert together == alone
    assert (tmp_path / "1" / "results.json").read_bytes() == (tmp_path / "2" / "results.json").read_bytes()


def test_epochs_are_counted_over_all_workers():
    config, seen = small_config(), []
    pairs = list(run_pairs(config, load(config), range(2), 2, seen.append))
    assert sorted(pair["seed"] for pair in pairs) == [0, 1]
    assert seen == sorted(seen)
    assert seen[-1] == 2 * 2 * config.epochs


@pytest.mark.parametrize("workers", [1, 2])
def test_closing_ends_all_workers_before_it_goes_on(workers):
    config = small_config(epochs=1_000_000)  # would take an hour
    with pytest.raises(RuntimeError, match="enough"), closing(stopping(config, workers)) as pairs:
        next(pairs)
    assert multiprocessing.active_children() == []


def stopping(config, workers):
    """Pairs whose progress raises an exception once something was trained."""

    def on_epochs(done):
        if done:
            raise RuntimeError("enough")

    return run_pairs(config, load(config), range(2), workers, on_epochs)


def test_what_is_wrong_in_a_worker_is_said_here():
    config = small_config(optimizer="sgd", learning_rate=1e30)
    with pytest.raises(LabError, match="try a learning rate below"):
        list(run_pairs(config, load(config), range(2), 2, lambda done: None))
    assert multiprocessing.active_children() == []


def test_a_worker_that_is_killed_is_one_sentence():
    config = small_config(epochs=1_000_000)

    def kill_all(done):
        if done:
            for process in multiprocessing.active_children():
                process.kill()

    with pytest.raises(LabError, match="a worker process ended without an answer"):
        list(run_pairs(config, load(config), range(2), 2, kill_all))
    assert multiprocessing.active_children() == []


def test_workers_are_started_deaf_to_ctrl_c(monkeypatch):
    """They inherit the blocked signal, so that Ctrl-C finds them deaf from their first moment."""
    blocked, submit = [], ProcessPoolExecutor.submit

    def spy(executor, *task):
        blocked.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        return submit(executor, *task)

    monkeypatch.setattr(ProcessPoolExecutor, "submit", spy)
    list(run_pairs(small_config(), load(small_config()), range(2), 2, lambda done: None))
    assert blocked == [True, True]


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("moment", ["submit", "shutdown", None])
def test_no_ctrl_c_is_lost_and_none_leaves_a_worker(monkeypatch, moment, times):
    def interrupt(*_):
        for _ in range(times):
            signal.raise_signal(signal.SIGINT)

    if moment is not None:
        original = getattr(ProcessPoolExecutor, moment)
        monkeypatch.setattr(
            ProcessPoolExecutor, moment, lambda *given, **named: interrupt() or original(*given, **named)
        )
    config = small_config(seeds=50, epochs=50)
    on_epochs = (lambda done: None) if moment == "submit" else interrupt
    with pytest.raises(KeyboardInterrupt):
        list(run_pairs(config, load(config), range(50), 2, on_epochs))
    assert multiprocessing.active_children() == []
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_there_is_a_core_to_use():
    assert 1 <= usable_cores() <= os.cpu_count()


def blas_threads(libraries):
    return {library["num_threads"] for library in libraries if library["user_api"] == "blas"}


def test_training_here_and_in_a_worker_uses_one_thread(monkeypatch):
    config, seen = small_config(), []
    monkeypatch.setattr(workers, "run_pair", lambda *given: seen.append(threadpool_info()))
    list(workers.run_here(config, load(config), [0], lambda done: None))
    context = multiprocessing.get_context("spawn")
    shared = config, workers.in_shared_memory(load(config)), context.RawArray("Q", 1), context.RawValue("b", 0)
    with ProcessPoolExecutor(1, context, workers.start_worker, shared) as executor:
        seen.append(executor.submit(threadpool_info).result())
    assert [blas_threads(libraries) for libraries in seen] == [{1}, {1}]
