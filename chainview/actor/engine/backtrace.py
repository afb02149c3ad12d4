"""A trap in the words of the reference's engine, which tells where it happened and not why."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import wasmtime

from chainview.actor.engine.binding import Exports, Trapped
from chainview.actor.engine.sections import custom_sections
from chainview.actor.engine.stacks import SERVED_MODULE, is_encoded, without_hashes
from chainview.actor.engine.wasm_code import unreachable_behind
from chainview.chain.failure import BACKTRACE

_NOWHERE: Final = (1 << 64) - 1
"""What the binding gives for the offset of a frame that has none."""
_NOTE: Final = "note: using the `WASMTIME_BACKTRACE_DETAILS=1` environment variable may show more debugging information"


def backtrace(trapped: Trapped, module: bytes) -> str:
    """The text that the reference records of a trap; empty where the engine tells no frames.

    Of a `module` with line tables the reference's engine, which is not told to read them, says that it could.
    """
    frames = [frame for frame in trapped.frames if frame.module_name != SERVED_MODULE]
    if not frames:
        return ""
    names = _shown_names(tuple([frame.func_name or "" for frame in frames]))
    lines = [BACKTRACE]
    for number, (frame, name) in enumerate(zip(frames, names, strict=True)):
        at = frame.module_offset
        if number == 0 and trapped.code is wasmtime.TrapCode.UNREACHABLE:
            at = unreachable_behind(module, at)
        offset = "" if at == _NOWHERE else f"{at:#6x} - "
        shown = name if frame.func_name is not None else f"<wasm function {frame.func_index}>"
        lines.append(f"  {number:>3}: {offset}{frame.module_name or '<unknown>'}!{shown}")
    return "\n".join([*lines, _NOTE] if has_line_tables(module) else lines)


def written_out(names: Sequence[str]) -> list[str]:
    """Names of functions as a person wrote them: what Rust and C++ encode is written out, without hashes."""
    encoded = [name for name in names if is_encoded(name)]
    shown = dict(zip(encoded, _shown_names(tuple(encoded)), strict=True)) if encoded else {}
    return [without_hashes(shown[name]) if name in shown else name for name in names]


@lru_cache(maxsize=16)
def _shown_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names as the engine shows them: those of Rust and C++ are written out, by the engine itself."""
    shown: dict[str, str] = {}
    wanted = sorted(set(names))
    functions = [f'(func (@name "{_escaped(name)}") (export "{at}") unreachable)' for at, name in enumerate(wanted)]
    engine = wasmtime.Engine()
    store = wasmtime.Store(engine)
    module = wasmtime.Module(engine, bytes(wasmtime.wat2wasm(f"(module {' '.join(functions)})")))
    exports = Exports(store, wasmtime.Instance(store, module, []))
    for at, name in enumerate(wanted):
        function = exports.get(str(at))
        assert isinstance(function, wasmtime.Func)
        try:
            function(store)
        except wasmtime.Trap as trap:
            shown[name] = trap.message.partition("!")[2].rpartition("\n\nCaused by:")[0]
    return tuple([shown[name] for name in names])


def _escaped(name: str) -> str:
    """A name as WebAssembly text writes its bytes, also one of many megabytes."""
    return f"\\{name.encode().hex(chr(92))}" if name else ""


def has_line_tables(module: bytes) -> bool:
    """Whether a module, which the engine has taken, holds a section of debug information."""
    return any(name.startswith(".debug_") for name, _ in custom_sections(module))
