"""Writing a native chain file while the actor runs: one write an event, synced to the disk about once a second.

The file, and its name, are looked at as often: what somebody does to them meanwhile costs none of the chain.
"""

from __future__ import annotations

import errno
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.entries.entry import Cut, Damage, End, Note, ReadEvent
from chainview.chain.files.entries.file_bytes import FileBytes
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note
from chainview.chain.files.native.reader import EntryReader
from chainview.chain.files.native.rescue import Loss, Written, rescue_name
from chainview.chain.state_chain import Item
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.locations import chains_folder, made
from chainview.system.files.lock import lock_soon
from chainview.system.files.whole_file import replaced, sync_folder
from chainview.system.streams import write_all
from chainview.system.wording import plural

SYNC_SECONDS = 1.0
_NEW_FILE = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0)


class ChainWriteError(ChainviewError):
    """The chain file can't be written on; what was written before stays whole."""


class ChainWriter:
    """Appends whole entries to one new file that no other program writes; private to the user.

    `create` refuses an existing file unless `force` is set, and then replaces it only when nobody is writing it, by a
    new one that is on the disk. After a failed write the file is cut back to its last whole entry and every later write
    raises the same error. All is on the disk after `close`, which raises where that can't be.
    """

    def __init__(self, path: Path, descriptor: int, beginning: bytes) -> None:
        self.path = path
        self.events = 0
        self.head: bytes | None = None
        self.loss: Loss | None = None
        """What became of the file or its name, where the chain was not written again yet."""
        self.rescues: tuple[str, ...] = ()
        """A sentence for each time that the chain had to be written again, whole or not."""
        self._name = path.name
        self._descriptor = descriptor
        self._written = Written(descriptor)
        self._written.add(beginning)
        self._writing = threading.RLock()
        self._failure: ChainWriteError | None = None
        self._was_unreadable = False
        self._raised = False
        self._shared = -1
        """The descriptor of the file to which another writes; -1 where none does."""
        self._unsynced = self._folder_unsynced = True
        self._wake = threading.Condition()
        self._call_ended = False
        self._synced_at = 0.0
        self._closing = False
        self._syncer = threading.Thread(target=self._sync_while_open, name="chain sync", daemon=True)
        self._syncer.start()

    @classmethod
    def create(cls, path: Path, header: Header, *, force: bool = False) -> Self:
        """A writer on a new file with its header written; raises ChainWriteError in one sentence when that fails."""
        try:
            if force and path.is_file():
                return cls._replacing(replaced(path), header)
            descriptor = os.open(path, _NEW_FILE, 0o600)
        except FileExistsError:
            what = "is a folder" if path.is_dir() else "exists already: give another name, or --force to replace it"
            raise ChainWriteError(f"{path} {what}") from None
        except OSError as error:
            raise ChainWriteError(f"can't create the chain file {path}: {words_of(error)}") from None
        lock_soon(descriptor)
        beginning = pack_header(header)
        try:
            write_all(descriptor, beginning)
        except OSError as error:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise ChainWriteError(f"can't write the chain file {path}: {words_of(error)}") from None
        return cls(path, descriptor, beginning)

    @classmethod
    def _replacing(cls, path: Path, header: Header) -> Self:
        """A writer on a new file that takes the place of an old one once its beginning is on the disk."""
        old = os.open(path, os.O_WRONLY)
        try:
            if not lock_soon(old):
                raise ChainWriteError(f"{path} is being written by another program: give another name")
            descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            lock_soon(descriptor)
            beginning = pack_header(header)
            try:
                write_all(descriptor, beginning)
                os.fsync(descriptor)
                os.replace(temporary, path)
            except BaseException as error:
                os.close(descriptor)
                Path(temporary).unlink(missing_ok=True)
                if isinstance(error, OSError):
                    raise ChainWriteError(f"can't replace {path}, which stays as it was: {words_of(error)}") from None
                raise
            return cls(path, descriptor, beginning)
        finally:
            os.close(old)

    def write_event(self, event: Event, extras: Extras = NO_EXTRAS) -> None:
        """Appends one event in one write."""
        self._write(pack_event(event, extras))
        self.events += 1
        self.head = event.hash

    def write_note(self, note: Note) -> None:
        """Appends a note."""
        self._write(pack_note(note))

    @property
    def position(self) -> int:
        """Where the next entry will begin."""
        return self._written.size

    @property
    def shared_at(self) -> tuple[Path, int] | None:
        """The file, and which of the chain's it is, while it and its name are what they were; else None."""
        with self._writing:
            if self._failure is not None or self.loss is not None or self._descriptor < 0:
                return None
            if not self._written.has_its_size or self._written.named(self.path) is not None:
                return None
            return self.path, len(self.rescues) + 1

    def share(self) -> None:
        """From now on, and until `take_back`, another writes whole events behind `position`."""
        with self._writing:
            self._shared = self._descriptor

    def take_back(self, entries: bytes, events: int, head: bytes, *, was_cut: bool) -> None:
        """Takes note of the entries that another wrote, and writes them where the chain was written again meanwhile."""
        with self._writing:
            shared, self._shared = self._shared, -1
            if events and shared != self._descriptor:
                self._write(entries)
            elif events:
                self._written.add(entries)
                self._unsynced = True
            if was_cut and shared == self._descriptor:
                self._cut_back()
            if events:
                self.events, self.head = self.events + events, head

    def read_on(self, position: int, most: int) -> tuple[list[Item], int]:
        """Up to so many events and notes from a position on, as they lie in the file, and the position behind them."""
        items: list[Item] = []
        try:
            with self._open_to_read() as file:
                data = FileBytes(file.fileno(), str(self.path))
                reader = EntryReader(data, position, budget=0)
                while len(items) < most and reader.position < len(data):
                    entry = reader.read()
                    if isinstance(entry, ReadEvent):
                        items.append((entry.event, entry.extras))
                    elif isinstance(entry, Note):
                        items.append(entry)
                    elif isinstance(entry, Damage | Cut):
                        break
                position = reader.position
        except (OSError, ChainviewError):
            # Whoever asks has lost these for its screen; what becomes of the file is told by the look at it.
            return items, position
        return items, position

    def _open_to_read(self) -> BinaryIO:
        """The file by its descriptor, which leads to it whatever became of its name, or once closed by its name."""
        with self._writing:
            return self.path.open("rb") if self._descriptor < 0 else os.fdopen(os.dup(self._descriptor), "rb")

    def call_ended(self) -> None:
        """Lets the sync that is due happen now rather than in the middle of the next call."""
        self._call_ended = True
        if self._is_sync_due():
            with self._wake:
                self._wake.notify()

    def _is_sync_due(self) -> bool:
        return self._call_ended and time.monotonic() - self._synced_at >= SYNC_SECONDS

    def rescue(self) -> None:
        """Writes the chain again where the file or its name is lost, and goes on in that file.

        It lies beside where the chain was, or among the kept chains where that folder is gone too.
        """
        with self._writing:
            if self.loss is not None and self._descriptor >= 0:
                self._rescue(self.loss)

    def close(self) -> None:
        """Writes the end entry, syncs and closes; a second close does nothing.

        Raises ChainWriteError where what was written can't be put on the disk.
        """
        if self._descriptor < 0:
            return
        try:
            if self._failure is None:
                self._write(pack_end(End(self.events, self.head)))
        finally:
            self._stop_syncing()
            with self._writing:
                self._look_at_file(thorough=True)
                self.rescue()
                if self._unsynced or self._folder_unsynced:
                    self._sync()
            self._let_go()
        if self._failure is not None and not self._raised:
            raise self._failure

    def look_again(self) -> None:
        """Writes a closed chain again whose file was lost since, while the others of its family were still written."""
        if not self._closing or self._descriptor >= 0 or self._failure is not None:
            return
        loss = self._written.lost_since(self.path)
        if loss is not None:
            self._rescue(loss, "while its family was recorded")
            if self._descriptor >= 0:
                self._sync()
                self._let_go()

    def abandon(self) -> None:
        """Closes the file as it is, without an end entry."""
        if self._descriptor >= 0:
            self._stop_syncing()
            self._let_go()

    def _stop_syncing(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._syncer.join()

    def _let_go(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        self._written.closed()
        try:
            os.close(descriptor)
        except InterruptedError:
            # It is closed, and all of it was synced before.
            return
        except OSError as error:
            self._failure = self._failure or self._not_on_disk(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, entry: bytes) -> None:
        with self._writing:
            self._raise_failure()
            if self._descriptor < 0:
                raise ChainWriteError(f"the chain file {self.path} is closed")
            if not self._written.has_its_size:
                # Written on, the file would look whole to the next look at it.
                self._rescue(self._written.loss(self.path) or Loss.CHANGED)
                self._raise_failure()
            try:
                write_all(self._descriptor, entry)
            except OSError as error:
                self._cut_back()
                self._failure, self._raised = self._can_not_go_on(error), True
                raise self._failure from None
            self._written.add(entry)
            self._unsynced = True

    def _raise_failure(self) -> None:
        if self._failure is not None:
            self._raised = True
            raise self._failure

    def _can_not_go_on(self, error: OSError) -> ChainWriteError:
        return ChainWriteError(
            f"can't write on in the chain file {self.path}: {words_of(error)}; "
            f"its {plural(self.events, 'event')} up to here {'is' if self.events == 1 else 'are'} kept"
        )

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self._descriptor, self._written.size)
            os.lseek(self._descriptor, self._written.size, os.SEEK_SET)
        except OSError:
            # The half entry stays; readers stop before it and say so.
            return

    def _sync_while_open(self) -> None:
        while not self._closing:
            with self._wake:
                self._wake.wait_for(lambda: self._closing or self._is_sync_due(), SYNC_SECONDS)
                self._call_ended = False
            if self._unsynced or self._folder_unsynced or self._shared >= 0:
                self._sync()
                self._synced_at = time.monotonic()
            with self._writing:
                self._look_at_file()

    def _sync(self) -> None:
        descriptor, self._unsynced = self._descriptor, False
        try:
            os.fsync(descriptor)
            if self._folder_unsynced:
                self._folder_unsynced = False
                sync_folder(self.path.parent)
        except FileNotFoundError:
            # The folder is gone: the look at the file tells.
            return
        except OSError as error:
            if descriptor != self._descriptor:
                # The chain was just written again elsewhere, and is synced there.
                return
            self._failure = self._failure or self._not_on_disk(error)

    def _not_on_disk(self, error: OSError) -> ChainWriteError:
        return ChainWriteError(f"can't write the chain file {self.path} to the disk: {words_of(error)}")

    def _look_at_file(self, *, thorough: bool = False) -> None:
        """Notices what became of the file; what is no longer in it is written again at once, while it is in memory."""
        if self._failure is not None:
            return
        self.loss = self._written.loss(self.path, thorough=thorough, may_be_longer=self._shared >= 0)
        if self.loss is not None and self.loss.of_content:
            self._rescue(self.loss)

    def _rescue(self, loss: Loss, when: str = "while it was written") -> None:
        whole = self._written.is_whole
        try:
            path, descriptor, written = self._written_again(loss)
        except OSError as error:
            self._failure = self._failure or ChainWriteError(
                f"{self.path} {loss} {when}, and the chain can't be written again: {words_of(error)}"
            )
            return
        lock_soon(descriptor)
        before = self._descriptor
        lost = "whole" if whole else "without its beginning, which was too large to be held in memory"
        self.rescues += (f"{self.path} {loss} {when}: the chain was written again, {lost}, to {path}",)
        self.loss, self.path, self._descriptor, self._written = None, path, descriptor, written
        if before >= 0:
            # Only now: whoever syncs it meanwhile sees by this that it is no longer the chain's.
            with suppress(OSError):
                os.close(before)
        self._unsynced = self._folder_unsynced = True

    def _written_again(self, loss: Loss) -> tuple[Path, int, Written]:
        """A new file of what was written, beside the old one or, where that can't be, among the kept chains.

        Raises OSError where neither can be, and where what was written again became unreadable too.
        """
        if loss is Loss.UNREADABLE and self._was_unreadable:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._was_unreadable = self._was_unreadable or loss is Loss.UNREADABLE
        try:
            return self._copied(self.path.parent)
        except OSError:
            return self._copied(made(chains_folder()))

    def _copied(self, folder: Path) -> tuple[Path, int, Written]:
        path = rescue_name(folder / self._name)
        descriptor = os.open(path, _NEW_FILE, 0o600)
        try:
            for piece in self._written.pieces():
                write_all(descriptor, piece)
            written = self._written.on(descriptor)
        except BaseException:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        return path, descriptor, written
