"""Whether the core serves, and its compiled code, which every instance shares."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import wasmtime

    from chainview.core.casts import CastCore
    from chainview.core.events import EventCore
    from chainview.core.instance import Instance
    from chainview.core.runs import RunCore

CORE: Final = Path(__file__).with_name("core.wasm")
VARIABLE: Final = "CHAINVIEW_CORE"
"""`off` leaves all work to Python, `always` gives the core also what is too little to pay."""
_PAYS_LOADED, _PAYS = 1 << 18, 1 << 22
"""Bytes of events from which indexing and hashing them pays for the core's start, where the engine is loaded already
(5 ms), and where it is not (100 ms)."""
_local = threading.local()
_lock = threading.Lock()
_code: tuple[wasmtime.Engine, wasmtime.Module] | None = None
_refused = ""


def pays(size: int) -> bool:
    """Whether work on so many bytes of events is worth the core's start."""
    return is_always() or size >= (_PAYS_LOADED if _code is not None or "wasmtime" in sys.modules else _PAYS)


def event_core() -> EventCore | None:
    """This thread's instance of the core, made at its first use; None where it is switched off or can't be had."""
    if is_off() or _refused:
        return None
    found: EventCore | None = getattr(_local, "events", None)
    if found is None and (instance := _instance()) is not None:
        from chainview.core.events import EventCore

        found, _local.instance = EventCore(instance), instance
        _local.events = found
    return found


def run_core() -> RunCore | None:
    """What makes calls ready on this thread's instance of the core; None as for `event_core`."""
    events = event_core()
    found: RunCore | None = getattr(_local, "runs", None)
    if events is not None and found is None:
        from chainview.core.runs import RunCore

        found = _local.runs = RunCore(events, _local.instance)
    return found if events is not None else None


def cast_core() -> CastCore | None:
    """An instance of the core for one text; None where it is switched off or can't be had."""
    instance = None if is_off() or _refused else _instance()
    if instance is None:
        return None
    from chainview.core.casts import CastCore

    return CastCore(instance)


def is_always() -> bool:
    """Whether the core is to serve whatever it costs."""
    return os.environ.get(VARIABLE) == "always"


def is_off() -> bool:
    """Whether the environment leaves all work to Python."""
    return os.environ.get(VARIABLE) == "off"


def served() -> str:
    """Which served so far, in a few words for a log."""
    if is_off():
        return f"Python ({VARIABLE} is off)"
    if _refused:
        return f"Python (the core can't be had: {_refused})"
    return "the core" if _code is not None else "Python (nothing was large enough for the core)"


def _instance() -> Instance | None:
    global _code, _refused
    import wasmtime

    from chainview.core.compiled import compiled
    from chainview.core.instance import Instance

    try:
        with _lock:
            if _code is None:
                # What is left at the end is taken apart in no order, and the engine complains of that.
                atexit.register(_let_go)
                engine = wasmtime.Engine()
                _code = engine, compiled(engine, CORE.read_bytes(), "core")
            engine, module = _code
        store = wasmtime.Store(engine)
        return Instance(store, wasmtime.Instance(store, module, []))
    except (wasmtime.WasmtimeError, OSError) as error:
        _refused = str(error).strip().partition("\n")[0]
        return None


def _let_go() -> None:
    global _code
    _local.events = _local.runs = _local.instance = _code = None
