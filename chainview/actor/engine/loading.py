"""From a file to a compiled module: what it is, exports, imports and declares, without running its functions."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import wasmtime

from chainview.actor.engine.binding import Memory, Trapped, export_function, is_i32_function, probe_code
from chainview.actor.engine.linkage import Given, Linkage, is_allocator, linkage_of
from chainview.actor.engine.store import limit_store, start_refusal
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.module import Import, Module, ModuleError, ModuleFile
from chainview.pack.cgrf.limits import HEADER_SIZE, MAGIC, NEWEST, OLDEST
from chainview.pack.declared.metadata import Metadata, MetadataError, parse_metadata
from chainview.system.errors import words_of

ENGINE = "wasmtime 50.0.1"
"""The pinned engine; asking the package for its version would take 60 ms."""
LARGEST_MODULE = 512 * 1024 * 1024
_PLUMBING = frozenset({"memory", "__pack_alloc", "__pack_free", "__pack_types"})
RESUME = "__pack_resume"
"""What every module of the asynchronous convention exports, which came after CGRF 3."""
_MOST_ASKED = 8
_REFUSAL = b"Unsupported version"
"""What a guest says that does not speak the version of what it was given."""
_SLOTS = (16384, 16388)
_TYPES_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class LoadedModule(Module):
    """A module compiled for an engine of its own."""

    engine: wasmtime.Engine
    code: wasmtime.Module
    linkage: Linkage
    probe: wasmtime.Module
    """The code of the helper that looks at the stack of its instances."""


def read_module(path: Path) -> ModuleFile:
    """The module at `path`; text (`.wat`) is assembled. Raises ModuleError naming what else the file is."""
    try:
        if path.is_dir():
            raise ModuleError(f"{path} is a folder: name a .wasm module, a .wat text or a manifest.toml")
        if not path.is_file():
            raise ModuleError(f"{path} is no regular file: name a .wasm module, a .wat text or a manifest.toml")
        if path.stat().st_size > LARGEST_MODULE:
            raise ModuleError(f"{path} is larger than {LARGEST_MODULE >> 20} MiB, too large for a module")
        data = path.read_bytes()
    except OSError as error:
        raise ModuleError(f"can't read the module {path}: {words_of(error)}") from None
    binary = data if data.startswith(b"\0asm") else _assembled(path, data)
    _refuse_other_kinds(path, binary)
    return ModuleFile(path, path.name, binary, hashlib.sha256(binary).hexdigest())


def _assembled(path: Path, data: bytes) -> bytes:
    if not data:
        raise ModuleError(f"{path} is empty: a .wasm module was needed (is the build still running?)")
    text = data.lstrip()
    if path.suffix != ".wat" and not text.startswith((b"(module", b";;", b"(;")):
        raise ModuleError(
            f"{path} is no WebAssembly module: it does not begin with the bytes 00 61 73 6d; "
            "build the actor for wasm32-unknown-unknown and name the .wasm file"
        )
    try:
        return bytes(wasmtime.wat2wasm(data))
    except (wasmtime.WasmtimeError, UnicodeDecodeError) as error:
        raise ModuleError(f"{path} is no valid WebAssembly text: {_first_line(error)}") from None


def _refuse_other_kinds(path: Path, binary: bytes) -> None:
    version = binary[4:8]
    if version == b"\x0d\0\x01\0":
        raise ModuleError(
            f"{path} is a WebAssembly component: Pack actors are core modules, "
            "so build it for wasm32-unknown-unknown with packr-guest, not as a component"
        )
    if len(binary) >= 8 and version != b"\x01\0\0\0":
        raise ModuleError(f"{path} is WebAssembly of an unknown version ({version.hex(' ')}): version 1 is needed")


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


def load_module(path: Path, limits: Limits = DEFAULT_LIMITS) -> LoadedModule:
    """The module at `path`, compiled; raises ModuleError."""
    return compile_module(read_module(path), limits)


def compile_module(file: ModuleFile, limits: Limits = DEFAULT_LIMITS) -> LoadedModule:
    """The module compiled for an engine of its own, so that stopping it stops nothing else; raises ModuleError."""
    # The engine adds file and line to its backtraces only when it finds this as it starts.
    os.environ.setdefault("WASMTIME_BACKTRACE_DETAILS", "1")
    config = wasmtime.Config()
    config.epoch_interruption = True
    config.consume_fuel = limits.fuel
    # A NaN's bits would otherwise depend on the processor, and so would every later hash.
    config.cranelift_nan_canonicalization = True
    engine = wasmtime.Engine(config)
    try:
        module = wasmtime.Module(engine, file.data)
    except wasmtime.WasmtimeError as error:
        details = str(error).strip().split("\n")
        raise ModuleError(f"{file.path} is no valid WebAssembly module: {details[-1].strip()}") from None
    linkage = linkage_of(file, engine, module)
    _require_pack(file, module)
    metadata = _read_metadata(file, engine, linkage, limits.memory)
    return LoadedModule(
        file=file,
        symbols=_pack_symbols(module),
        imports=_function_imports(module),
        metadata=metadata,
        version=_spoken_version(file, engine, linkage, limits.memory) if metadata is None else metadata.version,
        asynchronous=_is_asynchronous(module),
        engine=engine,
        code=module,
        linkage=linkage,
        probe=probe_code(engine),
    )


def _require_pack(file: ModuleFile, module: wasmtime.Module) -> None:
    """Refuses, with a ModuleError, a module that the Pack calling convention can't be used on."""
    kinds = {export.name: export.type for export in module.exports}
    if not any(isinstance(kind, wasmtime.MemoryType) for kind in (kinds.get("memory"), *_imported(module))):
        raise ModuleError(f"{file.path} exports no memory named `memory`: it is not built with packr-guest")
    if _is_asynchronous(module) and "__pack_alloc" not in kinds:
        raise ModuleError(
            f"{file.path} exports {RESUME} but no `__pack_alloc`, so that no host call of it can be answered: "
            "build it with packr-guest's setup_async_guest!"
        )
    if not _pack_symbols(module):
        raise ModuleError(
            f"{file.path} exports no function of the Pack calling convention (four i32 parameters, one i32 result): "
            "mark the functions of the actor with packr-guest's #[export]"
        )


