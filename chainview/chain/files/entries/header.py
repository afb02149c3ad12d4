"""The header of a chain file: which actor, how it was started, with which engine and settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from chainview.chain.schema import Schema

ASKS_STATE = "get-state"
"""The setting that says False where a module that keeps its state inside was not asked for it."""
IS_ASYNCHRONOUS = "asynchronous"
"""The setting that says True of an asynchronous module, each call of which has a fresh instance."""


_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def sha256_in(stored: object) -> str:
    """The SHA-256 that a header or a note tells, in small hex digits; empty for anything else, which is ignored."""
    return stored.lower() if isinstance(stored, str) and _SHA256.fullmatch(stored) else ""


@dataclass(frozen=True, slots=True)
class Header:
    """What a chain was recorded from; empty fields are unknown. `extra` keeps keys that this version does not know."""

    schema: Schema = Schema.VALUES
    actor_name: str = ""
    actor_id: str = ""
    """What the other actors of its family know it by; empty for one that was alone."""
    module_path: str = ""
    module_sha256: str = ""
    initial_state: bytes = b""
    """The state handed to the first call, as CGRF bytes; empty for a package."""
    calls: tuple[str, ...] = ()
    """The calls asked for on the command line, as they were typed."""
    engine: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    """Engine settings that matter for a replay: limits, fuel, stubs."""
    time_ns: int = 0
    """Wall-clock start in ns since the Unix epoch."""
    writer: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
