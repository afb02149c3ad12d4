"""Compiling a module for an engine of its own."""

from __future__ import annotations

import os

import wasmtime

from chainview.actor.engine.limits import DEFAULT_LIMITS, Limits
from chainview.actor.engine.metadata import read_metadata
from chainview.actor.engine.module import (
    LoadedModule,
    ModuleError,
    ModuleFile,
    function_imports,
    pack_exports,
    require_pack,
)

ENGINE = "wasmtime 50.0.1"
"""The pinned engine; asking the package for its version would take 60 ms."""


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
    require_pack(file, module)
    return LoadedModule(
        file=file,
        engine=engine,
        module=module,
        exports=pack_exports(module),
        imports=function_imports(module),
        metadata=read_metadata(file, engine, module, limits.memory),
    )
