"""Realistic chains of any length, for the tests of everything that reads chains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Event, Extras
from chainview.chain.files.entries.entry import End
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result, shutdown_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.values import S64, U64, UNIT, Option, Record, Result, String, Tuple, Value, types

INIT = "theater:simple/actor.init"
TICK = "theater:simple/timer.handle-tick"
START_NS = 1_790_000_000_000_000_000
CALL_LENGTH = 5


def ok(value: Value) -> Result:
    """A result as Theater's handlers annotate it."""
    return Result(types.STRING, types.STRING, True, value)


def _state(count: int) -> Value:
    return Record("counter", (("count", S64(count)), ("label", String("a counter that counts"))))


def _call(schema: Schema, number: int) -> Iterator[tuple[str, bytes]]:
    function, params = (INIT, UNIT) if number == 0 else (TICK, Tuple((String("beat"),)))
    yield MODULE_EVENT, encode_call(schema, function, params)
    yield (
        "theater:simple/runtime/log",
        encode_host_call("theater:simple/runtime", "log", String(f"call {number} begins"), UNIT),
    )
    yield (
        "theater:simple/timer/now",
        encode_host_call("theater:simple/timer", "now", UNIT, U64(1_790_000_000_000 + number)),
    )
    key = Tuple((String("counter"), S64(number)))
    yield "theater:simple/store/put", encode_host_call("theater:simple/store", "put", key, ok(UNIT))
    if number % 50 == 49:
        yield MODULE_EVENT, encode_error(function, "Function returned error: fifty is enough")
    else:
        yield MODULE_EVENT, encode_result(schema, function, _state(number), Option(types.U64, U64(number)))


def parts(count: int, schema: Schema = Schema.VALUES, *, closed: bool = False) -> Iterator[tuple[str, bytes]]:
    """Types and payloads of `count` events: calls of five events, each fiftieth fails; `shutdown` if closed."""
    for index in range(count - closed):
        if index % CALL_LENGTH == 0:
            call = list(_call(schema, index // CALL_LENGTH))
        yield call[index % CALL_LENGTH]
    if closed:
        yield SHUTDOWN_EVENT, shutdown_payload(schema)


def events(count: int, schema: Schema = Schema.VALUES, *, closed: bool = False) -> list[Event]:
    """The events of such a chain."""
    return list(linked(parts(count, schema, closed=closed)))


def extras(index: int) -> Extras:
    """What a recorder would note beside the event at an index."""
    return Extras(
        time_ns=START_NS + index * 1_000_000,
        duration_ns=1000 * (index % 7),
        stub=index % 11 == 3,
        reason="why" * (index % 13 == 5),
    )


def header(schema: Schema = Schema.VALUES) -> Header:
    """The header of a recorded actor."""
    return Header(schema=schema, actor_name="counter", module_path="counter.wasm", time_ns=START_NS, writer="chainview")


def native(chain: list[Event], *, end: bool = True) -> bytes:
    """The bytes of a native file of those events."""
    body = [pack_event(event, extras(index)) for index, event in enumerate(chain)]
    last = [pack_end(End(len(chain), chain[-1].hash if chain else None))] if end else []
    return b"".join([pack_header(header()), *body, *last])


def write_native(path: Path, count: int) -> int:
    """Writes a native file of `count` events at once and piece by piece; returns its size in bytes."""
    head: bytes | None = None
    with path.open("wb") as file:
        file.write(pack_header(header()))
        for index, event in enumerate(linked(parts(count))):
            file.write(pack_event(event, extras(index)))
            head = event.hash
        file.write(pack_end(End(count, head)))
        return file.tell()
