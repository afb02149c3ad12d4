"""What guest code may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What guest code may use: seconds a call, bytes of memory, and whether fuel is measured."""

    timeout: float = 30.0
    memory: int = 512 * 1024 * 1024
    fuel: bool = False


DEFAULT_LIMITS = Limits()


def limit_settings(limits: Limits) -> dict[str, object]:
    """The limits as a chain's header keeps them."""
    return {"timeout": limits.timeout, "memory": limits.memory, "fuel": limits.fuel}


def recorded_limits(settings: Mapping[str, object], timeout: float) -> Limits:
    """The limits that a chain was recorded under by its header's settings, but for the time of a call."""
    memory = settings.get("memory")
    if not isinstance(memory, int) or memory <= 0:
        memory = DEFAULT_LIMITS.memory
    return Limits(timeout, memory, fuel=settings.get("fuel") is True)
