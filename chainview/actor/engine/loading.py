"""From a file to a compiled module: what it is, exports, imports and declares, without running its functions."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import wasmtime

from chainview.actor.engine.binding import baseline_engine, is_i32_function, probe_code
from chainview.actor.engine.inquiry import REFUSED_VERSION, Inquiry
from chainview.actor.engine.linkage import Linkage, is_allocator, linkage_of
from chainview.actor.engine.sections import custom_sections, sections
from chainview.actor.engine.wat import NoWat, assembled
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.module import Import, Module, ModuleError, ModuleFile
from chainview.chain.files.native.layout import MAGIC
from chainview.core.compiled import compiled
from chainview.pack.cgrf.limits import NEWEST, OLDEST
from chainview.system.errors import words_of
from chainview.system.files.file_kind import BYTE_ORDER_MARK, ENOUGH, file_kind
from chainview.system.files.text_file import NoRegularFile, read_regular

ENGINE = "wasmtime 50.0.1"
"""The pinned engine; asking the package for its version would take 60 ms."""
_DETAILS = "WASMTIME_BACKTRACE_DETAILS"
LARGEST_MODULE = 512 * 1024 * 1024
MOST_OF_A_KIND = 200_000
"""The engine takes up to 6 kB of memory for each, also where four bytes of a module make one."""
_BOUNDED = {2: "imports", 3: "functions", 7: "exports"}
"""By their sections; the engine has less room for anything else, or it takes no more than some times its bytes."""
_PLUMBING = frozenset({"memory", "__pack_alloc", "__pack_free", "__pack_types"})
RESUME = "__pack_resume"
"""What every module of the asynchronous convention exports, which came after CGRF 3."""
_OTHER_TARGETS = (
    (re.compile("wasi[_:]"), "WASI"),
    (re.compile("wbg$|__wbindgen"), "wasm-bindgen, for a browser"),
    (re.compile("go(?:js)?$"), "Go's own host"),
)
"""What a module was built for, by the name of a module that it imports from."""
_CRATES_OF_JANUARY = (b"composite_abi", b"composite_guest", b"pack_abi", b"pack_guest")


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
            raise NoRegularFile
        if path.stat().st_size > LARGEST_MODULE:
            raise ModuleError(f"{path} is larger than {LARGEST_MODULE >> 20} MiB, too large for a module")
        # What stands there now may be another one than a moment ago, which nothing waits for.
        data = read_regular(path, LARGEST_MODULE)
    except NoRegularFile:
        raise ModuleError(f"{path} is no regular file: name a .wasm module, a .wat text or a manifest.toml") from None
    except OSError as error:
        raise ModuleError(f"can't read the module {path}: {words_of(error)}") from None
    return module_of(path, data)


def module_of(path: Path, data: bytes) -> ModuleFile:
    """The module that these bytes are, which go by that path; raises ModuleError as `read_module` does."""
    binary = data if data.startswith(b"\0asm") else _assembled(path, data)
    _refuse_other_kinds(path, binary)
    return ModuleFile(path, path.name, binary, hashlib.sha256(binary).hexdigest())


def _assembled(path: Path, data: bytes) -> bytes:
    if not data:
        raise ModuleError(f"{path} is empty: a .wasm module was needed (is the build still running?)")
    head, data = data[:ENOUGH], data.removeprefix(BYTE_ORDER_MARK)
    text = data.lstrip()
    if kind := _other_kind(data, text) or file_kind(head):
        raise ModuleError(f"{path} is no WebAssembly module but {kind} (a .wasm, a .wat or a manifest.toml was needed)")
    if path.suffix != ".wat" and not text.startswith((b"(module", b";;", b"(;")):
        raise ModuleError(
            f"{path} is no WebAssembly module: it does not begin with the bytes 00 61 73 6d; "
            "build the actor for wasm32-unknown-unknown and name the .wasm file"
        )
    try:
        return assembled(data)
    except NoWat as error:
        raise ModuleError(f"{path} is no valid WebAssembly text: {_first_line(error)}") from None


def _other_kind(data: bytes, text: bytes) -> str:
    """What is given in the place of a module, and what to do about it; empty where nothing tells."""
    if data.startswith(MAGIC):
        return "a chain: the module comes first, the chain behind it"
    if text.startswith((b"{", b"[")) and _is_json(data):
        return "JSON"
    if text.startswith(b"(component"):
        return "the text of a WebAssembly component, and Pack actors are core modules"
    return ""


def _is_json(data: bytes) -> bool:
    """Whether its beginning is that of JSON rather than of anything else in brackets."""
    return re.match(rb'\s*(?:\{\s*(?:"|\})|\[\s*(?:[{\["\]0-9-]|true|false|null))', data) is not None


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
    _refuse_very_many(file)
    # The engine adds file and line to its backtraces only when it finds this as it starts.
    os.environ.setdefault(_DETAILS, "1")
    config = wasmtime.Config()
    config.epoch_interruption = True
    config.consume_fuel = limits.fuel
    config.cranelift_nan_canonicalization = limits.canonical_nan
    engine = wasmtime.Engine(config)
    try:
        module = compiled(engine, file.data, f"{limits.fuel} {limits.canonical_nan} {os.environ[_DETAILS]}")
    except wasmtime.WasmtimeError as error:
        details = str(error).strip().split("\n")
        raise ModuleError(f"{file.path} is no valid WebAssembly module: {details[-1].strip()}") from None
    # The binding makes a module's exports anew each time they are asked for.
    exports: dict[str, object] = {export.name: export.type for export in module.exports}
    linkage = linkage_of(file, engine, module, exports)
    _refuse_other_targets(file, module)
    symbols, asynchronous = _pack_symbols(exports), _is_asynchronous(exports)
    _require_pack(file, module, exports, symbols)
    inquiry = Inquiry(file, engine, linkage, symbols, limits)
    metadata = inquiry.metadata() if "__pack_types" in exports else None
    version = metadata.version if metadata else NEWEST if asynchronous else inquiry.spoken_version()
    may_be_early = version == OLDEST and (metadata is None or not metadata.export_hashes)
    return LoadedModule(
        file=file,
        symbols=symbols,
        imports=_function_imports(module),
        metadata=metadata,
        version=version,
        asynchronous=asynchronous,
        knows_arrays=not may_be_early or inquiry.knows_arrays(),
        self_contained=linkage.is_empty,
        engine=engine,
        code=module,
        linkage=linkage,
        probe=probe_code(engine),
    )


def with_other_code(loaded: LoadedModule, data: bytes, *, soon: bool = False) -> LoadedModule | None:
    """A module of which no more than the code of functions is another one; None where it is no valid module.

    Where that is wanted `soon` it is compiled for the engine whose compiler is the fastest, if that takes it.
    """
    if not is_valid(loaded, data):
        return None
    file = replace(loaded.file, data=data, sha256=hashlib.sha256(data).hexdigest())
    engine = baseline_engine() if soon else None
    if engine is not None:
        # A baseline compiler does not know all that may stand in a module.
        with suppress(wasmtime.WasmtimeError):
            code = wasmtime.Module(engine, data)
            linkage = replace(loaded.linkage, module=code)
            return replace(loaded, file=file, engine=engine, code=code, linkage=linkage, probe=probe_code(engine))
    code = wasmtime.Module(loaded.engine, data)
    return replace(loaded, file=file, code=code, linkage=replace(loaded.linkage, module=code))


def is_valid(loaded: LoadedModule, data: bytes) -> bool:
    """Whether these bytes are a module that the engine of another one takes; far faster than to compile them."""
    try:
        wasmtime.Module.validate(loaded.engine, data)
    except wasmtime.WasmtimeError:
        return False
    return True


def _refuse_very_many(file: ModuleFile) -> None:
    """Names a module that would take hundreds of times its size to compile; what is broken is left to the engine."""
    with suppress(IndexError):
        for kind, section in sections(file.data):
            name = _BOUNDED.get(kind)
            if name is not None and (count := section.number()) > MOST_OF_A_KIND:
                raise ModuleError(f"{file.path} has {count:,} {name}, more than the {MOST_OF_A_KIND:,} of any actor")


def _refuse_other_targets(file: ModuleFile, module: wasmtime.Module) -> None:
    """Refuses, with a ModuleError, what was built for another host, or not to its end."""
    for each in module.imports:
        for names, target in _OTHER_TARGETS:
            if names.match(each.module):
                raise ModuleError(
                    f"{file.path} is built for {target}: it imports {each.module}.{each.name}, which no host of Pack "
                    "provides; build it for wasm32-unknown-unknown with packr-guest"
                )
    if any(name.startswith("reloc.") for name, _ in custom_sections(file.data)):
        raise ModuleError(f"{file.path} is an object file that was not linked yet: name the linked module")


def _require_pack(
    file: ModuleFile, module: wasmtime.Module, kinds: Mapping[str, object], symbols: tuple[str, ...]
) -> None:
    """Refuses, with a ModuleError, a module that the Pack calling convention can't be used on."""
    if not any(isinstance(kind, wasmtime.MemoryType) for kind in (kinds.get("memory"), *_imported(module))):
        raise ModuleError(f"{file.path} exports no memory named `memory`: it is not built with packr-guest")
    if _is_asynchronous(kinds) and "__pack_alloc" not in kinds:
        raise ModuleError(
            f"{file.path} exports {RESUME} but no `__pack_alloc`, so that no host call of it can be answered: "
            "build it with packr-guest's setup_async_guest!"
        )
    if "__pack_alloc" not in kinds and any(each in file.data for each in (REFUSED_VERSION, *_CRATES_OF_JANUARY)):
        raise ModuleError(
            f"{file.path} is a guest of January 2026, from before packr-guest 0.4: its functions return a length and "
            "have no allocator, which no host has spoken since; build it with packr-guest 0.4 or later"
        )
    if not symbols:
        raise ModuleError(
            f"{file.path} exports no function of the Pack calling convention (four i32 parameters, one i32 result): "
            "mark the functions of the actor with packr-guest's #[export]"
        )


