"""WebAssembly text made a binary module."""

from __future__ import annotations

import wasmtime


class NoWat(Exception):
    """The text is none; what is said are the assembler's own lines, the first of which tells what it is."""


def assembled(text: bytes) -> bytes:
    """The binary module of a text; raises NoWat."""
    try:
        return bytes(wasmtime.wat2wasm(text))
    except wasmtime.WasmtimeError as error:
        raise NoWat(str(error)) from None
    except UnicodeDecodeError as error:
        # What it says shows the text, which is not UTF-8.
        raise NoWat(error.object.decode(errors="replace")) from None
