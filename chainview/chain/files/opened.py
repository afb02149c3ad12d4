"""A chain opened for reading, whatever its format, indexed step by step so that a screen stays alive meanwhile."""

from __future__ import annotations

import os
import select
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self
from weakref import WeakKeyDictionary, finalize

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.damages import Damages
from chainview.chain.files.entries.entry import Cut, Data, End, Note
from chainview.chain.files.entries.file_bytes import Change, FileBytes, Stamp
from chainview.chain.files.entries.header import Header
from chainview.chain.files.formats import GROWING, NATIVE, NEAR, WITHOUT_PAYLOADS, changed_text, detect
from chainview.chain.files.native.index import NativeIndex
from chainview.chain.schema import Schema, schema_of
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.file_kind import ENOUGH, file_kind
from chainview.system.streams import no_copy, read_waiting, write_all

if TYPE_CHECKING:
    from chainview.chain.files.theater.index import FormatIndex
    from chainview.chain.files.theater.store import StoredChain

STANDARD_INPUT = "standard input"
_LOOKED_FOR = "a chain file of chainview, or Theater's EVENT text, --- blocks, JSON or JSON lines"
_SCHEMA_SAMPLE = 100
_MOST_PIPED = 16 << 30
_PIPE_SECONDS = 5.0
_OPEN_ALREADY = (("dev",), ("proc",))
"""Where the pipes of a shell's own have their names."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a chain is read; `total_bytes` is 0 where it can't be known."""

    done_bytes: int
    total_bytes: int
    events: int


