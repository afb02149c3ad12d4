"""A WebAssembly module as a file: what it is, what it exports, imports and declares, without running its functions."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import wasmtime

from chainview.actor.engine.binding import is_i32_function
from chainview.chain.payload import INIT
from chainview.pack.declared.metadata import Metadata
from chainview.system.errors import ChainviewError

LARGEST_MODULE = 512 * 1024 * 1024
_PLUMBING = frozenset({"memory", "__pack_alloc", "__pack_free", "__pack_types"})


class ModuleError(ChainviewError):
    """The file is no module that can be run here; the sentence says what it is and what is needed."""


class ModuleKind(StrEnum):
    """What a Pack module is: an actor has an init, a package is called with its arguments alone."""

    ACTOR = "actor"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported function; `callable` says whether it has the shape of the Pack calling convention."""

    interface: str
    function: str
    callable: bool
    shape: str


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module's bytes as they were read, with the name they go by and their SHA-256 in hex."""

    path: Path
    name: str
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class LoadedModule:
    """A compiled module; `exports` are the symbols that follow the Pack calling convention, in the module's order."""

    file: ModuleFile
    engine: wasmtime.Engine
    module: wasmtime.Module
    exports: tuple[str, ...]
    imports: tuple[Import, ...]
    metadata: Metadata | None

    @property
    def kind(self) -> ModuleKind:
        """An actor when it exports an init."""
        return ModuleKind.ACTOR if INIT in self.exports else ModuleKind.PACKAGE


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
        raise ModuleError(f"can't read the module {path}: {(error.strerror or str(error)).lower()}") from None
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


def require_pack(file: ModuleFile, module: wasmtime.Module) -> None:
    """Refuses, with a ModuleError, a module that the Pack calling convention can't be used on."""
    kinds = {export.name: export.type for export in module.exports}
    foreign = [each for each in module.imports if not isinstance(each.type, wasmtime.FuncType)]
    if foreign:
        names = ", ".join(sorted({f"{each.module}.{each.name}" for each in foreign}))
        raise ModuleError(
            f"{file.path} imports {names}, which is no function: position-independent modules of packr 0.8 to 0.10 "
            "can't run alone; build with packr-guest 0.4 to 0.7, or 0.11 and later"
        )
    if not isinstance(kinds.get("memory"), wasmtime.MemoryType):
        raise ModuleError(f"{file.path} exports no memory named `memory`: it is not built with packr-guest")
    if not pack_exports(module):
        raise ModuleError(
            f"{file.path} exports no function of the Pack calling convention (four i32 parameters, one i32 result): "
            "mark the functions of the actor with packr-guest's #[export]"
        )


def pack_exports(module: wasmtime.Module) -> tuple[str, ...]:
    """The symbols that follow the Pack calling convention, in the module's order."""
    return tuple(
        export.name
        for export in module.exports
        if export.name not in _PLUMBING
        and isinstance(export.type, wasmtime.FuncType)
        and is_i32_function(export.type.params, export.type.results, 4, 1)
    )


def function_imports(module: wasmtime.Module) -> tuple[Import, ...]:
    """The imported functions, in the module's order."""
    imports = []
    for each in module.imports:
        kind = each.type
        if isinstance(kind, wasmtime.FuncType):
            shape = f"({', '.join(map(str, kind.params))}) -> ({', '.join(map(str, kind.results))})"
            fits = is_i32_function(kind.params, kind.results, 4, 1)
            imports.append(Import(each.module, each.name or "", fits, shape))
    return tuple(imports)
