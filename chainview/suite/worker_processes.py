"""Processes that work on one thing each: where one crashes, or takes too long, it is known on what."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from typing import Any, TypeVar

from chainview.system.errors import ChainviewError, limit_met

_T = TypeVar("_T")
_MOST_MEMORY = 1 << 30
"""Bytes that a process may have held; one that held more is replaced before it works on."""
_BEGIN_SECONDS = 60.0
_PATIENCE_SECONDS = 5.0
"""How long a process that is told to end may take for it."""


class WorkerCrashed(Exception):
    """The process that worked on something ended before it was done; the words say how."""


class WorkerTimedOut(Exception):
    """What was worked on took longer than it may."""


@dataclass(slots=True)
class _Worker:
    process: SpawnProcess
    pipe: Connection


class WorkerProcesses(Executor):
    """So many processes at most, each begun anew (`spawn`) when there is work for it.

    A future raises WorkerCrashed where its process ended, and WorkerTimedOut after `seconds`: the others go on.
    """

    def __init__(self, most: int, seconds: float, memory: int = _MOST_MEMORY) -> None:
        self._most, self._seconds, self._memory = most, seconds, memory
        self._due: SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._workers: dict[int, _Worker] = {}
        self._ended = self._killed = False

    def submit(self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        """Has a function called in a process; it and what it takes and gives travel there and back."""
        if kwargs:
            raise ValueError("what is called in a worker takes no names")
        future: Future[_T] = Future()
        with self._lock:
            if self._ended:
                raise RuntimeError("these workers were sent home")
            self._due.put((future, fn, args))
            if len(self._threads) < self._most:
                number = len(self._threads)
                thread = threading.Thread(target=self._serve, args=(number,), name=f"worker {number}", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work; ends the processes once they are done, of what has not begun only what is wanted."""
        with self._lock:
            self._ended = True
        if cancel_futures:
            self._cancel_waiting()
        for _ in self._threads:
            self._due.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def kill(self) -> None:
        """Ends all processes now, whatever they are at."""
        with self._lock:
            self._ended = self._killed = True
            workers = list(self._workers.values())
        self._cancel_waiting()
        for worker in workers:
            worker.process.kill()
        self.shutdown()

    def _cancel_waiting(self) -> None:
        while not self._due.empty():
            item = self._due.get()
            if item is not None:
                item[0].cancel()

    def _serve(self, number: int) -> None:
        """One thread hands its process one thing after the other."""
        while (item := self._due.get()) is not None:
            future, fn, args = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                given = self._done(number, fn, args)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(given)
        self._send_home(number)

    def _done(self, number: int, fn: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        worker = self._worker(number)
        try:
            worker.pipe.send((fn, args))
            # What it takes to begin, and to load what is to be called, is none of the time that this may take.
            begun = worker.pipe.poll(self._seconds + _BEGIN_SECONDS)
            if begun:
                worker.pipe.recv()
            if not begun or not wait([worker.pipe, worker.process.sentinel], self._seconds):
                self._drop(number)
                raise WorkerTimedOut(f"it was not done after {self._seconds:,g} s")
            # A process that ends may have answered before.
            ok, value, held = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(_PATIENCE_SECONDS)
            code = worker.process.exitcode
            self._drop(number)
            raise WorkerCrashed(f"the process that replayed it {_end_in_words(code)}") from None
        if held > self._memory:
            self._send_home(number)
        if not ok:
            raise value
        return value

    def _worker(self, number: int) -> _Worker:
        worker = self._workers.get(number)
        if worker is not None and worker.process.is_alive():
            return worker
        if worker is not None:
            # It was ended while it had nothing to do.
            self._drop(number)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), name=f"chainview worker {number}", daemon=True)
        try:
            with _uninterrupted():
                process.start()
        except OSError as error:
            raise limit_met(error) or ChainviewError(f"can't start a process: {error}") from None
        finally:
            theirs.close()
        with self._lock:
            worker = self._workers[number] = _Worker(process, ours)
            if self._killed:
                process.kill()
        return worker

    def _drop(self, number: int) -> None:
        """Ends a process that is not to be worked with any more."""
        with self._lock:
            worker = self._workers.pop(number)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()

    def _send_home(self, number: int) -> None:
        """Lets a process end by itself, that has nothing to do."""
        worker = self._workers.get(number)
        if worker is not None:
            with suppress(OSError):
                worker.pipe.send(None)
            worker.process.join(_PATIENCE_SECONDS)
            self._drop(number)


def _end_in_words(code: int | None) -> str:
    if code is None:
        return "answers no more"
    if code < 0:
        try:
            return f"was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"was ended by signal {-code}"
    return f"ended by itself, with exit code {code}"


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Lets what this thread begins never hear of a ^C, which goes to all processes of a terminal: we end them."""
    if sys.platform == "win32":
        yield
        return
    # Where it begins itself it lets the signal through again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection) -> None:
    """A process: works until it is told to go home, or until nobody is there any more who could tell it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What is said beside the result must not get into what a person or a program reads.
    os.dup2(2, 1)
    with suppress(EOFError, OSError):
        while (item := pipe.recv()) is not None:
            fn, args = item
            pipe.send(None)
            try:
                answer = (True, fn(*args), _memory_held())
            except Exception as error:
                answer = (False, error, _memory_held())
            pipe.send(answer)


def _memory_held() -> int:
    """The most bytes of memory that this process has held, where the system tells."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
