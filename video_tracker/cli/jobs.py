"""Work spread over processes, and done in order; none of them is left behind.

A process that is killed (out of memory, by ``kill -9``) takes the whole pool with it. What it and
the others had is then done again, each by itself, so that only what kills its process twice is
lost.
"""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, Generic, TypeVar

__all__ = ["AHEAD", "in_order"]

AHEAD: Final = 4
"""Items for each process that are at work, or done before their turn."""

_Item = TypeVar("_Item")


def in_order(
    function: Callable[[_Item], None],
    items: Iterable[_Item],
    jobs: int,
    again: Callable[[_Item], bool],
) -> Generator[tuple[_Item, bool], None, None]:
    """Do something with each item in a process, several at once.

    Args:
        function: What is done, of a module; it says nothing in its result, which a killed process
            may leave half said.
        items: What it is done with; no more than :data:`AHEAD` for each process are taken before
            their turn.
        jobs: How many processes.
        again: Asked of an item that was lost with a killed process, whether it can be done again.

    Yields:
        Each item in its turn, and whether it was done: False where its process was killed.

    Raises:
        Exception: Whatever the function raised; in the turn of its item.
    """
    pool, waiting = _Pool(function, jobs), deque[tuple[_Item, Future[None]]]()

    def first() -> tuple[_Item, bool]:
        item, future = waiting.popleft()
        return item, _is_done(future) or (again(item) and _alone(function, item))

    with contextlib.closing(pool):
        for item in items:
            waiting.append((item, pool.submit(item)))
            if len(waiting) == AHEAD * jobs:
                yield first()
        while waiting:
            yield first()


def _is_done(future: Future[None]) -> bool:
    """Wait for it; False where its process was killed."""
    try:
        future.result()
    except BrokenProcessPool:
        return False
    return True


def _alone(function: Callable[[_Item], None], item: _Item) -> bool:
    with contextlib.closing(_Pool(function, 1)) as pool:
        return _is_done(pool.submit(item))


class _Pool(Generic[_Item]):
    """Processes that do one thing; new ones where they were killed."""

    def __init__(self, function: Callable[[_Item], None], jobs: int) -> None:
        self._function, self._jobs = function, jobs
        self._executor: ProcessPoolExecutor | None = None

    def submit(self, item: _Item) -> Future[None]:
        """Give an item to the next process that is free."""
        with contextlib.suppress(BrokenProcessPool):
            return self._submit(item)
        self.close()
        return self._submit(item)

    def _submit(self, item: _Item) -> Future[None]:
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self._jobs, context, initializer=_begin)
        with _deaf():
            return self._executor.submit(self._function, item)

    def close(self) -> None:
        """End them, whatever they do."""
        executor, self._executor = self._executor, None
        if executor is not None:
            processes = [*(executor._processes or {}).values()]
            executor.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.terminate()
            for process in processes:  # the executor, which was told not to wait, never does
                process.join()


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Let no process that is started here hear the keyboard: this one ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """In a new process: end with the one that started it, however that ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
