"""The answer of `get-chain`: every event so far with its type, its parent's index and its payload."""

from __future__ import annotations

from collections.abc import Sequence

from chainview.chain.event import Event
from chainview.pack.values import U64, List, Option, String, Tuple, Value, bytes_value, types

_ENTRY = types.tuple_of(
    (types.U64, types.tuple_of((types.STRING, types.option_of(types.U64), types.list_of(types.U8))))
)


def chain_value(events: Sequence[Event]) -> Value:
    """The chain as the 1-tuple of a list of `(index, (event-type, parent index, data))`, indices from 0."""
    entries = []
    for index, event in enumerate(events):
        parent = Option(types.U64, U64(index - 1) if index else None)
        entry = Tuple((String(event.event_type), parent, bytes_value(event.payload)))
        entries.append(Tuple((U64(index), entry)))
    return Tuple((List(_ENTRY, tuple(entries)),))
