"""An asyncio event loop on a thread of its own, for what waits for the world outside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")


class EventLoop:
    """Any thread may give it coroutines. Its thread begins with the first, ends with `close`, and may begin again."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def begun(self) -> bool:
        """Whether its thread runs."""
        with self._lock:
            return self._loop is not None

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> Future[_T]:
        """Begins the coroutine; the future has what it returns, and cancelling it cancels the coroutine.

        One that is cancelled before it began does nothing at all.
        """
        future = Future[_T]()
        with self._lock:
            loop = self._begun()
            loop.call_soon_threadsafe(_begin, loop, coroutine, future)
        return future

    def close(self) -> None:
        """Cancels what still runs on it, and ends its thread once that is over; safe to repeat."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def _begun(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=_run, args=(self._loop,), name=self._name, daemon=True)
            self._thread.start()
        return self._loop


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.close()


def _begin(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, _T], future: Future[_T]) -> None:
    if future.cancelled():
        coroutine.close()
        return
    task = loop.create_task(coroutine)

    def ended(task: asyncio.Task[_T]) -> None:
        error = None if task.cancelled() else task.exception()
        if task.cancelled():
            future.cancel()
        if not future.set_running_or_notify_cancel():
            return
        if error is None:
            future.set_result(task.result())
        else:
            future.set_exception(error)

    def cancelled(future: Future[_T]) -> None:
        if future.cancelled():
            loop.call_soon_threadsafe(task.cancel)

    task.add_done_callback(ended)
    future.add_done_callback(cancelled)


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
