"""A suite's work handed to Dask: what a test needs travels to its workers by SHA-256, and results stream back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar, cast
from uuid import uuid4

from distributed import Client, KilledWorker

from chainview.suite.adapters.travelling import Packing, differing_versions, judged_here, packed, versions_here
from chainview.suite.case import Case
from chainview.suite.judging import judge
from chainview.suite.worker_processes import WorkerCrashed
from chainview.system.errors import ChainviewError

_T = TypeVar("_T")
_SECONDS = 10.0
"""How long a scheduler may take to answer."""
_LEAST_UNDER_WAY, _EACH_THREAD = 16, 4
"""How many tests are under way at once: what waits needs no memory anywhere."""
_Item = tuple[Future[Any], Case]


class DaskExecutor(Executor):
    """Has tests judged by the workers of a Dask scheduler; raises ChainviewError where these can't be used.

    A test whose worker ends is done again by Dask; where Dask gives it up its future raises WorkerCrashed.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        try:
            self._client = Client(address, timeout=_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise ChainviewError(f"there is no Dask scheduler at {address}: {error or 'nobody answers'}") from None
        try:
            threads = self._usable_threads()
        except BaseException:
            self._client.close()
            raise
        self._free = threading.Semaphore(max(_LEAST_UNDER_WAY, _EACH_THREAD * threads))
        self._due: SimpleQueue[_Item | None] = SimpleQueue()
        self._held: dict[str, tuple[Any, int]] = {}
        """What is at the scheduler by SHA-256, with how many tests under way need it."""
        self._packing = Packing()
        self._lock = threading.Lock()
        self._feeder = threading.Thread(target=self._feed, name="dask", daemon=True)
        self._feeder.start()

    def _usable_threads(self) -> int:
        """How many threads all workers have; raises ChainviewError where there is none, or one has other versions."""
        ours = versions_here()
        try:
            threads: Mapping[str, int] = self._client.nthreads()
            found: Mapping[str, object] = self._client.run(versions_here, on_error="return")
        except (OSError, ValueError, TimeoutError) as error:
            raise ChainviewError(f"the Dask workers at {self._address} do not answer: {error}") from None
        if not threads:
            raise ChainviewError(f"the Dask scheduler at {self._address} has no worker: start `dask worker` first")
        without = [who for who, told in found.items() if isinstance(told, BaseException)]
        if without:
            raise ChainviewError(f"the Dask worker {without[0]} has no chainview like this one: install it there")
        others = {who: cast("tuple[str, str]", tuple(cast(Any, told))) for who, told in found.items()}
        differ = {f"the worker {who}": told for who, told in others.items() if told != ours}
        if differ:
            raise ChainviewError(differing_versions(ours, differ))
        return sum(threads.values())

    def submit(self, fn: Callable[..., _T], /, *args: Any, **kwargs: Any) -> Future[_T]:
        """Has a test judged; nothing else is taken."""
        if fn is not judge or kwargs or len(args) != 1 or not isinstance(args[0], Case):
            raise ValueError("only tests are judged by Dask")
        future: Future[_T] = Future()
        self._due.put((future, args[0]))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more work; what is under way is waited for, or left."""
        if cancel_futures:
            while not self._due.empty():
                if (item := self._due.get()) is not None:
                    item[0].cancel()
        self._due.put(None)
        if wait:
            self._feeder.join()
        self._client.close()

    def _feed(self) -> None:
        """Sends one test after the other, as many at once as there is room for."""
        while (item := self._due.get()) is not None:
            self._free.acquire()
            future, case = item
            if not future.set_running_or_notify_cancel():
                self._free.release()
                continue
            try:
                self._send(future, case)
            except BaseException as error:
                self._free.release()
                future.set_exception(error)

    def _send(self, future: Future[Any], case: Case) -> None:
        parcel, contents = packed(case, self._packing)
        held = [self._hold(digest, data) for digest, data in contents.items()]
        try:
            sent = self._client.submit(
                judged_here, parcel, list(contents), held, key=f"chainview-{uuid4().hex}", pure=False
            )
        except BaseException:
            self._let_go(contents)
            raise

        def done(ended: Any) -> None:
            try:
                self._settle(future, ended)
            finally:
                self._let_go(contents)
                self._free.release()

        sent.add_done_callback(done)

    def _settle(self, future: Future[Any], ended: Any) -> None:
        if ended.status == "finished":
            future.set_result(ended.result())
            return
        error = ended.exception() if ended.status == "error" else None
        if error is None or isinstance(error, KilledWorker):
            why = "its workers ended again and again" if error is not None else "the scheduler was lost"
            error = WorkerCrashed(f"Dask gave it up: {why}")
        future.set_exception(error)

    def _hold(self, digest: str, data: bytes) -> Any:
        """What some bytes are at the scheduler, which makes them anew where the worker that had them ends."""
        with self._lock:
            held, count = self._held.get(digest, (None, 0))
            if held is None:
                held = self._client.submit(bytes, data, key=f"chainview-{digest}", pure=True)
            self._held[digest] = held, count + 1
        return held

    def _let_go(self, digests: Mapping[str, bytes]) -> None:
        with self._lock:
            for digest in digests:
                held, count = self._held[digest]
                if count > 1:
                    self._held[digest] = held, count - 1
                else:
                    del self._held[digest]
                    with suppress(Exception):
                        held.release()
