"""Asking a module for its embedded type metadata, in an instance whose imports all trap."""

from __future__ import annotations

import threading
from contextlib import suppress

import wasmtime

from chainview.actor.engine.binding import Memory, Trapped, export_function
from chainview.actor.engine.limits import limit_store, start_refusal
from chainview.actor.engine.module import ModuleError, ModuleFile
from chainview.pack.declared.metadata import Metadata, MetadataError, parse_metadata

RESULT_SLOTS = (16384, 16388)
_SECONDS = 5.0


def read_metadata(file: ModuleFile, engine: wasmtime.Engine, module: wasmtime.Module, memory: int) -> Metadata | None:
    """The metadata that `__pack_types` gives, None where the module has no such export; raises ModuleError.

    The engine's epoch is advanced after five seconds, so that a start function that never ends is refused.
    """
    if not any(export.name == "__pack_types" for export in module.exports):
        return None
    store = wasmtime.Store(engine)
    limit_store(store, memory)
    store.set_epoch_deadline(1)
    # An engine that does not measure fuel refuses to be given any.
    with suppress(wasmtime.WasmtimeError):
        store.set_fuel(1 << 40)
    guard = threading.Timer(_SECONDS, engine.increment_epoch)
    guard.daemon = True
    guard.start()
    try:
        return _ask(file, engine, store, module)
    except (Trapped, wasmtime.WasmtimeError, wasmtime.Trap) as error:
        raise ModuleError(f"{file.path} does not start: {start_refusal(str(error))}") from None
    finally:
        guard.cancel()


def _ask(file: ModuleFile, engine: wasmtime.Engine, store: wasmtime.Store, module: wasmtime.Module) -> Metadata | None:
    linker = wasmtime.Linker(engine)
    linker.define_unknown_imports_as_traps(module)
    exports = linker.instantiate(store, module).exports(store)
    memory, types = exports["memory"], export_function(store, exports, "__pack_types", 2, 1)
    if types is None or not isinstance(memory, wasmtime.Memory):
        return None
    if types(*RESULT_SLOTS) != 0:
        raise ModuleError(f"{file.path} refuses to tell its type metadata (its __pack_types reports an error)")
    view = Memory(store, memory)
    try:
        pointer, length = (int.from_bytes(view.read(slot, 4), "little") for slot in RESULT_SLOTS)
        return parse_metadata(view.read(pointer, length))
    except (IndexError, MetadataError) as error:
        reason = error.sentence if isinstance(error, MetadataError) else f"it points outside its memory ({error})"
        raise ModuleError(f"{file.path} has type metadata that can't be read: {reason}") from None