class OpenedChain:
    """A chain and what is known of it so far; complete once `steps` has run out, or after `load`.

    `path` is what was opened, `format` one word. Only one thread may use it.
    """

    def __init__(
        self, path: str, format: str, index: NativeIndex | FormatIndex, data: Data, file: BinaryIO | None
    ) -> None:
        self.path = path
        self.format = format
        self._index = index
        self._data = data
        self._file = file
        self._named = file is not None and os.path.exists(path)
        self._complete = self._closed = False

    @property
    def table(self) -> EventTable:
        """The events."""
        return self._index.table

    @property
    def holds_payloads(self) -> bool:
        """Whether its format keeps what was hashed, and not the types and hashes of events alone."""
        return self.format not in WITHOUT_PAYLOADS

    @property
    def header(self) -> Header | None:
        """The header; None where there is none, or not yet."""
        return self._index.header

    @property
    def schema(self) -> Schema:
        """The shape of the payloads: what the header says, else what they look like."""
        if not isinstance(self._index, NativeIndex):
            return self._index.schema or Schema.VALUES
        if self._index.header is not None:
            return self._index.header.schema
        table = self.table
        found = (schema_of(table.payload(index)) for index in range(min(len(table), _SCHEMA_SAMPLE)))
        return next((schema for schema in found if schema is not None), Schema.VALUES)

    @property
    def notes(self) -> list[Note]:
        """What is no event, each with the number of events before it."""
        return self._index.notes

    @property
    def notes_left_out(self) -> int:
        """How many more notes there are than are held, in a file of very many."""
        return self._index.notes_left_out

    @property
    def end(self) -> End | None:
        """The end entry; None where the format has none or the file is not closed."""
        return self._index.end

    @property
    def damages(self) -> Damages:
        """Each stretch that could not be read, with the number of events before it."""
        return self._index.damages

    @property
    def cut(self) -> Cut | None:
        """Where the file ends inside an entry; None when it does not."""
        return self._index.cut

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return len(self._data)

    def pieces(self, size: int) -> Iterator[bytes]:
        """The bytes of the file that was opened, whatever has its name by now; raises ChainviewError if it changed."""
        for at in range(0, len(self._data), size):
            yield self._data[at : at + size]
        self.require_unchanged()

    def steps(self, budget_events: int = 2000) -> Iterator[Extent]:
        """Reads on by up to that many events each time it is advanced, until all are read."""
        while not self._complete:
            self._complete = not self._index.advance(budget_events)
            yield Extent(self._index.position, len(self._data), len(self.table))

    def load(self) -> Self:
        """Reads all of it."""
        for _ in self.steps():
            pass
        return self

    def __iter__(self) -> Iterator[Event]:
        """Every event that can be read, in order, to the end of the file; raises ChainviewError once it is closed."""
        if self._closed:
            raise ChainviewError(f"{self.path} is closed: open it again to read it")
        self.load()
        table = self.table
        for index in range(len(table)):
            if table.kinds[index] != Kind.DAMAGED:
                yield table.event(index)

    @property
    def can_grow(self) -> bool:
        """Whether `grow` finds what is appended: in chainview's own format, and where an event is a line."""
        return isinstance(self._index, NativeIndex) or self.format in GROWING

    def let_grow(self, *, growing: bool = True) -> None:
        """Takes what is at the end for all that is there so far, or, once nothing more will come, for all there is."""
        if isinstance(self._data, FileBytes) and not isinstance(self._index, NativeIndex):
            self._data.growing = growing
            self._complete = False

    def grow(self) -> int:
        """Reads what has been appended since; returns the number of new events.

        Raises ChainviewError when the file has become shorter than what was read of it.
        """
        if not self.can_grow or not isinstance(self._data, FileBytes):
            return 0
        before = len(self.table)
        if self._data.grow():
            if isinstance(self._index, NativeIndex):
                self._index.grow()
            self._complete = False
        self.load()
        return len(self.table) - before

    def tolerate(self) -> None:
        """Goes on with what there is, from now on, where the file loses what was read of it: screens must not end."""
        if isinstance(self._data, FileBytes):
            self._data.tolerate()

    @property
    def stamp(self) -> Stamp | None:
        """Another one whenever the file was written to."""
        return self._data.stamp if isinstance(self._data, FileBytes) else None

    def change(self) -> Change | None:
        """What became of the file since it was read; None where all that was read of it is still there.

        What was only appended is no change.
        """
        return self._data.change() if isinstance(self._data, FileBytes) else None

    def require_unchanged(self) -> None:
        """Raises ChainviewError where the file changed under what was read of it, which may be of both then."""
        change = self._data.change(everywhere=True) if isinstance(self._data, FileBytes) else None
        if change is not None and isinstance(self._data, FileBytes):
            raise self._data.told(change)

    def doubt(self) -> None:
        """Takes nothing for proved any more that lies in the file, and reads it anew."""
        if isinstance(self._data, FileBytes):
            self._data.forget()
        self.table.doubt()

    @property
    def name_lost(self) -> str:
        """What became of the file's name where it does not lead to the file any more; empty where it does."""
        if self._file is None or not self._named:
            return ""
        try:
            found = os.stat(self.path)
        except OSError:
            return "was removed or renamed"
        return "" if os.path.samestat(found, os.fstat(self._file.fileno())) else "was replaced by another file"

    def rest(self) -> None:
        """Holds the file open no more, so that very many chains can be at hand: it is opened whenever it is read."""
        if self._file is not None and self._named and isinstance(self._data, FileBytes):
            self._data.rest()
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Lets go of the file."""
        self._index.close()
        self._complete = self._closed = True
        self._data = b""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # Of a file that changed under what was read of it no other sentence need be true.
            if isinstance(error, ChainviewError):
                self.require_unchanged()
        finally:
            self.close()


def open_chain(path: str | Path) -> OpenedChain:
    """Opens a chain by what it holds; `-` is standard input. Nothing of it is indexed yet.

    A bare name that is no file here is looked for among the kept chains. Raises ChainviewError when it can't be read or
    is no chain.
    """
    if str(path) == "-":
        return _open_file(STANDARD_INPUT, standard_input())
    where = chain_place(Path(path))
    name = str(where)
    try:
        if where.is_dir():
            return _open_store(name, _stored_chain(where))
        file: BinaryIO = _opened(where)
        kind = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(kind):
            with file:
                file = _copied(name, file)
    except FileNotFoundError:
        raise ChainviewError(f"there is no file {name}") from None
    except OSError as error:
        raise ChainviewError(f"can't read {name}: {words_of(error)}") from None
    except ValueError:
        raise ChainviewError(f"{name!r} can't be the name of a file") from None
    return _open_file(name, file)


_copies: WeakKeyDictionary[BinaryIO, int] = WeakKeyDictionary()
"""What came through pipes, in files, by the streams that gave it."""


def standard_input() -> BinaryIO:
    """A file of all that standard input gives, which is read once, however often this is asked for.

    Raises ChainviewError where its beginning is no chain's, and where it can't be kept.
    """
    stream = sys.stdin.buffer
    copy = _copies.get(stream)
    if copy is None:
        with _copied(STANDARD_INPUT, stream) as file:
            copy = _copies[stream] = os.dup(file.fileno())
        finalize(stream, os.close, copy)
    return os.fdopen(os.dup(copy), "rb")


def _opened(where: Path) -> BinaryIO:
    """The file, where a pipe with a name is not waited for without end."""
    if where.is_fifo() and where.parts[1:2] not in _OPEN_ALREADY:
        descriptor = os.open(where, os.O_RDONLY | os.O_NONBLOCK)
        if not select.select([descriptor], [], [], _PIPE_SECONDS)[0]:
            os.close(descriptor)
            raise ChainviewError(f"{where} is a pipe that nobody writes to: start its writer first, or pipe into -")
        os.set_blocking(descriptor, True)
        return open(descriptor, "rb")
    return where.open("rb")


def chain_place(path: Path) -> Path:
    """Where the chain lies that a name stands for: a bare name that is no file here may be one of the kept chains'."""
    if path.name != str(path) or path.exists():
        return path
    from chainview.system.files.locations import chains_folder

    kept = chains_folder() / path
    return kept if os.path.isfile(kept) else path


