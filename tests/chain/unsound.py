"""Chains in which something is wrong, and those that only can't be checked, for the tests of all that judge events."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from chainview.chain.event import Event
from chainview.chain.files.native.layout import pack_event
from chainview.chain.files.opened import OpenedChain, open_chain
from tests.chain import samples
from tests.chain.files.theater.writings import WHOLE, as_cli_line, as_human, as_of_2025

EVENTS = samples.events(11)
_NUMBER = 5


def _with(event: Event) -> bytes:
    return samples.native([*EVENTS[: _NUMBER - 1], event, *EVENTS[_NUMBER:]])


def _with_entry(change: Callable[[bytearray, int, int], None]) -> bytes:
    """The chain with the bytes of one event's entry changed."""
    data = bytearray(samples.native(EVENTS))
    entry = pack_event(EVENTS[_NUMBER - 1], samples.extras(_NUMBER - 1))
    start = data.index(entry)
    change(data, start, start + len(entry))
    return bytes(data)


def _without_checksum(data: bytearray, start: int, end: int) -> None:
    data[end - 1] ^= 0xFF


def _unreadable(data: bytearray, start: int, end: int) -> None:
    data[start : start + 40] = bytes(40)


_AT = EVENTS[_NUMBER - 1]
WRONG: dict[str, bytes] = {
    "another payload": _with(replace(_AT, payload=_AT.payload[:-1] + b"\x07")),
    "another type": _with(replace(_AT, event_type="wasm!")),
    "another hash": _with(replace(_AT, hash=bytes(20))),
    "another parent": _with(replace(_AT, parent=bytes(20))),
    "an event is missing before it": samples.native([*EVENTS[: _NUMBER - 2], *EVENTS[_NUMBER - 1 :]]),
    "another checksum": _with_entry(_without_checksum),
    "unreadable": _with_entry(_unreadable),
}
"""Native chains by what is wrong in them, each with one event."""


def wrong_number(name: str) -> int:
    """The number of the event with which something is wrong."""
    return _NUMBER - 1 if "missing" in name else _NUMBER


NOT_WRONG: dict[str, bytes] = {
    **{name: write(EVENTS) for name, (_, write) in WHOLE.items()},
    "chain of 2025": json.dumps(as_of_2025(EVENTS)).encode(),
    "no payloads": "".join(map(as_cli_line, EVENTS)).encode(),
    "dump for people": b"".join(map(as_human, EVENTS)),
}
"""Chains of every format in which nothing is wrong, those included that can't be checked."""


def opened(folder: Path, data: bytes) -> OpenedChain:
    """A chain opened from a file of those bytes, read to its end."""
    (folder / "file").write_bytes(data)
    return open_chain(folder / "file").load()
