"""`theater:simple/runtime`: logging, the actor's own id, its chain so far, and ending itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chainview.actor.hosts.answers import ok, option_bytes
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.chain.event import Event
from chainview.pack.values import U64, UNIT, List, Option, String, Tuple, Value, bytes_value, types

NAME = "theater:simple/runtime"

_ENTRY = types.tuple_of(
    (types.U64, types.tuple_of((types.STRING, types.option_of(types.U64), types.list_of(types.U8))))
)


def _provide(host: Host) -> Mapping[str, Handler]:
    def log(input: Value) -> Value:
        # The event that records the call is the log: nothing else is printed.
        return UNIT

    def shutdown(input: Value) -> Value:
        host.shut_down(option_bytes(input))
        return ok(UNIT)

    def self_(input: Value) -> Value:
        return String(host.actor_id)

    def get_chain(input: Value) -> Value:
        return _chain_value(host.events_so_far())

    return {"log": log, "get-chain": get_chain, "self": self_, "shutdown": shutdown}


RUNTIME = Interface(
    NAME,
    "runtime",
    functions(
        NAME,
        """
        log: func(msg: string)
        get-chain: func() -> list<u8>
        self: func() -> string
        shutdown: func(data: option<list<u8>>) -> result<_, string>
        """,
    ),
    _provide,
)


def _chain_value(events: Sequence[Event]) -> Value:
    """The 1-tuple of a list of `(index, (event-type, parent index, data))`, indices from 0."""
    entries = []
    for index, event in enumerate(events):
        parent = Option(types.U64, U64(index - 1) if index else None)
        entry = Tuple((String(event.event_type), parent, bytes_value(event.payload)))
        entries.append(Tuple((U64(index), entry)))
    return Tuple((List(_ENTRY, tuple(entries)),))
