"""What a chain says of the ids of actors: its own, those that it spawned, and those that it gave something to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.families.link import LinkKind
from chainview.chain.families.link_keys import CAUSES, GIVEN, Key, called, handled
from chainview.chain.payload import Call, HostCall, read_payload
from chainview.chain.table import EventTable
from chainview.pack.values import String

_OWN_ID: Final = ("theater:simple/self/self", "theater:simple/runtime/self")
"""The event types by which an actor asks for its own id."""
_MOST_CALLS: Final = 5_000
"""Of one chain that are looked into."""
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


def hearsay_in(table: EventTable) -> Hearsay:
    """What a chain says of ids, as far as it was read; of very many calls that of the first ones."""
    found = Hearsay()
    types = {at for at, name in enumerate(table.type_names) if name in CAUSES or name in _OWN_ID}
    marks = table.of_types(types, 0, len(table)) if types else b""
    calls = 0
    for index in range(len(table)):
        is_call = table.kinds[index] == Kind.CALL and calls < _MOST_CALLS
        calls += is_call
        if is_call or (marks and marks[index]):
            said = read_payload(table.payload(index))
            if isinstance(said, HostCall):
                _note_host_call(found, table.event_type(index), said)
            elif isinstance(said, Call):
                end = handled(said, "", is_first=index == 0) or called(said, "")
                if end.key is not None and end.kind in GIVEN:
                    found.taken[_content(end.kind, end.key)] += 1
    return found


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
