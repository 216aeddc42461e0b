"""JAX: the whole step compiled by `jit`, the state donated; masks from `jax.random`, as its users draw them."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.contenders import Step
from benchmarks.workloads import MOMENTUM, Chain, DropoutAlone, Training


def dropped(key: Any, x: Any, p: float) -> Any:
    """Inverted dropout."""
    return jnp.where(jax.random.bernoulli(key, 1 - p, x.shape), x / (1 - p), 0)


def training(workload: Training) -> Step:
    rates = workload.rates
    x, labels = map(jnp.asarray, workload.data())

    def loss_of(parameters: Any, key: Any) -> Any:
        hidden = x
        for index, ((weight, bias), rate) in enumerate(zip(parameters, rates, strict=True)):
            if index > 0:
                hidden = jax.nn.relu(hidden)
            if rate > 0:
                hidden = dropped(jax.random.fold_in(key, index), hidden, rate)
            hidden = hidden @ weight.T + bias
        chosen = jnp.take_along_axis(jax.nn.log_softmax(hidden), labels[:, None], axis=1)
        return -chosen.mean()

    @partial(jax.jit, donate_argnums=(0, 1))
    def update(parameters: Any, velocities: Any, key: Any) -> Any:
        key, now = jax.random.split(key)
        loss, gradients = jax.value_and_grad(loss_of)(parameters, now)
        velocities = jax.tree.map(lambda velocity, grad: MOMENTUM * velocity + grad, velocities, gradients)
        parameters = jax.tree.map(lambda value, velocity: value - workload.lr * velocity, parameters, velocities)
        return parameters, velocities, key, loss

    parameters = jax.tree.map(jnp.asarray, workload.parameters())
    state = [parameters, jax.tree.map(jnp.zeros_like, parameters), jax.random.key(0)]

    def step() -> Any:
        *state[:], loss = update(*state)
        return loss.block_until_ready()

    return step


def chain(workload: Chain) -> Step:
    y0, a, b = map(jnp.asarray, workload.data())

    @jax.jit
    def gradient(y: Any) -> Any:
        def total(y: Any) -> Any:
            return jax.lax.fori_loop(0, workload.length, lambda _, y: y * a + b, y).sum()

        return jax.grad(total)(y)

    return lambda: gradient(y0).block_until_ready()


def dropout(workload: DropoutAlone) -> Step:
    x, upstream = map(jnp.asarray, workload.data())

    @jax.jit
    def both_ways(key: Any) -> Any:
        key, now = jax.random.split(key)
        out, backward = jax.vjp(lambda x: dropped(now, x, workload.p), x)
        return key, out, backward(upstream)[0]

    state = [jax.random.key(0)]

    def step() -> Any:
        state[0], out, gradient = both_ways(state[0])
        out.block_until_ready()
        return gradient.block_until_ready()

    return step
