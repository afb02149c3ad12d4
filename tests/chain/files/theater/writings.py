"""Events written in every format that Theater wrote, for the tests of reading them."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path

from chainview.chain.event import Event
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.pack.cgrf import decode
from chainview.pack.literal import format_literal
from chainview.pack.serde import to_serde
from chainview.pack.values import S64, U8, List, Option, Record, Result, String, Tuple, Variant, none, types
from tests.chain import samples

EVENTS = samples.events(11, closed=True)


def as_json(event: Event) -> dict[str, object]:
    """An event as Theater's JSON has it."""
    parent = None if event.parent is None else list(event.parent)
    return {
        "hash": list(event.hash),
        "parent_hash": parent,
        "event_type": event.event_type,
        "data": list(event.payload),
    }


def as_server_line(event: Event) -> str:
    """An event as the server sends it."""
    return json.dumps({"ActorEvent": {"event": as_json(event)}}) + "\n"


def as_text(event: Event) -> bytes:
    """An event of EVENT text."""
    parent = "0" * 40 if event.parent is None else event.parent.hex()
    head = f"EVENT {event.hash.hex()}\n{parent}\n{event.event_type}\n{len(event.payload)}\n\n"
    return head.encode() + event.payload + b"\n\n"


def as_block(event: Event) -> bytes:
    """An event of the `---` blocks."""
    parent = "root" if event.parent is None else event.parent.hex()
    return f"---\nhash: {event.hash.hex()}\nparent: {parent}\n{format_literal(decode(event.payload))}\n".encode()


def as_jsonl(event: Event) -> str:
    """A line of Theater 0.3.9's `.jsonl`."""
    parent = None if event.parent is None else event.parent.hex()
    head = {"hash": event.hash.hex(), "parent_hash": parent, "event_type": event.event_type}
    return json.dumps(head)[:-1] + f', "data": {to_serde(decode(event.payload))}}}\n'


def as_cli_line(event: Event, actor: str = "a-1") -> str:
    """A line that Theater's command line prints."""
    parent = None if event.parent is None else event.parent.hex()
    told = {"actor_id": actor, "hash": event.hash.hex(), "parent_hash": parent, "event_type": event.event_type}
    return json.dumps({**told, "data": f"{len(event.payload)} bytes (pack-encoded)"}) + "\n"


def as_capture(event: Event, seq: int, child: str = "c-1") -> str:
    """A line of a supervisor's capture."""
    told = {"handle": "h", "child": child, "type": event.event_type, "seq": seq, "data_hex": event.payload.hex()}
    return json.dumps(told) + "\n"


def as_human(event: Event) -> bytes:
    """An event of the dump for people."""
    parent = "(none)" if event.parent is None else event.parent.hex()
    head = f"EVENT [1a2b3c4d] {event.hash.hex()}\n  parent: {parent}\n  type: {event.event_type}\n"
    body = event.payload.decode("utf-8", "replace")
    return f"{head}  size: {len(event.payload)}\n\n{body}\n\n".encode()


def as_keys(event: Event) -> str:
    """A block of keys and values."""
    value = decode(event.payload)
    assert isinstance(value, Variant)
    inner = value.payload[0]
    record = inner.payload[0] if isinstance(inner, Variant) else inner
    assert isinstance(record, Record)
    kinds = {"wasm-call": "call", "wasm-result": "result", "wasm-error": "error", "host-function-call": "host-call"}
    lines = [f"hash: {event.hash.hex()[:7]}"]
    if event.parent is not None:
        lines.append(f"parent: {event.parent.hex()[:7]}")
    lines.append(f"type: {kinds[record.type_name]}")
    for name, item in record.fields:
        text = item.value if isinstance(item, String) and name == "function-name" else format_literal(item)
        lines.append(f"{name.removesuffix('-name')}: {text}")
    return "\n".join(lines) + "\n\n"


def as_of_2025(events: list[Event]) -> list[dict[str, object]]:
    """The JSON array of a chain of 2025, whose events were hashed with a time."""
    stored: list[dict[str, object]] = []
    parent: list[int] | None = None
    for number, event in enumerate(events):
        told = {**as_json(event), "hash": [], "parent_hash": parent, "timestamp": 1_750_000_000_000 + number}
        text = json.dumps(told, separators=(",", ":"))
        parent = list(sha1(text.encode()).digest())
        stored.append({**told, "hash": parent})
    return stored


WHOLE: dict[str, tuple[str, Callable[[list[Event]], bytes]]] = {
    "native": ("native", samples.native),
    "array": ("json", lambda events: json.dumps(list(map(as_json, events))).encode()),
    "pretty array": ("json", lambda events: json.dumps(list(map(as_json, events)), indent=2).encode()),
    "array after a mark": ("json", lambda events: b"\xef\xbb\xbf \n" + json.dumps(list(map(as_json, events))).encode()),
    "objects": ("json", lambda events: "".join([json.dumps(as_json(each)) + "\n" for each in events]).encode()),
    "server": ("json", lambda events: "".join(map(as_server_line, events)).encode()),
    "state chain": (
        "statechain",
        lambda events: json.dumps(
            {"events": list(map(as_json, events)), "current_hash": list(events[-1].hash)}, indent=2
        ).encode(),
    ),
    "event text": ("event", lambda events: b"".join(map(as_text, events))),
    "blocks": ("blocks", lambda events: b"".join(map(as_block, events))),
    "jsonl": ("jsonl", lambda events: "".join(map(as_jsonl, events)).encode()),
    "capture": (
        "capture",
        lambda events: "".join([as_capture(event, seq) for seq, event in enumerate(events)]).encode(),
    ),
    "keys": ("keyvalue", lambda events: "".join(map(as_keys, events)).encode()),
}


def opened(folder: Path, data: bytes) -> OpenedChain:
    """A chain opened from a file of those bytes, read to its end."""
    path = folder / "file"
    path.write_bytes(data)
    return open_chain(path).load()


def events_of(chain: OpenedChain) -> list[Event]:
    """All events of a chain."""
    return [chain.table.event(index) for index in range(len(chain.table))]


SHAPE = Variant("shape", "circle", 3, (S64(5),))
HARD = [
    SHAPE,
    Tuple((SHAPE, Variant("shape", "square", 1, ()), Variant("mood", "calm", 2, ()))),
    List(types.variant_named("shape"), ()),
    none(types.variant_named("mood")),
    Option(types.record_named("point"), Record("point", (("x", U8(1)),))),
    Result(types.STRING, types.STRING, True, Variant("result", "err", 1, (String("no"),))),
    List(types.variant_named("shape"), (SHAPE,)),
]
