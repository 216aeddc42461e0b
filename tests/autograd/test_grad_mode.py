"""no_grad and enable_grad: as contexts, as decorators, and only for their own thread or task."""

import asyncio
import threading
import time

import numpy as np
import pytest

import tinygrad_dropout as td


def records() -> bool:
    """Whether an operation is being recorded at this point."""
    recorded = (td.Tensor([1.0], requires_grad=True) * 2).requires_grad
    assert recorded == td.is_grad_enabled()
    return recorded


def test_recording_is_on_by_default():
    assert records()


def test_contexts_nest_and_end():
    with td.no_grad():
        assert not records()
        with td.enable_grad():
            assert records()
            with td.no_grad():
                assert not records()
            assert records()
        assert not records()
    assert records()


def test_an_exception_ends_the_context():
    with pytest.raises(KeyError), td.no_grad():
        raise KeyError
    assert records()


@td.no_grad()
def unrecorded(depth: int = 0) -> bool:
    """A decorated function that calls itself."""
    return records() or (depth > 0 and unrecorded(depth - 1))


@td.enable_grad()
def recorded() -> bool:
    return records()


def test_as_decorators():
    assert not unrecorded()
    assert not unrecorded(depth=2)
    assert records()
    with td.no_grad():
        assert recorded()


def test_a_decorated_function_keeps_its_name_and_docstring():
    assert unrecorded.__name__ == "unrecorded"
    assert unrecorded.__doc__ == "A decorated function that calls itself."


def test_a_result_made_under_no_grad_is_a_constant():
    x = td.Tensor([3.0], requires_grad=True)
    with td.no_grad():
        constant = x * x
        made_here = td.Tensor([1.0], requires_grad=True)
    assert constant.is_leaf
    assert made_here.requires_grad
    (x * constant).backward()
    np.testing.assert_array_equal(x.grad, [9.0])


def test_no_grad_affects_only_its_own_thread():
    inside, seen_by_the_other = threading.Event(), []

    def other_thread() -> None:
        inside.wait(timeout=10)
        seen_by_the_other.append(records())

    thread = threading.Thread(target=other_thread)
    thread.start()
    with td.no_grad():
        inside.set()
        thread.join(timeout=10)
        assert not records()
    assert seen_by_the_other == [True]


def test_no_grad_affects_only_its_own_task():
    seen = {}

    async def unrecorded_task(entered: asyncio.Event, checked: asyncio.Event) -> None:
        with td.no_grad():
            entered.set()
            await checked.wait()
            seen["unrecorded"] = records()

    async def recorded_task(entered: asyncio.Event, checked: asyncio.Event) -> None:
        await entered.wait()
        seen["recorded"] = records()
        checked.set()

    async def both() -> None:
        entered, checked = asyncio.Event(), asyncio.Event()
        await asyncio.gather(unrecorded_task(entered, checked), recorded_task(entered, checked))

    asyncio.run(both())
    assert seen == {"unrecorded": False, "recorded": True}


def test_one_context_object_works_in_several_threads_and_can_be_reentered():
    context = td.no_grad()
    seen = []

    def enter(seconds: float) -> None:
        with context, context:
            time.sleep(seconds)
            seen.append(records())
        seen.append(records())

    threads = [threading.Thread(target=enter, args=(0.02 * k,)) for k in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [False] * 3 + [True] * 3


async def a_coroutine():
    return records()


def a_generator():
    yield records()


@pytest.mark.parametrize("function", [a_coroutine, a_generator])
def test_decorating_a_function_whose_body_runs_later_is_refused(function):
    with pytest.raises(TypeError, match=rf"expected a plain function.*{function.__name__}"):
        td.no_grad()(function)