def _imported(module: wasmtime.Module) -> tuple[object, ...]:
    return tuple(each.type for each in module.imports)


def _pack_symbols(exports: Mapping[str, object]) -> tuple[str, ...]:
    """The symbols that follow the Pack calling convention, in the module's order."""
    return tuple(
        name
        for name, kind in exports.items()
        if name not in _PLUMBING and isinstance(kind, wasmtime.FuncType) and is_i32_function(kind, 4, 1)
    )


def _is_asynchronous(exports: Mapping[str, object]) -> bool:
    """Whether it follows the asynchronous convention of packr-guest 0.24."""
    kind = exports.get(RESUME)
    return isinstance(kind, wasmtime.FuncType) and is_i32_function(kind, 5, 1)


def _function_imports(module: wasmtime.Module) -> tuple[Import, ...]:
    """The imported host functions, in the module's order."""
    imports = []
    for each in module.imports:
        kind = each.type
        if isinstance(kind, wasmtime.FuncType) and not is_allocator(each.module, each.name or "", kind):
            shape = f"({', '.join(map(str, kind.params))}) -> ({', '.join(map(str, kind.results))})"
            fits = is_i32_function(kind, 4, 1)
            imports.append(Import(each.module, each.name or "", fits, shape))
    return tuple(imports)
