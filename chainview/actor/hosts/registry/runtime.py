"""`theater:simple/runtime`: logging, the actor's own id, its chain so far, and ending itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chainview.actor.hosts.answers import bytes_of, ok
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.chain.event import Event
from chainview.pack.values import U8, U64, UNIT, Array, List, Option, String, Tuple, Value, bytes_value, types

NAME = "theater:simple/runtime"

_ENTRY = types.tuple_of(
    (types.U64, types.tuple_of((types.STRING, types.option_of(types.U64), types.list_of(types.U8))))
)


def _provide(host: Host) -> Mapping[str, Handler]:
    def log(input: Value) -> Value:
        # The event that records the call is the log: nothing else is printed.
        return UNIT

    def shutdown(input: Value) -> Value:
        host.shut_down(_handed_over(input))
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
    silent=("log",),
)


def _handed_over(input: Value) -> bytes | None:
    """The bytes that an option holds; as in Theater whatever else is given is no error, and nothing is handed over."""
    match input:
        case Option(_, Array() as data):
            return data.data if data.elem == types.U8 or not data.data else None
        case Option(_, List(_, items)) if all(isinstance(each, U8) for each in items):
            return bytes_of(List(types.U8, items))
    return None


def _chain_value(events: Sequence[Event]) -> Value:
    """The 1-tuple of a list of `(index, (event-type, parent index, data))`, indices from 0."""
    entries = []
    for index, event in enumerate(events):
        parent = Option(types.U64, U64(index - 1) if index else None)
        entry = Tuple((String(event.event_type), parent, bytes_value(event.payload)))
        entries.append(Tuple((U64(index), entry)))
    return Tuple((List(_ENTRY, tuple(entries)),))
