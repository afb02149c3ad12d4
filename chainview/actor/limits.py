"""What guest code may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What guest code may use: seconds a call, bytes of memory, and whether fuel is measured."""

    timeout: float = 30.0
    memory: int = 512 * 1024 * 1024
    fuel: bool = False


DEFAULT_LIMITS = Limits()