def _imported(module: wasmtime.Module) -> tuple[object, ...]:
    return tuple(each.type for each in module.imports)


def _pack_symbols(module: wasmtime.Module) -> tuple[str, ...]:
    """The symbols that follow the Pack calling convention, in the module's order."""
    return tuple(
        export.name
        for export in module.exports
        if export.name not in _PLUMBING
        and isinstance(export.type, wasmtime.FuncType)
        and is_i32_function(export.type.params, export.type.results, 4, 1)
    )


def _is_asynchronous(module: wasmtime.Module) -> bool:
    """Whether it follows the asynchronous convention of packr-guest 0.24."""
    kind = next((export.type for export in module.exports if export.name == RESUME), None)
    return isinstance(kind, wasmtime.FuncType) and is_i32_function(kind.params, kind.results, 5, 1)


def _function_imports(module: wasmtime.Module) -> tuple[Import, ...]:
    """The imported host functions, in the module's order."""
    imports = []
    for each in module.imports:
        kind = each.type
        if isinstance(kind, wasmtime.FuncType) and not is_allocator(each.module, each.name or "", kind):
            shape = f"({', '.join(map(str, kind.params))}) -> ({', '.join(map(str, kind.results))})"
            fits = is_i32_function(kind.params, kind.results, 4, 1)
            imports.append(Import(each.module, each.name or "", fits, shape))
    return tuple(imports)


def _read_metadata(file: ModuleFile, engine: wasmtime.Engine, linkage: Linkage, memory: int) -> Metadata | None:
    """The metadata that `__pack_types` gives, None where the module has no such export; raises ModuleError.

    The engine's epoch is advanced after five seconds, so that a start function that never ends is refused.
    """
    if not any(export.name == "__pack_types" for export in linkage.module.exports):
        return None
    with _guarded_store(engine, memory) as store:
        try:
            return _ask_types(file, engine, store, linkage)
        except (Trapped, wasmtime.WasmtimeError, wasmtime.Trap) as error:
            raise ModuleError(f"{file.path} does not start: {start_refusal(str(error))}") from None


