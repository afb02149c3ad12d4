"""Bounding what guest code may hold, and what a module is told that needs more to start with."""

from __future__ import annotations

import re
from pathlib import Path

import wasmtime

from chainview.actor.limits import Limits
from chainview.actor.module import ModuleError
from chainview.chain.event import Frame
from chainview.system.wording import plural

_TABLE_ELEMENT_SIZE = 8
_SHOWN_FRAMES = 4
_MOST = (1 << 63) - 1
"""Bytes that the engine can be told of."""
_MOST_MEMORIES = _MOST_TABLES = 16
_FIRST_MEMORY = re.compile(r"memory minimum size of (\d+) pages exceeds memory limits")
_FIRST_TABLE = re.compile(r"table minimum size of (\d+) elements exceeds table limits")


def limit_store(store: wasmtime.Store, memory: int, *, besides: int = 0) -> None:
    """Bounds what a module may hold in memory and, as much again, in tables; `besides` are ours of each."""
    memory = min(memory, _MOST)
    store.set_limits(
        memory_size=memory,
        table_elements=memory // _TABLE_ELEMENT_SIZE,
        memories=_MOST_MEMORIES + besides,
        tables=_MOST_TABLES + besides,
    )


def not_started(path: Path, reason: str, stack: tuple[Frame, ...]) -> ModuleError:
    """What is raised for a module that fails as it starts: why, and where its start function was."""
    where = ", called by ".join([str(frame) for frame in stack[:_SHOWN_FRAMES]])
    more = f" and {len(stack) - _SHOWN_FRAMES:,} more" if len(stack) > _SHOWN_FRAMES else ""
    return ModuleError(f"{path} does not start: {reason}{f', in {where}{more}' if where else ''}", stack)


def start_refusal(text: str, limits: Limits) -> str:
    """Why an instance can't be made under limits, from the engine's words for it."""
    reason = text.strip().split("\n")[-1].strip()
    allowed = f"the {limits.memory >> 10:,} KiB that the recording allowed" if limits.as_recorded else "it may hold"
    beyond = f"more than {allowed}: --max-memory gives it more"
    if found := _FIRST_MEMORY.search(reason):
        return f"it needs {int(found[1]) * 64:,} KiB of memory from the start, {beyond}"
    if found := _FIRST_TABLE.search(reason):
        return f"it needs a table of {plural(int(found[1]), 'element')} from the start, {beyond}"
    return "its start function does not end" if reason == "wasm trap: interrupt" else reason