def _open_file(name: str, file: BinaryIO) -> OpenedChain:
    try:
        data = FileBytes(file.fileno(), name)
        if not len(data):
            raise ChainviewError(f"{name} is empty: nothing was recorded into it")
        format = detect(data)
        if format == NATIVE:
            return OpenedChain(name, format, NativeIndex(data), data, file)
        if format is not None:
            # The readers of other formats are loaded where there is one of those.
            from chainview.chain.files.theater.index import FormatIndex, reader_of

            return OpenedChain(name, format, FormatIndex(data, reader_of(format)(data)), data, file)
        store = _stored_chain(Path(name), data[:NEAR]) if len(data) <= NEAR else None
        if store is None:
            raise _no_chain(name, data[:ENOUGH])
    except BaseException:
        file.close()
        raise
    file.close()
    return _open_store(name, store)


def _stored_chain(where: Path, head: bytes | None = None) -> StoredChain | None:
    from chainview.chain.files.theater.store import stored_chain

    return stored_chain(where, head)


def _open_store(name: str, store: StoredChain | None) -> OpenedChain:
    if store is None:
        raise ChainviewError(
            f"{name} is a folder, and no content store of Theater with a chain in it: give a chain file"
        )
    from chainview.chain.files.theater.index import FormatIndex

    return OpenedChain(name, "store", FormatIndex(b"", store.entries()), b"", None)


def _no_chain(name: str, head: bytes) -> ChainviewError:
    if changed := changed_text(head):
        return ChainviewError(f"{name} is {changed}")
    if kind := file_kind(head):
        return ChainviewError(f"{name} is no chain but {kind}; {_LOOKED_FOR} was looked for")
    return ChainviewError(f"{name} is no chain: it does not begin like {_LOOKED_FOR}")


def _copied(name: str, stream: BinaryIO) -> BinaryIO:
    """A temporary file of all that a stream gives; raises when its beginning is no chain's."""
    if stream.isatty():
        raise ChainviewError(f"{name} is a terminal: give a chain file, or pipe a chain in")
    first = read_waiting(stream, NEAR)
    if first and detect(first) is None:
        raise _no_chain(name, first[:ENOUGH])
    # Few chains come through a pipe.
    import tempfile

    try:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the chain that is read from it
    except OSError as error:
        raise no_copy(name, error) from None
    try:
        size = 0
        while first:
            size += len(first)
            if size > _MOST_PIPED:
                raise ChainviewError(
                    f"{name} gives more than {_MOST_PIPED >> 30} GiB: write it to a file, and open that"
                )
            try:
                write_all(file.fileno(), first)
            except OSError as error:
                raise no_copy(name, error) from None
            first = read_waiting(stream, 1 << 20)
    except BaseException:
        file.close()
        raise
    return file
