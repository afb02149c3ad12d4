"""Writing a native chain file while the actor runs: one write an event, synced to the disk about once a second."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.entries.entry import End, Note
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note
from chainview.system.errors import ChainviewError, words_of
from chainview.system.lock import lock_exclusively

SYNC_SECONDS = 1.0
_LOCK_TRIES, _LOCK_PAUSE = 50, 0.01


class ChainWriteError(ChainviewError):
    """The chain file can't be written on; what was written before stays whole."""


class ChainWriter:
    """Appends whole entries to one new file that no other program writes; private to the user.

    `create` refuses an existing file unless `force` is set, and then replaces it only when nobody is writing it.
    After a failed write the file is cut back to its last whole entry and every later write raises the same error.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.events = 0
        self.head: bytes | None = None
        self._descriptor = descriptor
        self._size = 0
        self._failure: ChainWriteError | None = None
        self._unsynced = False
        self._wake = threading.Condition()
        self._call_ended = False
        self._closing = False
        self._syncer = threading.Thread(target=self._sync_while_open, name="chain sync", daemon=True)
        self._syncer.start()

    @classmethod
    def create(cls, path: Path, header: Header, *, force: bool = False) -> Self:
        """A writer on a new file with its header written; raises ChainWriteError in one sentence when that fails."""
        try:
            if force and path.is_file():
                _release_for_replacing(path)
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            what = "is a folder" if path.is_dir() else "exists already: give another name, or --force to replace it"
            raise ChainWriteError(f"{path} {what}") from None
        except OSError as error:
            raise ChainWriteError(f"can't create the chain file {path}: {words_of(error)}") from None
        _lock(descriptor)
        writer = cls(path, descriptor)
        try:
            writer._write(pack_header(header))
        except ChainWriteError:
            writer.abandon()
            path.unlink(missing_ok=True)
            raise
        return writer

    def write_event(self, event: Event, extras: Extras = NO_EXTRAS) -> None:
        """Appends one event in one write."""
        self._write(pack_event(event, extras))
        self.events += 1
        self.head = event.hash

    def write_note(self, note: Note) -> None:
        """Appends a note."""
        self._write(pack_note(note))

    def call_ended(self) -> None:
        """Lets the sync that is due happen now rather than in the middle of the next call."""
        with self._wake:
            self._call_ended = True
            self._wake.notify()

    def close(self) -> None:
        """Writes the end entry, syncs and closes; a second close does nothing."""
        if self._descriptor < 0:
            return
        try:
            if self._failure is None:
                self._write(pack_end(End(self.events, self.head)))
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Closes the file as it is, without an end entry."""
        if self._descriptor < 0:
            return
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._syncer.join()
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, entry: bytes) -> None:
        if self._failure is not None:
            raise self._failure
        if self._descriptor < 0:
            raise ChainWriteError(f"the chain file {self.path} is closed")
        rest = memoryview(entry)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            self._cut_back()
            self._failure = ChainWriteError(
                f"can't write on in the chain file {self.path}: {words_of(error)}; "
                f"its {self.events:,} events up to here are kept"
            )
            raise self._failure from None
        self._size += len(entry)
        self._unsynced = True

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._descriptor, self._size)
            os.lseek(self._descriptor, self._size, os.SEEK_SET)
        except OSError:
            # The half entry stays; readers stop before it and say so.
            return

    def _sync_while_open(self) -> None:
        synced_at = 0.0

        def due() -> bool:
            return self._closing or (self._call_ended and time.monotonic() - synced_at >= SYNC_SECONDS)

        while not self._closing:
            with self._wake:
                self._wake.wait_for(due, SYNC_SECONDS)
                self._call_ended = False
            if self._unsynced:
                self._unsynced = False
                self._sync()
                synced_at = time.monotonic()

    def _sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            self._failure = self._failure or ChainWriteError(
                f"can't write the chain file {self.path} to the disk: {words_of(error)}"
            )


def _lock(descriptor: int) -> None:
    """Takes a new file; whoever asks at this moment whether it is being written holds it for an instant."""
    for _ in range(_LOCK_TRIES):
        if lock_exclusively(descriptor):
            return
        time.sleep(_LOCK_PAUSE)


def _release_for_replacing(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        if not lock_exclusively(descriptor):
            raise ChainWriteError(f"{path} is being written by another program: give another name")
        path.unlink()
    finally:
        os.close(descriptor)
