"""Compiled modules, kept from one command to the next: compiling takes a hundred times as long as reading again."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256

import wasmtime

from chainview.system.files.compiled_code import keep_code, kept_code

LEAST_KEPT = 1 << 13
"""Bytes of a module from which keeping its code pays."""


def compiled(engine: wasmtime.Engine, data: bytes, settings: str) -> wasmtime.Module:
    """The module, compiled now, or by an earlier command for an engine of the same settings; raises WasmtimeError.

    The engine's own cache would do, if it noticed a damaged file: it ran other code than it had compiled.
    """
    if len(data) < LEAST_KEPT:
        return wasmtime.Module(engine, data)
    name = sha256(f"{settings} {sha256(data).hexdigest()}".encode()).hexdigest()
    code = kept_code(name)
    if code is not None:
        # An engine of another version, or on another machine whose home this is too, refuses it.
        with suppress(wasmtime.WasmtimeError):
            return wasmtime.Module.deserialize(engine, code)
    module = wasmtime.Module(engine, data)
    with suppress(wasmtime.WasmtimeError):
        keep_code(name, bytes(module.serialize()))
    return module
