"""What a chain says of the ids of actors: its own, those that it spawned, and those that it gave something to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.families.link import LinkKind
from chainview.chain.families.link_keys import CAUSES, GIVEN, Key, called, handled, told
from chainview.chain.payload import Call, HostCall, read_payload
from chainview.chain.table import EventTable
from chainview.pack.values import String

_OWN_ID: Final = ("theater:simple/self/self", "theater:simple/runtime/self")
"""The event types by which an actor asks for its own id."""
_MOST_CALLS: Final = 5_000
"""Of one chain that are looked into."""
_MOST_EVENTS: Final = 20_000
"""Of one chain that another one may tell of."""
Content = int
"""What one end of a link says beside the id of who is meant, in a few bytes."""


@dataclass(slots=True)
class Hearsay:
    """What a chain says of ids: its own, those of whom it spawned, what it gave to which, and what it was given."""

    own: str = ""
    spawned: list[str] = field(default_factory=list)
    given: dict[str, Counter[Content]] = field(default_factory=dict)
    """By the id of who was meant."""
    taken: Counter[Content] = field(default_factory=Counter)
    told: dict[str, set[Content]] = field(default_factory=dict)
    """By the id of another one what it was told that that one recorded."""
    recorded: set[Content] = field(default_factory=set)
    """What it recorded itself, of which others may be told."""


def hearsay_in(table: EventTable) -> Hearsay:
    """What a chain says of ids, as far as it was read; of very many calls that of the first ones."""
    found = Hearsay()
    types = {at for at, name in enumerate(table.type_names) if name in CAUSES or name in _OWN_ID}
    marks = table.of_types(types, 0, len(table)) if types else b""
    for index in _places(marks, 1):
        said = read_payload(table.payload(index))
        if isinstance(said, HostCall):
            _note_host_call(found, table.event_type(index), said)
    for index in islice(_places(table.kinds, Kind.CALL), _MOST_CALLS):
        said = read_payload(table.payload(index))
        about = told(said)
        if about is not None and about.event_type:
            found.told.setdefault(about.actor, set()).add(hash((about.event_type, about.payload)))
        elif isinstance(said, Call) and about is None:
            end = handled(said, "", is_first=index == 0) or called(said, "")
            if end.key is not None and end.kind in GIVEN:
                found.taken[_content(end.kind, end.key)] += 1
    for index in range(min(len(table), _MOST_EVENTS)):
        # What an actor recorded is told to who watches it.
        found.recorded.add(hash((table.event_type(index), table.payload(index))))
    return found


def _places(marks: bytes | bytearray, wanted: int) -> Iterator[int]:
    at = marks.find(wanted)
    while at >= 0:
        yield at
        at = marks.find(wanted, at + 1)


def _note_host_call(found: Hearsay, event_type: str, said: HostCall) -> None:
    if event_type in _OWN_ID:
        found.own = said.output.value if isinstance(said.output, String) else found.own
        return
    end = CAUSES[event_type](said)
    if end is None or end.key is None:
        return
    if end.kind is LinkKind.SPAWN:
        found.spawned.append(str(end.key[1][0]))
    elif end.kind in GIVEN:
        found.given.setdefault(str(end.key[1][0]), Counter())[_content(end.kind, end.key)] += 1


def _content(kind: LinkKind, key: Key) -> Content:
    return hash((kind, key[1][1:]))
