"""Families as Theater's command line prints them, for the tests of what becomes of such a pipe or file."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chainview.chain.event import Event
from chainview.chain.state_chain import linked
from chainview.pack.values import UNIT
from tests.chain.files.theater.writings import as_cli_line
from tests.ui import samples

ROOT, WORKER, OTHER = (
    "90035e44-bc9b-4efc-a50b-0408060f1531",
    "0c94fa74-d5a1-4cf2-8f0b-2b3d3a0a1c11",
    "01141801-09ea-4f68-8d7a-6b31a25fa8bf",
)
SPAWN = ("theater:simple/supervisor/spawn", b"spawned")


def events(*parts: tuple[str, bytes]) -> list[Event]:
    """A chain of those events."""
    return list(linked(parts))


def init(name: str) -> list[tuple[str, bytes]]:
    """What an actor of a name records of its init."""
    return [samples.call("init"), samples.log(name), samples.result("init", UNIT)]


CHAINS: dict[str, list[Event]] = {
    ROOT: events(*init("root"), samples.call("run"), SPAWN, SPAWN, samples.result("run", UNIT)),
    WORKER: events(*init("worker"), samples.call("work"), samples.result("work", UNIT)),
    OTHER: events(*init("other")),
}
"""A root that spawns two workers, each of which has its init behind it before the root records that it is there."""
ORDER: Sequence[tuple[str, int]] = (
    (ROOT, 4),
    (WORKER, 3),
    (ROOT, 1),
    (OTHER, 2),
    (WORKER, 1),
    (OTHER, 1),
    (ROOT, 1),
    (WORKER, 1),
    (ROOT, 1),
)
"""Whose next events come, and how many of them."""


def in_order() -> list[tuple[str, Event]]:
    """Every event with whose it is, as they come."""
    left = {actor: iter(chain) for actor, chain in CHAINS.items()}
    return [(actor, next(left[actor])) for actor, count in ORDER for _ in range(count)]


def lines(*, logs: bool = True) -> list[bytes]:
    """What is printed of them with `--events --events-format json`, and what they log."""
    found = []
    for actor, event in in_order():
        if logs and event.event_type.endswith("/log"):
            found.append(f"[{actor[:8]}] hello of {actor[:2]}\nand more of it\n".encode())
        found.append(as_cli_line(event, actor).encode())
    return found


def dump() -> bytes:
    """What is printed of them with `--events --events-format full`."""
    found = []
    for actor, event in in_order():
        parent = "none" if event.parent is None else event.parent.hex()
        head = f"EVENT [{actor[:8]}] {event.hash.hex()}\nparent: {parent}\ntype: {event.event_type}\n"
        found.append(f"{head}size: {len(event.payload)}\n".encode() + event.payload.decode("utf-8", "replace").encode())
    return b"\n\n".join([*found, b""])


def capture() -> list[bytes]:
    """A supervisor's capture of them, numbered over all."""
    names = {ROOT: "boss", WORKER: "worker", OTHER: "worker"}
    return [
        json.dumps(
            {
                "handle": names[actor],
                "child": actor,
                "type": event.event_type,
                "seq": seq,
                "data_hex": event.payload.hex(),
            }
        ).encode()
        + b"\n"
        for seq, (actor, event) in enumerate(in_order())
    ]
