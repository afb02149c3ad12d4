"""What an actor may reach outside of its family: what its manifest asks for, and what the person allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chainview.system.errors import ChainviewError


@dataclass(frozen=True, slots=True)
class Leave:
    """The handlers that an actor may use, and how each is configured."""

    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The manifest's `[[handler]]` tables by their `type`."""
    limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What `--allow` names, each with its LIMITs; none means whatever the interface can reach."""

    def allows(self, handler: str) -> bool:
        """Whether the actor may use that handler at all."""
        return handler in self.tables or handler in self.limits

    def settings(self, handler: str) -> Mapping[str, Any]:
        """The manifest's table of that handler; empty where it has none."""
        return self.tables.get(handler, {})

    def text(self, handler: str, key: str) -> str | None:
        """A text in the manifest's table of that handler; None without one. Raises ChainviewError for anything else."""
        value = self.settings(handler).get(key)
        if value is not None and not isinstance(value, str):
            raise ChainviewError(f'the manifest\'s [[handler]] of type "{handler}" has a {key} that is no text')
        return value

    def limits_of(self, handler: str) -> tuple[str, ...]:
        """The LIMITs that the person gave; without one the handler may reach what the manifest lets it."""
        return self.limits.get(handler, ())


def leave_of(tables: Mapping[str, Mapping[str, Any]], allowed: Iterable[str]) -> Leave:
    """The leave of a manifest's tables and of what was given as `--allow NAME[:LIMIT]`."""
    limits: dict[str, list[str]] = {}
    unlimited = set[str]()
    for each in allowed:
        name, colon, limit = each.partition(":")
        limits.setdefault(name, [])
        if colon:
            limits[name].append(limit)
        else:
            unlimited.add(name)
    return Leave(tables, {name: () if name in unlimited else tuple(each) for name, each in limits.items()})