@contextmanager
def _guarded_store(engine: wasmtime.Engine, memory: int) -> Iterator[wasmtime.Store]:
    """A store for a question to a module, whose epoch is advanced after five seconds."""
    store = wasmtime.Store(engine)
    limit_store(store, memory)
    store.set_epoch_deadline(1)
    # An engine that does not measure fuel refuses to be given any.
    with suppress(wasmtime.WasmtimeError):
        store.set_fuel(1 << 40)
    guard = threading.Timer(_TYPES_SECONDS, engine.increment_epoch)
    guard.daemon = True
    guard.start()
    try:
        yield store
    finally:
        guard.cancel()


def _closed(
    engine: wasmtime.Engine, store: wasmtime.Store, linkage: Linkage
) -> tuple[wasmtime._instance.InstanceExports, Memory]:
    """The exports and the memory of an instance whose host functions trap."""
    given, linker = Given(store, linkage), wasmtime.Linker(engine)
    for (interface, name), extern in given.externs.items():
        linker.define(store, interface, name, extern)
    linker.define_unknown_imports_as_traps(linkage.module)
    exports = linker.instantiate(store, linkage.module).exports(store)
    return exports, Memory(store, given.settle(exports))


def _ask_types(file: ModuleFile, engine: wasmtime.Engine, store: wasmtime.Store, linkage: Linkage) -> Metadata | None:
    exports, view = _closed(engine, store, linkage)
    types = export_function(store, exports, "__pack_types", 2, 1)
    if types is None:
        return None
    if types(*_SLOTS) != 0:
        raise ModuleError(f"{file.path} refuses to tell its type metadata (its __pack_types reports an error)")
    try:
        return parse_metadata(_told(view))
    except (IndexError, MetadataError) as error:
        reason = error.sentence if isinstance(error, MetadataError) else f"it points outside its memory ({error})"
        raise ModuleError(f"{file.path} has type metadata that can't be read: {reason}") from None


def _told(view: Memory) -> bytes:
    """The bytes that a call told of in its two slots; raises IndexError where these point outside the memory."""
    pointer, length = (int.from_bytes(view.read(slot, 4), "little") for slot in _SLOTS)
    return view.read(pointer, length)


def _spoken_version(file: ModuleFile, engine: wasmtime.Engine, linkage: Linkage, memory: int) -> int:
    """The CGRF version that a module without metadata speaks: the newest, unless it refuses that.

    One that never looks at the version of what it is given takes the oldest, in which it was recorded before.
    """
    if any(export.name == RESUME for export in linkage.module.exports):
        return NEWEST
    if _REFUSAL not in file.data:
        return OLDEST
    with _guarded_store(engine, memory) as store:
        for symbol in _pack_symbols(linkage.module)[:_MOST_ASKED]:
            for refused, spoken in ((NEWEST, OLDEST), (OLDEST, NEWEST)):
                with suppress(Trapped, wasmtime.WasmtimeError, wasmtime.Trap, IndexError):
                    if _refuses(engine, store, linkage, symbol, refused):
                        return spoken
    return OLDEST


def _refuses(engine: wasmtime.Engine, store: wasmtime.Store, linkage: Linkage, symbol: str, version: int) -> bool:
    """Whether an export refuses the version of a header with nothing behind it.

    That is no value in any version, so an export that reads what it is given runs no code of its own.
    """
    exports, view = _closed(engine, store, linkage)
    allocate, function = (
        export_function(store, exports, "__pack_alloc", 1, 1),
        export_function(store, exports, symbol, 4, 1),
    )
    assert function is not None
    pointer = 0 if allocate is None else allocate(HEADER_SIZE) & 0xFFFF_FFFF
    view.write(pointer, MAGIC + bytes((version,)).ljust(HEADER_SIZE - len(MAGIC), b"\0"))
    return function(pointer, HEADER_SIZE, *_SLOTS) != 0 and _REFUSAL in _told(view)
