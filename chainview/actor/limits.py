"""What guest code may use, and what its engine is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What guest code may use: seconds a call, bytes of memory, and whether fuel is measured.

    With `canonical_nan` every NaN that is computed has the same bits on every processor; Theater leaves them as its
    processor makes them.
    """

    timeout: float = 30.0
    memory: int = 512 * 1024 * 1024
    fuel: bool = False
    canonical_nan: bool = False


DEFAULT_LIMITS = Limits()
_CANONICAL_NAN = "nan-canonicalization"


def limit_settings(limits: Limits) -> dict[str, object]:
    """The limits as a chain's header keeps them."""
    return {
        "timeout": limits.timeout,
        "memory": limits.memory,
        "fuel": limits.fuel,
        _CANONICAL_NAN: limits.canonical_nan,
    }


def recorded_limits(settings: Mapping[str, object], timeout: float) -> Limits:
    """The limits that a chain was recorded under by its header's settings, but for the time of a call.

    A chain without a header is Theater's, which leaves NaNs as they are.
    """
    memory = settings.get("memory")
    if not isinstance(memory, int) or memory <= 0:
        memory = DEFAULT_LIMITS.memory
    fuel, canonical_nan = settings.get("fuel") is True, settings.get(_CANONICAL_NAN) is True
    return Limits(timeout, memory, fuel=fuel, canonical_nan=canonical_nan)
