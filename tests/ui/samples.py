"""Synthetic chains for the tests and benchmarks of the chain tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result, shutdown_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import (
    S32,
    U32,
    U64,
    UNIT,
    List,
    Record,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    none,
    some,
    types,
)

Part = tuple[str, bytes]
V = Schema.VALUES


def ok(value: Value) -> Value:
    """An ok as host interfaces record it."""
    return Result(types.STRING, types.STRING, True, value)


def err(text: str) -> Value:
    """An err as host interfaces record it."""
    return Result(types.STRING, types.STRING, False, String(text))


def call(function: str, *params: Value) -> Part:
    """A wasm-call of a function of the actor interface."""
    return "wasm", encode_call(V, f"theater:simple/actor.{function}", Tuple(params))


def host(interface: str, function: str, asked: Value, answer: Value = UNIT) -> Part:
    """A host call of a `theater:simple` interface."""
    full = f"theater:simple/{interface}"
    return f"{full}/{function}", encode_host_call(full, function, asked, answer)


def result(function: str, state: Value, response: Value = UNIT) -> Part:
    """A wasm-result."""
    return "wasm", encode_result(V, f"theater:simple/actor.{function}", state, response)


def error(function: str, message: str) -> Part:
    """A wasm-error."""
    return "wasm", encode_error(f"theater:simple/actor.{function}", message)


def shutdown() -> Part:
    """The shutdown event."""
    return "shutdown", shutdown_payload(V)


def log(text: str) -> Part:
    """A call of runtime.log."""
    return host("runtime", "log", String(text))


def counter(count: int) -> Value:
    """The state of the counting actor."""
    return Record("counter-state", (("count", U64(count)), ("name", String("counter"))))


def counting_call(count: int) -> Iterator[Part]:
    """One call of five events that moves the counter from `count - 1` to `count`."""
    yield call("increment", S32(1))
    yield log(f"count is {count}")
    yield host("timer", "now", UNIT, U64(1_723_456_700_000 + 551 * count))
    yield host("store", "put", Tuple((String("counter"), U64(count))), ok(UNIT))
    yield result("increment", counter(count), U64(count))


def counting(calls: int) -> Iterator[Part]:
    """`calls` counting calls one after the other."""
    for count in range(1, calls + 1):
        yield from counting_call(count)


def shop() -> Iterator[Part]:
    """A chain with one of everything a row can show."""
    yield call("init", none(types.list_of(types.U8)))
    yield log("hello \x1b[31mred\x1b[0m [bold]not markup[/bold]")
    yield result("init", _shop(0, ()))
    orders: tuple[Value, ...] = ()
    for number in range(1, 5):
        yield call("add-order", String(f"order-{number}"), U32(number * 3))
        yield host("timer", "now", UNIT, U64(1_723_456_789_551 + number * 60_000))
        yield host("store", "get", Tuple((String("orders"),)), ok(some(bytes_value(b'{"orders":[]}'))))
        orders = (*orders, _order(number, "pending" if number % 2 else "paid"))
        yield host("store", "put", Tuple((String("orders"), bytes_value(bytes(range(200))))), ok(UNIT))
        if number == 3:
            yield host("rpc", "call", Tuple((String("peer-7"), String("notify"))), err("timeout after 30 s"))
        yield result("add-order", _shop(number, orders), ok(String(f"order-{number}")))
    yield call("greet", String("世界 🌍 " * 30))
    yield log("a long line, " * 40)
    yield error("greet", "Function returned error: the greeting is too long\n  at greet (lib.rs:88)")
    yield call("pay", U32(2))
    yield host("http", "get", String("https://example.org/pay?id=2"), Variant("result", "err", 1, (String("503"),)))
    yield result("pay", _shop(4, (orders[0], _order(2, "shipped"), *orders[2:])), none(types.U32))
    yield "wasm", b"\x00not a payload"


def _order(number: int, status: str) -> Value:
    fields = (("id", U32(number)), ("status", Variant("status", status, 0, ())), ("note", String("gift")))
    return Record("order", fields)


def _shop(sold: int, orders: tuple[Value, ...]) -> Value:
    items = List(types.record_named("order"), orders)
    return Record("shop-state", (("sold", U32(sold)), ("orders", items), ("owner", String("ann"))))


def events(parts: Iterable[Part]) -> list[Event]:
    """The parts as linked events."""
    return list(linked(parts))


def table_of(parts: Iterable[Part], extras: Extras = NO_EXTRAS) -> EventTable:
    """A table that holds the parts as linked events."""
    table = EventTable()
    append(table, parts, extras)
    return table


def append(table: EventTable, parts: Iterable[Part], extras: Extras = NO_EXTRAS) -> None:
    """Appends linked events to a table."""
    parent = table.hash(len(table) - 1)
    for event in linked(parts, parent):
        table.append(event, extras)
