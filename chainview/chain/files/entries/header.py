"""The header of a native chain file: which actor, how it was started, with which engine and settings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from chainview.chain.payload import Schema
from chainview.system.errors import ChainviewError

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Header:
    """What a chain was recorded from; empty fields are unknown. `extra` keeps keys that this version does not know."""

    schema: Schema = Schema.VALUES
    actor_name: str = ""
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

    def to_map(self) -> dict[str, Any]:
        """The header as the map that is stored."""
        return {
            **self.extra,
            "format": FORMAT_VERSION,
            "schema": self.schema.value,
            "actor": self.actor_name,
            "module": self.module_path,
            "sha256": self.module_sha256,
            "state": self.initial_state,
            "calls": list(self.calls),
            "engine": self.engine,
            "settings": self.settings,
            "time": self.time_ns,
            "writer": self.writer,
        }


def _known(stored: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = stored.pop(key, default)
    return value if isinstance(value, kind) else default


def header_from_map(stored: dict[str, Any]) -> Header:
    """The header in a stored map; a field of a wrong type counts as unknown. Raises for a newer format version."""
    rest = {str(key): value for key, value in stored.items()}
    version = _known(rest, "format", int, 0)
    if version > FORMAT_VERSION:
        raise ChainviewError(
            f"the chain file has format version {version}, and this chainview reads up to {FORMAT_VERSION}: "
            "update chainview"
        )
    name = _known(rest, "schema", str, Schema.VALUES.value)
    header = Header(
        schema=Schema(name) if name in {schema.value for schema in Schema} else Schema.VALUES,
        actor_name=_known(rest, "actor", str, ""),
        module_path=_known(rest, "module", str, ""),
        module_sha256=_known(rest, "sha256", str, ""),
        initial_state=_known(rest, "state", bytes, b""),
        calls=tuple([call for call in _known(rest, "calls", list, []) if isinstance(call, str)]),
        engine=_known(rest, "engine", str, ""),
        settings=_known(rest, "settings", dict, {}),
        time_ns=_known(rest, "time", int, 0),
        writer=_known(rest, "writer", str, ""),
    )
    return replace(header, extra=rest)
