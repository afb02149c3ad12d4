"""What guest code may use, and what its engine is told."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """What guest code may use: seconds a call, bytes of memory, and whether fuel is measured.

    An actor shares its `memory` with all that it spawned; `actors` of them may live at once, and `spawns` begin within
    a second. With `canonical_nan` every NaN that is computed has the same bits on every processor; Theater leaves them
    as its processor makes them.
    """

    timeout: float = 30.0
    memory: int = 512 * 1024 * 1024
    fuel: bool = False
    canonical_nan: bool = False
    actors: int = 1000
    spawns: int = 200
    as_recorded: bool = field(default=False, compare=False)
    """Whether the memory is what a recording allowed, which nobody gave here."""


DEFAULT_LIMITS = Limits()
_LONGEST = 1e9
"""Seconds that nobody waits for a call: a header that tells of so many tells nothing."""
_CANONICAL_NAN = "nan-canonicalization"
_TOO_MUCH = re.compile(r"out of memory: the guest holds (?P<held>[\d,]+) MiB and its family ")


def limit_settings(limits: Limits) -> dict[str, object]:
    """The limits as a chain's header keeps them."""
    return {
        "timeout": limits.timeout,
        "memory": limits.memory,
        "fuel": limits.fuel,
        _CANONICAL_NAN: limits.canonical_nan,
    }


def recorded_limits(settings: Mapping[str, object], timeout: float, memory: int | None = None) -> Limits:
    """The limits to replay a chain under, by its header's settings; `timeout` is for a call, `memory` may be given.

    A chain may ask for less memory than the default by itself, never for more: anybody may have written it. A chain
    without a header is Theater's, which leaves NaNs as they are.
    """
    recorded = _recorded_memory(settings)
    as_recorded = memory is None and 0 < recorded < DEFAULT_LIMITS.memory
    if memory is None:
        memory = min(recorded or DEFAULT_LIMITS.memory, DEFAULT_LIMITS.memory)
    fuel, canonical_nan = settings.get("fuel") is True, settings.get(_CANONICAL_NAN) is True
    return Limits(timeout, memory, fuel=fuel, canonical_nan=canonical_nan, as_recorded=as_recorded)


class Share(Protocol):
    """What one actor holds of the memory of its family."""

    def hold(self, size: Callable[[], int]) -> str:
        """It holds so much from now on; why that is too much where it is more than before, empty where it is not.

        Then it is to let go of it.
        """
        ...

    def let_go(self) -> None:
        """It holds nothing any more."""
        ...


class SharedMemory:
    """The bytes that the actors of a family hold, and the most that they may; any thread may ask."""

    def __init__(self, most: int, reached: Callable[[], None]) -> None:
        """`reached` is told whenever one wants more than is left, on its thread."""
        self._most, self._reached = most, reached
        self._held: dict[FamilyShare, int] = {}
        self._lock = threading.Lock()

    @property
    def is_used_up(self) -> bool:
        """Whether nothing is left for one more."""
        with self._lock:
            return sum(self._held.values()) >= self._most

    def hold(self, share: FamilyShare, size: int) -> str:
        """As that of a share."""
        with self._lock:
            before = self._held.get(share, 0)
            self._held[share] = size
            held = sum(self._held.values())
        if size <= before or held <= self._most:
            return ""
        self._reached()
        told = f"the guest holds {size >> 20:,} MiB and its family {held >> 20:,} MiB"
        return f"out of memory: {told} of at most {self._most >> 20:,} MiB"

    def let_go(self, share: FamilyShare) -> None:
        """As that of a share."""
        with self._lock:
            self._held.pop(share, None)


@dataclass(frozen=True, slots=True, eq=False)
class FamilyShare:
    """The share of an actor that runs beside its family."""

    memory: SharedMemory

    def hold(self, size: Callable[[], int]) -> str:
        """As long as the family has as much."""
        return self.memory.hold(self, size())

    def let_go(self) -> None:
        """Leaves it to the others."""
        self.memory.let_go(self)


def too_much_for_family(reason: str) -> int | None:
    """The MiB that an actor held once its family had no more, by why its call failed; None for any other reason."""
    told = _TOO_MUCH.match(reason)
    return None if told is None else int(told["held"].replace(",", ""))


@dataclass(frozen=True, slots=True)
class Lowered:
    """What a chain was recorded with where that is more than it is replayed with; 0 where it is not."""

    memory: int = 0
    timeout: float = 0.0
    limits: Limits = DEFAULT_LIMITS

    def sentences(self) -> list[str]:
        """What was lowered, with the options that give as much."""
        said = []
        if self.memory:
            recorded, now = -(-self.memory >> 20), self.limits.memory >> 20
            said.append(
                f"recorded with {recorded:,} MiB of memory, replayed with {now:,} MiB: "
                f"--max-memory {recorded}M gives as much"
            )
        if self.timeout:
            said.append(
                f"recorded with {self.timeout:g} s for a call, replayed with {self.limits.timeout:g} s: "
                f"--timeout {self.timeout:g}s gives as much"
            )
        return said


def lowered(settings: Mapping[str, object], limits: Limits) -> Lowered:
    """By how much the limits of a replay are below those of its recording."""
    memory, timeout = _recorded_memory(settings), settings.get("timeout")
    longer = float(timeout) if isinstance(timeout, int | float) and limits.timeout < timeout < _LONGEST else 0.0
    return Lowered(memory if memory > limits.memory else 0, longer, limits)


def _recorded_memory(settings: Mapping[str, object]) -> int:
    """The bytes of memory that a header tells of; 0 where it tells nothing that makes sense."""
    memory = settings.get("memory")
    return memory if type(memory) is int and memory > 0 else 0
