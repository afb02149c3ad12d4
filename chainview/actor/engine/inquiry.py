"""What a module is asked about itself before it runs: its declared types, and which values it can read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import wasmtime

from chainview.actor.engine.binding import Exports, Memory, Trapped, export_function
from chainview.actor.engine.linkage import Given, Linkage
from chainview.actor.engine.stacks import frames_of
from chainview.actor.engine.store import limit_store, not_started, start_refusal
from chainview.actor.limits import Limits
from chainview.actor.module import ModuleError, ModuleFile
from chainview.pack.cgrf.limits import HEADER_SIZE, MAGIC, NEWEST, OLDEST
from chainview.pack.declared.metadata import Metadata, MetadataError, parse_metadata

_MOST_ASKED = 8
REFUSED_VERSION = b"Unsupported version"
"""What a guest says that does not speak the version of what it was given."""
_REFUSED_ARRAY = b"InvalidTag(21)"
"""What a guest says that is older than arrays, of which 21 is the kind."""
_DEBUG_FORM = b"InvalidTag"
_SLOTS = (16384, 16388)
_MOST_SECONDS = 5.0


class Inquiry:
    """Asks instances of a module whose host functions trap, within bounds of time and memory.

    `symbols` are its exports of the Pack calling convention. Asked for what it can read, none of them runs code of its
    own that reads what it is given.
    """

    def __init__(
        self, file: ModuleFile, engine: wasmtime.Engine, linkage: Linkage, symbols: tuple[str, ...], limits: Limits
    ) -> None:
        self._file, self._engine, self._linkage = file, engine, linkage
        self._symbols, self._limits = symbols[:_MOST_ASKED], limits

    def metadata(self) -> Metadata | None:
        """What `__pack_types` gives, None where that export is no function that tells; raises ModuleError.

        A start function that never ends is refused, and so are types that are never told.
        """
        with self._store() as store:
            try:
                exports, memory = self._instance(store)
            except (Trapped, wasmtime.WasmtimeError, wasmtime.Trap) as error:
                told = str(Trapped(error) if isinstance(error, wasmtime.Trap) else error)
                raise not_started(self._file.path, start_refusal(told, self._limits), frames_of(told)) from None
            types = export_function(store, exports, "__pack_types", 2, 1)
            return None if types is None else self._told_metadata(types, memory)

    def spoken_version(self) -> int:
        """The CGRF version that a module without metadata speaks: the newest, unless it refuses that.

        One that never looks at the version of what it is given takes the oldest, in which it was recorded before.
        """
        if REFUSED_VERSION not in self._file.data:
            return OLDEST
        with self._store() as store:
            for symbol in self._symbols:
                for refused, spoken in ((NEWEST, OLDEST), (OLDEST, NEWEST)):
                    # That is no value in any version.
                    if REFUSED_VERSION in self._refusal(store, symbol, _header(refused, 0)):
                        return spoken
        return OLDEST

    def knows_arrays(self) -> bool:
        """Whether a module of CGRF 2 can be given lists of numbers, which the oldest have no kind of node for."""
        if _DEBUG_FORM not in self._file.data:
            return True
        # An array of what nothing is: it is no value for those that know arrays either.
        asked = _header(OLDEST, 1) + b"\x15\0\0\0\x05\0\0\0\xff\0\0\0\0"
        with self._store() as store:
            return not any(_REFUSED_ARRAY in self._refusal(store, symbol, asked) for symbol in self._symbols[:1])

    @contextmanager
    def _store(self) -> Iterator[wasmtime.Store]:
        store = wasmtime.Store(self._engine)
        limit_store(store, self._limits.memory)
        store.set_epoch_deadline(1)
        # An engine that does not measure fuel refuses to be given any.
        with suppress(wasmtime.WasmtimeError):
            store.set_fuel(1 << 40)
        guard = threading.Timer(_MOST_SECONDS, self._engine.increment_epoch)
        guard.daemon = True
        guard.start()
        try:
            yield store
        finally:
            guard.cancel()

    def _instance(self, store: wasmtime.Store) -> tuple[Exports, Memory]:
        given, linker = Given(store, self._linkage), wasmtime.Linker(self._engine)
        for (interface, name), extern in given.externs.items():
            linker.define(store, interface, name, extern)
        linker.define_unknown_imports_as_traps(self._linkage.module)
        exports = Exports(store, linker.instantiate(store, self._linkage.module))
        return exports, Memory(store, given.settle(exports))

    def _told_metadata(self, types: Callable[..., int], memory: Memory) -> Metadata:
        path = self._file.path
        try:
            refused = types(*_SLOTS) != 0
        except (Trapped, wasmtime.WasmtimeError, wasmtime.Trap) as error:
            told = str(error).strip().rpartition("\n")[2].strip()
            reason = "does not end" if told == "wasm trap: interrupt" else f"fails: {told}"
            raise ModuleError(f"{path} does not tell its type metadata: its __pack_types {reason}") from None
        if refused:
            raise ModuleError(f"{path} refuses to tell its type metadata (its __pack_types reports an error)")
        try:
            return parse_metadata(_told(memory))
        except (IndexError, MetadataError) as error:
            reason = error.sentence if isinstance(error, MetadataError) else f"it points outside its memory ({error})"
            raise ModuleError(f"{path} has type metadata that can't be read: {reason}") from None

    def _refusal(self, store: wasmtime.Store, symbol: str, asked: bytes) -> bytes:
        """What an export says that refuses what it is given; nothing where it does not, or fails."""
        with suppress(Trapped, wasmtime.WasmtimeError, wasmtime.Trap, IndexError):
            exports, memory = self._instance(store)
            allocate = export_function(store, exports, "__pack_alloc", 1, 1)
            function = export_function(store, exports, symbol, 4, 1)
            assert function is not None
            pointer = 0 if allocate is None else allocate(len(asked)) & 0xFFFF_FFFF
            memory.write(pointer, asked)
            if function(pointer, len(asked), *_SLOTS) != 0:
                return _told(memory)
        return b""


def _header(version: int, nodes: int) -> bytes:
    return (MAGIC + bytes((version, 0, 0, 0, nodes))).ljust(HEADER_SIZE, b"\0")


def _told(memory: Memory) -> bytes:
    """The bytes that a call told of in its two slots; raises IndexError where these point outside the memory."""
    pointer, length = (int.from_bytes(memory.read(slot, 4), "little") for slot in _SLOTS)
    return memory.read(pointer, length)
